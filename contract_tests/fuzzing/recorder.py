"""Make a script of what Schemathesis has recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from contract_tests.claims import Allows, Answers, Claim, Conforms, Refuses
from contract_tests.claims.answers import methods
from contract_tests.exchange.conformance import contract_of
from contract_tests.exchange.trace import Answer, Exchange, Trace, find
from contract_tests.findings import Finding
from contract_tests.reproduction.evidence import evidence, expected_by
from contract_tests.reproduction.pytest_module import pytest_module
from contract_tests.reproduction.running import Ran
from contract_tests.reproduction.script import Script, ScriptRequest, Step
from contract_tests.reproduction.shell import shell_script
from contract_tests.reproduction.shrink import settled
from contract_tests.target.session import Session
from contract_tests.target.target import Account, Target
from mock_server.lifecycle.model import ABSENT, Lifecycle
from mock_server.state.clock import Clock

#: What a client adds for the connection, or for itself.
_OF_THE_CLIENT = frozenset(
    {
        "accept-encoding", "connection", "content-length", "host", "transfer-encoding",
        "user-agent", "x-schemathesis-testcaseid",
    }
)  # fmt: skip
_METHOD_NOT_ALLOWED = 405
#: Checks that an answer looks as the spec says.
_OF_SHAPE = frozenset(
    {
        "content_type_conformance",
        "not_a_server_error",
        "response_headers_conformance",
        "response_schema_conformance",
        "status_code_conformance",
    }
)
#: Checks that a request is refused.
_OF_REFUSAL = frozenset(
    {
        "ignored_auth",
        "missing_required_header",
        "negative_data_rejection",
        "object_level_authorization",
        "use_after_free",
    }
)


#: What each check expects, in words.
_EXPECTED = {
    "allow_header_conformance": "an Allow header with the methods that the document has",
    "content_type_conformance": "a content type that the document has for this status",
    "ensure_resource_availability": "the record is there after it was created",
    "ignored_auth": "a refusal (401 or 403), as the credential is missing or wrong",
    "missing_required_header": "a refusal (4xx), as a required header is missing",
    "negative_data_rejection": "a refusal (4xx), as the request breaks the document",
    "not_a_server_error": "a status below 500",
    "object_level_authorization": "a refusal, as the record is another account's",
    "positive_data_acceptance": "a success, as the request keeps to the document",
    "response_headers_conformance": "the headers that the document has for this status",
    "response_schema_conformance": "a body of the schema that the document has for this status",
    "status_code_conformance": "a status that the document has",
    "unsupported_method": "405, as the document has no such method",
    "use_after_free": "a refusal (404 or 410), as the record was deleted",
}


def with_reproduction(
    finding: Finding, recorder: Any, case_id: str, check: Any, target: Target, lifecycle: Lifecycle
) -> Finding:
    """Return the finding with the steps that show it and both ways to repeat them, if there are."""
    found = script_of(recorder, case_id, check, target)
    if found is None:
        return finding
    session = Session(target, lifecycle)
    name = f"{check.name}: {recorder.cases[case_id].value.operation.label}"
    script = settled(*found, session)
    exchange = found[1].trace[found[1].claim.judged]
    return replace(
        finding,
        evidence=evidence(
            exchange,
            session,
            _EXPECTED.get(check.name) or expected_by(found[1].claim, check.name),
            f"{exchange.answer.status}: {_actual(check.failure_info.failure)}",
        ),
        reproduction=shell_script(script, session, name, finding.message),
        steps=tuple(map(str, found[1].trace)),
        test=pytest_module(script, session, name, finding.message),
    )


def _actual(failure: Any) -> str:
    """What a failure of Schemathesis says, in a line."""
    first = re.split(r"\n\s*\n", failure.message.strip())[0]
    return ": ".join(" ".join(each.split()) for each in (failure.title, first) if each.strip())


def script_of(recorder: Any, case_id: str, check: Any, target: Target) -> tuple[Script, Ran] | None:
    """Return the calls that show what a check found, and what was answered to them.

    None if the recorder has not got them all.
    """
    failure = check.failure_info.failure
    last = failure.case_id or case_id
    wanted = {*_ancestors(recorder, last)}
    for related in failure.related_case_ids():
        wanted |= {*_ancestors(recorder, related)}
    order = [each for each in recorder.cases if each in wanted and each != last] + [last]
    if any(each not in recorder.interactions for each in order):
        return None
    answers = [_answer(recorder.interactions[each].response) for each in order]
    places = {each: number for number, each in enumerate(order)}
    steps, trace = [], Trace()
    for number, each in enumerate(order):
        call = _request(recorder, each, places, answers, target)
        steps.append(Step(call, None, answers[number].status))
        now = Clock().now()
        trace.exchanges.append(Exchange(number, call, call.method, call.url, answers[number], now))
    claim = _claim(check.name, trace, target)
    return Script(tuple(steps), claim), Ran(
        trace, tuple((each,) for each in range(len(order))), claim
    )


def _claim(check: str, trace: Trace, target: Target) -> Claim:
    """What does not hold of the last answer, by the check that found it."""
    exchange = trace.exchanges[-1]
    last, answer = exchange.number, exchange.answer
    missing = check == "unsupported_method" and answer.status == _METHOD_NOT_ALLOWED
    if missing or check == "allow_header_conformance":
        return Allows(last, methods(answer.headers.get("allow", "")))
    if check == "unsupported_method":
        return Answers(last, (_METHOD_NOT_ALLOWED,))
    if check in _OF_REFUSAL:
        return Refuses(last)
    if check not in _OF_SHAPE:
        return Answers(last)
    found = contract_of(target.vendor.spec).problems(
        exchange.call.operation, answer.status, answer.headers, answer.content,
        head=exchange.method == "HEAD",
    )  # fmt: skip
    return Conforms(last, found[0].pointer if found else "/status")


def _linked(recorder: Any, case_id: str) -> Any:
    """The node that says where a case's parameters come from.

    A probe that a check has derived from a case takes the place of that case.
    """
    node = recorder.cases[case_id]
    while node.transition is None and node.parent_id in recorder.cases:
        node = recorder.cases[node.parent_id]
    return node


def _ancestors(recorder: Any, case_id: str) -> Iterator[str]:
    """The case, and those from whose answers it takes something."""
    current: str | None = case_id
    while current is not None and current in recorder.cases:
        yield current
        node = _linked(recorder, current)
        current = node.parent_id if node.transition is not None else None


def _answer(response: Any) -> Answer:
    if response is None:
        return Answer(0, {}, b"")
    headers = {name.lower(): ", ".join(values) for name, values in response.headers.items()}
    return Answer(response.status_code, headers, response.content or b"")


def _request(
    recorder: Any,
    case_id: str,
    places: Mapping[str, int],
    answers: Sequence[Answer],
    target: Target,
) -> ScriptRequest:
    case, request = recorder.cases[case_id].value, recorder.interactions[case_id].request
    headers = {
        name: values[0]
        for name, values in request.headers.items()
        if name.lower() not in _OF_THE_CLIENT
    }
    url, headers, account = _without_credential(request.uri, headers, target)
    sent = urlsplit(url)
    segments = sent.path.removeprefix(urlsplit(target.base_url).path).split("/")
    names = case.operation.path.split("/")
    if len(segments) == len(names):
        node = _linked(recorder, case_id)
        linked = node.transition.parameters.get("path_parameters", {}) if node.transition else {}
        for place, name in enumerate(names):
            if name.strip("{}") in linked and node.parent_id in places:
                step = places[node.parent_id]
                taken = linked[name.strip("{}")].definition
                pointer = _pointer(taken, unquote(segments[place]), answers[step].body)
                if pointer is not None:
                    segments[place] = f"{{{{{step}{pointer}}}}}"
    return ScriptRequest(
        operation=case.operation.definition.raw["operationId"],
        account=account,
        method=request.method.upper(),
        url="/".join(segments) + (f"?{sent.query}" if sent.query else ""),
        headers=headers,
        body=request.body,
    )


def _pointer(taken: object, value: str, body: Any) -> str | None:
    """Where a body has what a link takes from it; None unless it is of the body.

    `*` is any member of a list, and the first that gave the value is meant.
    """
    prefix = "$response.body#"
    if not isinstance(taken, str) or not taken.startswith(f"{prefix}/"):
        return None
    pointer = taken[len(prefix) :]
    if "/*" not in pointer:
        return pointer
    above, _, below = pointer.partition("/*")
    listed = find(body, above)
    for place in range(len(listed) if isinstance(listed, list) else 0):
        concrete = _pointer(f"{prefix}{above}/{place}{below}", value, body)
        found = ABSENT if concrete is None else find(body, concrete)
        if found is not ABSENT and str(found) == value:
            return concrete
    return None


def _without_credential(
    url: str, headers: Mapping[str, str], target: Target
) -> tuple[str, dict[str, str], Account]:
    """A call's URL and headers without the target's credential, and whose that was."""
    credentials: Sequence[tuple[Account, str | None]] = (
        ("first", target.credential),
        ("other", target.other_credential),
    )
    for account, credential in credentials:
        if credential is None:
            continue
        presented = target.scheme.present(credential)
        if presented.location == "query":
            parts = urlsplit(url)
            # The rest of the query stays as it was written.
            pair = (presented.name, presented.value)
            rest = [each for each in parts.query.split("&") if parse_qsl(each) != [pair]]
            if len(rest) < len(parts.query.split("&")):
                return urlunsplit(parts._replace(query="&".join(rest))), dict(headers), account
            continue
        [(name, value)] = presented.headers.items()
        if any(key.lower() == name.lower() and sent == value for key, sent in headers.items()):
            left = {key: sent for key, sent in headers.items() if key.lower() != name.lower()}
            return url, left, account
    return url, dict(headers), None
