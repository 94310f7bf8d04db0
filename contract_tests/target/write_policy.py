"""Which writes stay on the records that a run has made itself, read from a vendor's lifecycle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from contract_tests.target.guard import UnreadableCreation, Write
from contract_tests.target.ledger import Ledger, Made, ids_of
from contract_tests.target.run_tag import RunTag
from mock_server.lifecycle.model import (
    Create,
    Lifecycle,
    Listing,
    Move,
    Read,
    Removal,
    Resource,
    Update,
)
from mock_server.lifecycle.pointers import Shown

#: Stands in a body for what is looked for; no vendor's own value is like it.
_MARK = "770077007"
_SUCCESS = range(200, 300)
_REFUSED = range(400, 500)
#: Steps through a body; None is every member of a list.
_Path = tuple[str | None, ...]


class OwnRecords:
    """Allows creating records that carry a tag, and changing those that the ledger knows.

    A record that is created below another one must be below one of the run's. Whatever the
    lifecycle does not speak of is refused. `ledger` knows what was made; `tag` makes the texts that
    mark it, `fixed` names the path parameters that are the same in every call.
    """

    def __init__(
        self, lifecycle: Lifecycle, ledger: Ledger, tag: RunTag, fixed: Mapping[str, str]
    ) -> None:
        self.ledger = ledger
        self._tag = tag
        self._fixed = set(fixed)
        #: For each operation: which kind of record each path parameter names.
        self._named: dict[str, dict[str, str]] = {}
        self._creates: dict[str, list[tuple[str, Resource, list[_Path]]]] = {}
        self._moves: dict[str, tuple[str, set[_Path]]] = {}
        self._removals: set[str] = set()
        #: For each operation: where its body must have the tag if it has anything there.
        self._tags: dict[str, list[_Path]] = {}
        #: The same for names of other records, which are made if there are none.
        self._names: dict[str, list[_Path]] = {}
        self._unread = ""
        for resource in lifecycle.resources:
            self._learn(resource, lifecycle)

    def refuses(self, write: Write) -> str | None:
        """Return why a write might reach further than the run's own records, or None."""
        name = write.operation.id
        if self._unread and name not in self._removals:
            return self._unread
        if name not in self._named:
            return f"nothing is known of what {name} changes"
        own = {part: value for part, value in write.path.items() if part not in self._fixed}
        for part, value in own.items():
            kind = self._named[name].get(part)
            if kind is None or not self.ledger.has(kind, write.account, value):
                return f"{part} {value!r} is no record of this run"
        if name in self._moves:
            kind, places = self._moves[name]
            moved = ids_of(value for place in places for value in _at(place, write.body))
            if not moved and not own:
                return f"it does not say what {name} changes"
            for value in moved:
                if not self.ledger.has(kind, write.account, value):
                    return f"{value!r} in its body is no record of this run"
        elif name in self._creates and self._tag_of(write) is None:
            return f"what {name} makes would not carry the tag {self._tag}"
        for place in (*self._tags.get(name, ()), *self._names.get(name, ())):
            for value in _at(place, write.body):
                if value not in (None, "") and not self._tag.owns(value):
                    return f"after {name} there would be {value!r} without the tag {self._tag}"
        return None

    def sends(self, write: Write) -> None:
        """Note what is about to be made."""
        tag = self._tag_of(write) if write.operation.id in self._creates else None
        if tag is not None:
            self.ledger.intends(write.operation.id, write.account, tag)
        for place in self._names.get(write.operation.id, ()):
            # No answer tells whether it made that one too: a sweep looks for it by its name.
            for value in filter(self._tag.owns, _at(place, write.body)):
                self.ledger.intends(write.operation.id, write.account, str(value))

    def answered(self, write: Write, status: int, content: bytes) -> None:
        """Note what was made or taken away; raises UnreadableCreation."""
        name = write.operation.id
        tag = (self._tag_of(write) or "") if name in self._creates else ""
        if status not in _SUCCESS:
            if tag and status in _REFUSED:
                self.ledger.was_refused(tag)
            return
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        for kind, resource, places in self._creates.get(name, ())[:1]:
            pointer = resource.create.id if resource.create is not None else None
            if pointer is None:
                continue
            tags = [str(value) for place in places for value in _at(place, write.body)]
            made = ids_of(_at(_steps(pointer), answer))
            for number, known in enumerate(made):
                path = {**write.path, resource.id_in_path: known}
                own = tags[number] if number < len(tags) else tag
                self.ledger.has_made(Made(kind, write.account, known, path, own))
            if not made and _lists_nothing(_steps(pointer), answer):
                self.ledger.was_refused(tag)
            elif not made:
                self._unread = (
                    f"{name} was answered with {status} and nothing at {pointer}, which names what"
                    " it made; nothing more is written"
                )
                raise UnreadableCreation(self._unread)
        if name in self._removals:
            for part, kind in self._named[name].items():
                self.ledger.has_removed(kind, write.account, write.path[part])

    def _learn(self, resource: Resource, lifecycle: Lifecycle) -> None:
        kind = kind_of(resource, lifecycle)
        if resource.create is not None and resource.tag is not None:
            places = _places_of(resource, resource.create, resource.tag)
            for update in resource.updates:
                self._tags[update.operation] = _places_of(resource, update, resource.tag)
            writes: tuple[Create | Update, ...] = (resource.create, *resource.updates)
            for each in (field.name for field in resource.fields if field.makes):
                for write in writes:
                    places_of_name = self._names.setdefault(write.operation, [])
                    places_of_name += _places_of(resource, write, each)
            known = self._creates.setdefault(resource.create.operation, [])
            known.append((kind, resource, places))
            named = self._named.setdefault(resource.create.operation, {})
            if resource.parent is not None:
                above = lifecycle.resource(resource.parent)
                named[resource.parent_in_path] = kind_of(above, lifecycle)
        for move in resource.moves:
            _, places_of_id = self._moves.setdefault(move.operation, (kind, set()))
            places_of_id |= _places_of_id(resource, move)
        changes = [each.operation for each in resource.updates]
        changes += [each.operation for each in resource.moves]
        for removal in resource.removals:
            changes += [removal.operation, removal.undo or removal.operation]
            # What can be undone may have been, by then or by the same call.
            if removal.undo is None:
                self._removals.add(removal.operation)
        for operation in changes:
            self._named.setdefault(operation, {})[resource.id_in_path] = kind

    def _tag_of(self, write: Write) -> str | None:
        """The tag that every record carries which a call makes, or None."""
        for _, _, places in self._creates[write.operation.id]:
            found = [value for place in places for value in _at(place, write.body)]
            if found and all(map(self._tag.owns, found)):
                return str(found[0])
        return None


