"""The bulk import (built.txt, Create Bulk Products)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from mock_server.apis.built import errors, indexes, serializers
from mock_server.apis.built.codes import made_up_code, prefixed
from mock_server.apis.built.fields import number, record_id, text, yes
from mock_server.apis.built.handlers.item_changes import with_tracking
from mock_server.apis.built.inputs import read_items
from mock_server.apis.built.ledger import with_stock
from mock_server.apis.built.models import ITEMS, Item
from mock_server.apis.built.operations import OPERATIONS
from mock_server.apis.built.rules import items_are_valid
from mock_server.apis.built.values import ZERO, stored, stored_price
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict
from mock_server.engine.messages import Reply, Request


@OPERATIONS.handles("createItemsInBulk", "createItemsInBulkAlternate", rules=[items_are_valid])
def create_items_in_bulk(request: Request, context: Context) -> Reply:
    """Create the items of a JSON-encoded array, all but those whose name exists.

    More than 200 are refused with 302. A name that occurs twice in one import is taken once.
    """
    entries = read_items(request.body["items"])
    if len(entries) > indexes.LARGEST_IMPORT:
        raise Conflict(errors.IMPORT_LIMIT)
    created = [
        context.state.put(ITEMS, _imported(entry, context))
        for entry in entries
        if not indexes.has_name(text(entry["name"]), context)
    ]
    return Reply(200, [serializers.imported_item(item, context) for item in created])


def _imported(entry: dict[str, Any], context: Context) -> Item:
    """The item that an entry describes.

    A kind comes back with its first letter large, a code with four random characters before it
    (built.txt: `PRODUCT` is `Product` in the details, `LP45709` becomes `bd8U-LP45709`).
    """
    business = indexes.business_of(context)
    now = context.now.replace(microsecond=0)
    item_id = context.state.next_id(ITEMS)
    code = text(entry.get("code")) or made_up_code(item_id)
    item = Item(
        id=item_id,
        name=text(entry["name"]),
        type=str(entry.get("type") or "product").capitalize(),
        unit_price=stored_price(_amount(entry.get("unit_cost"))),
        category_id=record_id(entry.get("category_id")) or business.category_id,
        purchase_account_id=business.purchase_account_id,
        account_id=business.sales_account_id,
        created_at=now,
        updated_at=now,
        description=text(entry.get("description")),
        code=prefixed(code, context.random),
        photo=text(entry.get("photo")) or None,
        selling_price=stored(_amount(entry.get("selling_price"))),
        retail_item=yes(entry.get("selling_item")),
        buying_item=yes(entry.get("buying_item")),
    )
    item = with_tracking(item, yes(entry.get("track_inventory")), context)
    return with_stock(item, stored(_amount(entry.get("quantity"))))


def _amount(value: Any) -> Decimal:
    return number(value) or ZERO
