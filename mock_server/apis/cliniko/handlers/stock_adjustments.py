"""The operations on stock adjustments (the vendor's OpenAPI document and its page on them)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from mock_server.apis.cliniko import pages as lists
from mock_server.apis.cliniko import serializers
from mock_server.apis.cliniko.handlers.reads import serve_filtered, serve_list
from mock_server.apis.cliniko.models import PRODUCTS, STOCK_ADJUSTMENTS, Product, StockAdjustment
from mock_server.apis.cliniko.operations import OPERATIONS
from mock_server.apis.cliniko.records import authenticated_user, find
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound, Violation
from mock_server.engine.messages import Reply, Request

#: stock_level lies strictly between -LIMIT and LIMIT (cliniko.txt, Product).
STOCK_LIMIT = 4_000_000_000


_LISTING = lists.ListView(
    "/stock_adjustments",
    "stock_adjustments",
    STOCK_ADJUSTMENTS,
    serializers.stock_adjustment,
)
serve_list(_LISTING, "listStockAdjustments")
serve_filtered(_LISTING, "getStockAdjustment")


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
    """Record an adjustment by the key's user, and add its quantity to the product's stock level."""
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
        user_id=authenticated_user(context).id,
        comment=request.body.get("notes", request.body.get("comment")),
        created_at=now,
        updated_at=now,
    )
    context.state.put(STOCK_ADJUSTMENTS, adjustment)
    level = (product.stock_level or 0) + quantity
    context.state.put(PRODUCTS, replace(product, stock_level=level, updated_at=now))
    return serializers.created(serializers.stock_adjustment(request, context)(adjustment))


def _product(request: Request, context: Context) -> Product | None:
    product = find(PRODUCTS, request.body.get("product_id"), context)
    return product if product is not None and product.archived_at is None else None
