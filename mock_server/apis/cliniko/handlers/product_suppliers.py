"""The operations on product suppliers (the vendor's OpenAPI document)."""

from __future__ import annotations

from dataclasses import replace

from mock_server.apis.cliniko import pages as lists
from mock_server.apis.cliniko import serializers
from mock_server.apis.cliniko.handlers.reads import serve_list, serve_one
from mock_server.apis.cliniko.models import PRODUCT_SUPPLIERS, PRODUCTS, Product, ProductSupplier
from mock_server.apis.cliniko.operations import OPERATIONS
from mock_server.apis.cliniko.records import find
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.state.order import Order, order_by

_LISTING = lists.ListView(
    "/product_suppliers",
    "product_suppliers",
    PRODUCT_SUPPLIERS,
    serializers.product_supplier,
)
_BY_SUPPLIER: Order[Product] = order_by("product_supplier_id", "id")
serve_list(_LISTING, "listProductSuppliers")
# Products still link to an archived supplier, so it can be read (inferred).
serve_one(_LISTING, "getProductSupplier")


@OPERATIONS.handles("createProductSupplier")
def create_product_supplier(request: Request, context: Context) -> Reply:
    """Create a supplier, answered with 201; a name may be used twice (inferred)."""
    now = context.now.replace(microsecond=0)
    number = context.state.next_id(PRODUCT_SUPPLIERS)
    supplier = ProductSupplier(number, request.body["name"], now, now)
    context.state.put(PRODUCT_SUPPLIERS, supplier)
    return serializers.created(serializers.product_supplier(request, context)(supplier))


@OPERATIONS.handles("updateProductSupplier")
def update_product_supplier(request: Request, context: Context) -> Reply:
    """Change the name, which the products that link to the supplier show too (inferred)."""
    supplier = _unarchived_supplier(request, context)
    name = request.body.get("name", supplier.name)
    if name != supplier.name:
        now = context.now.replace(microsecond=0)
        supplier = context.state.put(
            PRODUCT_SUPPLIERS, replace(supplier, name=name, updated_at=now)
        )
        supplied = context.state.ordered(PRODUCTS, _BY_SUPPLIER).of_value(supplier.id)
        context.state.put_all(
            PRODUCTS, [replace(product, product_supplier_name=name) for product in supplied]
        )
    return Reply(200, serializers.product_supplier(request, context)(supplier))


@OPERATIONS.handles("deleteProductSupplier", "archiveProductSupplier")
def archive_product_supplier(request: Request, context: Context) -> Reply:
    """Archive a supplier; one that is archived already is not found (inferred)."""
    supplier = _unarchived_supplier(request, context)
    now = context.now.replace(microsecond=0)
    context.state.put(PRODUCT_SUPPLIERS, replace(supplier, archived_at=now, updated_at=now))
    return Reply(204)


def _unarchived_supplier(request: Request, context: Context) -> ProductSupplier:
    supplier = find(PRODUCT_SUPPLIERS, request.path["id"], context)
    if supplier is None or supplier.archived_at is not None:
        raise RecordNotFound("product supplier", request.path["id"])
    return supplier
