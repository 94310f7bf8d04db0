"""Items: created, listed, read, switched off and on (exsited.txt)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from mock_server.apis.exsited import item_views, serializers
from mock_server.apis.exsited.currencies import (
    base_unit,
    with_currencies,
    with_sale_default,
    with_uoms,
)
from mock_server.apis.exsited.handlers.inventory import first_inventory
from mock_server.apis.exsited.handlers.purchase import PURCHASE_REFERENCES, changed_purchase
from mock_server.apis.exsited.handlers.sale import SALE_REFERENCES, changed_sale
from mock_server.apis.exsited.idempotency import answered_once
from mock_server.apis.exsited.models import (
    CURRENCIES,
    ITEMS,
    Code,
    Currency,
    Item,
    Purchase,
    Sale,
)
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.apis.exsited.pages import page_of
from mock_server.apis.exsited.records import API_USER, item_of, new_uuid, root_of, save
from mock_server.apis.exsited.references import must_exist
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict
from mock_server.engine.messages import Reply, Request
from mock_server.state.order import Column, Order, order_by
from mock_server.state.store import Transaction

_REFERENCES = (
    *SALE_REFERENCES,
    *PURCHASE_REFERENCES[1:],
    ("*.inventories.warehouses.*.name", "warehouse"),
    ("*.inventories.warehouses.*.accounting_code", "accounting code"),
)
_TEXTS = ("description", "origin", "invoice_note", "manager")
#: The sequence that ids are drawn from; the seed's items have the first ones.
SEQUENCE = "exsited.items"
ITEM_NUMBER = "ITEM-NUMBER"


@OPERATIONS.handles("listItems")
def list_items(request: Request, context: Context) -> Reply:
    """Return a page of items; by id, ascending, unless the request says otherwise."""
    query = request.query
    by, descending = query.get("order_by", "id"), query.get("direction") == "desc"
    order = _order(by, descending=descending, of_a_type="type" in query)
    items: Sequence[Item] = context.state.ordered(ITEMS, order)
    if "type" in query:
        items = context.state.ordered(ITEMS, order).of_value(query["type"])
    page, pagination = page_of(items, "/api/v3/items", request)
    shown = [item_views.whole_item(item, request, context) for item in page]
    return Reply(200, {"items": shown, "pagination": pagination})


@OPERATIONS.handles("createItem", rules=[must_exist(*_REFERENCES)])
@answered_once
def create_item(request: Request, context: Context) -> Reply:
    """Create a standard item; an id that is taken is refused."""
    root = root_of(request)
    item_id = root.get("id") or _free_id(context.state)
    if context.state.get(ITEMS, item_id) is not None:
        raise Conflict("idTaken", value=item_id, field="id")
    sale = root.get("sale", {})
    currencies = with_currencies((), root.get("currencies") or [_default_currency(context.state)])
    item = Item(
        id=item_id,
        uuid=new_uuid(context),
        name=root["name"],
        display_name=root.get("display_name") or root["name"],
        created_by=API_USER,
        created_on=context.now.replace(microsecond=0),
        codes=_codes(root, item_id),
        uoms=with_uoms((), root.get("uoms", ())),
        currencies=with_sale_default(currencies, sale),
        sale=changed_sale(Sale(), sale, request, context),
        purchase=changed_purchase(Purchase(), root.get("purchase", {}), context.state),
        inventory=first_inventory(root.get("inventories", {})),
        **{name: root[name] for name in _TEXTS if name in root},
    )
    item = replace(item, base_uom=base_unit(item.uoms, item.base_uom))
    context.state.put(ITEMS, item)
    return Reply(201, {"item": item_views.created_item(item, request, context)})


@OPERATIONS.handles("getItem")
def get_item(request: Request, context: Context) -> Reply:
    """Return the whole item."""
    item = item_of(request, context)
    return Reply(200, {"item": item_views.whole_item(item, request, context)})


@OPERATIONS.handles("getItemInformation")
def get_item_information(request: Request, context: Context) -> Reply:
    """Return the item without its parts."""
    return Reply(200, {"item": serializers.information(item_of(request, context))})


@OPERATIONS.handles("getItemKpis")
def get_item_kpis(request: Request, context: Context) -> Reply:
    """Return the item's indicators."""
    return Reply(200, {"item": {"kpis": serializers.kpis(item_of(request, context))}})


@OPERATIONS.handles("deactivateItem")
@answered_once
def deactivate_item(request: Request, context: Context) -> Reply:
    """Make an active item inactive; a second time is a conflict (inferred)."""
    return _switched(request, context, "ACTIVE", "INACTIVE", "alreadyInactive")


@OPERATIONS.handles("reactivateItem")
@answered_once
def reactivate_item(request: Request, context: Context) -> Reply:
    """Make an inactive item active; a second time is a conflict (inferred)."""
    return _switched(request, context, "INACTIVE", "ACTIVE", "alreadyActive")


@cache
def _order(by: str, *, descending: bool, of_a_type: bool = False) -> Order[Item]:
    """The order of a list; items that are alike in the column are in that of their ids."""
    column: Column[Item] = Column(_changed_on if by == "last_updated_on" else by, descending)
    return order_by("type", column, "id") if of_a_type else order_by(column, "id")


def _changed_on(item: Item) -> datetime:
    """When an item was changed; one that never was counts as changed when it was created."""
    return item.last_updated_on or item.created_on


def _switched(request: Request, context: Context, before: str, after: str, already: str) -> Reply:
    item = item_of(request, context)
    if item.status == after:
        raise Conflict(already)
    if item.status != before:
        raise Conflict("wrongStatus", value=item.status)
    save(replace(item, status=after), context)
    return Reply(204)


def _free_id(state: Transaction) -> str:
    """The next id of the form `ITEM-0001` that no item was given."""
    while True:
        item_id = f"ITEM-{state.next_number(SEQUENCE):04}"
        if state.get(ITEMS, item_id) is None:
            return item_id


def _default_of(records: tuple[Currency, ...]) -> Currency:
    return next((record for record in records if record.default), records[0])


def _default_currency(state: Transaction) -> dict[str, Any]:
    """The organisation's currency, for everything: what an item has if it names none."""
    name = state.derive(CURRENCIES, _default_of).name
    return {"name": name, "default_for_sale": True, "default_for_purchase": True}


def _codes(root: Mapping[str, Any], item_id: str) -> tuple[Code, ...]:
    """The codes that were given, and an item number if none of them is one (inferred)."""
    codes = tuple(Code(code["name"], code["value"]) for code in root.get("codes", ()))
    if any(code.name == ITEM_NUMBER for code in codes):
        return codes
    return (*codes, Code(ITEM_NUMBER, item_id))
