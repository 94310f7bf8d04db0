"""Hold recorded calls to the spec."""

from __future__ import annotations

import time
from functools import partial

from contract_tests.exchange.conformance import contract_of
from contract_tests.findings import Finding, Run
from contract_tests.recorded.har import Recorded, Recording
from contract_tests.recorded.requests import RequestContract
from contract_tests.reproduction.evidence import recorded_evidence
from mock_server.discovery import Vendor
from mock_server.journal.redaction import REDACTED
from mock_server.openapi.document import SpecIndex

PHASE = "recorded"
_OF_ANSWERS = "the answer keeps to the spec"
_OF_REQUESTS = "the spec takes what the service takes"
_EXPECTED = {
    _OF_ANSWERS: "an answer that the OpenAPI document describes",
    _OF_REQUESTS: "a refusal (4xx), as the request breaks the document",
}


def check_recording(recording: Recording, vendor: Vendor) -> Run:
    """Hold every recorded answer to the spec, and every request that was taken.

    A request that breaks the spec and was answered with success shows that the spec is too strict
    there. A body that the file does not hold is not judged.
    """
    run = Run(vendor.api.name, 0, target=PHASE, profile="recorded")
    started = time.perf_counter()
    finding = partial(_finding, vendor.spec, recording.base_url)
    contract, requests = contract_of(vendor.spec), RequestContract(vendor)
    for call in recording.calls:
        run.requests += 1
        run.checks += 2
        answer, operation = call.answer, call.operation
        lacks_answer = "response" in call.lacks
        for problem in contract.problems(
            operation.id,
            answer.status,
            answer.headers,
            answer.content,
            head=call.request.method == "HEAD" or lacks_answer,
        ):
            if answer.at(problem.pointer.removeprefix("/body")) == REDACTED:
                continue
            run.add([finding(_OF_ANSWERS, call, problem.pointer, str(problem))])
        if answer.succeeded:
            for line in requests.problems(
                operation, call.path, call.request, body="request" not in call.lacks
            ):
                subject = line.partition(":")[0]
                said = f"{line}, and it was answered with {answer.status}"
                run.add([finding(_OF_REQUESTS, call, subject, said)])
        for part in sorted(call.lacks):
            what = "sent" if part == "request" else "answered"
            run.skipped.append(
                f"not judged: entry {call.number}: the file does not hold what was {what}"
            )
    run.skipped += [f"left out: {each}" for each in recording.others]
    run.seconds = time.perf_counter() - started
    return run


def _finding(
    spec: SpecIndex, base_url: str, check: str, call: Recorded, subject: str, message: str
) -> Finding:
    operation = call.operation
    return Finding(
        check,
        f"{operation.method.upper()} {operation.path}",
        f"entry {call.number}: {message}",
        PHASE,
        subject=subject,
        steps=(f"{call.request.method} {call.url} → {call.answer.status}",),
        evidence=recorded_evidence(
            call.request.method,
            f"{base_url}{call.url}",
            call.request.headers,
            call.request.content,
            call.answer,
            spec,
            _EXPECTED[check],
            f"entry {call.number} of the file: {message}",
        ),
    )
