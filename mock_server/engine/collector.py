"""Python's garbage collector, kept from stopping a server while it works for one caller.

A full collection looks at every object that there is: with 10,000 records it stops all callers for
a tenth of a second.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

#: So many new objects are records that stay, and not what a request leaves behind.
_MANY = 50_000


class _Collector:
    """What is known of the collector; it is left alone until somebody takes charge of it."""

    def __init__(self) -> None:
        self.in_charge = False
        self._lock = Lock()
        self._working = 0

    def begin(self) -> None:
        with self._lock:
            self._working += 1
            gc.disable()

    def end(self) -> None:
        with self._lock:
            self._working -= 1
            if gc.get_count()[0] > _MANY:
                # Those that only circles hold go; the rest is freed when nobody has it any more.
                gc.collect(1)
                gc.freeze()
            if self._working == 0:
                gc.enable()


_COLLECTOR = _Collector()


def take_charge() -> None:
    """Say that the process is a server and nothing else, so that `undisturbed` does something.

    What there is now stays for good, so it is not looked at again.
    """
    _COLLECTOR.in_charge = True
    gc.freeze()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no collection happen while the block runs, nor look at the records that it made later."""
    if not _COLLECTOR.in_charge:
        yield
        return
    _COLLECTOR.begin()
    try:
        yield
    finally:
        _COLLECTOR.end()
