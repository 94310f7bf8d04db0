"""What Cliniko's properties have to do with each other (facts, section 1, the product)."""

from __future__ import annotations

from decimal import Decimal

from mock_server.apis.cliniko.lifecycle.lists import tax_of
from mock_server.lifecycle.model import Json, Look
from mock_server.lifecycle.values import number

#: How far a price worked out from another may lie from ours: nobody says how it is rounded.
_ROUNDING = Decimal("0.01")
#: What comes out of binary arithmetic has a dozen places and more.
_MOST_PLACES = 8


def prices_with_tax(record: Json, look: Look) -> str | None:
    """Compare both prices with the tax's rate (facts, the product)."""
    if record["price_ex_tax"] is None or record["price_including_tax"] is None:
        if record["price_ex_tax"] is record["price_including_tax"]:
            return None
        return "one of the two prices is missing"
    without, with_tax = number(record["price_ex_tax"]), number(record["price_including_tax"])
    for name, price in (("price_ex_tax", without), ("price_including_tax", with_tax)):
        if -int(price.as_tuple().exponent) > _MOST_PLACES:
            return f"{name} is {price}, which has more places than any money"
    known = tax_of(record)
    rate = number(look("getTax", {"id": known})["rate"]) if known else Decimal(0)
    wanted = without * (1 + rate / 100)
    if abs(with_tax - wanted) <= _ROUNDING:
        return None
    return f"price_including_tax is {with_tax}, and {without} with {rate} % is {wanted}"


def price_as_sent(sent: Json, record: Json) -> str | None:
    """Find the price where `price_includes_tax` puts it, exactly (facts, the product)."""
    name = "price_including_tax" if sent["price_includes_tax"] else "price_ex_tax"
    shown = number(record[name])
    wanted = number(sent["price"])
    return None if shown == wanted else f"{name} is {shown} for a price of {wanted}"


def its_own_links(record: Json, look: Look) -> str | None:
    """Compare the record's links with its id."""
    del look
    own, known = record["links"]["self"], str(record["id"])
    if own.rstrip("/").rpartition("/")[2] != known:
        return f"links.self of {known} is {own}"
    return None


def links_of_product(record: Json, look: Look) -> str | None:
    """Compare a product's links with its id."""
    own = its_own_links(record, look)
    adjustments = record["stock_adjustments"]["links"]["self"]
    if own is None and not adjustments.endswith(str(record["id"])):
        return f"stock_adjustments of {record['id']} is {adjustments}"
    return own


def supplier_agrees(sent: Json, record: Json) -> str | None:
    """A product with a supplier's name links to a supplier (facts, the product)."""
    linked = record.get("product_supplier") is not None
    named = bool(sent["product_supplier_name"])
    return None if linked == named else f"product_supplier is {record.get('product_supplier')}"


def tax_agrees(sent: Json, record: Json) -> str | None:
    """A product with a tax links to it (facts, the product)."""
    linked = tax_of(record)
    return None if linked == sent["tax_id"] else f"tax is {linked}, not {sent['tax_id']}"


def supplier_is_named(record: Json, look: Look) -> str | None:
    """Compare a product's supplier with the record that it links to (spec, ProductChange)."""
    name, link = record["product_supplier_name"], record.get("product_supplier")
    if link is None:
        return None
    known = link["links"]["self"].rstrip("/").rpartition("/")[2]
    supplier = look("getProductSupplier", {"id": known})["name"]
    return None if supplier == name else f"product_supplier {known} is {supplier!r}, not {name!r}"


def amount_is_the_rate(record: Json, look: Look) -> str | None:
    """Compare a tax's rate with its older name (the vendor's page on taxes)."""
    del look
    amount, rate = number(record["amount"]), number(record["rate"])
    return None if amount == rate else f"amount is {amount} for a rate of {rate}"


def comment_is_the_notes(record: Json, look: Look) -> str | None:
    """Compare an adjustment's notes with their older name, where a service shows both."""
    del look
    if "notes" not in record or record["notes"] == record["comment"]:
        return None
    return f"comment is {record['comment']!r} beside the notes {record['notes']!r}"


def user_can_be_read(record: Json, look: Look) -> str | None:
    """Follow the link to the user who made an adjustment (the vendor's page on adjustments)."""
    known = record["user"]["links"]["self"].rstrip("/").rpartition("/")[2]
    shown = str(look("getUser", {"id": known})["id"])
    return None if shown == known else f"user {known} is shown as {shown}"
