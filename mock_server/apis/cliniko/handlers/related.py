"""Taxes, product suppliers and stock adjustments: what a product links to.

Source: facts, section 1, the product (documented outside the seed document).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mock_server.apis.cliniko import pages as lists
from mock_server.apis.cliniko import serializers
from mock_server.apis.cliniko.models import (
    PRODUCT_SUPPLIERS,
    PRODUCTS,
    STOCK_ADJUSTMENTS,
    TAXES,
    Product,
    StockAdjustment,
)
from mock_server.apis.cliniko.operations import OPERATIONS
from mock_server.apis.cliniko.records import find
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound, Violation
from mock_server.engine.messages import Reply, Request

#: stock_level lies strictly between -LIMIT and LIMIT (cliniko.txt, Product).
STOCK_LIMIT = 4_000_000_000


def _oldest_first(records: tuple[Any, ...]) -> Sequence[Any]:
    return lists.in_order(list(records), ["created_at"], "asc")


def _serve(listing: lists.Listing[Any], list_operation: str, get_operation: str) -> None:
    """Handle the two reads that every neighbour has."""

    @OPERATIONS.handles(list_operation)
    def list_records(request: Request, context: Context) -> Reply:
        return lists.answer(listing, request, context)

    @OPERATIONS.handles(get_operation)
    def get_record(request: Request, context: Context) -> Reply:
        record = find(listing.table, request.path["id"], context)
        if record is None:
            raise RecordNotFound(listing.key, request.path["id"])
        return Reply(200, listing.serializer(request, context)(record))


_serve(
    lists.Listing("/taxes", "taxes", TAXES, _oldest_first, serializers.tax),
    "listTaxes",
    "getTax",
)
_serve(
    lists.Listing(
        "/product_suppliers",
        "product_suppliers",
        PRODUCT_SUPPLIERS,
        _oldest_first,
        serializers.product_supplier,
    ),
    "listProductSuppliers",
    "getProductSupplier",
)
_serve(
    lists.Listing(
        "/stock_adjustments",
        "stock_adjustments",
        STOCK_ADJUSTMENTS,
        _oldest_first,
        serializers.stock_adjustment,
    ),
    "listStockAdjustments",
    "getStockAdjustment",
)


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
