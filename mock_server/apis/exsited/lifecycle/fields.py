"""The properties of an item that callers set, and where its views show them.

A field is named after its place in a request of the document, `lifecycle_bodies` says how.
Sources: exsited.txt for the properties; the spec for bounds, patterns and what must exist. What the
document leaves out of its answers, and the spec shows so that it can be read back, is optional.
"""

from __future__ import annotations

from dataclasses import replace

from mock_server.apis.exsited.lifecycle.bodies import LOW_STOCK, REORDERING
from mock_server.apis.exsited.lifecycle.kinds import (
    NO_TEXT,
    amount_field,
    day_field,
    determinants,
    flag_field,
    named_field,
    one_of,
    text_field,
    word_field,
)
from mock_server.apis.exsited.lifecycle.trade import (
    ACCOUNTING_CODES,
    PRICES,
    PURCHASE,
    SALE,
    SPECIAL,
)
from mock_server.lifecycle.model import Field, Source
from mock_server.lifecycle.values import Kind, text

_PROPERTIES = "inventories/inventory_properties"
_WAREHOUSES = Source("listWarehouses", "/warehouses", "/name")


_ITEM_ID = Kind("item id", lambda random: f"CT-{random.getrandbits(48):012X}", text().meaning)

_INFORMATION = (
    Field(
        "id",
        _ITEM_ID,
        "/id",
        update=False,
        wrong=(["CT-1"], "two words", "x" * 51),
    ),
    Field(
        "type",
        one_of("STANDARD"),
        "/type",
        required=True,
        update=False,
        wrong=(*NO_TEXT, None, "BUNDLE"),
    ),
    Field(
        "name", text(), "/name", required=True, update=False, wrong=(*NO_TEXT, None, "", "x" * 256)
    ),
    text_field("display_name", 255, update=False),
    text_field("description", 5000, update=False),
    text_field("origin", 255, update=False),
    text_field("invoice_note", 5000, update=False),
    text_field("manager", 255, update=False),
    text_field("codes/name=UPC-CODE/value", 255, update=False),
    text_field("codes/name=ITEM-NUMBER/value", 255, update=False),
    # The document's answer has an empty list of units, whatever was sent.
    flag_field("uoms/name=UNIT/used_for_sale", None, update=False),
)

FIRST_STOCK = (
    "inventories/warehouses/0/name",
    "inventories/warehouses/0/quantity_available",
)
_STOCK = (
    named_field(FIRST_STOCK[0], _WAREHOUSES, update=False, needs=FIRST_STOCK),
    # Nothing was ordered yet, so all of it is on hand. There is enough for moves to take out.
    amount_field(
        FIRST_STOCK[1],
        "/inventories/warehouses/0/quantity_on_hand",
        low="100",
        update=False,
        needs=FIRST_STOCK,
    ),
    named_field(
        "inventories/warehouses/0/accounting_code",
        ACCOUNTING_CODES,
        None,
        update=False,
        optional=True,
        needs=FIRST_STOCK,
    ),
)

