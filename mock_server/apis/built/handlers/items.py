"""The operations that read items (built.txt)."""

from __future__ import annotations

from decimal import Decimal
from html import escape

from mock_server.apis.built import indexes, serializers
from mock_server.apis.built.models import CATEGORIES, ITEMS, Item
from mock_server.apis.built.operations import OPERATIONS
from mock_server.apis.built.pages import page
from mock_server.apis.built.values import bare, money_text, multiply, plain, total
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.state.order import Order

_LONGEST_ID = 15


def item_at(request: Request, context: Context) -> Item:
    """Return the item that the path names; raises RecordNotFound, also for what is no number."""
    text = request.path["id"]
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID:
        item = context.state.get(ITEMS, int(text))
        if item is not None:
            return item
    raise RecordNotFound("item", text)


@OPERATIONS.handles("listItems", "listItemsAlternate")
def list_items(request: Request, context: Context) -> Reply:
    """List all items, 20 to a page; the links lead to `/api/v2/items`, as in the sample."""
    items = context.state.ordered(ITEMS, indexes.BY_NAME)
    url = f"{request.base_url}/api/v2/items"
    return Reply(
        200,
        page(
            items,
            request.query.get("page"),
            url,
            lambda item: serializers.listed_item(item, context),
        ),
    )


@OPERATIONS.handles("getItemSummary")
def get_item_summary(_: Request, context: Context) -> Reply:
    """Return counts, quantities and worth, all computed from the items as they are now."""
    return Reply(200, context.state.derive(ITEMS, _summary))


def _summary(items: tuple[Item, ...]) -> dict[str, int | Decimal]:
    tracked = [item for item in items if item.track_inventory]
    kinds = [item.kind for item in items]
    return {
        "total_count": len(items),
        "total_services_count": kinds.count("service"),
        "total_product_count": kinds.count("product"),
        "total_fixed_assets_count": kinds.count("fixed asset"),
        "total_inventory_items_count": len(tracked),
        "total_inventory_non_items_count": len(items) - len(tracked),
        "total_retail_items_count": sum(item.retail_item for item in items),
        "total_buying_items_count": sum(item.buying_item for item in items),
        "sum_of_quantities": bare(total(item.quantity for item in items)),
        "sum_of_inventory_quantities": bare(total(item.quantity for item in tracked)),
        "total_inventory_worth": bare(
            total(multiply(item.quantity, item.unit_price) for item in tracked)
        ),
    }


@OPERATIONS.handles("listInventoryItems")
def list_inventory_items(_: Request, context: Context) -> Reply:
    """List the items whose stock is tracked, archived ones too (inferred)."""
    return _array(indexes.TRACKED, context)


@OPERATIONS.handles("listInvoiceItems")
def list_invoice_items(_: Request, context: Context) -> Reply:
    """List what an invoice can carry: for sale (inferred) and not archived (documented)."""
    return _array(indexes.SELLABLE, context)


@OPERATIONS.handles("listBillItems")
def list_bill_items(_: Request, context: Context) -> Reply:
    """List what a bill can carry: bought (inferred) and not archived (documented)."""
    return _array(indexes.BUYABLE, context)


@OPERATIONS.handles("searchItems")
def search_items(request: Request, context: Context) -> Reply:
    """List the items that have the keyword in their name or code, whatever its case (inferred)."""
    keyword = request.path["keyword"].casefold()
    found = [
        item
        for item in context.state.ordered(ITEMS, indexes.BY_NAME)
        if keyword in item.name.casefold() or keyword in (item.code or "").casefold()
    ]
    return Reply(200, [serializers.listed_item(item, context) for item in found])


@OPERATIONS.handles("listPosItems", "listPosItemsAlternate")
def list_pos_items(_: Request, context: Context) -> Reply:
    """List what the counter sells, in one list and by category, each category with its count."""
    by_category = context.state.ordered(ITEMS, indexes.SELLABLE_BY_CATEGORY)
    return Reply(
        200,
        {
            "all": [
                serializers.listed_item(item, context)
                for item in context.state.ordered(ITEMS, indexes.SELLABLE)
            ],
            "categories": [
                serializers.category(
                    category,
                    [
                        serializers.saved_item(item, context)
                        for item in by_category.of_value(category.id)
                    ],
                    context,
                )
                for category in context.state.all(CATEGORIES)
                if not category.archived
            ],
        },
    )


@OPERATIONS.handles("printItems")
def print_items(_: Request, context: Context) -> Reply:
    """Return the items as a page to print; what it looks like is inferred."""
    business = indexes.business_of(context)
    rows = "".join(_row(item, context) for item in context.state.ordered(ITEMS, indexes.BY_NAME))
    heading = f"{escape(business.name)}: products and services"
    columns = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    return Reply(
        200,
        "<!DOCTYPE html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{heading}</title></head>\n'
        f"<body><h1>{heading}</h1>\n"
        f"<p>{context.now.date().isoformat()}, amounts in {escape(business.currency)}</p>\n"
        f"<table><thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n"
        "</body></html>\n",
    )


_COLUMNS = ("Code", "Name", "Type", "Category", "Quantity", "Unit price", "Selling price", "State")


def _row(item: Item, context: Context) -> str:
    category = context.state.get(CATEGORIES, item.category_id)
    cells = (
        item.code or "",
        item.name,
        item.type,
        category.name if category else "",
        plain(item.quantity),
        money_text(item.unit_price),
        money_text(item.selling_price),
        "archived" if item.archived else "",
    )
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n"


def _array(order: Order[Item], context: Context) -> Reply:
    items = context.state.ordered(ITEMS, order)
    return Reply(200, [serializers.listed_item(item, context) for item in items])
