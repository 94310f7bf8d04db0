"""Templates of paths, such as `/products/{id}`: what they match, and what is filled into them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Generic, TypeVar
from urllib.parse import quote, unquote, urlencode

T = TypeVar("T")


class PathTemplates(Generic[T]):
    """Things under the templates of their paths, found without a look at every template.

    What a search costs is given by the segments that templates have, not by how many templates
    there are, nor by how much longer a path is.
    """

    def __init__(self, things: Iterable[tuple[str, T]]) -> None:
        self._root: _Node[T] = _Node()
        self._longest = 0
        for place, (template, thing) in enumerate(things):
            parts = template.split("/")
            self._longest = max(self._longest, len(parts))
            node = self._root
            for part in parts:
                node = node.below.setdefault(None if part.startswith("{") else part, _Node())
            node.things.append((place, thing))

    def at(self, path: str, *, decoded: bool = False) -> list[T]:
        """Return what is under the templates that describe a concrete path, in the order given.

        A parameter stands for any segment that is not empty. If `decoded`, escapes in a segment
        are taken for what they stand for; an escaped slash divides nothing.
        """
        nodes = [self._root]
        for piece in path.split("/", self._longest):
            text = unquote(piece) if decoded else piece
            keys = (text, None) if text else ("",)
            nodes = [node.below[key] for node in nodes for key in keys if key in node.below]
            if not nodes:
                return []
        found = [each for node in nodes for each in node.things]
        return [thing for _, thing in sorted(found, key=itemgetter(0))]


class _Node(Generic[T]):
    """What is below some segments: under a literal one or, with None, under a parameter."""

    def __init__(self) -> None:
        self.below: dict[str | None, _Node[T]] = {}
        self.things: list[tuple[int, T]] = []


def values_in(template: str, path: str) -> dict[str, str] | None:
    """Return the path parameters of a path as it was sent, decoded; None if it does not match.

    What is decoded is each segment by itself, so an escaped slash is a part of a value.
    """
    parts, pieces = template.split("/"), path.split("/")
    if len(parts) != len(pieces):
        return None
    values = {}
    for part, piece in zip(parts, pieces, strict=True):
        text = unquote(piece)
        if part.startswith("{"):
            if not text:
                return None
            values[part[1:-1]] = text
        elif part != text:
            return None
    return values


def parameters_of(template: str) -> list[str]:
    """Return the names of the parameters of a template, in their order."""
    return [part[1:-1] for part in template.split("/") if part.startswith("{")]


def escaped(value: object) -> str:
    """Return a value as it is written in one segment of a path or in a query."""
    return quote(str(value), safe="")


def filled(
    template: str, values: Mapping[str, object], write: Callable[[object], str] = escaped
) -> str:
    """Return the path that the values make of a template; raises LookupError if one is missing.

    `write` makes the text of a segment of a value.
    """
    parts = []
    for part in template.split("/"):
        if part.startswith("{"):
            name = part[1:-1]
            if name not in values:
                raise LookupError(f"{template} needs {name!r}")
            part = write(values[name])
        parts.append(part)
    return "/".join(parts)


def with_query(path: str, query: Iterable[tuple[str, object]]) -> str:
    """Return a path with a query, or without a question mark if there is none."""
    text = urlencode(list(query))
    return f"{path}?{text}" if text else path
