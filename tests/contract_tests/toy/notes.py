"""Notes on the toy's items: the resource that hangs below another."""

from __future__ import annotations

from tests.contract_tests.toy.items import item_of
from tests.contract_tests.toy.state import Asked, Record, Refusal, Reply
from tests.contract_tests.toy.values import NOTE, taken


def _shown(note: Record) -> Record:
    return {name: note[name] for name in ("id", "text", "stars")}


def _notes(asked: Asked) -> dict[str, Record]:
    """The notes on the item that the path names."""
    if asked.on("others' notes are listed"):
        everybodys = (each.notes.items() for each in asked.toy.accounts.values())
        pairs = (pair for notes in everybodys for pair in notes)
        return {known: note for known, note in pairs if note["item"] == asked.path["item"]}
    item = item_of(asked)["id"]
    everywhere = asked.on("notes are not told apart")
    found = asked.account.notes.items()
    return {known: note for known, note in found if everywhere or note["item"] == item}


def _note(asked: Asked) -> Record:
    note = _notes(asked).get(asked.path["note"])
    if note is None:
        raise Refusal(404, "there is no such note")
    return note


def list_notes(asked: Asked) -> Reply:
    """Answer with all notes on an item."""
    found = [_shown(note) for note in _notes(asked).values()]
    return Reply(200, {"notes": found * 2 if asked.on("notes are listed twice") else found})


def create_note(asked: Asked) -> Reply:
    """Add a note to an item."""
    item = item_of(asked)["id"]
    values = taken(asked, NOTE, "text")
    note = {"stars": 1, **values, "id": f"note-{next(asked.toy.numbers)}", "item": item}
    asked.account.notes[note["id"]] = note
    return Reply(202 if asked.on("a status is undeclared") else 201, _shown(note))


def read_note(asked: Asked) -> Reply:
    """Show a note."""
    kind = "application/problem+json" if asked.on("a media type is another") else "application/json"
    return Reply(200, _shown(_note(asked)), media_type=kind)


def change_note(asked: Asked) -> Reply:
    """Change what the body names."""
    note = _note(asked)
    note.update(taken(asked, NOTE))
    return Reply(200, _shown(note))


def delete_note(asked: Asked) -> Reply:
    """Take a note away."""
    del asked.account.notes[_note(asked)["id"]]
    return Reply(500 if asked.on("the server fails") else 204)
