"""The purchase part of an item (exsited.txt, Configure Item Purchase Details)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_server.apis.exsited import serializers
from mock_server.apis.exsited.currencies import with_currencies, with_uoms
from mock_server.apis.exsited.handlers.sale import changed_pricing, tax_uuid
from mock_server.apis.exsited.idempotency import answered_once
from mock_server.apis.exsited.models import SUPPLIERS, Code, Purchase, Supplier, SupplierLink
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.apis.exsited.records import changeable_item_of, item_of, root_of, save
from mock_server.apis.exsited.references import must_exist
from mock_server.apis.exsited.spelling import flags, given
from mock_server.apis.exsited.values import amount_of
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request
from mock_server.state.store import Transaction

_TERMS = (
    ("accounting_code", "accounting code"),
    ("default_purchase_currency", "currency"),
    ("tax_configuration.tax_code.uuid", "tax code"),
    ("tax_configuration.tax_code.code", "tax code name"),
    ("pricing.pricing_module.*.currency", "currency"),
)
#: Where a body with a purchase part names other records.
PURCHASE_REFERENCES = (
    ("*.currencies.*.name", "currency"),
    *((f"*.purchase.{place}", kind) for place, kind in _TERMS),
    *((f"*.purchase.suppliers.*.{place}", kind) for place, kind in _TERMS),
)
#: What a request that names no supplier may set; it is kept as the item's own terms.
_OWN_TERMS = (
    "rate_option",
    "accounting_code",
    "purchase_order_note",
    "default_purchase_currency",
    "default_purchase_price",
    "tax_exempt_when_purchase",
    "isTaxExemptWhenPurchase",
    "tax_configuration",
    "pricing",
)
_TEXTS = {
    "rate_option": "rate_option",
    "accounting_code": "accounting_code",
    "order_note": "purchase_order_note",
    "currency": "default_purchase_currency",
}


@OPERATIONS.handles("getItemPurchase")
def get_item_purchase(request: Request, context: Context) -> Reply:
    """Return the purchase part."""
    return Reply(200, _answer(item_of(request, context).purchase, request, context))


@OPERATIONS.handles(
    "configureItemPurchase", "updateItemPurchase", rules=[must_exist(*PURCHASE_REFERENCES)]
)
@answered_once
def configure_item_purchase(request: Request, context: Context) -> Reply:
    """Change what the request names, and answer with the purchase part."""
    item, root = changeable_item_of(request, context), root_of(request)
    changed = replace(
        item,
        currencies=with_currencies(item.currencies, root.get("currencies", ())),
        uoms=with_uoms(item.uoms, root.get("uoms", ())),
        purchase=changed_purchase(item.purchase, root["purchase"], context.state),
    )
    return Reply(200, _answer(save(changed, context).purchase, request, context))


def changed_purchase(purchase: Purchase, part: Mapping[str, Any], state: Transaction) -> Purchase:
    """Return the purchase part with what a request names; a linked supplier is updated.

    The fields beside the suppliers are the terms of an item that is bought without them, which
    the vendor's SDK sends.
    """
    links = {link.id: link for link in purchase.suppliers}
    for entry in part.get("suppliers", ()):
        supplier = _supplier(entry.get("id", ""), state)
        link = links.get(supplier.id, SupplierLink(supplier.id, supplier.name))
        links[supplier.id] = _changed_link(link, entry, state)
    changes: dict[str, Any] = {}
    if any(name in part for name in _OWN_TERMS):
        terms = {name: part[name] for name in _OWN_TERMS if name in part}
        changes["terms"] = _changed_link(purchase.terms or SupplierLink(""), terms, state)
    if "purchase_properties" in part:
        changes["properties"] = tuple(
            Code(each["name"], each["value"]) for each in part["purchase_properties"]
        )
    return replace(
        purchase,
        suppliers=tuple(links.values()),
        **changes,
        **flags(part, {"enabled": "enabled", "supplier_management": "supplier_management"}),
    )


def _changed_link(link: SupplierLink, entry: Mapping[str, Any], state: Transaction) -> SupplierLink:
    taxes = entry.get("tax_configuration", {})
    changes: dict[str, Any] = {
        **given(entry, _TEXTS),
        **flags(entry, {"tax_exempt": "tax_exempt_when_purchase"}),
        **flags(taxes, {"includes_tax": "purchase_price_includes_tax"}),
    }
    if "tax_code" in taxes:
        changes["tax_code"] = tax_uuid(taxes["tax_code"], state)
    if entry.get("name"):
        changes["name"] = entry["name"]
    if "default_purchase_price" in entry:
        changes["default_price"] = amount_of(entry["default_purchase_price"])
    if "pricing" in entry:
        changes["pricing"] = changed_pricing(link.pricing, entry["pricing"])
    return replace(link, **changes)


def _default_supplier(records: tuple[Supplier, ...]) -> Supplier:
    return next((record for record in records if record.default), records[0])


def _supplier(supplier_id: str, state: Transaction) -> Supplier:
    """The supplier of an id.

    A blank id is the default supplier's (exsited.txt); an unknown one is taken as it is (inferred).
    """
    if not supplier_id.strip():
        return state.derive(SUPPLIERS, _default_supplier)
    return state.get(SUPPLIERS, supplier_id) or Supplier(supplier_id, "")


def _answer(purchase: Purchase, request: Request, context: Context) -> dict[str, Any]:
    return {"item": {"purchase": serializers.purchase(purchase, request, context)}}
