"""Hold recorded calls to the spec, and the mock to what was recorded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import httpx

from contract_tests.claims import Answers
from contract_tests.differential.normal import Normaliser
from contract_tests.differential.pairs import compared, short
from contract_tests.differential.verdicts import Judge, generalised
from contract_tests.differential.waivers import Waiver, waived
from contract_tests.exchange.bodies import JSON, MULTIPART
from contract_tests.exchange.conformance import contract_of
from contract_tests.exchange.trace import Call, Exchange, Trace
from contract_tests.findings import Finding, Run
from contract_tests.recorded.har import Recorded, Recording
from contract_tests.recorded.requests import RequestContract
from contract_tests.reproduction.running import run_script
from contract_tests.reproduction.script import script_of
from contract_tests.target.session import Session
from contract_tests.target.target import Target
from mock_server.discovery import Vendor, load_lifecycle
from mock_server.journal.redaction import REDACTED
from mock_server.lifecycle.model import ABSENT, File, Lifecycle, Parts
from mock_server.openapi.multipart import form_parts

PHASE = "recorded"


def check_recording(recording: Recording, vendor: Vendor) -> Run:
    """Hold every recorded answer to the spec, and every request that was taken.

    A request that breaks the spec and was answered with success shows that the spec is too strict
    there.
    """
    run = Run(vendor.api.name, 0, target=PHASE, profile="recorded")
    started = time.perf_counter()
    contract, requests = contract_of(vendor.spec), RequestContract(vendor)
    for call in recording.calls:
        run.requests += 1
        run.checks += 2
        answer, operation = call.answer, call.operation
        for problem in contract.problems(
            operation.id,
            answer.status,
            answer.headers,
            answer.content,
            head=call.request.method == "HEAD",
        ):
            if answer.at(problem.pointer.removeprefix("/body")) == REDACTED:
                continue
            run.add([_finding("the answer keeps to the spec", call, problem.pointer, str(problem))])
        if answer.succeeded:
            for line in requests.problems(operation, call.path, call.request):
                subject = line.partition(":")[0]
                said = f"{line}, and it was answered with {answer.status}"
                run.add([_finding("the spec takes what the service takes", call, subject, said)])
    run.skipped += [f"left out: {each}" for each in recording.others]
    run.seconds = time.perf_counter() - started
    return run


def replay_recording(
    recording: Recording, mock: Target, *, today: date, waivers: Sequence[Waiver] = ()
) -> Run:
    """Send the recorded calls to a mock, and return what it answers differently.

    Records that the recording has not made itself are not compared, for the mock has others.
    """
    run = Run(mock.vendor.api.name, 0, target=PHASE, profile="recorded")
    started = time.perf_counter()
    lifecycle = load_lifecycle(mock.vendor) or Lifecycle(())
    real = Trace()
    sendable = list(_sendable(recording))
    real.exchanges += [
        _exchange(number, call, mock.parameters) for number, call in enumerate(sendable)
    ]
    answered = Trace()
    session = Session(mock, lifecycle)
    with suppress(httpx.HTTPError, LookupError):
        run_script(script_of(real, Answers(0), lifecycle), session, answered)
    session.close()
    run.requests, run.checks = len(answered), len(answered)
    normaliser = Normaliser(lifecycle, mock.base_url, recording.base_url)
    judge = Judge(mock.vendor.spec, frozenset(), left_kept=True, right_kept=True)
    for met in compared(answered, real, normaliser):
        if REDACTED in (met.difference.left, met.difference.right):
            continue
        operation, pointer = met.left.call.operation, generalised(met.difference.pointer)
        verdict = judge.verdict(met.difference, met.left, met.right)
        waiver = waived(waivers, operation, pointer, verdict, today)
        if waiver is not None:
            run.skipped.append(f"waived: {operation} {pointer} ({waiver.reason})")
            continue
        message = (
            f"{pointer}: {short(met.difference.left)} here, {short(met.difference.right)} recorded;"
            f" {judge.why(verdict, met.left)}"
        )
        template = mock.vendor.spec.operations[operation]
        run.add(
            [
                Finding(
                    f"difference: {verdict}",
                    f"{template.method.upper()} {template.path}",
                    message,
                    PHASE,
                    subject=pointer,
                    steps=tuple(str(each) for each in answered if each.number <= met.left.number),
                )
            ]
        )
    if len(answered) < len(real):
        run.skipped.append(f"{len(real) - len(answered)} recorded calls could not be sent again")
    run.skipped += sorted(f"not compared: {each}" for each in normaliser.left_out)
    run.seconds = time.perf_counter() - started
    return run


def _finding(check: str, call: Recorded, subject: str, message: str) -> Finding:
    operation = call.operation
    return Finding(
        check,
        f"{operation.method.upper()} {operation.path}",
        f"entry {call.number}: {message}",
        PHASE,
        subject=subject,
        steps=(f"{call.request.method} {call.url} → {call.answer.status}",),
    )


def _sendable(recording: Recording) -> Iterator[Recorded]:
    return (call for call in recording.calls if call.request.method != "HEAD")


def _exchange(number: int, call: Recorded, fixed: Mapping[str, str]) -> Exchange:
    request = call.request
    content, media_type = request.read(), request.headers.get("content-type", "")
    kind = media_type.partition(";")[0].strip().lower()
    body: Any = ABSENT
    headers = {}
    if content and kind == JSON:
        body = json.loads(content)
    elif content and kind == MULTIPART:
        body, headers = dict(_parts(content, media_type)), {"content-type": kind}
    elif content:
        pairs = httpx.QueryParams(content.decode("utf-8", "replace"))
        body, headers = dict(pairs), {"content-type": kind}
    query = tuple(request.url.params.multi_items())
    declared = {
        each.name.lower() for each in call.operation.parameters if each.location == "header"
    }
    headers |= {name: value for name, value in request.headers.items() if name in declared}
    path = {name: value for name, value in call.path.items() if name not in fixed}
    sent = Call(call.operation.id, Parts(path, query, headers, body))
    return Exchange(number, sent, request.method, call.url, call.answer, call.at)


def _parts(content: bytes, media_type: str) -> Iterator[tuple[str, str | File]]:
    """The fields and files of a multipart body."""
    for part in form_parts(content, media_type):
        if part.filename is None:
            yield part.name, part.content.decode("utf-8", "replace")
        else:
            yield part.name, File(part.filename, part.media_type, part.content)
