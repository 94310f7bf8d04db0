"""What holds between the parts of an item, and between an item and what it refers to.

A relation says nothing of what a view does not show, nor of a record that was not found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mock_server.lifecycle.model import Json, Look, Relation
from mock_server.lifecycle.pointers import ABSENT, find
from mock_server.lifecycle.values import instant, number

_USES = ("sale", "purchase")
_PARTS = (
    "getItemInformation",
    "getItemSale",
    "getItemPurchase",
    "getItemInventories",
    "getItemKpis",
)
_UNSOLD = (
    "quantity_promised",
    "quantity_on_order",
    "quantity_on_return",
    "quantity_on_purchase_return",
)
#: How the whole item spells what the inventory on its own spells otherwise (exsited.txt).
_SPELLED_INSIDE = {
    "isEnabled": "enabled",
    "warehouse_isEnabled": "enable_warehouse_management",
    "low_stock_threshold_is_based_on": "low_stock_threshold_based_on",
    "reordering_threshold_is_based_on": "reordering_threshold_based_on",
    "enable_preordering": "enable_preorder",
    "use_atp_as_quantity_available_for_webhook": "use_atp_value_as_quantity_available_for_webhook",
}


def _of_item(operation: str, record: Json, look: Look) -> Any:
    """What is in the wrapper of another view of the same item."""
    return find(look(operation, {"item_id": record["id"]}), "/item")


def _objects(value: Any) -> Sequence[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _unlike(whole: Any, part: Any, where: str) -> str | None:
    """How a part on its own differs from what the whole item shows; each shows what it has."""
    if isinstance(whole, dict) and isinstance(part, dict):
        for name, value in part.items():
            spelled = name if name in whole else _SPELLED_INSIDE.get(name, name)
            if spelled in whole:
                problem = _unlike(whole[spelled], value, f"{where}/{name}")
                if problem:
                    return problem
        return None
    if isinstance(whole, list) and isinstance(part, list) and len(whole) == len(part):
        pairs = zip(whole, part, strict=True)
        found = (_unlike(one, other, f"{where}/{n}") for n, (one, other) in enumerate(pairs))
        return next((problem for problem in found if problem), None)
    return None if whole == part else f"{where} is {part!r} there and {whole!r} in the item"


def _same_parts(record: Json, look: Look) -> str | None:
    """Each part on its own shows what the item shows."""
    found = (_unlike(record, _of_item(view, record, look), view) for view in _PARTS)
    return next((problem for problem in found if problem), None)


def _available(record: Json, _: Look) -> str | None:
    """Exsited.txt: what is available counts orders and returns in, so without any it is on hand.

    An item may be sold without a limit, or without regard to what is on hand.
    """
    settings = find(record, "/inventories/inventory_properties")
    on_hand_counts = "QUANTITY_ON_HAND" in find(
        settings, "/quantity_available_for_sale_determination"
    )
    if not on_hand_counts or find(settings, "/quantity_available_for_sale") == "UNLIMITED":
        return None
    for stock in _objects(find(record, "/inventories/warehouses")):
        if any(number(stock[name]) for name in _UNSOLD):
            continue
        on_hand, available = number(stock["quantity_on_hand"]), number(stock["quantity_available"])
        if on_hand != available:
            return f"{available} of {on_hand} are available in {stock['name']}, with no orders"
    return None


def _indicators(record: Json, _: Look) -> str | None:
    """By the words alone: active orders are orders, and what is overdue is outstanding."""
    kpis = record["kpis"]
    if number(kpis["active_orders"]) > number(kpis["total_orders"]):
        return f"{kpis['active_orders']} of {kpis['total_orders']} orders are active"
    if number(kpis["total_overdue"]) > number(kpis["total_outstanding"]):
        return f"{kpis['total_overdue']} of {kpis['total_outstanding']} outstanding are overdue"
    return None


def _special_price(record: Json, _: Look) -> str | None:
    """Exsited.txt: the special price is empty if it is not active."""
    sale = record["sale"]
    if sale["use_on_sale_price"] == "false" and sale["sale_price"] != "":
        return f"the special price is {sale['sale_price']!r} and does not apply"
    return None


def _defaults(record: Json, _: Look) -> str | None:
    """A default is one of its kind."""
    for use in _USES:
        found = [
            each["name"]
            for each in _objects(record["currencies"])
            if each[f"default_for_{use}"] == "true"
        ]
        if len(found) > 1:
            return f"{' and '.join(found)} are the default for {use}"
    names = [each["name"] for each in _objects(record["currencies"])]
    return f"the currencies are {', '.join(names)}" if len({*names}) < len(names) else None


def _last_update(record: Json, _: Look) -> str | None:
    """Who changed the item last goes with when, and an item is not changed before it is there."""
    who, when = record["last_updated_by"], record["last_updated_on"]
    if (who == "") != (when == ""):
        return f"it was last updated by {who!r} on {when!r}"
    if when and instant(when) < instant(record["created_on"]):
        return f"it was updated on {when}, before {record['created_on']}"
    return None


#: Where settings are listed, and by what an item names them (the spec's references).
_CURRENCIES = ("listCurrencies", "currencies", "name")
_CODES = ("listAccountingCodes", "accounting_codes", "name")
_TAXES = ("listTaxes", "taxes", "code")
_WAREHOUSES = ("listWarehouses", "warehouses", "name")


def _named_in(record: Json) -> Iterator[tuple[tuple[str, str, str], Any]]:
    """Every setting that an item may name, with the list that it must be on."""
    for currency in _objects(record["currencies"]):
        yield _CURRENCIES, currency["name"]
    yield _CODES, find(record, "/sale/accounting_code/sales_revenue")
    yield _TAXES, find(record, "/sale/tax_configuration/tax_code/code")
    for price in _objects(find(record, "/sale/pricing/pricing_module")):
        yield _CURRENCIES, price["currency"]
    for supplier in _objects(find(record, "/purchase/suppliers")):
        for price in _objects(find(supplier, "/pricing/pricing_module")):
            yield _CURRENCIES, price["currency"]
    for stock in _objects(find(record, "/inventories/warehouses")):
        yield _WAREHOUSES, stock["name"]


def _settings(record: Json, look: Look) -> str | None:
    """What an item refers to is listed (the spec's references)."""
    named: dict[tuple[str, str, str], set[str]] = {_CURRENCIES: set()}
    for place, name in _named_in(record):
        if name is not ABSENT:
            named.setdefault(place, set()).add(name)
    # Exsited.txt: the system's identifier for the currency.
    bought_in = {
        supplier["default_purchase_currency"]
        for supplier in _objects(find(record, "/purchase/suppliers"))
    }
    for (operation, kind, key), names in named.items():
        listed = find(look(operation, {}), f"/{kind}")
        unlisted = names - {each[key] for each in _objects(listed)}
        if listed is not ABSENT and unlisted:
            return f"{min(unlisted)!r} is none of {kind}"
        if kind == "currencies" and listed is not ABSENT:
            known = {each[key] for each in _objects(listed) for key in ("uuid", "name")}
            if bought_in - {"", *known}:
                return f"the purchase currency {min(bought_in - known)!r} is none of {kind}"
    return None


def _warehouses(record: Json, look: Look) -> str | None:
    """Each warehouse of the item is there once, and its uuid leads to it."""
    stocks = _objects(find(record, "/inventories/warehouses"))
    names = [stock["name"] for stock in stocks]
    if len({*names}) < len(names):
        return f"the warehouses are {', '.join(names)}"
    for stock in stocks:
        found = find(look("getWarehouse", {"warehouse_id": stock["uuid"]}), "/warehouse/name")
        if found is not ABSENT and found != stock["name"]:
            return f"{stock['name']} has the uuid of {found}"
        if not stock["link"].endswith(f"/{stock['uuid']}"):
            return f"{stock['name']} is linked to {stock['link']}"
    return None


def _tax_code(record: Json, look: Look) -> str | None:
    """The tax code of an item is the one of the settings, in all that is shown of it."""
    shown = find(record, "/sale/tax_configuration/tax_code")
    if shown is ABSENT:
        return None
    return _unlike(find(look("getTax", {"tax_id": shown["uuid"]}), "/tax"), shown, "tax_code")


def _serial_numbers(record: Json, look: Look) -> str | None:
    """Exsited.txt: serial numbers are unique."""
    stocks = _objects(find(_of_item("getItemInventories", record, look), "/inventories/warehouses"))
    found = [serial for stock in stocks for serial in stock.get("serial_numbers", ())]
    twice = next((each for each in found if found.count(each) > 1), None)
    return None if twice is None else f"the serial number {twice} is there twice"


def _notes(record: Json, look: Look) -> str | None:
    """A note reads as it is listed."""
    notes = find(look("listItemNotes", {"item_id": record["id"]}), "/item/notes/notes")
    for note in _objects(notes):
        path = {"item_id": record["id"], "note_id": note["uuid"]}
        problem = _unlike(find(look("getItemNote", path), "/note"), note, "listItemNotes")
        if problem:
            return problem
    return None


RELATIONS = (
    Relation("each part on its own shows what the item shows", _same_parts, _PARTS),
    Relation("without orders all that is on hand is available", _available),
    Relation("indicators agree", _indicators),
    Relation("a special price that does not apply is empty", _special_price),
    Relation("a use has one default currency", _defaults),
    Relation("an update has a time and somebody", _last_update),
    Relation(
        "what an item refers to is listed",
        _settings,
        ("listCurrencies", "listAccountingCodes", "listTaxes", "listWarehouses"),
    ),
    Relation("each warehouse is the one of its uuid", _warehouses, ("getWarehouse",)),
    Relation("the tax code is the one of the settings", _tax_code, ("getTax",)),
    Relation("serial numbers are unique", _serial_numbers, ("getItemInventories",)),
    Relation("notes read as they are listed", _notes, ("listItemNotes", "getItemNote")),
)
