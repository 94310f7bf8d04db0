"""The lives of Cliniko's records, for the contract suite (cliniko.txt; facts, section 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from random import Random
from typing import Any

from mock_server.lifecycle.model import (
    Create,
    Field,
    Filter,
    Json,
    Lifecycle,
    Listing,
    Look,
    Move,
    Outcome,
    Parts,
    Query,
    Read,
    Relation,
    Removal,
    Resource,
    Sort,
    Source,
    Update,
)
from mock_server.lifecycle.paging import Paging, numbered
from mock_server.lifecycle.values import (
    Kind,
    choice,
    decimal,
    flag,
    identifier,
    instant,
    number,
    text,
    whole,
)

_LIMIT = 4_000_000_000
#: How far a price worked out from another may lie from ours: nobody says how it is rounded.
_ROUNDING = Decimal("0.01")
_EVERYTHING: Query = (("q[]", "archived_at:*"),)
_ARCHIVED: Query = (("q[]", "archived_at:?"),)


def _after_next_page(body: Any) -> bool:
    return isinstance(body, dict) and "next" in (body.get("links") or {})


def _link(name: str) -> Callable[[Any], str | None]:
    return lambda body: (body.get("links") or {}).get(name)


PAGES: Paging = numbered(_after_next_page, next_link=_link("next"), previous_link=_link("previous"))


def _compared(field: str, operator: str) -> Filter:
    """A filter of times, by an operator; the value is that of some record (facts, lists)."""
    judge: Callable[[Any, Any], bool] = {">=": ge, ">": gt, "<=": le, "<": lt}[operator]

    def value(random: Random, records: Sequence[Json]) -> str | None:
        known = [record[field] for record in records if record.get(field)]
        return _seconds(random.choice(known)) if known else None

    return Filter(
        name=f"{field}:{operator}",
        value=value,
        query=lambda wanted: (("q[]", f"{field}:{operator}{wanted}"),),
        holds=lambda record, wanted: judge(instant(record[field]), instant(wanted)),
    )


def _seconds(shown: str) -> str:
    return instant(shown).strftime("%Y-%m-%dT%H:%M:%SZ")


def _any_id(random: Random, records: Sequence[Json]) -> str | None:
    return str(random.choice(records)["id"]) if records else None


def _any_ids(random: Random, records: Sequence[Json]) -> str | None:
    few = random.sample(list(records), min(3, len(records)))
    return ",".join(str(record["id"]) for record in few) or None


_IDS = (
    Filter(
        "id:=",
        _any_ids,
        lambda ids: (("q[]", f"id:={ids}"),),
        lambda record, ids: str(record["id"]) in ids.split(","),
    ),
    Filter(
        "id:!=",
        _any_id,
        lambda known: (("q[]", f"id:!={known}"),),
        lambda record, known: str(record["id"]) != known,
    ),
    Filter(
        "id:>=",
        _any_id,
        lambda known: (("q[]", f"id:>={known}"),),
        lambda record, known: int(record["id"]) >= int(known),
    ),
    Filter(
        "id:<",
        _any_id,
        lambda known: (("q[]", f"id:<{known}"),),
        lambda record, known: int(record["id"]) < int(known),
    ),
)


def _plain_name(random: Random, records: Sequence[Json]) -> str | None:
    names = [record["name"] for record in records if _plain(record.get("name"))]
    return random.choice(names) if names else None


def _plain(name: Any) -> bool:
    """Whether no service could read anything into a name but its letters."""
    return isinstance(name, str) and name.isascii() and "%" not in name and "_" not in name


def _part_of_name(random: Random, records: Sequence[Json]) -> str | None:
    name = _plain_name(random, records)
    words = [word for word in (name or "").split() if len(word) > 1]
    return random.choice(words) if words else None


_NAMES = (
    Filter(
        "name:=",
        _plain_name,
        lambda name: (("q[]", f"name:={name}"),),
        lambda record, name: record["name"] == name,
    ),
    Filter(
        "name:~",
        _part_of_name,
        lambda part: (("q[]", f"name:~{part}"),),
        # Nobody says whether case counts, so a part in another case is in neither set.
        lambda record, part: part.casefold() in record["name"].casefold(),
    ),
    Filter(
        "name:~~",
        _part_of_name,
        lambda part: (("q[]", f"name:~~%{part}%"),),
        lambda record, part: part.casefold() in record["name"].casefold(),
    ),
)
_TIMES = tuple(
    _compared(field, operator)
    for field in ("created_at", "updated_at")
    for operator in (">=", ">", "<=", "<")
)
#: Two filters at once are both applied (facts, lists).
_BOTH = Filter(
    "created_at:>= and id:!=",
    _any_id,
    lambda known: (("q[]", "created_at:>=2000-01-01T00:00:00Z"), ("q[]", f"id:!={known}")),
    lambda record, known: str(record["id"]) != known,
)
_ARCHIVE = (
    Filter(
        "archived_at:*",
        lambda _, records: "*" if records else None,
        lambda _: _EVERYTHING,
        lambda _record, _value: True,
        universe=_EVERYTHING,
    ),
    Filter(
        "archived_at:?",
        lambda _, records: "?" if records else None,
        lambda _: _ARCHIVED,
        lambda record, _: record["archived_at"] is not None,
        universe=_EVERYTHING,
    ),
    Filter(
        "archived_at:!?",
        lambda _, records: "!?" if records else None,
        lambda _: (("q[]", "archived_at:!?"),),
        lambda record, _: record["archived_at"] is None,
        universe=_EVERYTHING,
    ),
)


def _tax_of(record: Json) -> str | None:
    tax = record.get("tax")
    return tax["links"]["self"].rstrip("/").rpartition("/")[2] if tax else None


def _tax_filter() -> Filter:
    def value(random: Random, records: Sequence[Json]) -> str | None:
        known = [tax for tax in map(_tax_of, records) if tax]
        return random.choice(known) if known else None

    return Filter(
        "tax_id:=",
        value,
        lambda tax: (("q[]", f"tax_id:={tax}"),),
        lambda record, tax: _tax_of(record) == tax,
    )


def _by_time(name: str, query: str, *, descending: bool = False) -> Sort:
    field = name.partition(":")[0]

    def key(record: Json) -> datetime:
        return instant(record[field]).replace(microsecond=0, tzinfo=UTC)

    return Sort(name, (("sort", query),), key, descending)


_OLDEST_FIRST = Sort("created_at", (), lambda record: instant(record["created_at"]))
_SORTS = (
    _by_time("created_at", "created_at"),
    _by_time("created_at:desc", "created_at:desc", descending=True),
    _by_time("updated_at", "updated_at"),
    _by_time("updated_at:desc", "updated_at:desc", descending=True),
    Sort(
        "id:desc",
        (("sort", "id:desc"),),
        lambda record: int(record["id"]),
        descending=True,
    ),
    Sort(
        "order=desc",
        (("order", "desc"),),
        lambda record: instant(record["created_at"]),
        descending=True,
    ),
)


def _listing(operation: str, items: str, *more: Filter) -> Listing:
    return Listing(
        operation,
        items=f"/{items}",
        paging=PAGES,
        total="/total_entries",
        filters=(*_IDS, *_TIMES, *more),
        sorts=_SORTS,
        order=_OLDEST_FIRST,
    )


def _prices_with_tax(record: Json, look: Look) -> str | None:
    """Compare both prices with the tax's rate (facts, the product)."""
    if record["price_ex_tax"] is None or record["price_including_tax"] is None:
        if record["price_ex_tax"] is record["price_including_tax"]:
            return None
        return "one of the two prices is missing"
    without, with_tax = number(record["price_ex_tax"]), number(record["price_including_tax"])
    known = _tax_of(record)
    rate = number(look("getTax", {"id": known})["rate"]) if known else Decimal(0)
    wanted = without * (1 + rate / 100)
    if abs(with_tax - wanted) <= _ROUNDING:
        return None
    return f"price_including_tax is {with_tax}, and {without} with {rate} % is {wanted}"


