"""What is known of a product's life at Skhokho, for the contract suite.

Sources: skhokho.txt for operations, fields and bounds; facts, section 3, for what Django REST
Framework does with them. What the spec marks as inferred (the page's form, what the actions do)
is declared as the spec has it. The document says nothing of the list's order: none is declared.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from mock_server.apis.skhokho.lifecycle.fields import FIELDS
from mock_server.apis.skhokho.lifecycle.filters import FILTERS
from mock_server.apis.skhokho.lifecycle.images import IMAGE
from mock_server.lifecycle.model import (
    Create,
    Json,
    Lifecycle,
    Listing,
    Look,
    Parts,
    Read,
    Relation,
    Removal,
    Resource,
    Update,
)
from mock_server.lifecycle.paging import numbered
from mock_server.lifecycle.values import number

_AMOUNTS = (
    "cost_price",
    "selling_price",
    "current_stock",
    "minimum_stock_level",
    "maximum_stock_level",
)


def _two_places(record: Json, _: Look) -> str | None:
    """Facts: decimals come out as strings with two places."""
    for name in _AMOUNTS:
        shown = record.get(name)
        if shown is not None and (not isinstance(shown, str) or shown[-3:-2] != "."):
            return f"{name} is {shown!r}, which is no text with two places"
    return None


def _action(name: str) -> Callable[[str], Parts]:
    return lambda unique_id: Parts(path={"unique_id": unique_id}, query=(("action", name),))


def _activation(unique_id: str) -> Parts:
    return Parts(path={"unique_id": unique_id}, body={"status": "active"})


def _without_stock(record: Json) -> bool:
    return record["status"] == "out_of_stock" and number(record["current_stock"]) == 0


#: Facts: bodies come as JSON, form or multipart.
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_LIST = Listing(
    "listProducts",
    "/results",
    paging=numbered(
        lambda page: page["next"] is not None,
        size=None,
        sizes=(),
        fixed=20,
        next_link=lambda page: page["next"],
        previous_link=lambda page: page["previous"],
        # Facts: `last` is a page, and one that there is not is not found.
        last=(("page", "last"),),
        beyond=(404,),
    ),
    id="/unique_id",
    total="/count",
    # Facts: the list's objects are lighter than the detail's.
    at={
        "description": None,
        "model_number": None,
        "cost_price": None,
        "maximum_stock_level": None,
        "image": None,
        "supplier_name": None,
    },
    filters=FILTERS,
    # The spec: filters narrow the list together.
    together=True,
)

_PRODUCT = Resource(
    "product",
    id_in_path="unique_id",
    id="/unique_id",
    fields=FIELDS,
    tag="name",
    create=Create("createProduct", id="/unique_id", forms=_FORMS),
    reads=(Read("getProduct"),),
    lists=(_LIST,),
    updates=(
        Update("updateProduct", forms=_FORMS),
        Update("replaceProduct", partial=False, keeps=True, forms=_FORMS),
    ),
    removals=(
        Removal(
            "actOnProduct",
            "deactivates",
            reads="shown",
            hidden=False,
            parts=_action("deactivate"),
            mark="/status",
            marked=lambda status: status == "inactive",
            undo="updateProduct",
            undo_parts=_activation,
            again=(200,),
            given={"status": "active", "current_stock": "5"},
            name="deactivate",
            changes=("status",),
        ),
        Removal(
            "actOnProduct",
            "deactivates",
            reads="shown",
            hidden=False,
            parts=_action("mark_out_of_stock"),
            mark="",
            marked=_without_stock,
            undo="updateProduct",
            undo_parts=_activation,
            again=(200,),
            given={"status": "active", "current_stock": "5"},
            name="mark out of stock",
            changes=("status", "current_stock"),
        ),
    ),
    stock="/current_stock",
    created="/date_created",
    updated="/last_updated",
    dated_by=("actOnProduct",),
    owner_in_path="org_uid",
    attachments=(IMAGE,),
    relations=(Relation("amounts have two places", _two_places),),
    absent=(404,),
    refused=(400,),
    unknown=lambda random: str(uuid.UUID(int=random.getrandbits(128), version=4)),
)

LIFECYCLE = Lifecycle((_PRODUCT,))
