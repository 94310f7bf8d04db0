"""What is known of the lifecycles of Exsited's items, notes and settings, for the contract suite.

Sources: exsited.txt; facts, section 2; the spec where it says more. An item is two resources here:
one whose stock is moved, in the document's spelling, and one in the other wrapper and the other
spelling, whose tracking is switched on and off. What a second deactivation is answered with,
nothing says: a refusal and a success are both declared.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from mock_server.apis.exsited.lifecycle.bodies import (
    configured,
    configured_otherwise,
    created,
    created_otherwise,
)
from mock_server.apis.exsited.lifecycle.fields import (
    AT_INFORMATION,
    AT_INVENTORY,
    AT_KPIS,
    AT_PURCHASE,
    AT_SALE,
    FIELDS,
    FIRST_STOCK,
    INVENTORY_NAMES,
    PURCHASE_NAMES,
    SALE_NAMES,
    TRACKING_NAMES,
    UNMOVED_FIELDS,
)
from mock_server.apis.exsited.lifecycle.lists import ITEM_LIST
from mock_server.apis.exsited.lifecycle.notes import NOTE
from mock_server.apis.exsited.lifecycle.relations import RELATIONS
from mock_server.apis.exsited.lifecycle.settings import SETTINGS
from mock_server.apis.exsited.lifecycle.trade import PURCHASE_CURRENCY, SPECIAL_NAMES
from mock_server.lifecycle.model import (
    Create,
    Idempotency,
    Json,
    Lifecycle,
    Move,
    Outcome,
    Parts,
    Read,
    Removal,
    Resource,
    Unique,
    Update,
)
from mock_server.lifecycle.pointers import Shown

_WAREHOUSE = Shown("/inventories/warehouses/0/name")
#: More than any warehouse has. Answers have no negative quantities (spec).
_TOO_MUCH = Decimal(10**9)
#: A warehouse that there is beside one that there is not: all of it is refused.
_IN_PART = (
    {"name": _WAREHOUSE, "quantity": "3"},
    {"name": "there is none of this name", "quantity": "1"},
)


def _moved(wrapper: str, sign: int) -> Callable[[str, Any], Parts]:
    """Return what makes the request that adds so many times a quantity (facts: below 0, out).

    Instead of a quantity it may be given all entries of a request.
    """

    def parts(item_id: str, moved: Any) -> Parts:
        quantity = f"{sign * moved:f}" if isinstance(moved, Decimal) else moved
        entries = [{"name": _WAREHOUSE, "quantity": quantity}]
        if isinstance(moved, tuple):
            entries = list(moved)
        body = {wrapper: {"inventories": {"warehouses": entries}}}
        return Parts(path={"item_id": item_id}, body=body)

    return parts


def _new(sent: Json, record: Json) -> str | None:
    """Exsited.txt: a new item is ACTIVE and measured in UNIT."""
    del sent
    shown = (record["status"], record["base_uom"])
    return None if shown == ("ACTIVE", "UNIT") else f"a new item is {' and '.join(shown)}"


def _purchase_currency(sent: Json, record: Json) -> str | None:
    """Exsited.txt: it is shown by the system's identifier, which nothing says for a currency."""
    del sent
    shown = record["purchase"]["suppliers"][0]["default_purchase_currency"]
    return None if shown else "the supplier has no default currency"


def _unknown(random: Random) -> str:
    return f"CT-NONE-{random.getrandbits(40):010X}"


_MOVES = (
    Move(
        "add",
        "addItemInventory",
        _moved("item", 1),
        lambda quantity: quantity,
        quantities=(Decimal(1), Decimal(2), Decimal("7.5"), Decimal("0.000001")),
        wrong=(None, {}, "ten", "", "1e", "1,5", (), _IN_PART, ({"quantity": "1"},)),
    ),
    Move(
        "take out",
        "addItemInventory",
        _moved("item", -1),
        lambda quantity: -quantity,
        quantities=(Decimal(1), Decimal(2), Decimal("3.25")),
        wrong=(_TOO_MUCH,),
    ),
    Move("add, spelled otherwise", "addItemInventories", _moved("items", 1), lambda each: each),
)

