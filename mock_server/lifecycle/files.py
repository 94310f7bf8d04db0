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
class Attachment:
    """A file that is sent in a multipart form with the other fields of a record.

    `field` is its name in the form. `shown` points at its URL in a record as the first read shows
    it, and `operation` gives what was sent for the last part of that URL, in `in_path`. `draw`
    makes a file, `wrong` ones are to be refused.
    """

    field: str
    draw: Callable[[Random], File]
    shown: str
    operation: str
    in_path: str
    wrong: tuple[File, ...] = ()
