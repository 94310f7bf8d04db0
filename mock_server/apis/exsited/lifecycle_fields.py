"""The properties of an item that callers set, and where its views show them.

A field is named after its place in a request of the document, `lifecycle_bodies` says how.
Sources: exsited.txt for the properties; the spec for bounds, patterns and what must exist. What the
document leaves out of its answers, and the spec shows so that it can be read back, is optional.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from mock_server.apis.exsited.lifecycle_bodies import LOW_STOCK, REORDERING
from mock_server.lifecycle.model import Field, Source
from mock_server.lifecycle.values import Kind, Meaningless, choice, decimal, flag, identifier, text

_PROPERTIES = "inventories/inventory_properties"
_SUPPLIER = "purchase/suppliers/id="
_SHOWN_SUPPLIER = "/purchase/suppliers/0"
_DETERMINANTS = (
    "QUANTITY_ON_HAND",
    "QUANTITY_PROMISED",
    "QUANTITY_ON_ORDER",
    "QUANTITY_ON_RETURN",
    "QUANTITY_ON_PURCHASE_RETURN",
)

CURRENCIES = Source("listCurrencies", "/currencies", "/name")
WAREHOUSES = Source("listWarehouses", "/warehouses", "/name")
_ACCOUNTING_CODES = Source("listAccountingCodes", "/accounting_codes", "/name")
_TAX_CODES = Source("listTaxes", "/taxes", "/code")

#: What is no text, no flag, no amount and no day, whoever reads it.
_NO_TEXT: tuple[Any, ...] = (["text"],)
_NO_FLAG: tuple[Any, ...] = ("perhaps", None)
_NO_AMOUNT: tuple[Any, ...] = ("ten", "-0.01", "0.1234567", {})
_NO_DAY: tuple[Any, ...] = ("2024-02-30", None)


def _text(name: str, longest: int, shown: str | None = "", **options: Any) -> Field:
    wrong = (*_NO_TEXT, "x" * (longest + 1))
    return Field(name, text(longest), _place(name, shown), wrong=wrong, **options)


def _flag(name: str, shown: str | None = "", **options: Any) -> Field:
    return Field(name, flag("true", "false"), _place(name, shown), wrong=_NO_FLAG, **options)


def _amount(name: str, shown: str | None = "", low: str = "0", **options: Any) -> Field:
    kind = decimal(low, "99999", places=6)
    return Field(name, kind, _place(name, shown), wrong=_NO_AMOUNT, **options)


def _one_of(*words: str) -> Kind:
    """Words that are sent; others, which the document leaves open, may be shown."""
    return Kind("word", choice(*words).draw, text().meaning)


def _word(name: str, *words: str, shown: str | None = "", **options: Any) -> Field:
    return Field(name, _one_of(*words), _place(name, shown), wrong=_NO_TEXT, **options)


def _named(name: str, source: Source, shown: str | None = "", **options: Any) -> Field:
    """A reference by name; the spec says that what it names exists."""
    wrong = (*_NO_TEXT, "there is none of this name")
    return Field(name, identifier(), _place(name, shown), wrong=wrong, source=source, **options)


def _day(name: str, years: range, shown: str | None = "", **options: Any) -> Field:
    def draw(random: Random) -> str:
        return f"{random.choice(years)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"

    kind = Kind("day", draw, text().meaning)
    return Field(name, kind, _place(name, shown), wrong=_NO_DAY, **options)


def _place(name: str, shown: str | None) -> str | None:
    """Where a field is shown: where it is sent, unless something else is said."""
    return f"/{name}" if shown == "" else shown


def _item_id() -> Kind:
    return Kind("item id", lambda random: f"CT-{random.getrandbits(48):012X}", text().meaning)


def _determinants() -> Kind:
    """Words with commas between them in a request, and a list of them in an answer."""

    def draw(random: Random) -> str:
        return ",".join(random.sample(_DETERMINANTS, random.randint(1, len(_DETERMINANTS))))

    def meaning(value: Any) -> str:
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, list):
            raise Meaningless(f"{value!r} is no list of determinants")
        return ",".join(sorted(map(str, words)))

    return Kind("determinants", draw, meaning)


_INFORMATION = (
    Field(
        "id",
        _item_id(),
        "/id",
        update=False,
        wrong=(["CT-1"], "two words", "x" * 51),
    ),
    Field(
        "type",
        _one_of("STANDARD"),
        "/type",
        required=True,
        update=False,
        wrong=(*_NO_TEXT, None, "BUNDLE"),
    ),
    Field(
        "name", text(), "/name", required=True, update=False, wrong=(*_NO_TEXT, None, "", "x" * 256)
    ),
    _text("display_name", 255, update=False),
    _text("description", 5000, update=False),
    _text("origin", 255, update=False),
    _text("invoice_note", 5000, update=False),
    _text("manager", 255, update=False),
    _text("codes/name=UPC-CODE/value", 255, update=False),
    _text("codes/name=ITEM-NUMBER/value", 255, update=False),
    # The document's answer has an empty list of units, whatever was sent.
    _flag("uoms/name=UNIT/used_for_sale", None, update=False),
)

_SALE = (
    _flag("sale/enabled"),
    _text("sale/invoice_note", 5000),
    _named("sale/accounting_code", _ACCOUNTING_CODES, "/sale/accounting_code/sales_revenue"),
    _named("sale/default_sale_currency", CURRENCIES, "/currencies/default_for_sale=true/name"),
    _amount("sale/default_sale_price"),
    _flag("sale/isTaxExemptWhenSold", "/sale/tax_exempt_when_sold"),
    _word("sale/pricing_method", "STANDARD"),
    _flag(
        "sale/tax_configuration/sale_price_entered_is_inclusive_of_tax",
        "/sale/tax_configuration/sale_price_entered_inclusive_of_tax",
    ),
    _word("sale/tax_configuration/sale_price_is_based_on", "ITEM", "LOCATION", optional=True),
    _named("sale/tax_configuration/tax_code/code", _TAX_CODES, optional=True),
    _word("sale/charge/type", "ONE_OFF"),
    _word("sale/pricing/type", "PER_UNIT_PRICING"),
)
_PRICES = (_amount("sale/pricing/pricing_module/0/price", create=False),)

#: They are shown while the special price applies (exsited.txt, "empty if not active"): it does with
#: the flag set, from a day that is past to one that is far.
_SPECIAL_NAMES = (
    "sale/use_on_sale_price",
    "sale/sale_price_variant",
    "sale/sale_price",
    "sale/start_date",
    "sale/end_date",
)
_SPECIAL = (
    Field(
        _SPECIAL_NAMES[0],
        Kind("set flag", lambda _: "true", flag("true", "false").meaning),
        f"/{_SPECIAL_NAMES[0]}",
        create=False,
        wrong=_NO_FLAG,
        needs=_SPECIAL_NAMES,
    ),
    _word(_SPECIAL_NAMES[1], "FIXED", "MANUAL", create=False, needs=_SPECIAL_NAMES),
    _amount(_SPECIAL_NAMES[2], create=False, needs=_SPECIAL_NAMES),
    _day(_SPECIAL_NAMES[3], range(2015, 2024), create=False, needs=_SPECIAL_NAMES),
    _day(_SPECIAL_NAMES[4], range(2090, 2100), create=False, needs=_SPECIAL_NAMES),
)

PURCHASE_CURRENCY = f"{_SUPPLIER}/default_purchase_currency"
_PURCHASE_PRICE = (
    f"{_SUPPLIER}/pricing/pricing_module/0/price",
    f"{_SUPPLIER}/pricing/pricing_module/0/price_type",
)
_PURCHASE = (
    _named(
        "currencies/default_for_purchase=true/name",
        CURRENCIES,
        create=False,
    ),
    _flag("purchase/enabled", create=False),
    _flag("purchase/supplier_management_enabled", create=False),
    _text(f"{_SUPPLIER}/name", 255, f"{_SHOWN_SUPPLIER}/name", create=False),
    _word(
        f"{_SUPPLIER}/rate_option",
        "PER_UNIT",
        shown=f"{_SHOWN_SUPPLIER}/rate_option",
        create=False,
        optional=True,
    ),
    _named(
        f"{_SUPPLIER}/accounting_code",
        _ACCOUNTING_CODES,
        f"{_SHOWN_SUPPLIER}/accounting_code/sales_revenue",
        create=False,
    ),
    _text(
        f"{_SUPPLIER}/purchase_order_note",
        5000,
        f"{_SHOWN_SUPPLIER}/purchase_order_note",
        create=False,
    ),
    # It is shown as the system's identifier of the currency, which a request has no word for.
    _named(PURCHASE_CURRENCY, CURRENCIES, None, create=False),
    _amount(
        f"{_SUPPLIER}/default_purchase_price",
        f"{_SHOWN_SUPPLIER}/default_purchase_price",
        create=False,
    ),
    _flag(
        f"{_SUPPLIER}/tax_exempt_when_purchase",
        f"{_SHOWN_SUPPLIER}/tax_exempt_when_purchase",
        create=False,
    ),
    _flag(
        f"{_SUPPLIER}/tax_configuration/purchase_price_entered_inclusive_of_tax",
        f"{_SHOWN_SUPPLIER}/tax_configuration/purchase_price_entered_inclusive_of_tax",
        create=False,
    ),
    _word(
        f"{_SUPPLIER}/pricing/type",
        "PER_UNIT_PRICING",
        shown=f"{_SHOWN_SUPPLIER}/pricing/type",
        create=False,
    ),
    _amount(
        _PURCHASE_PRICE[0],
        f"{_SHOWN_SUPPLIER}/pricing/pricing_module/0/price",
        create=False,
        needs=_PURCHASE_PRICE,
    ),
    _word(
        _PURCHASE_PRICE[1],
        "PRICE",
        "DISCOUNT_PERCENTAGE",
        shown=f"{_SHOWN_SUPPLIER}/pricing/pricing_module/0/price_type",
        create=False,
        needs=_PURCHASE_PRICE,
    ),
)

FIRST_STOCK = (
    "inventories/warehouses/0/name",
    "inventories/warehouses/0/quantity_available",
)
_STOCK = (
    _named(FIRST_STOCK[0], WAREHOUSES, update=False, needs=FIRST_STOCK),
    # Nothing was ordered yet, so all of it is on hand. There is enough for moves to take out.
    _amount(
        FIRST_STOCK[1],
        "/inventories/warehouses/0/quantity_on_hand",
        low="100",
        update=False,
        needs=FIRST_STOCK,
    ),
    _named(
        "inventories/warehouses/0/accounting_code",
        _ACCOUNTING_CODES,
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
    _flag(
        "inventories/warehouse_isEnabled", "/inventories/enable_warehouse_management", create=False
    ),
    _named("inventories/default_warehouse", WAREHOUSES, create=False, optional=True),
    Field(
        f"{_PROPERTIES}/quantity_available_for_sale_determination",
        _determinants(),
        f"/{_PROPERTIES}/quantity_available_for_sale_determination",
        wrong=("QUANTITY_ON_THE_MOON", ["QUANTITY_ON_THE_MOON"]),
    ),
    _word(f"{_PROPERTIES}/quantity_available_for_sale", "UNLIMITED", "QTY_AVAILABLE"),
    _flag(f"{_PROPERTIES}/enable_low_stock_notification", create=False),
    _text(
        f"{_PROPERTIES}/low_stock_threshold_is_based_on",
        100,
        f"/{_PROPERTIES}/low_stock_threshold_based_on",
        create=False,
    ),
    _amount(f"{_PROPERTIES}/{LOW_STOCK}/0/low_stock_threshold", None, create=False),
    _flag(f"{_PROPERTIES}/enable_reordering", create=False),
    _text(
        f"{_PROPERTIES}/reordering_threshold_is_based_on",
        100,
        f"/{_PROPERTIES}/reordering_threshold_based_on",
        create=False,
    ),
    _amount(_REORDER[0], None, create=False),
    _flag(_REORDER[1], None, create=False),
    _text(_REORDER[2], 100, None, create=False),
    _flag(
        f"{_PROPERTIES}/enable_preordering",
        f"/{_PROPERTIES}/enable_preorder",
        create=False,
        optional=True,
    ),
    _word(
        f"{_PROPERTIES}/preorder_period",
        "MONTHLY",
        "QUARTERLY",
        shown=None,
        create=False,
        optional=True,
    ),
    _text(_PREORDER[0], 255, None, create=False, optional=True, needs=_PREORDER),
    _day(_PREORDER[1], range(2024, 2026), None, create=False, optional=True, needs=_PREORDER),
    _day(_PREORDER[2], range(2026, 2028), None, create=False, optional=True, needs=_PREORDER),
    _flag(f"{_PROPERTIES}/use_last_purchase_price", None, create=False, optional=True),
    _flag(
        f"{_PROPERTIES}/use_atp_as_quantity_available_for_webhook",
        f"/{_PROPERTIES}/use_atp_value_as_quantity_available_for_webhook",
        create=False,
        optional=True,
    ),
    _flag(f"{_PROPERTIES}/enable_inventory_costing", create=False, optional=True),
)

#: What decides whether a move needs serial numbers or a batch, or can be made at all.
_TRACKING = (
    _flag("inventories/enabled", create=False),
    _flag(f"{_PROPERTIES}/enable_serialization", create=False, optional=True),
    _flag(f"{_PROPERTIES}/enable_batch_tracking", create=False, optional=True),
)

FIELDS = (*_INFORMATION, *_SALE, *_PRICES, *_SPECIAL, *_PURCHASE, *_STOCK, *_INVENTORY)
#: Those of an item that no stock is moved of. What is refused is tried on the other.
UNMOVED_FIELDS = tuple(replace(field, wrong=()) for field in (*FIELDS, *_TRACKING))

SALE_NAMES = tuple(field.name for field in (*_SALE, *_PRICES))
SPECIAL_NAMES = _SPECIAL_NAMES
PURCHASE_NAMES = tuple(field.name for field in _PURCHASE)
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
