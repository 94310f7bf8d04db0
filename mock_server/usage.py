"""Use that cannot be carried out, and what may have been meant instead."""

from __future__ import annotations

from collections.abc import Iterable

#: How alike two words must be (0 to 1) for one to be meant by the other.
_ALIKE, _ABOUT_AS_ALIKE = 0.6, 0.1
_MOST = 3
#: More names than these are no help in one line.
_LISTED = 20


class UsageError(Exception):
    """What was asked for cannot be done.

    The message is for the person who asked: what is wrong and how to mend it, one reason a line.
    Every command prints it without a traceback and ends with the exit code 2.
    """


def needs_extra(extra: str, module: str, what: str) -> None:
    """Raise UsageError, with the command that mends it, unless what an extra brings is there."""
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise UsageError(
            f"{what} needs more packages: pip install 'inventory-mock-server[{extra}]'"
        )


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the end of a message: what a wrong word may have meant, or all that there are."""
    # Imported where it is needed, as no command needs it that succeeds.
    from difflib import SequenceMatcher

    words = list(known)
    alike = {each: SequenceMatcher(None, word.lower(), each.lower()).ratio() for each in words}
    best = max(alike.values(), default=0)
    near = [each for each in words if alike[each] >= max(_ALIKE, best - _ABOUT_AS_ALIKE)]
    if near:
        return f"did you mean {' or '.join(near[:_MOST])}?"
    if len(words) > _LISTED:
        return f"there are {', '.join(words[:_LISTED])} and {len(words) - _LISTED} more"
    return f"there are {', '.join(words)}" if words else "there are none"
