"""What marks the records of a run: the names that it gives them, and how they are recognised."""

from __future__ import annotations

import re
from itertools import count

#: How every name begins that the suite makes up.
PREFIX = "ct-"
#: A name that the suite makes up, wherever in a text it is.
NAME = re.compile(rf"{PREFIX}-?[0-9A-Za-z._]+-[0-9]+(?![0-9A-Za-z])")
_RUN = re.compile(r"[0-9A-Za-z._]+")


class RunTag:
    """Makes the names of one run's records, and recognises them.

    A name is `ct-RUN-NUMBER`, where `run` is letters, digits, dots and underscores; words may
    follow it after a blank. All who share a tag share its numbers, so that no two names are alike.
    Raises ValueError for any other `run`.
    """

    def __init__(self, run: str) -> None:
        if not _RUN.fullmatch(run):
            raise ValueError(f"{run!r} is no name of a run")
        self.run = run
        self._numbers = count(1)
        self._own = re.compile(
            rf"{PREFIX}{re.escape(run)}(?:\.[0-9A-Za-z_]+)*-[0-9]+(?:\s.*)?", re.DOTALL
        )

    @classmethod
    def of_seed(cls, seed: int, moment: str = "") -> RunTag:
        """Return the tag of a run with a seed, apart from those that began at another moment."""
        number = f"m{-seed}" if seed < 0 else f"{seed}"
        return cls(f"{number}.{moment}" if moment else number)

    def name(self) -> str:
        """Return a text that no record has yet."""
        return f"{PREFIX}{self.run}-{next(self._numbers)}"

    def part(self, word: str) -> RunTag:
        """Return the tag of a part of the run, whose names the whole run recognises too."""
        return RunTag(f"{self.run}.{word}")

    def owns(self, text: object) -> bool:
        """Say whether a value is a name of this run, or of a part of it."""
        return isinstance(text, str) and self._own.fullmatch(text) is not None

    def __str__(self) -> str:
        return f"{PREFIX}{self.run}"


def is_made_up(text: object) -> bool:
    """Say whether a value is a name that some run has given to a record."""
    if not isinstance(text, str):
        return False
    found = NAME.match(text)
    return found is not None and text[found.end() :][:1].strip() == ""
