"""The sale part of an item (exsited.txt, Configure Standard Sale Information for an Item)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_server.apis.exsited import serializers
from mock_server.apis.exsited.currencies import with_currencies, with_sale_default, with_uoms
from mock_server.apis.exsited.idempotency import answered_once
from mock_server.apis.exsited.models import TAX_CODES, Price, Pricing, Sale
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.apis.exsited.records import (
    changeable_item_of,
    item_of,
    root_of,
    save,
    wrapper_of,
)
from mock_server.apis.exsited.references import codes_of_taxes, must_exist
from mock_server.apis.exsited.spelling import flags, given
from mock_server.apis.exsited.values import amount_of
from mock_server.engine.context import Context
from mock_server.engine.errors import InvalidRequest, Violation
from mock_server.engine.messages import Reply, Request
from mock_server.state.store import Transaction

#: Where a body with a sale part names other records.
SALE_REFERENCES = (
    ("*.currencies.*.name", "currency"),
    ("*.sale.accounting_code", "accounting code"),
    ("*.sale.default_sale_currency", "currency"),
    ("*.sale.tax_configuration.tax_code.uuid", "tax code"),
    ("*.sale.tax_configuration.tax_code.code", "tax code name"),
    ("*.sale.pricing.pricing_module.*.currency", "currency"),
)

_FLAGS = {
    "enabled": "enabled",
    "tax_exempt": "tax_exempt_when_sold",
    "special_price_applies": "use_on_sale_price",
}
_TEXTS = {
    "invoice_note": "invoice_note",
    "accounting_code": "accounting_code",
    "pricing_method": "pricing_method",
    "special_price_variant": "sale_price_variant",
    "start_date": "start_date",
    "end_date": "end_date",
}
_AMOUNTS = {"default_price": "default_sale_price", "special_price": "sale_price"}


@OPERATIONS.handles("getItemSale")
def get_item_sale(request: Request, context: Context) -> Reply:
    """Return the sale part."""
    return Reply(200, _answer(item_of(request, context).sale, request, context))


@OPERATIONS.handles("configureItemSale", "updateItemSale", rules=[must_exist(*SALE_REFERENCES)])
@answered_once
def configure_item_sale(request: Request, context: Context) -> Reply:
    """Change what the request names, and answer with the sale part."""
    item, root = changeable_item_of(request, context), root_of(request)
    currencies = with_currencies(item.currencies, root.get("currencies", ()))
    changed = replace(
        item,
        uoms=with_uoms(item.uoms, root.get("uoms", ())),
        currencies=with_sale_default(currencies, root["sale"]),
        sale=changed_sale(item.sale, root["sale"], request, context),
    )
    return Reply(200, _answer(save(changed, context).sale, request, context))


def changed_sale(sale: Sale, part: Mapping[str, Any], request: Request, context: Context) -> Sale:
    """Return the sale part with what a request's `sale` names; the rest stays as it was.

    Raises InvalidRequest for a special price that would end before it starts (inferred).
    """
    changed = _changed(sale, part, context.state)
    start, end = changed.start_date, changed.end_date
    if start and end and end < start:
        place = (wrapper_of(request), "sale", "end_date")
        raise InvalidRequest([Violation("body", place, "order", start, end)])
    return changed


def _changed(sale: Sale, part: Mapping[str, Any], state: Transaction) -> Sale:
    taxes = part.get("tax_configuration", {})
    changes: dict[str, Any] = {
        **flags(part, _FLAGS),
        **given(part, _TEXTS),
        **{name: amount_of(value) for name, value in given(part, _AMOUNTS).items()},
        **flags(taxes, {"includes_tax": "sale_price_includes_tax"}),
        **given(taxes, {"tax_based_on": "sale_price_based_on"}),
        **given(part.get("charge", {}), {"charge_type": "type"}),
    }
    if "tax_code" in taxes:
        changes["tax_code"] = tax_uuid(taxes["tax_code"], state)
    if "pricing" in part:
        changes["pricing"] = changed_pricing(sale.pricing, part["pricing"])
    return replace(sale, **changes)


def changed_pricing(pricing: Pricing, part: Mapping[str, Any]) -> Pricing:
    """Return the pricing with what a request names; its version counts up if anything changed."""
    changes = given(part, {"type": "type"})
    if "pricing_module" in part:
        changes["module"] = tuple(
            Price(amount_of(entry["price"]), entry["currency"], entry.get("price_type", "PRICE"))
            for entry in part["pricing_module"]
        )
    changed = replace(pricing, **changes)
    return pricing if changed == pricing else replace(changed, version=pricing.version + 1)


def tax_uuid(named: Mapping[str, Any], state: Transaction) -> str:
    """Return the uuid of the tax code that a request names, by uuid first; empty for none."""
    if named.get("uuid"):
        return str(named["uuid"])
    if named.get("code"):
        return state.derive(TAX_CODES, codes_of_taxes)[named["code"]].uuid
    return ""


def _answer(sale: Sale, request: Request, context: Context) -> dict[str, Any]:
    shown = serializers.sale(sale, request, context)
    return {"item": {"sale": {**shown, "pricing_profile": {}}}}
