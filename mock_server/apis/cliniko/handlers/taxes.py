"""The operations on taxes (the vendor's OpenAPI document and its page on taxes)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from mock_server.apis.cliniko import pages as lists
from mock_server.apis.cliniko import serializers
from mock_server.apis.cliniko.handlers.reads import serve_list, serve_one
from mock_server.apis.cliniko.models import PRODUCTS, TAXES, Product, Tax
from mock_server.apis.cliniko.operations import OPERATIONS
from mock_server.apis.cliniko.records import find
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.state.order import Order, order_by

_LISTING = lists.ListView("/taxes", "taxes", TAXES, serializers.tax)
_BY_TAX: Order[Product] = order_by("tax_id", "id")
serve_list(_LISTING, "listTaxes")
serve_one(_LISTING, "getTax")


@OPERATIONS.handles("createTax")
def create_tax(request: Request, context: Context) -> Reply:
    """Create a tax, answered with 201."""
    now = context.now.replace(microsecond=0)
    tax = Tax(context.state.next_id(TAXES), created_at=now, updated_at=now, **_changes(request))
    context.state.put(TAXES, tax)
    return serializers.created(serializers.tax(request, context)(tax))


@OPERATIONS.handles("updateTax", "replaceTax")
def update_tax(request: Request, context: Context) -> Reply:
    """Change the properties that are named. PUT does the same (the vendor's page, Update Tax)."""
    tax = _tax(request, context)
    changed = replace(tax, **_changes(request))
    if changed != tax:
        changed = replace(changed, updated_at=context.now.replace(microsecond=0))
        context.state.put(TAXES, changed)
    return Reply(200, serializers.tax(request, context)(changed))


@OPERATIONS.handles("deleteTax")
def delete_tax(request: Request, context: Context) -> Reply:
    """Delete a tax; products that had it have none afterwards (inferred)."""
    tax = _tax(request, context)
    context.state.remove(TAXES, tax.id)
    taxed = context.state.ordered(PRODUCTS, _BY_TAX).of_value(tax.id)
    context.state.put_all(PRODUCTS, [replace(product, tax_id=None) for product in taxed])
    return Reply(204)


def _tax(request: Request, context: Context) -> Tax:
    tax = find(TAXES, request.path["id"], context)
    if tax is None:
        raise RecordNotFound("tax", request.path["id"])
    return tax


def _changes(request: Request) -> dict[str, Any]:
    """The fields that a body names; `amount` is the older name of `rate`."""
    body: dict[str, Any] = request.body
    changes = {"name": body["name"]} if "name" in body else {}
    rate = body.get("rate", body.get("amount"))
    return changes if rate is None else {**changes, "rate": Decimal(rate)}
