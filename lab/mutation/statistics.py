"""How sure a share is that was counted."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

#: Of the normal distribution, for intervals that hold in 95 of 100 cases.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the interval of Wilson in which the true share lies (95 %)."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The lower and the upper bound, from 0 to 1; the whole range for nothing."""
        if not self.of:
            return 0.0, 1.0
        square = _Z * _Z / self.of
        middle = (self.value + square / 2) / (1 + square)
        half = (
            _Z
            / (1 + square)
            * sqrt(self.value * (1 - self.value) / self.of + square / (4 * self.of))
        )
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.count}/{self.of} {self.value:.1%} [{low:.1%}, {high:.1%}]"
