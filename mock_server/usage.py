"""Use that cannot be carried out, and what may have been meant instead."""

from __future__ import annotations

from collections.abc import Iterable


class UsageError(Exception):
    """What was asked for cannot be done.

    The message is for the person who asked: what is wrong and how to mend it, one reason a line.
    Every command prints it without a traceback and ends with the exit code 2.
    """


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the end of a message: what a wrong word may have meant, or all that there are."""
    # Imported where it is needed, as no command needs it that succeeds.
    from difflib import get_close_matches

    words = list(known)
    near = get_close_matches(word, words, n=3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"there are {', '.join(words)}" if words else "there are none"