def _price_as_sent(sent: Json, record: Json) -> str | None:
    """Find the price where `price_includes_tax` puts it, exactly (facts, the product)."""
    name = "price_including_tax" if sent["price_includes_tax"] else "price_ex_tax"
    shown = number(record[name])
    wanted = number(sent["price"])
    return None if shown == wanted else f"{name} is {shown} for a price of {wanted}"


def _its_own_links(record: Json, look: Look) -> str | None:
    """Compare the record's links with its id."""
    del look
    own, known = record["links"]["self"], str(record["id"])
    if own.rstrip("/").rpartition("/")[2] != known:
        return f"links.self of {known} is {own}"
    return None


def _links_of_product(record: Json, look: Look) -> str | None:
    own = _its_own_links(record, look)
    adjustments = record["stock_adjustments"]["links"]["self"]
    if own is None and not adjustments.endswith(str(record["id"])):
        return f"stock_adjustments of {record['id']} is {adjustments}"
    return own


def _supplier_agrees(sent: Json, record: Json) -> str | None:
    """A product with a supplier's name links to a supplier (facts, the product)."""
    linked = record["product_supplier"] is not None
    named = bool(sent["product_supplier_name"])
    return None if linked == named else f"product_supplier is {record['product_supplier']}"


def _adjustment(kind: str, sign: int) -> Move:
    """An adjustment whose type adds or takes away (facts, the product)."""

    def parts(product: str, quantity: Decimal) -> Parts:
        body = {"product_id": product, "quantity": quantity, "adjustment_type": kind}
        return Parts(body=body)

    return Move(
        kind,
        "createStockAdjustment",
        parts,
        effect=lambda quantity: quantity,
        quantities=tuple(sign * Decimal(size) for size in (1, 3, 250)),
        wrong=("many", Decimal("1.5") * sign, Decimal(0), -sign * Decimal(4)),
    )


