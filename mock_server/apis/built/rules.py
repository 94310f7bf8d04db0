"""What a schema can't say of Built's bodies: that what they name exists, and the import's items."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from mock_server.apis.built.fields import number, record_id
from mock_server.apis.built.indexes import LARGEST_IMPORT
from mock_server.apis.built.inputs import read_items
from mock_server.apis.built.models import ACCOUNTS, CATEGORIES, ITEMS
from mock_server.engine.context import Context
from mock_server.engine.errors import Violation
from mock_server.engine.messages import Request
from mock_server.state.store import Table

_REFERENCES: dict[str, Table[Any]] = {
    "account_id": ACCOUNTS,
    "purchase_accountID": ACCOUNTS,
    "category_id": CATEGORIES,
}


#: The bounds of a number's column, of which the spec says the same for numbers that are no texts.
LARGEST_NUMBER = 10**12
_NUMBERS = (
    "unit_price",
    "quantity",
    "quantity_limit",
    "selling_price",
    "discount_amount",
    "discount_percent",
    "amount",
    "adjustment_quantity",
    "usedQuantity",
    "unit_cost",
)
_FLAGS = ("taxed", "retail_item", "buy_item", "track_inventory")


def values_fit(request: Request, _: Context) -> Iterator[Violation]:
    """Refuse a number as text that no column holds, and a flag that is 1.0 or 0.0.

    To JSON Schema, 1.0 is an integer; to PHP, a float, which Laravel's rule does not take.
    """
    if not isinstance(request.body, dict):
        return
    yield from _misfits(request.body, ())
    for name in _FLAGS:
        if isinstance(flag := request.body.get(name), Decimal):
            yield Violation("body", (name,), "type", "boolean", flag)
    materials = request.body.get("materials")
    for index, used in enumerate(materials if isinstance(materials, list) else ()):
        if isinstance(used, dict):
            yield from _misfits(used, ("materials", index))


def _misfits(fields: dict[str, Any], place: tuple[str | int, ...]) -> Iterator[Violation]:
    for name in _NUMBERS:
        value = fields.get(name)
        amount = number(value) if isinstance(value, str) else None
        if amount is not None and amount > LARGEST_NUMBER:
            yield Violation("body", (*place, name), "maximum", LARGEST_NUMBER, value)
        elif amount is not None and amount < -LARGEST_NUMBER:
            yield Violation("body", (*place, name), "minimum", -LARGEST_NUMBER, value)


def references_exist(request: Request, context: Context) -> Iterator[Violation]:
    """Refuse an account or a category that the business has not (inferred)."""
    if isinstance(request.body, dict):
        yield from _unknown_references(request.body, (), context)


def stock_is_kept(request: Request, context: Context) -> Iterator[Violation]:
    """Refuse to change the stock of a service, which has none (inferred).

    An item that doesn't exist is not this rule's affair: the operation answers that with 302.
    """
    body = request.body
    if not isinstance(body, dict):
        return
    for name in ("item_id", "product_id"):
        yield from _service(body, name, (name,), context)
    materials = body.get("materials")
    for index, used in enumerate(materials if isinstance(materials, list) else ()):
        if isinstance(used, dict):
            yield from _service(used, "id", ("materials", index, "id"), context)


def items_are_valid(request: Request, context: Context) -> Iterator[Violation]:
    """Refuse an import that is no JSON array, or has an item that breaks the spec's `BulkItem`.

    An import of too many items is not looked at more closely. Source: built.txt (a JSON-encoded
    string); Laravel's rules for the rest (inferred).
    """
    encoded = request.body.get("items") if isinstance(request.body, dict) else None
    if not isinstance(encoded, str):
        return
    try:
        items = read_items(encoded)
    except ValueError:
        yield Violation("body", ("items",), "json", value=encoded)
        return
    if not isinstance(items, list):
        yield Violation("body", ("items",), "type", "array", encoded)
    elif len(items) <= LARGEST_IMPORT:
        for index, item in enumerate(items):
            place = ("items", index)
            yield from context.violations("BulkItem", item, place)
            if isinstance(item, dict):
                yield from _misfits(item, place)
                yield from _unknown_references(item, place, context)


def _unknown_references(
    fields: dict[str, Any], place: tuple[str | int, ...], context: Context
) -> Iterator[Violation]:
    for name, table in _REFERENCES.items():
        key = record_id(fields.get(name))
        if key is not None and context.state.get(table, key) is None:
            yield Violation("body", (*place, name), "exists", value=key)


def _service(
    fields: dict[str, Any], name: str, place: tuple[str | int, ...], context: Context
) -> Iterator[Violation]:
    key = record_id(fields.get(name))
    item = None if key is None else context.state.get(ITEMS, key)
    if item is not None and item.kind == "service":
        yield Violation("body", place, "exists", value=key)
