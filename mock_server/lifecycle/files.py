"""Files that records carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class File:
    """A file in a form."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Description:
    """An operation that describes a file: where its name, its media type and its size stand."""

    operation: str
    name: str
    media_type: str
    size: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is sent in a multipart form with the other fields of a record.

    `field` is its name in the form. `shown` points at its URL in a record as the first read shows
    it, and `operation` gives what was sent for the last part of that URL, in `in_path` (an
    identifier will do for a URL). `draw` makes a file, `wrong` ones are to be refused. `name`
    points at the file's name in the record (None: it is not there).
    """

    field: str
    draw: Callable[[Random], File]
    shown: str
    operation: str
    in_path: str
    wrong: tuple[File, ...] = ()
    name: str | None = None
    description: Description | None = None
