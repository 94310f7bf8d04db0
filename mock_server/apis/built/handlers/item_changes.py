"""The operations that create, change, archive and delete items (built.txt)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from mock_server.apis.built import errors, indexes, serializers
from mock_server.apis.built.codes import made_up_code
from mock_server.apis.built.fields import flag, number, record_id, text
from mock_server.apis.built.handlers.items import item_at
from mock_server.apis.built.ledger import with_stock
from mock_server.apis.built.models import ITEMS, PURCHASES, SALES, Item
from mock_server.apis.built.operations import OPERATIONS
from mock_server.apis.built.rules import references_exist, values_fit
from mock_server.apis.built.values import ZERO, stored, stored_price
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict
from mock_server.engine.messages import NO_BODY, Reply, Request

_ONE = Decimal(1)


@OPERATIONS.handles("createItem", rules=[values_fit, references_exist])
def create_item(request: Request, context: Context) -> Reply:
    """Create an item; a name in use is refused with 302.

    What the body leaves out or leaves empty takes the document's defaults: no tax, the placeholder
    picture, the business's purchase account and first category, a code made up.
    """
    name = text(request.body["name"])
    if indexes.has_name(name, context):
        raise Conflict(errors.NAME_TAKEN)
    business = indexes.business_of(context)
    now = context.now.replace(microsecond=0)
    blank = Item(
        id=context.state.next_id(ITEMS),
        name=name,
        type=request.body["type"],
        unit_price=ZERO,
        category_id=business.category_id,
        purchase_account_id=business.purchase_account_id,
        created_at=now,
        updated_at=now,
        tax_id=0,
    )
    item = _changed(blank, request.body, context)
    return Reply(200, serializers.saved_item(context.state.put(ITEMS, item), context))


@OPERATIONS.handles("updateItem", rules=[values_fit, references_exist])
def update_item(request: Request, context: Context) -> Reply:
    """Change the fields that the body names; empty ones go back to their defaults."""
    item = item_at(request, context)
    changed = _changed(item, request.body, context)
    if changed != item:
        changed = replace(changed, updated_at=context.now.replace(microsecond=0))
        context.state.put(ITEMS, changed)
    return Reply(200, serializers.saved_item(changed, context))


@OPERATIONS.handles("archiveItem")
def archive_item(request: Request, context: Context) -> Reply:
    """Archive an item, or take an archived one back."""
    item = item_at(request, context)
    now = context.now.replace(microsecond=0)
    turned = replace(item, archived=not item.archived, updated_at=now)
    return Reply(200, serializers.archived_item(context.state.put(ITEMS, turned), context))


@OPERATIONS.handles("deleteItem")
def delete_item(request: Request, context: Context) -> Reply:
    """Remove an item for good, unless it was sold or bought (302)."""
    item = item_at(request, context)
    sold = context.state.ordered(SALES, indexes.SALES_BY_ITEM).of_value(item.id)
    bought = context.state.ordered(PURCHASES, indexes.PURCHASES_BY_ITEM).of_value(item.id)
    if sold or bought:
        raise Conflict(errors.IN_TRANSACTIONS)
    context.state.remove(ITEMS, item.id)
    return Reply(200, NO_BODY)


def with_tracking(item: Item, wanted: bool, context: Context) -> Item:
    """Return the item with its stock tracked or not; a service's never is."""
    tracked = wanted and item.kind != "service"
    account = indexes.business_of(context).inventory_account_id if tracked else None
    return replace(item, track_inventory=tracked, inventory_account_id=account)


def _changed(item: Item, body: dict[str, Any], context: Context) -> Item:
    """The item with what the body names; keys that it doesn't know are ignored."""
    changes = {
        field: read(body[key], item, context)
        for key, (field, read) in _FIELDS.items()
        if key in body
    }
    if item.code is None:
        changes["code"] = text(body.get("code")) or made_up_code(item.id)
    item = replace(item, **changes)
    item = with_tracking(
        item, flag(body.get("track_inventory"), default=item.track_inventory), context
    )
    quantity = number(body.get("quantity"))
    return with_stock(item, stored(quantity) if quantity is not None else item.quantity)


def _amount(value: Any, *_: Any) -> Decimal:
    return stored(number(value) or ZERO)


_FIELDS: dict[str, tuple[str, Any]] = {
    "name": ("name", lambda value, *_: text(value)),
    "type": ("type", lambda value, *_: value),
    "description": ("description", lambda value, *_: text(value)),
    "code": ("code", lambda value, item, _: text(value) or item.code),
    "unit_price": ("unit_price", lambda value, *_: stored_price(number(value) or ZERO)),
    "selling_price": ("selling_price", _amount),
    "discount_amount": ("discount_amount", _amount),
    "discount_percent": ("discount_percent", _amount),
    # The document's own call sends 0 and is answered with 1.
    "quantity_limit": ("quantity_limit", lambda value, *_: _amount(value) or _ONE),
    "taxed": ("taxed", lambda value, *_: flag(value, default=False)),
    "tax": ("tax_id", lambda value, *_: record_id(value) or 0),
    "photo_path": ("photo", lambda value, *_: text(value) or None),
    "retail_item": ("retail_item", lambda value, *_: flag(value, default=True)),
    "buy_item": ("buying_item", lambda value, *_: flag(value, default=True)),
    "account_id": ("account_id", lambda value, *_: record_id(value)),
    "purchase_accountID": (
        "purchase_account_id",
        lambda value, _, context: (
            record_id(value) or indexes.business_of(context).purchase_account_id
        ),
    ),
    "category_id": (
        "category_id",
        lambda value, _, context: record_id(value) or indexes.business_of(context).category_id,
    ),
}
