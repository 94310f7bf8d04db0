"""The contract suite's description of the toy."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from mock_server.lifecycle.files import Attachment, Description, File
from mock_server.lifecycle.model import (
    Create,
    Field,
    Idempotency,
    Json,
    Lifecycle,
    Listing,
    Move,
    Outcome,
    Parts,
    Read,
    Relation,
    Removal,
    Resource,
    Source,
    Summary,
    Unique,
    Update,
)
from mock_server.lifecycle.pointers import Shown
from mock_server.lifecycle.values import Kind, choice, decimal, identifier, number, text, whole
from tests.contract_tests.toy.lifecycle_lists import ARCHIVED, ITEMS, SHELF

_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_NO_TEXT = (7, [], "")


def _gross(record: Json, _) -> str | None:
    if record["price"] is None:
        return None
    wanted = number(record["price"]) * Decimal("1.1")
    return None if number(record["gross"]) == wanted else f"gross is {record['gross']}"


def _label(_: Json, record: Json) -> str | None:
    wanted = f"{record['kind']}: {record['title']}"
    return None if record["label"] == wanted else f"the label is {record['label']}"


def _picture(random: Random) -> File:
    return File(random.choice(("a.png", "b.png")), "image/png", random.randbytes(8))


def _moved(kind: str, sign: int) -> Move:
    def parts(item: str, quantity: Decimal) -> Parts:
        return Parts(path={"item": item}, body={"kind": kind, "quantity": quantity})

    return Move(
        kind,
        "moveItem",
        parts,
        effect=lambda quantity: sign * quantity,
        wrong=("many", 0),
        beyond=((sign * 500, Decimal(1000)),) if sign > 0 else (),
        shows=lambda quantity: {"/quantity": quantity, "/kind": kind},
    )


def _transferred(item: str, quantity: Decimal) -> Parts:
    source = {"id": Shown("/id", other=True)}
    return Parts(body={"into": item, "from": source, "quantity": quantity})


_ITEM = Resource(
    "item",
    id_in_path="item",
    fields=(
        Field("title", text(40), "/title", required=True, wrong=(*_NO_TEXT, "x" * 41, None)),
        Field(
            "code",
            text(40),
            "/code",
            clearable=True,
            wrong=_NO_TEXT,
        ),
        Field("kind", choice("jar", "tin", "box"), "/kind", wrong=("pot", None)),
        Field("price", decimal(), "/price", clearable=True, wrong=("-1", "1.005", "much", 5)),
        Field("stock", whole(0, 500), "/stock", wrong=(-1, "many", True)),
        Field("beside", identifier(), "/beside", source=Source("listItems", "/items")),
        Field(
            "remark", text(50), "/remark", clearable=True, wrong=(7,), kept=(("  two  ", "two"),)
        ),
        Field(
            "picture",
            Kind("no picture", lambda _: None, lambda value: value),
            "/picture",
            clearable=True,
            create=False,
            wrong=("a.png",),
        ),
    ),
    tag="title",
    create=Create("createItem", forms=(_FORM, _MULTIPART)),
    reads=(
        Read("readItem"),
        Read(
            "readCard",
            "/card",
            at={
                **dict.fromkeys(("code", "kind", "stock", "remark", "picture", "beside")),
                "title": "/name",
            },
        ),
    ),
    lists=(ITEMS, SHELF),
    updates=(
        Update("changeItem", forms=(_MULTIPART,)),
        Update("replaceItem", partial=False),
    ),
    removals=(
        Removal(
            "archiveItem",
            "archives",
            mark="/archived",
            reveal=ARCHIVED,
            reveal_read=ARCHIVED,
            undo="restoreItem",
            again=(404,),
        ),
        Removal(
            "retireItem",
            "deactivates",
            reads="shown",
            hidden=False,
            mark="/retired",
            changes=(),
        ),
        Removal("deleteItem", "deletes", again=(404,)),
    ),
    moves=(
        _moved("in", 1),
        _moved("out", -1),
        Move(
            "transfer",
            "transfer",
            _transferred,
            effect=lambda quantity: quantity,
            other=lambda quantity: -quantity,
            wrong=("many", 0),
            shows=lambda quantity: {"/quantity": quantity, "/kind": "transfer"},
        ),
    ),
    history=Listing("listMoves", "/moves"),
    stock="/stock",
    created="/created",
    updated="/updated",
    version="/version",
    dated_by=("moveItem", "retireItem"),
    relations=(Relation("gross", _gross),),
    outcomes=(Outcome("the label", ("title", "kind"), _label),),
    summaries=(
        Summary(
            "summarise",
            "/stock",
            lambda records: sum((Decimal(record["stock"]) for record in records), Decimal(0)),
            "listItems",
        ),
    ),
    unique=(Unique("code", (409,)),),
    refused=(400,),
    unknown=lambda random: f"item-{random.randint(10**8, 10**9)}",
    owner_in_path="house",
    attachments=(
        Attachment(
            "picture",
            _picture,
            "/picture",
            "readFile",
            "file",
            wrong=(File("a.png", "image/png", b""), File("a.txt", "text/plain", b"text")),
            name="/picture_name",
            description=Description("describeFile", "/name", "/media_type", "/size"),
        ),
    ),
)
_NOTE = Resource(
    "note",
    id_in_path="note",
    fields=(
        Field("text", text(40), "/text", required=True, wrong=_NO_TEXT),
        Field("stars", whole(1, 5), "/stars", wrong=(0, 6, "many")),
    ),
    tag="text",
    create=Create("createNote"),
    reads=(Read("readNote"),),
    lists=(Listing("listNotes", "/notes"),),
    updates=(Update("changeNote"),),
    removals=(Removal("deleteNote", "deletes", again=(404,)),),
    parent="item",
    parent_in_path="item",
    unknown=lambda random: f"note-{random.randint(10**8, 10**9)}",
)
LIFECYCLE = Lifecycle((_ITEM, _NOTE), Idempotency(
    "Idempotency-Key", ("createItem", "moveItem", "transfer", "archiveItem", "restoreItem")),
    unauthenticated=(401,))  # fmt: skip
