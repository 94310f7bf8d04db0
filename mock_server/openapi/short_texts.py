"""Remember what was made of short texts, and nothing of long ones that callers send."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")
#: The longest text of which a result is kept, in characters.
LONGEST = 256


def remembered_if_short(size: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Return a decorator that keeps a function's newest results, `size` at most."""

    def decorate(function: Callable[[str], T]) -> Callable[[str], T]:
        short = lru_cache(maxsize=size)(function)

        @wraps(function)
        def lookup(text: str) -> T:
            return short(text) if len(text) <= LONGEST else function(text)

        return lookup

    return decorate