def kind_of(resource: Resource, lifecycle: Lifecycle) -> str:
    """Return the name of the first resource whose records these are too.

    A lifecycle may describe the same records several times, as they are made in several ways.
    """
    about = _operations_about(resource)
    return next(
        (each.name for each in lifecycle.resources if _operations_about(each) & about),
        resource.name,
    )


def _operations_about(resource: Resource) -> set[str]:
    made = {resource.create.operation} if resource.create is not None else set()
    parts: tuple[Listing | Read | Update | Removal, ...] = (
        *resource.lists, *resource.reads, *resource.updates, *resource.removals,
    )  # fmt: skip
    return made | {each.operation for each in parts}


def _places_of(resource: Resource, writes: Create | Update, name: str) -> list[_Path]:
    values = {each.name: "x" for each in resource.fields} | {name: _MARK}
    return [path for path, value in _leaves(writes.body(values)) if value == _MARK]


def _places_of_id(resource: Resource, move: Move) -> set[_Path]:
    """Where a move's body names records: the moved one, and others of the same kind."""
    return {
        path
        for path, value in _leaves(move.parts(_MARK, Decimal(1)).body)
        if str(value) == _MARK or (isinstance(value, Shown) and value.at == resource.id)
    }


def _leaves(value: Any, path: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    value = _opened(value)
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, (*path, None))
    else:
        yield path, value


def _at(place: _Path, value: Any) -> Iterator[Any]:
    """The value at a place, for each member of the lists on the way; None where nothing does."""
    value = _opened(value)
    if not place:
        yield value
    elif place[0] is None:
        for item in value if isinstance(value, list) else ():
            yield from _at(place[1:], item)
    else:
        yield from _at(place[1:], value.get(place[0]) if isinstance(value, dict) else None)


def _lists_nothing(place: _Path, answer: Any) -> bool:
    """Whether an answer has an empty list where it would list what was made."""
    before = place[: place.index(None)] if None in place else None
    return before is not None and [*_at(before, answer)] == [[]]


def _opened(value: Any) -> Any:
    """What a text carries that is the JSON of an object or a list; anything else as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _steps(pointer: str) -> _Path:
    return tuple(None if part.isdigit() else part for part in pointer.split("/")[1:])
