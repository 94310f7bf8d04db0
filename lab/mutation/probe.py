"""A fixed script of calls that looks at all that can be seen of a service from outside.

It judges nothing. Two services that give the same transcript are the same to it; a defect
that changes the transcript can be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

from contract_tests.exchange.trace import Exchange, Trace
from contract_tests.properties.actions import Actions, CaseNotApplicable, ClaimViolated
from contract_tests.target.run_tag import RunTag
from contract_tests.target.session import Session
from contract_tests.target.target import Target
from lab.mutants.defect import Scene, Written
from lab.mutants.effects import field_names
from lab.mutation.script import steps
from lab.mutation.test_bed import TestBed
from mock_server.discovery import load_lifecycle
from mock_server.journal.exchange import Exchange as Journaled
from mock_server.lifecycle.model import Lifecycle
from mock_server.lifecycle.values import UnparsableValue

#: The clock of a mock that is probed begins here, after the times in its records.
NOON = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)
#: What a step may raise when a service does not answer as it should.
TROUBLE = (
    ClaimViolated, CaseNotApplicable, UnparsableValue, LookupError, ValueError, TypeError,
    AttributeError, ArithmeticError,
)  # fmt: skip

Line = tuple[Any, ...]


class TranscriptsDiffer(Exception):
    """The transcript is another one than was expected."""


def probed(target: Target, lifecycle: Lifecycle, expected: list[Line] | None = None) -> list[Line]:
    """Return the transcript of a target: each call with its answer, a line each.

    With `expected`, raises TranscriptsDiffer at the first line that is another one.
    """
    transcript: list[Line] = []

    def note(line: Line) -> None:
        if expected is not None and expected[len(transcript) : len(transcript) + 1] != [line]:
            raise TranscriptsDiffer
        transcript.append(line)

    session = _Recorder(target, lifecycle, note)
    actions = Actions(session, Random(1))  # noqa: S311 - no secret
    try:
        for resource in lifecycle.resources:
            for step in steps(actions, resource):
                # A long trace would be walked through again and again.
                actions.trace = Trace()
                try:
                    step()
                except TROUBLE as trouble:
                    note((type(trouble).__name__,))
    finally:
        session.close()
    if expected is not None and len(transcript) != len(expected):
        raise TranscriptsDiffer
    return transcript


class _Recorder(Session):
    """A session that notes what it sends and what is answered."""

    def __init__(self, target: Target, lifecycle: Lifecycle, note: Callable[[Line], None]) -> None:
        super().__init__(target, lifecycle, RunTag("probe"))
        self._note = note

    def send(self, call: Any, trace: Any) -> tuple[Exchange, list[str]]:
        exchange, _ = super().send(call, trace)
        answer = exchange.answer
        headers = tuple(sorted(answer.headers.items()))
        self._note((str(exchange), headers, answer.content))
        return exchange, []


def observed(test_bed: TestBed) -> tuple[Scene, list[Line]]:
    """Return the scene of a mock, with what its operations write, and its transcript."""
    lifecycle = load_lifecycle(test_bed.vendor)
    if lifecycle is None:
        raise LookupError(f"{test_bed.vendor.api.name} declares no lifecycle")
    seen: dict[tuple[str, str, str], dict[str, Any]] = {}

    def listen(exchange: Journaled) -> None:
        for changed in exchange.changes:
            how = (
                "created"
                if changed.before is None
                else "removed"
                if changed.after is None
                else "changed"
            )
            fields = seen.setdefault((exchange.operation or "", changed.table, how), {})
            if changed.after is None:
                continue
            for name in field_names(changed.after):
                value = getattr(changed.after, name)
                if changed.before is None or getattr(changed.before, name) != value:
                    fields[name] = _more_telling(fields.get(name), value)

    target = test_bed.target()
    test_bed.watch(listen)
    transcript = probed(target, lifecycle)
    written: list[Any] = [Written(*key, fields) for key, fields in sorted(seen.items())]  # type: ignore[arg-type]
    return Scene(test_bed.vendor, lifecycle, tuple(written)), transcript


def _more_telling(one: Any, other: Any) -> Any:
    """Which of two values says more about its field."""
    return other if one is None or (not one and other) or len(str(one)) < len(str(other)) else one


def is_visible(test_bed: TestBed, scene: Scene, defect: Any, transcript: list[Line]) -> bool:
    """Say whether a defect changes the transcript of a mock."""
    try:
        probed(test_bed.target(defect), scene.lifecycle, transcript)
    except TranscriptsDiffer:
        return True
    return False
