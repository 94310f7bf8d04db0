"""The operations on products (cliniko.txt)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mock_server.apis.cliniko import pages as lists
from mock_server.apis.cliniko import serializers
from mock_server.apis.cliniko.handlers.reads import serve_filtered, serve_list
from mock_server.apis.cliniko.models import (
    PRODUCT_SUPPLIERS,
    PRODUCTS,
    TAXES,
    Product,
    ProductSupplier,
)
from mock_server.apis.cliniko.operations import OPERATIONS
from mock_server.apis.cliniko.records import find
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound, Violation
from mock_server.engine.messages import Reply, Request
from mock_server.state.order import Order, order_by
from mock_server.state.store import Table

_LISTING = lists.ListView("/products", "products", PRODUCTS, serializers.product)
_SUPPLIERS_BY_NAME: Order[ProductSupplier] = order_by("name", "id", where=lists.is_unarchived)
serve_list(_LISTING, "listProducts")
serve_filtered(_LISTING, "getProduct")


def links_exist(request: Request, context: Context) -> Iterator[Violation]:
    """Refuse a `tax_id` or `product_supplier_id` that no record has (inferred)."""
    linked: dict[str, Table[Any]] = {"tax_id": TAXES, "product_supplier_id": PRODUCT_SUPPLIERS}
    for name, table in linked.items():
        if name in request.body and find(table, request.body[name], context) is None:
            yield Violation("body", (name,), "exists")


@OPERATIONS.handles("createProduct", rules=[links_exist])
def create_product(request: Request, context: Context) -> Reply:
    """Create a product, answered with 201."""
    now = context.now.replace(microsecond=0)
    product = Product(
        id=context.state.next_id(PRODUCTS),
        created_at=now,
        updated_at=now,
        **_changes(request.body, context),
    )
    context.state.put(PRODUCTS, product)
    return serializers.created(serializers.product(request, context)(product))


@OPERATIONS.handles("updateProduct", "replaceProduct", rules=[links_exist])
def update_product(request: Request, context: Context) -> Reply:
    """Change the properties that are named. PUT does the same (observed)."""
    product = _unarchived_product(request, context)
    changed = replace(product, **_changes(request.body, context))
    if changed != product:
        changed = replace(changed, updated_at=context.now.replace(microsecond=0))
        context.state.put(PRODUCTS, changed)
    return Reply(200, serializers.product(request, context)(changed))


@OPERATIONS.handles("deleteProduct", "archiveProduct")
def archive_product(request: Request, context: Context) -> Reply:
    """Archive a product; one that is archived already is not found (inferred)."""
    product = _unarchived_product(request, context)
    now = context.now.replace(microsecond=0)
    context.state.put(PRODUCTS, replace(product, archived_at=now, updated_at=now))
    return Reply(204)


def _unarchived_product(request: Request, context: Context) -> Product:
    product = find(PRODUCTS, request.path["id"], context)
    if product is None or product.archived_at is not None:
        raise RecordNotFound("product", request.path["id"])
    return product


def _changes(body: dict[str, Any], context: Context) -> dict[str, Any]:
    """The fields of a product that a body names; unknown keys are ignored (observed)."""
    changes: dict[str, Any] = {
        name: body[name]
        for name in ("item_code", "name", "notes", "price_includes_tax", "serial_number")
        if name in body
    }
    for name in ("cost_price", "price"):
        if name in body:
            changes[name] = None if body[name] is None else Decimal(body[name])
    if "stock_level" in body:
        level = body["stock_level"]
        changes["stock_level"] = None if level is None else int(level)
    if "tax_id" in body:
        changes["tax_id"] = int(body["tax_id"])
    if "product_supplier_id" in body:
        supplier = find(PRODUCT_SUPPLIERS, body["product_supplier_id"], context)
        if supplier is not None:
            changes["product_supplier_id"] = supplier.id
            changes["product_supplier_name"] = supplier.name
    elif "product_supplier_name" in body:
        named = body["product_supplier_name"] or None
        changes["product_supplier_name"] = named
        changes["product_supplier_id"] = named and _supplier_named(named, context).id
    return changes


def _supplier_named(name: str, context: Context) -> ProductSupplier:
    """The supplier of that name that is not archived, made if there is none (inferred)."""
    named = context.state.ordered(PRODUCT_SUPPLIERS, _SUPPLIERS_BY_NAME).of_value(name)
    if named:
        return named[0]
    now = context.now.replace(microsecond=0)
    number = context.state.next_id(PRODUCT_SUPPLIERS)
    return context.state.put(PRODUCT_SUPPLIERS, ProductSupplier(number, name, now, now))
