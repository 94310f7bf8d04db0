"""Templates of paths, such as `/products/{id}`: what they match, and what is filled into them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, unquote, urlencode


def matches(template: str, path: str) -> bool:
    """Say whether a concrete path is one that the template describes."""
    parts, pieces = template.split("/"), path.split("/")
    return len(parts) == len(pieces) and all(
        piece if part.startswith("{") else part == piece
        for part, piece in zip(parts, pieces, strict=True)
    )


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
