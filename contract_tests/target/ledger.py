"""The records that a run makes, written down before they are made, so that none is left behind."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Made:
    """A record that a run has made: what kind, who made it, its id, and the path that leads to it.

    `path` has every path parameter that names it, its own included.
    """

    resource: str
    account: Literal["first", "other"]
    id: str
    path: Mapping[str, str]


class Ledger:
    """An append-only file of one JSON object a line; each line is on the disk when a call returns.

    Without a file it is kept in memory. One that is there already is read, so that a run can be
    taken up where another was killed; a last line that was not written to its end is passed over.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._made: dict[tuple[str, str, str], Made] = {}
        self._removed: set[tuple[str, str, str]] = set()
        if path is not None and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._take(line)

    def intends(self, operation: str, tag: str) -> None:
        """Note that a record with a tag is about to be made."""
        self._write({"event": "intends", "operation": operation, "tag": tag})

    def has_made(self, made: Made) -> None:
        """Note that a record was made."""
        self._enter(made)
        self._write({"event": "made", **asdict(made)})

    def has_removed(self, made: Made) -> None:
        """Note that a record was taken away again."""
        self._removed.add(_key(made))
        self._write({"event": "removed", **asdict(made)})

    def left(self) -> list[Made]:
        """Return the records that are there still, the newest first."""
        return [made for key, made in reversed(self._made.items()) if key not in self._removed]

    def has(self, resource: str, account: str, id: str) -> bool:  # noqa: A002 - that is what it is
        """Say whether an account has made such a record, removed or not."""
        return (resource, account, id) in self._made

    def _enter(self, made: Made) -> None:
        self._made[_key(made)] = made

    def _take(self, line: str) -> None:
        try:
            entry: dict[str, Any] = json.loads(line)
            event = entry.pop("event")
            if event == "made":
                self._enter(Made(**entry))
            elif event == "removed":
                self._removed.add(_key(Made(**entry)))
        except (ValueError, KeyError, TypeError):
            return

    def _write(self, entry: Mapping[str, Any]) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            # What a killed run may have left of a line must not swallow this one.
            torn = file.tell() > 0 and not _ends_line(self._path)
            file.write(("\n" if torn else "") + json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _ends_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


def _key(made: Made) -> tuple[str, str, str]:
    return made.resource, made.account, made.id


def ids_of(found: Iterable[Any]) -> list[str]:
    """Return identifiers, numbers or texts, as texts; what can be none is left out."""
    return [
        str(each) for each in found if isinstance(each, int | str) and not isinstance(each, bool)
    ]
