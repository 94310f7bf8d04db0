"""Request bodies of an item, made of fields that are named after their places.

`sale/enabled` stands in the object `sale`; a part `name=text` stands for the one entry of a list
that has this text under this name, and a number for the entry itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from mock_server.lifecycle.model import Json
from mock_server.lifecycle.pointers import Shown

LOW_STOCK = "low_stock_threshold_for_individual_warehouses"
REORDERING = "reordering_threshold_for_individual_warehouses"
_PROPERTIES = "inventories/inventory_properties"

#: What an entry of a list has besides what was drawn: a warehouse or a currency of the item.
_WAREHOUSE = Shown("/inventories/warehouses/0/name")
_CURRENCY = Shown("/currencies/0/name")
_BESIDES: Mapping[str, Json] = {
    f"{_PROPERTIES}/{LOW_STOCK}/0": {"warehouse": _WAREHOUSE},
    f"{_PROPERTIES}/{REORDERING}/0": {"warehouse": _WAREHOUSE},
    "sale/pricing/pricing_module/0": {"currency": _CURRENCY},
    "purchase/suppliers/id=/pricing/pricing_module/0": {"currency": _CURRENCY},
}

#: The document's sample for the configuration spells two flags in another way than its creation.
_CONFIGURED = {"inventories/enabled": "inventories/isEnabled"}
#: The spellings that are not the sample's own (facts: take both in).
_OTHER_SPELLINGS = {
    "sale/enabled": "sale/isEnabled",
    "sale/isTaxExemptWhenSold": "sale/tax_exempt_when_sold",
    "sale/tax_configuration/sale_price_entered_is_inclusive_of_tax": (
        "sale/tax_configuration/sale_price_entered_inclusive_of_tax"
    ),
    "sale/tax_configuration/sale_price_is_based_on": "sale/tax_configuration/sale_price_based_on",
    "sale/default_sale_currency": "currencies/isDefaultForSale=true/name",
    "currencies/default_for_purchase=true/name": "currencies/isDefaultForPurchase=true/name",
    "purchase/enabled": "purchase/isEnabled",
    "purchase/supplier_management_enabled": "purchase/supplier_management_isEnabled",
    "purchase/suppliers/id=/tax_exempt_when_purchase": (
        "purchase/suppliers/id=/isTaxExemptWhenPurchase"
    ),
    "purchase/suppliers/id=/tax_configuration/purchase_price_entered_inclusive_of_tax": (
        "purchase/suppliers/id=/tax_configuration/purchase_price_entered_is_inclusive_of_tax"
    ),
    "inventories/warehouse_isEnabled": "inventories/enable_warehouse_management",
    f"{_PROPERTIES}/low_stock_threshold_is_based_on": f"{_PROPERTIES}/low_stock_threshold_based_on",
    f"{_PROPERTIES}/reordering_threshold_is_based_on": (
        f"{_PROPERTIES}/reordering_threshold_based_on"
    ),
    f"{_PROPERTIES}/enable_preordering": f"{_PROPERTIES}/enable_preorder",
    f"{_PROPERTIES}/use_atp_as_quantity_available_for_webhook": (
        f"{_PROPERTIES}/use_atp_value_as_quantity_available_for_webhook"
    ),
}

_AMOUNT = re.compile(r"\d+(\.\d{1,6})?")


def placed(values: Mapping[str, Any]) -> Json:
    """Return an object with each value at the place that its name says."""
    root: Json = {}
    for name, value in values.items():
        inner: Any = root
        *way, last = name.split("/")
        for place, part in enumerate(way):
            within = way[place + 1] if place + 1 < len(way) else last
            if isinstance(inner, list):
                inner = _entry(inner, part, _BESIDES.get("/".join(way[: place + 1]), {}))
            else:
                inner = inner.setdefault(part, [] if _names_an_entry(within) else {})
        inner[last] = value
    return root


def _names_an_entry(part: str) -> bool:
    return part.isdigit() or "=" in part


def _entry(entries: list[Json], part: str, besides: Json) -> Json:
    """The entry that a part stands for, which is made if it is not there."""
    key, _, text = part.partition("=")
    if part.isdigit():
        if not entries:
            entries.append(dict(besides))
        return entries[int(part)]
    for entry in entries:
        if entry.get(key) == text:
            return entry
    entries.append({key: text})
    return entries[-1]


def created(values: Json) -> Json:
    """Return the body of a creation in the document's wrapper and spelling."""
    return {"items": placed(_tracked(values))}


def created_otherwise(values: Json) -> Json:
    """Return the body of a creation in the other wrapper and the other spelling."""
    return {"item": placed(_otherwise(_tracked(values)))}


def configured(wrapper: str, part: str) -> Callable[[Json], Json]:
    """Return what makes the body of a configuration in the spelling of the document's sample."""

    def body(values: Json) -> Json:
        spelled = {_CONFIGURED.get(name, name): value for name, value in values.items()}
        return {wrapper: {part: {}, **placed(spelled)}}

    return body


def configured_otherwise(wrapper: str, part: str) -> Callable[[Json], Json]:
    """Return what makes the body of a configuration in the other spelling."""
    return lambda values: {wrapper: {part: {}, **placed(_otherwise(values))}}


def _tracked(values: Json) -> Json:
    """The values, with stock that is tracked, as whoever names a warehouse wants it to be."""
    return {"inventories/enabled": "true", "inventories/warehouse_isEnabled": "true", **values}


def _otherwise(values: Json) -> Json:
    """The values in the other spelling; booleans and numbers as such, which the spec takes too."""
    return {_OTHER_SPELLINGS.get(name, name): _as_json(name, each) for name, each in values.items()}


def _as_json(name: str, value: Any) -> Any:
    """The JSON boolean or number that a text spells, where its field is one of those."""
    if not isinstance(value, str):
        return value
    if value in ("true", "false"):
        return value == "true"
    if name.endswith(("price", "threshold")) and _AMOUNT.fullmatch(value):
        return Decimal(value)
    return value
