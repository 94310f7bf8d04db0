"""JSON pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def escape(part: str | int) -> str:
    """Return one part of a path as it is written in a pointer."""
    return str(part).replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """Return what one written part of a pointer means."""
    return part.replace("~1", "/").replace("~0", "~")


def join(pointer: str, *parts: str | int) -> str:
    """Return the pointer that leads on from another one, part after part."""
    return pointer + "".join(f"/{escape(part)}" for part in parts)


def split(pointer: str) -> list[str]:
    """Return the parts of a pointer; the empty pointer, which means the whole value, has none."""
    return [unescape(part) for part in pointer.split("/")[1:]]


def resolve(value: Any, pointer: str) -> Any:
    """Return what a pointer leads to in a JSON value; raises LookupError if it leads nowhere."""
    for part in split(pointer):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, Sequence) and not isinstance(value, str) and part.isdecimal():
            value = value[int(part)]
        else:
            raise LookupError(f"{pointer} leads nowhere")
    return value
