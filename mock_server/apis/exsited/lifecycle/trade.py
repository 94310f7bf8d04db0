"""The properties of an item's sale and purchase parts (exsited.txt; bounds from the spec)."""

from __future__ import annotations

from mock_server.apis.exsited.lifecycle.kinds import (
    NO_FLAG,
    amount_field,
    day_field,
    flag_field,
    named_field,
    text_field,
    word_field,
)
from mock_server.lifecycle.model import Field, Source
from mock_server.lifecycle.values import Kind, flag

_SUPPLIER = "purchase/suppliers/id="
_SHOWN_SUPPLIER = "/purchase/suppliers/0"

CURRENCIES = Source("listCurrencies", "/currencies", "/name")
ACCOUNTING_CODES = Source("listAccountingCodes", "/accounting_codes", "/name")
_TAX_CODES = Source("listTaxes", "/taxes", "/code")

SALE = (
    flag_field("sale/enabled"),
    text_field("sale/invoice_note", 5000),
    named_field("sale/accounting_code", ACCOUNTING_CODES, "/sale/accounting_code/sales_revenue"),
    named_field("sale/default_sale_currency", CURRENCIES, "/currencies/default_for_sale=true/name"),
    amount_field("sale/default_sale_price"),
    flag_field("sale/isTaxExemptWhenSold", "/sale/tax_exempt_when_sold"),
    word_field("sale/pricing_method", "STANDARD"),
    flag_field(
        "sale/tax_configuration/sale_price_entered_is_inclusive_of_tax",
        "/sale/tax_configuration/sale_price_entered_inclusive_of_tax",
    ),
    word_field("sale/tax_configuration/sale_price_is_based_on", "ITEM", "LOCATION", optional=True),
    named_field("sale/tax_configuration/tax_code/code", _TAX_CODES, optional=True),
    word_field("sale/charge/type", "ONE_OFF"),
    word_field("sale/pricing/type", "PER_UNIT_PRICING"),
)
PRICES = (amount_field("sale/pricing/pricing_module/0/price", create=False),)

#: They are shown while the special price applies (exsited.txt, "empty if not active"): it does with
#: the flag set, from a day that is past to one that is far.
SPECIAL_NAMES = (
    "sale/use_on_sale_price",
    "sale/sale_price_variant",
    "sale/sale_price",
    "sale/start_date",
    "sale/end_date",
)
SPECIAL = (
    Field(
        SPECIAL_NAMES[0],
        Kind("set flag", lambda _: "true", flag("true", "false").meaning),
        f"/{SPECIAL_NAMES[0]}",
        create=False,
        wrong=NO_FLAG,
        needs=SPECIAL_NAMES,
    ),
    word_field(SPECIAL_NAMES[1], "FIXED", "MANUAL", create=False, needs=SPECIAL_NAMES),
    amount_field(SPECIAL_NAMES[2], create=False, needs=SPECIAL_NAMES),
    day_field(SPECIAL_NAMES[3], range(2015, 2024), create=False, needs=SPECIAL_NAMES),
    day_field(SPECIAL_NAMES[4], range(2090, 2100), create=False, needs=SPECIAL_NAMES),
)

PURCHASE_CURRENCY = f"{_SUPPLIER}/default_purchase_currency"
_PURCHASE_PRICE = (
    f"{_SUPPLIER}/pricing/pricing_module/0/price",
    f"{_SUPPLIER}/pricing/pricing_module/0/price_type",
)
#: The terms of an item that is bought without suppliers, which only the vendor's SDK sends.
_OWN_TERMS = (
    named_field(
        "purchase/accounting_code",
        ACCOUNTING_CODES,
        "/purchase/accounting_code/sales_revenue",
        create=False,
        optional=True,
    ),
    text_field("purchase/purchase_order_note", 5000, create=False, optional=True),
    amount_field("purchase/default_purchase_price", create=False, optional=True),
    word_field("purchase/rate_option", "PER_UNIT", create=False, optional=True),
)
PURCHASE = (
    *_OWN_TERMS,
    named_field(
        "currencies/default_for_purchase=true/name",
        CURRENCIES,
        create=False,
    ),
    flag_field("purchase/enabled", create=False),
    flag_field("purchase/supplier_management_enabled", create=False),
    text_field(f"{_SUPPLIER}/name", 255, f"{_SHOWN_SUPPLIER}/name", create=False),
    word_field(
        f"{_SUPPLIER}/rate_option",
        "PER_UNIT",
        shown=f"{_SHOWN_SUPPLIER}/rate_option",
        create=False,
        optional=True,
    ),
    named_field(
        f"{_SUPPLIER}/accounting_code",
        ACCOUNTING_CODES,
        f"{_SHOWN_SUPPLIER}/accounting_code/sales_revenue",
        create=False,
    ),
    text_field(
        f"{_SUPPLIER}/purchase_order_note",
        5000,
        f"{_SHOWN_SUPPLIER}/purchase_order_note",
        create=False,
    ),
    # It is shown as the system's identifier of the currency, which a request has no word for.
    named_field(PURCHASE_CURRENCY, CURRENCIES, None, create=False),
    amount_field(
        f"{_SUPPLIER}/default_purchase_price",
        f"{_SHOWN_SUPPLIER}/default_purchase_price",
        create=False,
    ),
    flag_field(
        f"{_SUPPLIER}/tax_exempt_when_purchase",
        f"{_SHOWN_SUPPLIER}/tax_exempt_when_purchase",
        create=False,
    ),
    flag_field(
        f"{_SUPPLIER}/tax_configuration/purchase_price_entered_inclusive_of_tax",
        f"{_SHOWN_SUPPLIER}/tax_configuration/purchase_price_entered_inclusive_of_tax",
        create=False,
    ),
    word_field(
        f"{_SUPPLIER}/pricing/type",
        "PER_UNIT_PRICING",
        shown=f"{_SHOWN_SUPPLIER}/pricing/type",
        create=False,
    ),
    amount_field(
        _PURCHASE_PRICE[0],
        f"{_SHOWN_SUPPLIER}/pricing/pricing_module/0/price",
        create=False,
        needs=_PURCHASE_PRICE,
    ),
    word_field(
        _PURCHASE_PRICE[1],
        "PRICE",
        "DISCOUNT_PERCENTAGE",
        shown=f"{_SHOWN_SUPPLIER}/pricing/pricing_module/0/price_type",
        create=False,
        needs=_PURCHASE_PRICE,
    ),
)
