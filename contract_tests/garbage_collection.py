"""How often Python looks for circular garbage while the suite runs.

A run keeps most of what it makes until its end, and every search goes through all of it: an eighth
of the time of a whole run went there.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: So many new objects, and so many smaller searches, call for a search.
_SELDOM = (20_000, 20, 20)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for circular garbage seldom while the block runs."""
    usual = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
