"""Find an item, and write it back with its version counted up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from mock_server.apis.exsited.models import ITEMS, Item
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict, RecordNotFound
from mock_server.engine.messages import Request

#: The user that everything done through the API is put down to.
API_USER = "API Client"


def root_of(request: Request) -> Mapping[str, Any]:
    """Return what is inside the body's wrapper: `items` and `item` are one (observed).

    Where both are sent, the wrapper of the document's own sample counts.
    """
    root: dict[str, Any] = request.body[wrapper_of(request)]
    return root


def wrapper_of(request: Request) -> str:
    """Return the name of the body's wrapper that counts."""
    own = "item" if request.operation_id in _WRAPPED_IN_ITEM else "items"
    other = "items" if own == "item" else "item"
    return own if own in request.body else other


_WRAPPED_IN_ITEM = frozenset(
    {
        "configureItemInventory",
        "configureItemInventories",
        "updateItemInventories",
        "addItemInventory",
        "addItemInventories",
    }
)


def item_of(request: Request, context: Context) -> Item:
    """Return the item that the path names; raises RecordNotFound."""
    item = context.state.get(ITEMS, request.path["item_id"])
    if item is None:
        raise RecordNotFound("item", request.path["item_id"])
    return item


def changeable_item_of(request: Request, context: Context) -> Item:
    """Return the item that the path names; a deleted one can't be changed (inferred)."""
    item = item_of(request, context)
    if item.status == "DELETED":
        raise Conflict("wrongStatus", value=item.status)
    return item


def save(item: Item, context: Context) -> Item:
    """Write a changed item: its version counts up and its last update is now."""
    return context.state.put(
        ITEMS,
        replace(
            item,
            version=item.version + 1,
            last_updated_by=API_USER,
            last_updated_on=context.now.replace(microsecond=0),
        ),
    )


def new_uuid(context: Context) -> str:
    """Return a random UUID of version 4."""
    return str(UUID(int=context.random.getrandbits(128), version=4))
