"""How Exsited shows an item: one function for each shape that the document has."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from mock_server.apis.exsited.models import (
    CURRENCIES,
    TAX_CODES,
    Currency,
    Item,
    Pricing,
    Purchase,
    Sale,
    SupplierLink,
    TaxCode,
    Uom,
)
from mock_server.apis.exsited.spelling import flag_text
from mock_server.apis.exsited.values import amount_text
from mock_server.engine.context import Context
from mock_server.engine.memo import remembered
from mock_server.engine.messages import Request

#: The names and values of properties are inferred; the document has their keys only.
CHARGE_PROPERTIES = (("Fulfillment Mode", "MANUAL"), ("Fulfillment Term", "Immediately"))
PAYMENT_PROPERTIES = (
    ("Billing Mode", "MANUAL"),
    ("Invoice Mode", "MANUAL"),
    ("Payment Mode", "MANUAL"),
    ("Payment Term", "Due on Receipt"),
)
PURCHASE_PROPERTIES = (("Receive Mode", "MANUAL"), ("Receive Term", "Immediately"))
_FORM_UUID = str(UUID("0b0f7a52-9a1e-4d7c-8a39-6a1de3a5a0f4"))


@lru_cache(maxsize=8192)
def instant_text(instant: datetime) -> str:
    """Return an instant as `2024-05-16T07:30:57Z`."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def properties(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """Return names and values as the document lists them."""
    return [{"name": name, "value": value} for name, value in pairs]


def item_head(item: Item, *, with_note: bool) -> dict[str, Any]:
    """Return what all views of an item begin with; not all of them have the invoice note."""
    updated = item.last_updated_on
    note = {"invoice_note": item.invoice_note} if with_note else {}
    return {
        "status": item.status,
        "id": item.id,
        "name": item.name,
        "display_name": item.display_name,
        "description": item.description,
        "type": item.type,
        "base_uom": item.base_uom,
        "origin": item.origin,
        **note,
        "created_by": item.created_by,
        "created_on": instant_text(item.created_on),
        "last_updated_by": item.last_updated_by,
        "last_updated_on": instant_text(updated) if updated else "",
        "uuid": item.uuid,
        "version": str(item.version),
        "image_uri": "",
        "group": {},
        "manager": item.manager,
        "custom_form": {"uuid": _FORM_UUID, "name": "Default Form"},
        "custom_attributes": [],
        "custom_objects": [],
        "codes": [{"name": code.name, "value": code.value} for code in item.codes],
        "uoms": [_unit(unit) for unit in item.uoms],
    }


def _unit(unit: Uom) -> dict[str, str]:
    """One unit; what only the vendor's SDK sends is there once it was set, in its spelling."""
    shown = {"name": unit.name, "used_for_sale": flag_text(unit.used_for_sale)}
    if unit.used_for_purchase:
        shown["used_for_purchase"] = "true"
    if unit.base:
        shown["isBase"] = "true"
    if unit.sale_rate is not None:
        shown["saleConversionRate"] = amount_text(unit.sale_rate)
    if unit.purchase_rate is not None:
        shown["purchaseConversionRate"] = amount_text(unit.purchase_rate)
    return shown


@remembered
def information(item: Item) -> dict[str, Any]:
    """Return the core information: the item without its parts."""
    return {
        **item_head(item, with_note=True),
        "currencies": [
            {
                "name": each.name,
                "used_for_sale": flag_text(each.used_for_sale),
                "default_for_sale": flag_text(each.default_for_sale),
                "used_for_purchase": flag_text(each.used_for_purchase),
                "default_for_purchase": flag_text(each.default_for_purchase),
            }
            for each in item.currencies
        ],
    }


def sale(part: Sale, request: Request, context: Context) -> dict[str, Any]:
    """Return the sale part.

    The special price is empty while it is not active: it is switched off, or the day of the
    sandbox's clock is not from its start to its end. Its dates are empty if they are not set
    (exsited.txt, Configure Standard Sale Information for an Item).
    """
    record = context.state.get(TAX_CODES, part.tax_code) if part.tax_code else None
    active = part.special_price_applies and is_within(
        context.now.date().isoformat(), part.start_date, part.end_date
    )
    return _sale(part, record, active, request.base_url)


def is_within(day: str, start: str, end: str) -> bool:
    """Say whether an ISO date is from a start to an end; an empty one is no bound."""
    return (not start or start <= day) and (not end or day <= end)


@remembered
def _sale(part: Sale, tax: TaxCode | None, active: bool, url: str) -> dict[str, Any]:
    blank = {"uom": "", "value": ""}
    return {
        "enabled": flag_text(part.enabled),
        "enable_back_order": "false",
        "invoice_note": part.invoice_note,
        "accounting_code": accounting_code(part.accounting_code),
        "default_sale_price": amount_text(part.default_price),
        "shipping_profile": "",
        "width": blank,
        "height": blank,
        "length": blank,
        "weight": blank,
        "tax_exempt_when_sold": flag_text(part.tax_exempt),
        "pricing_method": part.pricing_method,
        "tax_configuration": _tax_configuration(part, tax, url),
        "charge": {"type": part.charge_type, "properties": properties(CHARGE_PROPERTIES)},
        "payment_properties": properties(PAYMENT_PROPERTIES),
        "discount_profile": {},
        "pricing": sale_pricing(part.pricing),
        "use_on_sale_price": flag_text(part.special_price_applies),
        "sale_price_variant": part.special_price_variant,
        "sale_price": amount_text(part.special_price) if active else "",
        "start_date": part.start_date,
        "end_date": part.end_date,
    }


