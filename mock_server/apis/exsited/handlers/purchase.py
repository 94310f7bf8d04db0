"""The purchase part of an item (exsited.txt, Configure Item Purchase Details)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_server.apis.exsited import serializers
from mock_server.apis.exsited.currencies import with_currencies
from mock_server.apis.exsited.handlers.sale import changed_pricing
from mock_server.apis.exsited.idempotency import answered_once
from mock_server.apis.exsited.models import SUPPLIERS, Purchase, Supplier, SupplierLink
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.apis.exsited.records import changeable_item_of, item_of, root_of, save
from mock_server.apis.exsited.references import must_exist
from mock_server.apis.exsited.spelling import flags, given
from mock_server.apis.exsited.values import amount_of
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request
from mock_server.state.store import Transaction

_REFERENCES = (
    ("*.currencies.*.name", "currency"),
    ("*.purchase.suppliers.*.accounting_code", "accounting code"),
    ("*.purchase.suppliers.*.default_purchase_currency", "currency"),
    ("*.purchase.suppliers.*.pricing.pricing_module.*.currency", "currency"),
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
    return Reply(200, _answer(item_of(request, context).purchase, context))


@OPERATIONS.handles("configureItemPurchase", rules=[must_exist(*_REFERENCES)])
@answered_once
def configure_item_purchase(request: Request, context: Context) -> Reply:
    """Change what the request names, and answer with the purchase part."""
    item, root = changeable_item_of(request, context), root_of(request)
    changed = replace(
        item,
        currencies=with_currencies(item.currencies, root.get("currencies", ())),
        purchase=_changed(item.purchase, root["purchase"], context.state),
    )
    return Reply(200, _answer(save(changed, context).purchase, context))


def _changed(purchase: Purchase, part: Mapping[str, Any], state: Transaction) -> Purchase:
    """The purchase part with what a request names; a supplier linked already is updated."""
    links = {link.id: link for link in purchase.suppliers}
    for entry in part.get("suppliers", ()):
        supplier = _supplier(entry.get("id", ""), state)
        link = links.get(supplier.id, SupplierLink(supplier.id, supplier.name))
        links[supplier.id] = _changed_link(link, entry)
    return replace(
        purchase,
        suppliers=tuple(links.values()),
        **flags(part, {"enabled": "enabled", "supplier_management": "supplier_management"}),
    )


def _changed_link(link: SupplierLink, entry: Mapping[str, Any]) -> SupplierLink:
    changes: dict[str, Any] = {
        **given(entry, _TEXTS),
        **flags(entry, {"tax_exempt": "tax_exempt_when_purchase"}),
        **flags(
            entry.get("tax_configuration", {}), {"includes_tax": "purchase_price_includes_tax"}
        ),
    }
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


def _answer(purchase: Purchase, context: Context) -> dict[str, Any]:
    return {"item": {"purchase": serializers.purchase(purchase, context)}}
