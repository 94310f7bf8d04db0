"""Delta debugging: the smallest part of a set that still fails, by trying ever smaller parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def reduced(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return a part of `items` that fails and of which no single item can be left out.

    All of them must fail; the order is kept. `fails` may be asked about the same part twice.
    Source: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input (ddmin).
    """
    left = list(items)
    if left and fails([]):
        return []
    pieces = 2
    while len(left) > 1:
        size = -(-len(left) // pieces)
        parts = [left[start : start + size] for start in range(0, len(left), size)]
        others = [[each for each in left if each not in part] for part in parts]
        smaller = next((part for part in parts if fails(part)), None)
        if smaller is not None:
            left, pieces = smaller, 2
            continue
        rest = next((rest for rest in others if len(parts) > 2 and fails(rest)), None)
        if rest is not None:
            left, pieces = rest, max(pieces - 1, 2)
        elif size == 1:
            break
        else:
            pieces = min(len(left), pieces * 2)
    return left
