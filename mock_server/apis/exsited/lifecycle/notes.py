"""Notes on an item, with a file (exsited.txt, Create Item Note)."""

from __future__ import annotations

from random import Random
from uuid import UUID

from mock_server.apis.exsited.lifecycle.lists import paging
from mock_server.lifecycle.files import Attachment, Description, File
from mock_server.lifecycle.model import Create, Field, Listing, Read, Resource, Sort
from mock_server.lifecycle.values import instant, text

MULTIPART = {"Content-Type": "multipart/form-data"}


def unknown_uuid(random: Random) -> str:
    """Return a UUID that no record has."""
    return str(UUID(int=random.getrandbits(128), version=4))


def _file(random: Random) -> File:
    name, media_type = random.choice(
        (
            ("receipt.pdf", "application/pdf"),
            ("manual é.txt", "text/plain"),
            ("photo 1.png", "image/png"),
        )
    )
    return File(name, media_type, random.randbytes(random.randint(1, 2000)))


_FILE = Attachment(
    "file",
    _file,
    "/files/0/uuid",
    "downloadItemNoteFile",
    "file_id",
    name="/files/0/name",
    description=Description(
        "getItemNoteFile", "/file/filename", "/file/content_type", "/file/size"
    ),
)

NOTE = Resource(
    "note",
    id_in_path="note_id",
    id="/uuid",
    parent="item",
    parent_in_path="item_id",
    fields=(Field("note", text(10000), "/content", required=True),),
    tag="note",
    # The answer has the note's uuid alone (exsited.txt).
    create=Create(
        "createItemNote",
        record=None,
        id="/item/notes/uuid",
        headers=MULTIPART,
        forms=("application/x-www-form-urlencoded",),
    ),
    reads=(Read("getItemNote", "/note"),),
    lists=(
        Listing(
            "listItemNotes",
            "/item/notes/notes",
            paging("/item/notes"),
            id="/uuid",
            total="/item/notes/pagination/records",
            order=Sort("oldest first", (), lambda note: instant(note["created_on"])),
        ),
    ),
    created="/created_on",
    attachments=(_FILE,),
    unknown=unknown_uuid,
)