def _tax_configuration(part: Sale, tax: TaxCode | None, url: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"sale_price_entered_inclusive_of_tax": flag_text(part.includes_tax)}
    if part.tax_based_on:
        shown["sale_price_is_based_on"] = part.tax_based_on
    if tax is not None:
        shown["tax_code"] = tax_code(tax, url)
    return shown


def tax_code(record: TaxCode, url: str) -> dict[str, Any]:
    """Return a tax code, with its address; `url` is the API's."""
    return {
        "uuid": record.uuid,
        "code": record.code,
        "rate": amount_text(record.rate),
        "link": f"{url}/api/v3/settings/taxes/{record.uuid}",
    }


def accounting_code(name: str) -> dict[str, str]:
    """Return an accounting code as answers have it; none is an empty object."""
    return {"sales_revenue": name} if name else {}


def sale_pricing(pricing: Pricing) -> dict[str, Any]:
    """Return the pricing of a sale; nothing was bought yet, so the purchase prices are empty."""
    return {
        "type": pricing.type,
        "version": str(pricing.version),
        "latest_used_pricing_version": "",
        "pricing_module": [
            {
                "price": amount_text(price.amount),
                "currency": price.currency,
                "last_purchase_price": "",
                "average_purchase_price": "",
            }
            for price in pricing.module
        ],
    }


def purchase_pricing(pricing: Pricing) -> dict[str, Any]:
    """Return the pricing of a supplier."""
    return {
        "type": pricing.type,
        "version": str(pricing.version),
        "latest_used_pricing_version": "",
        "pricing_module": [
            {
                "price": amount_text(price.amount),
                "price_type": price.kind,
                "currency": price.currency,
            }
            for price in pricing.module
        ],
    }


def purchase(part: Purchase, request: Request, context: Context) -> dict[str, Any]:
    """Return the purchase part (exsited.txt, Configure Item Purchase Details).

    The terms without suppliers are there once they were set, where the vendor's SDK reads them.
    """
    links = (*part.suppliers, *([part.terms] if part.terms else []))
    currencies = tuple(context.state.get(CURRENCIES, link.currency) for link in links)
    taxes = tuple(
        context.state.get(TAX_CODES, link.tax_code) if link.tax_code else None for link in links
    )
    return _purchase(part, currencies, taxes, request.base_url)


@remembered
def _purchase(
    part: Purchase,
    currencies: tuple[Currency | None, ...],
    taxes: tuple[TaxCode | None, ...],
    url: str,
) -> dict[str, Any]:
    named = list(zip(part.suppliers, currencies, taxes, strict=False))
    terms = _terms(part.terms, currencies[-1], taxes[-1], url) if part.terms else {}
    return {
        "enabled": flag_text(part.enabled),
        "supplier_management_enabled": flag_text(part.supplier_management),
        "pricing_profile": {},
        "purchase_properties": purchase_properties(part),
        **terms,
        "suppliers": [
            {"id": link.id, "name": link.name, **_terms(link, currency, tax, url)}
            for link, currency, tax in named
        ],
    }


def purchase_properties(part: Purchase) -> list[dict[str, str]]:
    """Return the properties that were set, or else the usual ones."""
    kept = tuple((each.name, each.value) for each in part.properties)
    return properties(kept or PURCHASE_PROPERTIES)


def _terms(
    link: SupplierLink, currency: Currency | None, tax: TaxCode | None, url: str
) -> dict[str, Any]:
    """How something is bought; the currency is its system identifier (exsited.txt)."""
    shown: dict[str, Any] = {
        "accounting_code": accounting_code(link.accounting_code),
        "purchase_order_note": link.order_note,
        "default_purchase_currency": currency.uuid if currency else "",
        "default_purchase_price": amount_text(link.default_price),
        "tax_exempt_when_purchase": flag_text(link.tax_exempt),
        "tax_configuration": {
            "purchase_price_entered_inclusive_of_tax": flag_text(link.includes_tax),
            "tax_code": tax_code(tax, url) if tax else {},
        },
        "pricing": purchase_pricing(link.pricing),
    }
    if link.rate_option:
        shown["rate_option"] = link.rate_option
    return shown


@remembered
def kpis(item: Item) -> dict[str, str]:
    """Return the indicators; revenue is what was collected and what is outstanding."""
    part = item.kpis
    return {
        "total_orders": str(part.total_orders),
        "active_orders": str(part.active_orders),
        "total_revenue": amount_text(part.collected + part.outstanding),
        "total_collected": amount_text(part.collected),
        "total_outstanding": amount_text(part.outstanding),
        "total_overdue": amount_text(part.overdue),
    }
