"""Send recorded calls to a mock, and hold it to what was recorded."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import httpx

from contract_tests.claims import Answers
from contract_tests.differential.normal import Normaliser
from contract_tests.differential.pairs import compared, short
from contract_tests.differential.references import MatchedReferences
from contract_tests.differential.verdicts import Judge, generalised
from contract_tests.differential.waivers import Waiver, waived
from contract_tests.exchange.bodies import JSON, MULTIPART, URLENCODED
from contract_tests.exchange.conformance import read_json
from contract_tests.exchange.trace import Call, Exchange, Trace
from contract_tests.findings import Finding, Run
from contract_tests.recorded.check import PHASE
from contract_tests.recorded.har import Recorded, Recording
from contract_tests.reproduction.evidence import evidence
from contract_tests.reproduction.running import run_script
from contract_tests.reproduction.script import Script, script_of
from contract_tests.reproduction.variables import VARIABLE
from contract_tests.target.session import Session
from contract_tests.target.target import Target
from mock_server.discovery import load_lifecycle
from mock_server.journal.redaction import REDACTED
from mock_server.lifecycle.model import ABSENT, File, Lifecycle, Parts
from mock_server.openapi.multipart import form_parts

_TOO_MANY = 429
_SERVER_ERROR = 500


def replay_recording(
    recording: Recording, mock: Target, *, today: date, waivers: Sequence[Waiver] = ()
) -> Run:
    """Send the recorded calls to a mock, and return what it answers differently.

    Where a call refers to a record that was there before, the mock's call refers to one of its own
    that is like it, if the recording has asked for the list. What cannot be sent again or compared
    is in the run's `skipped`.
    """
    run = Run(mock.vendor.api.name, 0, target=PHASE, profile="recorded")
    started = time.perf_counter()
    lifecycle = load_lifecycle(mock.vendor) or Lifecycle(())
    notes: Counter[str] = Counter()
    real, calls = Trace(), []
    for call in recording.calls:
        reason = _unsendable(call, lifecycle)
        if reason:
            notes[f"not sent again: {call.request.method} {call.operation.path}: {reason}"] += 1
        else:
            real.exchanges.append(_exchange(len(real), call, mock.parameters))
            calls.append(call)
    references, answered = MatchedReferences(), Trace()
    script = references.put_into(script_of(real, Answers(0), lifecycle), real, lifecycle)
    skipped: dict[int, LookupError | str] = {**_foreign(script, lifecycle)}
    session = Session(mock, lifecycle)
    # What the script claims is of no use, and not there if the first call was not sent.
    with suppress(httpx.HTTPError, LookupError):
        run_script(
            _as_it_was(script, calls),
            session,
            answered,
            references.read,
            skipped=skipped.setdefault,
            without={*skipped},
        )
    session.close()
    for number, problem in skipped.items():
        exchange = real[number]
        path = mock.vendor.spec.operations[exchange.call.operation].path
        notes[f"not compared: {exchange.method} {path}: {problem}"] += 1
    sent = Trace()
    sent.exchanges += [each for each in real if each.number not in skipped]
    run.requests, run.checks = len(answered), len(answered)
    normaliser = Normaliser(
        lifecycle, mock.base_url, recording.base_url, replaced_by=_inverted(references.replaced_by)
    )
    judge = Judge(mock.vendor.spec, frozenset(), left_kept=True, right_kept=True)
    used: set[Waiver] = set()
    for met in compared(answered, sent, normaliser):
        if REDACTED in (met.difference.left, met.difference.right):
            continue
        operation, pointer = met.left.call.operation, generalised(met.difference.pointer)
        verdict = judge.verdict(met.difference, met.left, met.right)
        waiver = waived(waivers, operation, pointer, verdict, today)
        if waiver is not None:
            used.add(waiver)
            notes[f"waived: {operation} {pointer} ({waiver.reason})"] += 1
            continue
        message = (
            f"{pointer}: {short(met.difference.left)} here, {short(met.difference.right)} recorded;"
            f" {judge.why(verdict, met.left)}"
        )
        template = mock.vendor.spec.operations[operation]
        steps = tuple(str(each) for each in answered if each.number <= met.left.number)
        where = f"{template.method.upper()} {template.path}"
        shown = evidence(
            met.left,
            session,
            f"{pointer}: {short(met.difference.right)}, as was recorded",
            f"{pointer}: {short(met.difference.left)}; {judge.why(verdict, met.left)}",
        )
        run.add(
            [
                Finding(
                    f"difference: {verdict}", where, message, PHASE, subject=pointer, steps=steps,
                    evidence=shown,
                )
            ]
        )  # fmt: skip
    run.skipped += [f"{line} ({count})" if count > 1 else line for line, count in notes.items()]
    run.skipped += sorted(f"not compared: {each}" for each in normaliser.left_out)
    run.skipped += [
        f"waiver of {each.operation} {each.pointer} was not needed"
        for each in waivers
        if each not in used
    ]
    run.seconds = time.perf_counter() - started
    return run


def _unsendable(call: Recorded, lifecycle: Lifecycle) -> str:
    """Why a call cannot be sent again, or what it was answered not be compared."""
    status = call.answer.status
    if call.request.method == "HEAD":
        return "it asks for no body"
    if status in lifecycle.unauthenticated:
        return "its credential was refused, and is not in the file"
    if status == _TOO_MANY:
        return "it came too soon for a limit"
    if status >= _SERVER_ERROR:
        return f"it failed with {status}"
    if call.lacks:
        which = " and ".join(sorted(call.lacks))
        return f"the file does not hold the body of its {which}"
    if "\ufffd" in call.request.content.decode("utf-8", "replace"):
        return "the file does not hold the bytes that were sent"
    return "a secret was taken out of it" if _redacted(call) else ""


def _redacted(call: Recorded) -> bool:
    query = call.request.url.params.multi_items()
    return REDACTED.encode() in call.request.content or any(v == REDACTED for _, v in query)


def _foreign(script: Script, lifecycle: Lifecycle) -> dict[int, str]:
    """The steps whose body refers to a record that the recording has neither made nor listed."""
    places = {
        f"/{'/'.join(_words(each.name))}"
        for resource in lifecycle.resources
        for each in resource.fields
        if each.source is not None
    }
    found: dict[int, str] = {}
    for number, step in enumerate(script.steps):
        for place, value in _scalars(step.call.parts.body):
            refers = any(place.endswith(each) for each in places)
            if refers and value and not VARIABLE.search(str(value)):
                name = place.rpartition("/")[2]
                found.setdefault(number, f"{name} refers to what the recording does not show")
    return found


def _words(place: str) -> list[str]:
    """The names in the place of a field, without what chooses an item of a list."""
    return [each for each in place.split("/") if not each.isdigit() and "=" not in each]


def _scalars(body: Any, place: str = "") -> Iterator[tuple[str, str | int]]:
    """Every text and whole number in a body, after the names that lead to it."""
    if isinstance(body, Mapping):
        for key, value in body.items():
            yield from _scalars(value, f"{place}/{key}")
    elif isinstance(body, list):
        for value in body:
            yield from _scalars(value, place)
    elif isinstance(body, str | int) and not isinstance(body, bool):
        yield place, body


def _as_it_was(script: Script, calls: Sequence[Recorded]) -> Script:
    """The script with every body as it was sent that nothing is put into."""
    steps = []
    for step, call in zip(script.steps, calls, strict=True):
        parts, content = step.call.parts, call.request.content
        if content and not VARIABLE.search(repr(parts.body)):
            headers = {**parts.headers, "content-type": call.request.headers["content-type"]}
            parts = replace(parts, body=content, headers=headers)
        steps.append(replace(step, call=replace(step.call, parts=parts)))
    return replace(script, steps=tuple(steps))


def _exchange(number: int, call: Recorded, fixed: Mapping[str, str]) -> Exchange:
    request = call.request
    query = tuple(request.url.params.multi_items())
    declared = {
        each.name.lower() for each in call.operation.parameters if each.location == "header"
    }
    headers = {name: value for name, value in request.headers.items() if name in declared}
    body, kind = _body(request.content, request.headers.get("content-type", ""))
    if kind not in ("", JSON):
        headers["content-type"] = kind
    path = {name: value for name, value in call.path.items() if name not in fixed}
    sent = Call(call.operation.id, Parts(path, query, headers, body))
    return Exchange(number, sent, request.method, call.url, call.answer, call.at)


def _body(content: bytes, media_type: str) -> tuple[Any, str]:
    """A body as values, which others can stand for, and its kind; as bytes if it is not so."""
    kind = media_type.partition(";")[0].strip().lower()
    if not content:
        return ABSENT, ""
    try:
        if kind == JSON:
            return read_json(content), kind
        pairs = (
            list(_parts(content, media_type))
            if kind == MULTIPART
            else parse_qsl(content.decode("utf-8"), keep_blank_values=True, strict_parsing=True)
            if kind == URLENCODED
            else []
        )
    except ValueError:
        return content, media_type
    named = dict(pairs)
    return (named, kind) if pairs and len(named) == len(pairs) else (content, media_type)


def _parts(content: bytes, media_type: str) -> Iterator[tuple[str, str | File]]:
    """The fields and files of a multipart body."""
    for part in form_parts(content, media_type):
        if part.filename is None:
            yield part.name, part.content.decode("utf-8", "replace")
        else:
            yield part.name, File(part.filename, part.media_type, part.content)


def _inverted(replacements: Mapping[str, str]) -> dict[str, str]:
    """The recorded text for each text of the mock that was sent in its place."""
    return {other: one for one, other in replacements.items()}
