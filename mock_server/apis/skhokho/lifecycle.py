"""What is known of a product's life at Skhokho, for the contract suite.

Sources: skhokho.txt for operations, fields and bounds; facts, section 3, for what Django REST
Framework does with them. What the spec marks as inferred (the page's form, what the actions do)
is declared as the spec has it. The document says nothing of the list's order: none is declared.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from mock_server.apis.skhokho.lifecycle_filters import FILTERS
from mock_server.apis.skhokho.lifecycle_images import IMAGE
from mock_server.lifecycle.model import (
    Create,
    Field,
    Json,
    Lifecycle,
    Listing,
    Look,
    Parts,
    Read,
    Relation,
    Removal,
    Resource,
    Update,
)
from mock_server.lifecycle.paging import numbered
from mock_server.lifecycle.values import Kind, choice, number, text

_LARGEST = "9999999999999.99"
_AMOUNTS = (
    "cost_price",
    "selling_price",
    "current_stock",
    "minimum_stock_level",
    "maximum_stock_level",
)
_UNITS = (
    *("piece", "kg", "gram", "liter", "meter", "square_meter", "cubic_meter"),
    *("hour", "day", "month", "year", "box", "pack", "dozen", "other"),
)
#: What no text field takes, whatever its length. Numbers are taken: they are kept as their text.
_NO_TEXT: tuple[Any, ...] = (True, ["text"], {"text": "text"}, "a\0b")
#: Facts: texts are trimmed, and may come as numbers.
_KEPT_AS_TEXT = (("  in spaces  ", "in spaces"), ("\tby a tab\n", "by a tab"), (40, "40"))
#: What the decimal fields refuse. Facts: 15 digits in total, 13 before the point, 2 after it.
_NO_AMOUNT: tuple[Any, ...] = (
    *("ten", "12,50", "1.005", "12.500", "10000000000000", "-10000000000000.00", "NaN", "Infinity"),
    *(1.005, 10**13, True, [], {}),
)


def _amount() -> Kind:
    """Numbers as the document's pattern has them: small ones, cents, and those at its bounds.

    The pattern has a sign, and no field has a lower bound.
    """

    def draw(random: Random) -> Any:
        kind = random.randrange(5)
        if kind == 0:
            return str(random.randint(0, 5))
        if kind == 1:
            return random.randint(-20, 500)
        if kind == 2:
            return random.choice(
                ("0", "0.01", "0.1", "-0.01", _LARGEST, f"-{_LARGEST}", "7.", ".5")
            )
        sign = "-" if random.random() < 0.2 else ""
        return f"{sign}{random.randrange(10 ** random.randint(1, 13))}.{random.randrange(100):02}"

    def meaning(value: Any) -> Any:
        return None if value is None or value == "" else number(value)

    return Kind("amount", draw, meaning)


def _no_image() -> Kind:
    """The one value that JSON has for an image: null, which takes it away."""
    return Kind("no image", lambda _: None, lambda value: value)


def _text(name: str, longest: int) -> Field:
    wrong = (*_NO_TEXT, "x" * (longest + 1))
    return Field(name, text(longest), f"/{name}", clearable=True, wrong=wrong, kept=_KEPT_AS_TEXT)


def _decimal(name: str, *, clearable: bool) -> Field:
    wrong = _NO_AMOUNT if clearable else (*_NO_AMOUNT, None, "")
    kept: tuple[tuple[Any, Any], ...] = ((" 12.5 ", "12.50"), ("+007", "7.00"), (12.5, "12.50"))
    if clearable:
        kept = (*kept, ("", None))
    return Field(name, _amount(), f"/{name}", clearable=clearable, wrong=wrong, kept=kept)


def _choice(name: str, values: tuple[str, ...], *wrong: Any, required: bool = False) -> Field:
    never = ("", "none of them", values[0].upper(), None, True, 1, [], [values[0]], {})
    return Field(name, choice(*values), f"/{name}", required=required, wrong=(*never, *wrong))


_FIELDS = (
    Field(
        "name",
        text(300),
        "/name",
        required=True,
        wrong=(*_NO_TEXT, None, "", "  ", "x" * 301),
        kept=_KEPT_AS_TEXT,
    ),
    Field(
        "description",
        text(2000),
        "/description",
        clearable=True,
        wrong=_NO_TEXT,
        kept=_KEPT_AS_TEXT,
    ),
    _text("short_description", 500),
    _text("product_code", 100),
    _text("barcode", 100),
    _choice("product_type", ("manufacture", "buy"), "Manufacture", "sell", required=True),
    _text("category", 200),
    _text("brand", 200),
    _text("model_number", 200),
    _choice("unit_of_measure", _UNITS, "Piece", "Square Meter", "tonne"),
    _decimal("cost_price", clearable=True),
    _decimal("selling_price", clearable=True),
    _decimal("current_stock", clearable=False),
    _decimal("minimum_stock_level", clearable=False),
    _decimal("maximum_stock_level", clearable=True),
    _choice("status", ("active", "inactive", "discontinued", "out_of_stock"), "Out of Stock"),
    # Facts: a file comes in a multipart body, and nowhere else.
    Field("image", _no_image(), "/image", clearable=True, wrong=("photo.png", 5, True, [], {})),
    _text("supplier_name", 300),
)


def _two_places(record: Json, _: Look) -> str | None:
    """Facts: decimals come out as strings with two places."""
    for name in _AMOUNTS:
        shown = record.get(name)
        if shown is not None and (not isinstance(shown, str) or shown[-3:-2] != "."):
            return f"{name} is {shown!r}, which is no text with two places"
    return None


def _action(name: str) -> Callable[[str], Parts]:
    return lambda unique_id: Parts(path={"unique_id": unique_id}, query=(("action", name),))


def _activation(unique_id: str) -> Parts:
    return Parts(path={"unique_id": unique_id}, body={"status": "active"})


def _without_stock(record: Json) -> bool:
    return record["status"] == "out_of_stock" and number(record["current_stock"]) == 0


#: Facts: bodies come as JSON, form or multipart.
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_LIST = Listing(
    "listProducts",
    "/results",
    paging=numbered(
        lambda page: page["next"] is not None,
        size=None,
        sizes=(),
        fixed=20,
        next_link=lambda page: page["next"],
        previous_link=lambda page: page["previous"],
        # Facts: `last` is a page, and one that there is not is not found.
        last=(("page", "last"),),
        beyond=(404,),
    ),
    id="/unique_id",
    total="/count",
    # Facts: the list's objects are lighter than the detail's.
    at={
        "description": None,
        "model_number": None,
        "cost_price": None,
        "maximum_stock_level": None,
        "image": None,
        "supplier_name": None,
    },
    filters=FILTERS,
    # The spec: filters narrow the list together.
    together=True,
)

_PRODUCT = Resource(
    "product",
    id_in_path="unique_id",
    id="/unique_id",
    fields=_FIELDS,
    tag="name",
    create=Create("createProduct", id="/unique_id", forms=_FORMS),
    reads=(Read("getProduct"),),
    lists=(_LIST,),
    updates=(
        Update("updateProduct", forms=_FORMS),
        Update("replaceProduct", partial=False, keeps=True, forms=_FORMS),
    ),
    removals=(
        Removal(
            "actOnProduct",
            "deactivates",
            reads="shown",
            hidden=False,
            parts=_action("deactivate"),
            mark="/status",
            marked=lambda status: status == "inactive",
            undo="updateProduct",
            undo_parts=_activation,
            again=(200,),
            given={"status": "active", "current_stock": "5"},
            name="deactivate",
            changes=("status",),
        ),
        Removal(
            "actOnProduct",
            "deactivates",
            reads="shown",
            hidden=False,
            parts=_action("mark_out_of_stock"),
            mark="",
            marked=_without_stock,
            undo="updateProduct",
            undo_parts=_activation,
            again=(200,),
            given={"status": "active", "current_stock": "5"},
            name="mark out of stock",
            changes=("status", "current_stock"),
        ),
    ),
    stock="/current_stock",
    created="/date_created",
    updated="/last_updated",
    owner_in_path="org_uid",
    attachments=(IMAGE,),
    relations=(Relation("amounts have two places", _two_places),),
    absent=(404,),
    refused=(400,),
    unknown=lambda random: str(uuid.UUID(int=random.getrandbits(128), version=4)),
)

LIFECYCLE = Lifecycle((_PRODUCT,))
