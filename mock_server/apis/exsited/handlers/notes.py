"""Notes on an item, with a file (exsited.txt, Create Item Note)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mock_server.apis.exsited.idempotency import answered_once
from mock_server.apis.exsited.models import NOTES, Note, NoteFile
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.apis.exsited.pages import page_of
from mock_server.apis.exsited.records import API_USER, changeable_item_of, item_of, new_uuid
from mock_server.apis.exsited.serializers import instant_text
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import Reply, Request, Upload
from mock_server.state.order import Order, order_by

_BY_ITEM: Order[Note] = order_by("item_id", "number")


@OPERATIONS.handles("createItemNote")
@answered_once
def create_item_note(request: Request, context: Context) -> Reply:
    """Keep the note and its file; the answer has the note's uuid alone."""
    item = changeable_item_of(request, context)
    note = Note(
        number=context.state.next_id(NOTES),
        uuid=new_uuid(context),
        item_id=item.id,
        content=request.body["note"],
        created_by=API_USER,
        created_on=context.now.replace(microsecond=0),
        files=_files(request.body.get("file"), context),
    )
    context.state.put(NOTES, note)
    return Reply(201, {"item": {"notes": {"uuid": note.uuid}}})


@OPERATIONS.handles("listItemNotes")
def list_item_notes(request: Request, context: Context) -> Reply:
    """Return a page of the notes on an item, the oldest first."""
    item = item_of(request, context)
    notes = context.state.ordered(NOTES, _BY_ITEM).of_value(item.id)
    page, pagination = page_of(notes, f"/api/v3/items/{item.id}/notes", request)
    shown = [_note(note) for note in page]
    return Reply(200, {"item": {"notes": {"notes": shown, "pagination": pagination}}})


@OPERATIONS.handles("getItemNote")
def get_item_note(request: Request, context: Context) -> Reply:
    """Return one note."""
    return Reply(200, {"note": _note(_note_of(request, context))})


@OPERATIONS.handles("getItemNoteFile")
def get_item_note_file(request: Request, context: Context) -> Reply:
    """Describe a file; the bytes are at its `href`."""
    note, file = _file_of(request, context)
    path = f"/api/v3/items/{quote(note.item_id)}/notes/{note.uuid}/files/{file.uuid}/download"
    return Reply(
        200,
        {
            "file": {
                "uuid": file.uuid,
                "filename": file.name,
                "content_type": file.media_type,
                "size": len(file.content),
                "href": f"{request.base_url}{path}",
            }
        },
    )


@OPERATIONS.handles("downloadItemNoteFile")
def download_item_note_file(request: Request, context: Context) -> Reply:
    """Return the bytes of a file as they were sent."""
    _, file = _file_of(request, context)
    disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    return Reply(200, file.content, {"Content-Disposition": disposition})


def _files(sent: Upload | str | None, context: Context) -> tuple[NoteFile, ...]:
    """The file of a form; a part without a file name counts as a file of text."""
    if sent is None:
        return ()
    if isinstance(sent, str):
        sent = Upload("file", "text/plain", sent.encode())
    return (NoteFile(new_uuid(context), sent.filename, sent.media_type, sent.content),)


def _note_of(request: Request, context: Context) -> Note:
    item = item_of(request, context)
    for note in context.state.ordered(NOTES, _BY_ITEM).of_value(item.id):
        if note.uuid == request.path["note_id"]:
            return note
    raise RecordNotFound("note", request.path["note_id"])


def _file_of(request: Request, context: Context) -> tuple[Note, NoteFile]:
    note = _note_of(request, context)
    for file in note.files:
        if file.uuid == request.path["file_id"]:
            return note, file
    raise RecordNotFound("file", request.path["file_id"])


def _note(note: Note) -> dict[str, Any]:
    return {
        "uuid": note.uuid,
        "version": "1",
        "content": note.content,
        "files": [{"uuid": file.uuid, "name": file.name, "version": "1"} for file in note.files],
        "created_by": note.created_by,
        "created_on": instant_text(note.created_on),
        "last_updated_by": "",
        "last_updated_on": "",
        "custom_attributes": [],
    }
