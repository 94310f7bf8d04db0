"""Patterns of paths, in the one language that faults, searches and expectations share.

A pattern is an exact path, or has `*` for anything but a slash and `**` for anything at all. It is
matched in one pass over the path, whatever it holds: no pattern makes that take long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mock_server.openapi.short_texts import remembered_if_short

_PART = re.compile(r"\*+|[^*]")


class PathPattern:
    """A compiled pattern.

    The pattern is a row of places; a bit of a whole number says for each whether the path so far
    leads there, so that a character moves all of them at once.
    """

    def __init__(self, pattern: str) -> None:
        self._characters: dict[str, int] = {}
        self._within = self._anything = 0
        parts = _PART.findall(pattern)
        for place, part in enumerate(parts):
            if part == "*":
                self._within |= 1 << place
            elif part[0] == "*":
                self._anything |= 1 << place
            else:
                self._characters[part] = self._characters.get(part, 0) | 1 << place
        self._wildcards = self._within | self._anything
        self._end = 1 << len(parts)

    def matches(self, path: str) -> bool:
        """Say whether a whole path is like the pattern."""
        characters, anything, wildcards = self._characters, self._anything, self._wildcards
        places = 1 | (wildcards & 1) << 1
        for character in path:
            stays = places & (anything if character == "/" else wildcards)
            places = (places & characters.get(character, 0)) << 1 | stays
            # A wildcard may stand for nothing more.
            places |= (places & wildcards) << 1
            if not places:
                return False
        return bool(places & self._end)


@remembered_if_short(256)
def path_pattern(pattern: str) -> PathPattern:
    """Return the compiled form of a pattern."""
    return PathPattern(pattern)


def any_matches(pattern: str, paths: Iterable[str]) -> bool:
    """Say whether one of the paths under which a call may be known is like a pattern."""
    compiled = path_pattern(pattern)
    return any(compiled.matches(path) for path in paths)


def names_of(url_path: str, base_url: str, origin: str, vendor_base: str) -> tuple[str, str, str]:
    """Return a call's path as it was called, as the vendor has it, and below the vendor's base.

    `base_url` is that of the API here, `vendor_base` the vendor's base path.
    """
    below = url_path.removeprefix(base_url.removeprefix(origin))
    return url_path, vendor_base + below, below