PRODUCTS = Resource(
    name="products",
    tag="name",
    fields=(
        Field("name", text(255), "/name", required=True, wrong=("", "x" * 256, 7, ["a"])),
        Field("item_code", text(100), "/item_code", clearable=True, wrong=("x" * 101, 5)),
        Field("notes", text(600), "/notes", clearable=True, wrong=({"a": 1},)),
        Field("serial_number", text(255), "/serial_number", clearable=True, wrong=("x" * 256,)),
        Field(
            "cost_price",
            decimal("0", "3999"),
            "/cost_price",
            clearable=True,
            wrong=("4000000000", "-0.01", "abc"),
        ),
        Field(
            "price",
            decimal("0", "5000", sent_as=Decimal),
            needs=("price_includes_tax",),
            wrong=("abc", True),
        ),
        Field("price_includes_tax", flag(), wrong=("maybe",)),
        Field("tax_id", identifier(), source=Source("listTaxes", "/taxes"), wrong=("abc",)),
        Field("product_supplier_name", text(120), "/product_supplier_name", clearable=True),
        Field(
            "stock_level",
            whole(-50, 5000),
            "/stock_level",
            wrong=(_LIMIT, -_LIMIT, "many"),
        ),
    ),
    create=Create("createProduct"),
    reads=(Read("getProduct"),),
    lists=(_listing("listProducts", "products", *_NAMES, *_ARCHIVE, _BOTH, _tax_filter()),),
    updates=(Update("updateProduct"), Update("replaceProduct")),
    removals=tuple(
        Removal(
            operation,
            effect="archives",
            mark="/archived_at",
            marked=lambda at: at is not None,
            reveal=_EVERYTHING,
            reveal_read=_EVERYTHING,
        )
        for operation in ("archiveProduct", "deleteProduct")
    ),
    moves=(
        _adjustment("Stock Purchase", 1),
        _adjustment("Returned", 1),
        _adjustment("Item Sold", -1),
        _adjustment("Damaged", -1),
    ),
    stock="/stock_level",
    created="/created_at",
    updated="/updated_at",
    relations=(
        Relation("prices with tax", _prices_with_tax),
        Relation("links", _links_of_product),
    ),
    outcomes=(
        Outcome("the price as sent", ("price", "price_includes_tax"), _price_as_sent),
        Outcome("the supplier", ("product_supplier_name",), _supplier_agrees),
    ),
)


def _neighbour(name: str, one: str, many: str, *filters: Filter) -> Resource:
    """A kind of record that products link to, and that can be read alone."""
    return Resource(
        name=name,
        reads=(Read(one),),
        lists=(_listing(many, name, *filters),),
        created="/created_at",
        updated="/updated_at",
        relations=(Relation("links", _its_own_links),),
    )


TAXES = _neighbour("taxes", "getTax", "listTaxes", *_NAMES)
SUPPLIERS = _neighbour("product_suppliers", "getProductSupplier", "listProductSuppliers", *_NAMES)


def _any_product(random: Random, records: Sequence[Json]) -> str | None:
    return _product_of(random.choice(records)) if records else None


def _product_of(adjustment: Json) -> str:
    return str(adjustment["product"]["links"]["self"]).rstrip("/").rpartition("/")[2]


_ADDING = Kind("type", choice("Stock Purchase", "Returned", "Other").draw, text().meaning)
ADJUSTMENTS = Resource(
    name="stock_adjustments",
    tag="comment",
    fields=(
        Field("comment", text(200), "/comment"),
        Field(
            "product_id",
            identifier(),
            required=True,
            source=Source("listProducts", "/products"),
            wrong=("abc", "999999999999"),
        ),
        Field("quantity", whole(1, 50), "/quantity", required=True, wrong=("many", 0)),
        Field(
            "adjustment_type",
            _ADDING,
            "/adjustment_type",
            required=True,
            wrong=("Lost", "Item Sold"),
        ),
    ),
    create=Create("createStockAdjustment"),
    reads=(Read("getStockAdjustment"),),
    lists=(
        _listing(
            "listStockAdjustments",
            "stock_adjustments",
            *_ARCHIVE,
            Filter(
                "product_id:=",
                _any_product,
                lambda product: (("q[]", f"product_id:={product}"),),
                lambda record, product: _product_of(record) == product,
            ),
        ),
    ),
    created="/created_at",
    updated="/updated_at",
    relations=(Relation("links", _its_own_links),),
    outcomes=(
        Outcome(
            "the product",
            ("product_id",),
            lambda sent, record: (
                None
                if _product_of(record) == sent["product_id"]
                else f"it is one of product {_product_of(record)}, not {sent['product_id']}"
            ),
        ),
    ),
)
LIFECYCLE = Lifecycle(resources=(PRODUCTS, TAXES, SUPPLIERS, ADJUSTMENTS))