_WHOLE = Read("getItem", "/item")
_INVENTORY = Read("getItemInventories", "/item", AT_INVENTORY)
_READS = (
    _WHOLE,
    Read("getItemInformation", "/item", AT_INFORMATION),
    Read("getItemSale", "/item", AT_SALE),
    Read("getItemPurchase", "/item", AT_PURCHASE),
    _INVENTORY,
    Read("getItemKpis", "/item", AT_KPIS),
)

#: Exsited.txt: a deactivated item is marked in the user interface, so it can still be seen.
_DEACTIVATION = Removal(
    "deactivateItem",
    "deactivates",
    reads="shown",
    hidden=False,
    mark="/status",
    marked=lambda status: bool(status == "INACTIVE"),
    undo="reactivateItem",
    again=(204, 409),
)


def _updates(body: Callable[[str, str], Callable[[Json], Json]], own: bool) -> tuple[Update, ...]:
    """The configurations of an item's parts, in one of the two wrappers and spellings."""
    many, one = ("items", "item") if own else ("item", "items")
    tracking = () if own else TRACKING_NAMES
    sale = body(many, "sale")
    # The vendor's SDK: the other method and the plural are other spellings of the same.
    sales, purchase = "configureItemSale", "configureItemPurchase"
    inventories: tuple[str, ...] = ("configureItemInventory",)
    if not own:
        sales, purchase = "updateItemSale", "updateItemPurchase"
        inventories = ("configureItemInventories", "updateItemInventories")
    return (
        Update(sales, True, sale, "/item", SALE_NAMES, AT_SALE),
        Update(sales, True, sale, "/item", SPECIAL_NAMES, AT_SALE),
        Update(
            purchase,
            True,
            body(many, "purchase"),
            "/item",
            PURCHASE_NAMES,
            AT_PURCHASE,
        ),
        *(
            Update(
                operation,
                True,
                body(one, "inventories"),
                "/item",
                (*INVENTORY_NAMES, *tracking),
                AT_INVENTORY,
            )
            for operation in inventories
        ),
    )


ITEM = Resource(
    "item",
    id_in_path="item_id",
    fields=FIELDS,
    tag="name",
    create=Create("createItem", created, "/item", "/item/id", always=FIRST_STOCK),
    reads=_READS,
    lists=(ITEM_LIST,),
    updates=_updates(configured, own=True),
    removals=(_DEACTIVATION,),
    moves=_MOVES,
    stock="/inventories/warehouses/0/quantity_on_hand",
    created="/created_on",
    updated="/last_updated_on",
    version="/version",
    relations=RELATIONS,
    outcomes=(
        Outcome("a new item is active and measured in UNIT", ("type",), _new),
        Outcome("a currency for purchases is shown", (PURCHASE_CURRENCY,), _purchase_currency),
    ),
    # Facts: 409 already_exists.
    unique=(Unique("id", (409,)),),
    unknown=_unknown,
)

SPELLED_OTHERWISE = Resource(
    "item, spelled otherwise",
    id_in_path="item_id",
    fields=UNMOVED_FIELDS,
    tag="name",
    create=Create("createItem", created_otherwise, "/item", "/item/id", always=FIRST_STOCK),
    reads=(_WHOLE, _INVENTORY),
    updates=_updates(configured_otherwise, own=False),
    unknown=_unknown,
)

LIFECYCLE = Lifecycle(
    (ITEM, SPELLED_OTHERWISE, NOTE, *SETTINGS),
    # Facts: the vendor's SDK sends it with each POST.
    idempotency=Idempotency(
        "X-Idempotency-Key",
        (
            "createItem",
            "configureItemSale",
            "configureItemPurchase",
            "configureItemInventory",
            "configureItemInventories",
            "updateItemInventories",
            "updateItemPurchase",
            "updateItemSale",
            "addItemInventory",
            "addItemInventories",
            "deactivateItem",
            "reactivateItem",
            "createItemNote",
        ),
    ),
    unreached=dict.fromkeys(
        ("issueToken", "issueTokenV4"),
        "it has no record, and a new token would end the one that the run signs in with",
    ),
)
