"""Answers to mistakes in a test: what may have been meant, without frames of the plugin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from mock_server.journal.verify import Unmet
from mock_server.usage import UsageError, suggestion

T = TypeVar("T")


class NoSuchPoint(UsageError, ValueError):
    """A test names a point, a snapshot or an exchange that there is not."""


class SuggestsNames:
    """Has attributes, of which a wrong name is answered with what may have been meant."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            __tracebackhide__ = True
            known = [each for each in dir(type(self)) if not each.startswith("_")]
            raise AttributeError(
                f"{type(self).__name__} has no {name!r}; {suggestion(name, known)}"
            )


def without_frames(act: Callable[[], T]) -> T:
    """Return what `act` returns; what it says about its use is raised anew, without its frames."""
    __tracebackhide__ = True
    problem: UsageError | Unmet
    try:
        return act()
    except (UsageError, Unmet) as raised:
        problem = raised
    raise problem.with_traceback(None) from None
