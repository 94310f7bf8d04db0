"""Taxes, product suppliers and stock adjustments: what a product links to.

Source: facts, section 1, the product (documented outside the seed document).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mock_server.apis.cliniko import lists, serializers
from mock_server.apis.cliniko.lookups import find
from mock_server.apis.cliniko.models import (
    PRODUCT_SUPPLIERS,
    PRODUCTS,
    STOCK_ADJUSTMENTS,
    TAXES,
    Product,
    ProductSupplier,
    StockAdjustment,
    Tax,
)
from mock_server.apis.cliniko.operations import OPERATIONS
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound, Violation
from mock_server.engine.messages import Reply, Request

#: stock_level lies strictly between -LIMIT and LIMIT (cliniko.txt, Product).
STOCK_LIMIT = 4_000_000_000


def _taxes_in_order(records: tuple[Tax, ...]) -> Sequence[Tax]:
    return lists.in_order(list(records), ["created_at"], "asc")


def _suppliers_in_order(records: tuple[ProductSupplier, ...]) -> Sequence[ProductSupplier]:
    return lists.in_order(list(records), ["created_at"], "asc")


def _adjustments_in_order(records: tuple[StockAdjustment, ...]) -> Sequence[StockAdjustment]:
    return lists.in_order(list(records), ["created_at"], "asc")


_TAXES = lists.Listing("/taxes", "taxes", TAXES, _taxes_in_order, serializers.tax)
_SUPPLIERS = lists.Listing(
    "/product_suppliers",
    "product_suppliers",
    PRODUCT_SUPPLIERS,
    _suppliers_in_order,
    serializers.product_supplier,
)
_ADJUSTMENTS = lists.Listing(
    "/stock_adjustments",
    "stock_adjustments",
    STOCK_ADJUSTMENTS,
    _adjustments_in_order,
    serializers.stock_adjustment,
)


@OPERATIONS.handles("listTaxes")
def list_taxes(request: Request, context: Context) -> Reply:
    """List taxes."""
    return lists.answer(_TAXES, request, context)


@OPERATIONS.handles("getTax")
def get_tax(request: Request, context: Context) -> Reply:
    """Return one tax."""
    return _one(_TAXES, request, context)


@OPERATIONS.handles("listProductSuppliers")
def list_product_suppliers(request: Request, context: Context) -> Reply:
    """List product suppliers."""
    return lists.answer(_SUPPLIERS, request, context)


@OPERATIONS.handles("getProductSupplier")
def get_product_supplier(request: Request, context: Context) -> Reply:
    """Return one product supplier."""
    return _one(_SUPPLIERS, request, context)


@OPERATIONS.handles("listStockAdjustments")
def list_stock_adjustments(request: Request, context: Context) -> Reply:
    """List stock adjustments."""
    return lists.answer(_ADJUSTMENTS, request, context)


@OPERATIONS.handles("getStockAdjustment")
def get_stock_adjustment(request: Request, context: Context) -> Reply:
    """Return one stock adjustment."""
    return _one(_ADJUSTMENTS, request, context)


def product_can_take_it(request: Request, context: Context) -> Iterator[Violation]:
    """Refuse an adjustment of no product, or past the bounds of `stock_level` (inferred)."""
    quantity = request.body.get("quantity")
    product = _product(request, context)
    if product is None:
        if "product_id" in request.body:
            yield Violation("body", ("product_id",), "exists")
    elif (
        isinstance(quantity, int | Decimal)
        and abs((product.stock_level or 0) + Decimal(quantity)) >= STOCK_LIMIT
    ):
        yield Violation("body", ("quantity",), "stockLimit", limit=STOCK_LIMIT)


@OPERATIONS.handles("createStockAdjustment", rules=[product_can_take_it])
def create_stock_adjustment(request: Request, context: Context) -> Reply:
    """Record an adjustment and add its quantity to the product's stock level."""
    product = _product(request, context)
    if product is None:
        raise RecordNotFound("product", request.body["product_id"])
    now = context.now.replace(microsecond=0)
    quantity = int(request.body["quantity"])
    adjustment = StockAdjustment(
        id=context.state.next_id(STOCK_ADJUSTMENTS),
        product_id=product.id,
        quantity=quantity,
        adjustment_type=request.body["adjustment_type"],
        comment=request.body.get("comment"),
        created_at=now,
        updated_at=now,
    )
    context.state.put(STOCK_ADJUSTMENTS, adjustment)
    level = (product.stock_level or 0) + quantity
    context.state.put(PRODUCTS, replace(product, stock_level=level, updated_at=now))
    return Reply(201, serializers.stock_adjustment(request, context)(adjustment))


def _product(request: Request, context: Context) -> Product | None:
    product = find(PRODUCTS, request.body.get("product_id"), context)
    return product if product is not None and product.archived_at is None else None


def _one(listing: lists.Listing[Any], request: Request, context: Context) -> Reply:
    record = find(listing.table, request.path["id"], context)
    if record is None:
        raise RecordNotFound(listing.key, request.path["id"])
    return Reply(200, listing.serializer(request, context)(record))
