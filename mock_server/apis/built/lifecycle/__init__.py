"""What is known of an item's life at Built Africa, for the contract suite.

Sources: built.txt for operations, fields and answers; facts, section 4, for refusals. One item is
four resources, for each way to make one has fields of its own, and the document says different
things of what is made: `item` and `service` by the form, `stocked item` and `imported item` by the
import, of which the former is tracked, sold and bought.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mock_server.apis.built.lifecycle import lists
from mock_server.apis.built.lifecycle.relations import (
    IMPORTED,
    ITEM_RELATIONS,
    OTHER_RELATIONS,
)
from mock_server.apis.built.lifecycle.stock import ADJUSTMENT, HISTORY, MOVES, PURCHASE, SALE
from mock_server.apis.built.lifecycle.values import (
    PLACEHOLDER,
    amount,
    day,
    kind_of_item,
    no_tax,
    note,
    picture,
    prefixed_code,
    stock,
)
from mock_server.lifecycle.model import (
    Create,
    Field,
    Json,
    Lifecycle,
    Read,
    Removal,
    Resource,
    Source,
    Unique,
    Update,
)
from mock_server.lifecycle.values import flag, identifier, text

#: Facts, section 4: `Item not found`, in four spellings, is a 302.
_ABSENT = (302,)
_NO_NAME: tuple[Any, ...] = ("", None, "   ")
_NO_TYPE: tuple[Any, ...] = ("", None, "gadget", 7)
_NO_PRICE: tuple[Any, ...] = ("", None, "a lot", True, [1])


def _account(name: str, **known: Any) -> Field:
    source = Source("listItems", "/data", f"/{name}")
    return Field(name, identifier(), f"/{name}", source=source, **known)


#: Empty texts, and what the document's own call shows that they become.
_EMPTY_TEXT = (("", ""),)
_EMPTY_AMOUNT = (("", 0),)
_EMPTY_RECORD = (("", None),)


_NAME = Field("name", text(), "/name", required=True)
_DESCRIPTION = Field("description", note(), "/description", clearable=True, kept=_EMPTY_TEXT)
_SELLING_PRICE = Field(
    "selling_price", amount(), "/selling_price", clearable=True, kept=_EMPTY_AMOUNT
)
_CATEGORY = Field(
    "category_id",
    identifier(),
    "/category_id",
    source=Source("listPosItems", "/categories", "/id"),
)
_ITEM_FIELDS = (
    _NAME,
    Field(
        "type",
        kind_of_item("product", "fixed asset"),
        "/type",
        required=True,
        wrong=("gadget",),
    ),
    Field("unit_price", amount(), "/unit_price", required=True, wrong=("a lot",)),
    Field("code", text(60), "/code"),
    _DESCRIPTION,
    Field("quantity", stock(), "/quantity"),
    Field("taxed", flag(1, 0), "/taxed"),
    Field("tax", no_tax(), "/tax_id"),
    Field("photo_path", picture(), "/photo", clearable=True, kept=(("", PLACEHOLDER),)),
    Field("retail_item", flag(1, 0), "/retail_item"),
    Field("buy_item", flag(1, 0), "/buying_item"),
    _account("account_id", clearable=True, kept=_EMPTY_RECORD),
    _account("purchase_accountID"),
    _CATEGORY,
    # It may be left empty, as in the document; no answer shows it.
    Field("date", day(), kept=_EMPTY_RECORD),
    # Built.txt: 0 is answered with 1.
    Field("quantity_limit", stock(1, 50), "/quantity_limit", kept=((0, 1),)),
    _SELLING_PRICE,
    Field("discount_amount", amount(), "/discount_amount"),
    Field("discount_percent", amount(0, 100), "/discount_percent"),
)
_SERVICE_FIELDS = (
    Field("name", text(), "/name", required=True, wrong=_NO_NAME),
    Field("type", kind_of_item("service"), "/type", required=True, wrong=_NO_TYPE),
    Field("unit_price", amount(), "/unit_price", required=True, wrong=_NO_PRICE),
    _DESCRIPTION,
    _SELLING_PRICE,
)
_STOCKED_FIELDS = (
    Field("name", text(), "/name"),
    _DESCRIPTION,
    Field("unit_cost", amount(), "/unit_price", update=False),
    _SELLING_PRICE,
    Field("quantity", stock(40, 500), "/quantity"),
    _CATEGORY,
    Field("code", prefixed_code(), "/code", update=False),
    Field("photo", picture(), "/photo", update=False),
)
_IMPORTED_FIELDS = (
    *_STOCKED_FIELDS,
    Field("track_inventory", flag("YES", "NO"), "/track_inventory", update=False),
    Field("selling_item", flag("YES", "NO"), "/retail_item", update=False),
    Field("buying_item", flag("YES", "NO"), "/buying_item", update=False),
)
#: The document's own import, whose every key is sent, as it does not say which ones must be.
_SAMPLE: Json = {
    "name": "Phone",
    "description": "Phone",
    "unit_cost": 326.92,
    "selling_price": 384.62,
    "quantity": 1,
    "track_inventory": "YES",
    "type": "PRODUCT",
    "selling_item": "YES",
    "buying_item": "YES",
    "category_id": 1,
    "code": "LP45709",
    "photo": PLACEHOLDER,
}
_LARGEST_IMPORT = 200


def _import(*items: Json) -> Json:
    return {"items": json.dumps(items, default=float)}


def _one(values: Json) -> Json:
    return _import(_completed(values))


def _completed(values: Json) -> Json:
    without = {name: value for name, value in _SAMPLE.items() if name != "category_id"}
    return {**without, **values}


def _too_many(values: Json) -> Json:
    items = (_completed({**values, "name": f"{values['name']} {n}"}) for n in range(201))
    return _import(*items)


_WRONG_IMPORTS: dict[str, Callable[[Json], Any]] = {
    "more than 200 items": _too_many,
    "no items": lambda _: {},
    "items that are no JSON": lambda values: {"items": f"[{values['name']}"},
}
_READS = (Read("getItem", "/item"),)
_UPDATE = Update("updateItem")
_DELETION = Removal("deleteItem", "deletes", again=_ABSENT)
#: Each call turns it over.
_ARCHIVING = Removal(
    "archiveItem",
    "archives",
    reads="shown",
    hidden=False,
    mark="/archived",
    undo="archiveItem",
    changes=(),
)


def _resource(name: str, **known: Any) -> Resource:
    return Resource(
        name,
        tag="name",
        reads=_READS,
        absent=_ABSENT,
        refused=(302, 400, 422),
        created="/created_at",
        updated="/updated_at",
        # In the document's samples both moved this time of the item.
        dated_by=("archiveItem", "adjustStock"),
        **known,
    )


LIFECYCLE = Lifecycle(
    (
        _resource(
            "item",
            fields=_ITEM_FIELDS,
            create=Create("createItem"),
            lists=lists.ALL,
            updates=(_UPDATE,),
            removals=(_DELETION, _ARCHIVING),
            relations=(*ITEM_RELATIONS, *OTHER_RELATIONS),
            summaries=lists.SUMMARIES,
            unique=(Unique("name", (302,)),),
        ),
        _resource(
            "service",
            fields=_SERVICE_FIELDS,
            create=Create("createItem"),
            lists=(lists.ALL[0],),
        ),
        _resource(
            "stocked item",
            fields=_STOCKED_FIELDS,
            create=Create("createItemsInBulk", _one, "/0", "/0/id", wrong=_WRONG_IMPORTS),
            lists=(lists.INVENTORY, *lists.ON_OFFER),
            updates=(_UPDATE,),
            removals=(_ARCHIVING, _DELETION),
            moves=MOVES,
            history=HISTORY,
            stock="/quantity",
            relations=ITEM_RELATIONS,
            outcomes=IMPORTED,
            # Built.txt: those that exist by name will not be created again.
            unique=(Unique("name", (200,)),),
        ),
        _resource(
            "imported item",
            fields=_IMPORTED_FIELDS,
            create=Create("createItemsInBulkAlternate", _one, "/0", "/0/id", wrong=_WRONG_IMPORTS),
            lists=(lists.SEARCH, lists.INVENTORY, lists.ALL[0]),
            removals=(_DELETION,),
            outcomes=IMPORTED,
        ),
        ADJUSTMENT,
        SALE,
        PURCHASE,
        Resource(
            "listed item",
            fields=_ITEM_FIELDS,
            lists=lists.EVERYWHERE,
            created="/created_at",
            updated="/updated_at",
        ),
    ),
    ignored=(
        "/from",
        "/to",
        # What was booked to an account of the business, by whatever item.
        "/data/*/adjustment_account/total_credit",
        "/data/*/adjustment_account/total_debit",
        "/data/*/adjustment_account/balance",
    ),
    unreached={
        "printItems": "what the page looks like is not documented, and the business id that it is "
        "asked for with is in no answer of the document",
    },
)
