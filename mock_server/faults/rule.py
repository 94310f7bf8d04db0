"""A rule: which calls, which effects, for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.engine.messages import Request
from mock_server.faults.effects.effect import Effect
from mock_server.faults.matching import FaultTarget, Match


@dataclass(frozen=True, slots=True)
class Rule:
    """All effects meet the calls that match, `times` at most, for `seconds` after it was added.

    Seconds are the sandbox's. `seed` is the sandbox's if it is None. `targets` are the operations
    that can be meant, by API. `id` is given by the sandbox.
    """

    match: Match
    effects: tuple[Effect, ...]
    targets: Mapping[str, FaultTarget]
    times: int | None = None
    seconds: float | None = None
    seed: int | None = None
    id: str = ""

    def fits(self, api: str, request: Request, content: bytes) -> bool:
        """Say whether a call is one of those that match, but for `nth` and `share`."""
        target = self.targets.get(api)
        return target is not None and self.match.fits(request, content, target)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON that makes it, with its id if it has one."""
        options = {
            "id": self.id or None,
            "match": self.match.as_json(),
            "effects": [effect.as_json() for effect in self.effects],
            "times": self.times,
            "seconds": self.seconds,
            "seed": self.seed,
        }
        return {name: value for name, value in options.items() if value is not None}

    def __str__(self) -> str:
        return f"{self.id or 'rule'}: {', '.join(map(str, self.effects))}"