_REORDER = (
    f"{_PROPERTIES}/{REORDERING}/0/reordering_threshold",
    f"{_PROPERTIES}/{REORDERING}/0/use_last_purchase_price",
    f"{_PROPERTIES}/{REORDERING}/0/preferred_supplier",
)
_PREORDER = (
    f"{_PROPERTIES}/preorder_configuration/0/name",
    f"{_PROPERTIES}/preorder_configuration/0/start_date",
    f"{_PROPERTIES}/preorder_configuration/0/end_date",
)
_INVENTORY = (
    flag_field(
        "inventories/warehouse_isEnabled", "/inventories/enable_warehouse_management", create=False
    ),
    named_field("inventories/default_warehouse", _WAREHOUSES, create=False, optional=True),
    Field(
        f"{_PROPERTIES}/quantity_available_for_sale_determination",
        determinants(),
        f"/{_PROPERTIES}/quantity_available_for_sale_determination",
        wrong=("QUANTITY_ON_THE_MOON", ["QUANTITY_ON_THE_MOON"]),
    ),
    word_field(f"{_PROPERTIES}/quantity_available_for_sale", "UNLIMITED", "QTY_AVAILABLE"),
    flag_field(f"{_PROPERTIES}/enable_low_stock_notification", create=False),
    text_field(
        f"{_PROPERTIES}/low_stock_threshold_is_based_on",
        100,
        f"/{_PROPERTIES}/low_stock_threshold_based_on",
        create=False,
    ),
    amount_field(f"{_PROPERTIES}/{LOW_STOCK}/0/low_stock_threshold", None, create=False),
    flag_field(f"{_PROPERTIES}/enable_reordering", create=False),
    text_field(
        f"{_PROPERTIES}/reordering_threshold_is_based_on",
        100,
        f"/{_PROPERTIES}/reordering_threshold_based_on",
        create=False,
    ),
    amount_field(_REORDER[0], None, create=False),
    flag_field(_REORDER[1], None, create=False),
    text_field(_REORDER[2], 100, None, create=False),
    flag_field(
        f"{_PROPERTIES}/enable_preordering",
        f"/{_PROPERTIES}/enable_preorder",
        create=False,
        optional=True,
    ),
    word_field(
        f"{_PROPERTIES}/preorder_period",
        "MONTHLY",
        "QUARTERLY",
        shown=None,
        create=False,
        optional=True,
    ),
    text_field(_PREORDER[0], 255, None, create=False, optional=True, needs=_PREORDER),
    day_field(_PREORDER[1], range(2024, 2026), None, create=False, optional=True, needs=_PREORDER),
    day_field(_PREORDER[2], range(2026, 2028), None, create=False, optional=True, needs=_PREORDER),
    flag_field(f"{_PROPERTIES}/use_last_purchase_price", None, create=False, optional=True),
    flag_field(
        f"{_PROPERTIES}/use_atp_as_quantity_available_for_webhook",
        f"/{_PROPERTIES}/use_atp_value_as_quantity_available_for_webhook",
        create=False,
        optional=True,
    ),
    flag_field(f"{_PROPERTIES}/enable_inventory_costing", create=False, optional=True),
    # What only the vendor's SDK sends.
    amount_field(f"{_PROPERTIES}/low_stock_threshold", None, create=False, optional=True),
    amount_field(f"{_PROPERTIES}/reordering_threshold", None, create=False, optional=True),
    word_field(
        f"{_PROPERTIES}/stock_required_for_sale",
        "QUANTITY_AVAILABLE",
        shown=None,
        create=False,
        optional=True,
    ),
)

#: What decides whether a move needs serial numbers or a batch, or can be made at all.
_TRACKING = (
    flag_field("inventories/enabled", create=False),
    flag_field(f"{_PROPERTIES}/enable_serialization", create=False, optional=True),
    flag_field(f"{_PROPERTIES}/enable_batch_tracking", create=False, optional=True),
)

FIELDS = (*_INFORMATION, *SALE, *PRICES, *SPECIAL, *PURCHASE, *_STOCK, *_INVENTORY)
#: Those of an item that no stock is moved of. What is refused is tried on the other.
UNMOVED_FIELDS = tuple(replace(field, wrong=()) for field in (*FIELDS, *_TRACKING))

SALE_NAMES = tuple(field.name for field in (*SALE, *PRICES))
PURCHASE_NAMES = tuple(field.name for field in PURCHASE)
INVENTORY_NAMES = tuple(field.name for field in _INVENTORY)
TRACKING_NAMES = tuple(field.name for field in _TRACKING)

#: Where the inventory on its own shows what the whole item shows elsewhere, or not at all.
AT_INVENTORY: dict[str, str | None] = {
    **{field.name: None for field in UNMOVED_FIELDS},
    **{name: f"/{name}" for name in (FIRST_STOCK[0], *INVENTORY_NAMES, *TRACKING_NAMES)},
    "inventories/enabled": "/inventories/isEnabled",
    FIRST_STOCK[1]: "/inventories/warehouses/0/quantity_on_hand",
    "inventories/warehouses/0/accounting_code": "/inventories/warehouses/0/accounting_code",
}


_PARTS = ("/sale/", "/purchase/", "/inventories/")


def _in_part(part: str) -> dict[str, str | None]:
    """Where a part on its own shows the fields: its own where they are, the others not at all."""
    return {
        field.name: field.shown if field.shown and field.shown.startswith(part) else None
        for field in UNMOVED_FIELDS
    }


AT_SALE, AT_PURCHASE, AT_KPIS = _in_part("/sale/"), _in_part("/purchase/"), _in_part("/kpis/")
AT_INFORMATION: dict[str, str | None] = {
    field.name: None
    for field in UNMOVED_FIELDS
    if field.shown is None or field.shown.startswith(_PARTS)
}
