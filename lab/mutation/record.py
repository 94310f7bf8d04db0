"""What was seen so far, in a file that outlives a run that is cut off."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lab.mutation.detectors import SeedOutcome
from lab.mutation.trials import Trial, TrialPlan

#: What there is to see, by the names of the methods of `Trials`, with what of a plan it depends on.
KINDS: dict[str, tuple[str, ...]] = {
    "visible": (),
    "suite": ("seeds", "patience"),
    "read_only": ("read_only_seeds", "patience"),
    "stock": ("stock_seeds", "stock_examples"),
    "alarms": (),
}


class TrialRecord:
    """A file with a line of JSON for each thing that was seen; each is added at once.

    Of what the file has already, only the `kept` kinds stay, and of these only what was seen
    with the same numbers of seeds and examples.
    """

    def __init__(self, path: Path, plan: TrialPlan, kept: Iterable[str] = ()) -> None:
        self._path = path
        self._plan = plan
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        # A run that was cut off may have left a line without its end.
        seen = [json.loads(line) for line in text.rpartition("\n")[0].splitlines()]
        kinds = set(kept)
        self._seen = [each for each in seen if each["kind"] in kinds and self._fits(each)]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(map(_line, self._seen)), encoding="utf-8")

    def of(self, kind: str) -> dict[Any, Any]:
        """Return what was seen of a kind, by what it was seen of."""
        return {
            _hashable(each["of"]): _read(each["saw"]) for each in self._seen if each["kind"] == kind
        }

    def add(self, kind: str, of: Any, saw: Any) -> None:
        """Add what was seen."""
        given = {name: getattr(self._plan, name) for name in KINDS[kind]}
        each = {"kind": kind, "of": of, "with": given, "saw": _written(saw)}
        self._seen.append(each)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(each))

    def _fits(self, each: dict[str, Any]) -> bool:
        return all(getattr(self._plan, name) == given for name, given in each["with"].items())


def _line(each: dict[str, Any]) -> str:
    return json.dumps(each) + "\n"


def _hashable(of: Any) -> Any:
    return tuple(of) if isinstance(of, list) else of


def _written(saw: Any) -> Any:
    return {"outcomes": list(map(asdict, saw.outcomes))} if isinstance(saw, Trial) else saw


def _read(saw: Any) -> Any:
    if not isinstance(saw, dict):
        return saw
    return Trial([SeedOutcome(**{**each, "part": tuple(each["part"])}) for each in saw["outcomes"]])
