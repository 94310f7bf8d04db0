"""Make a replay of what Schemathesis has recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from contract_tests.findings import Finding
from contract_tests.reproduction.replays.calls import Replay, Sent, Taken, taken_from, url_parts
from contract_tests.reproduction.replays.pytest_module import pytest_module
from contract_tests.reproduction.replays.shell import shell_script
from contract_tests.target.target import IN_PROCESS_ORIGIN, Account, Target

#: What a client adds for the connection, or for itself.
_OF_THE_CLIENT = frozenset(
    {
        "accept-encoding", "connection", "content-length", "host", "transfer-encoding",
        "user-agent", "x-schemathesis-testcaseid",
    }
)  # fmt: skip


def with_replay(
    finding: Finding, recorder: Any, case_id: str, check: Any, target: Target
) -> Finding:
    """Return the finding with the steps that show it and both ways to repeat them, if there are."""
    replay = replay_of(recorder, case_id, check, target)
    if replay is None:
        return finding
    return replace(
        finding,
        reproduction=shell_script(replay),
        steps=tuple(map(str, replay.calls)),
        test=pytest_module(replay),
    )


def replay_of(recorder: Any, case_id: str, check: Any, target: Target) -> Replay | None:
    """Return the calls that show what a check found; None if the recorder has not got them all."""
    failure = check.failure_info.failure
    last = failure.case_id or case_id
    wanted = {*_ancestors(recorder, last)}
    for related in failure.related_case_ids():
        wanted |= {*_ancestors(recorder, related)}
    order = [each for each in recorder.cases if each in wanted and each != last] + [last]
    if any(each not in recorder.interactions for each in order):
        return None
    steps = {each: number for number, each in enumerate(order)}
    calls = tuple(_sent(recorder, each, steps, target) for each in order)
    in_process = target.base_url.startswith(IN_PROCESS_ORIGIN)
    return Replay(
        api=target.vendor.api.name,
        check=check.name,
        operation=recorder.cases[case_id].value.operation.label,
        message=str(failure),
        base_url=target.base_url,
        in_process=in_process,
        scheme=target.scheme,
        # What a mock has handed out itself is worth nothing to another one.
        credential=target.credential if in_process and not target.vendor.api.sign_in else "",
        calls=calls,
    )


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


def _sent(recorder: Any, case_id: str, steps: Mapping[str, int], target: Target) -> Sent:
    case, interaction = recorder.cases[case_id].value, recorder.interactions[case_id]
    request, response = interaction.request, interaction.response
    headers = {
        name: values[0]
        for name, values in request.headers.items()
        if name.lower() not in _OF_THE_CLIENT
    }
    url, headers, account = _without_credential(request.uri, headers, target)
    return Sent(
        operation_id=case.operation.definition.raw["operationId"],
        method=request.method.upper(),
        url=url_parts(url, target.base_url, case.operation.path, _taken(recorder, case_id, steps)),
        headers=headers,
        body=request.body,
        account=account,
        status=0 if response is None else response.status_code,
        allow="" if response is None else ", ".join(response.headers.get("allow", ())),
    )


def _taken(recorder: Any, case_id: str, steps: Mapping[str, int]) -> dict[str, Taken]:
    node = _linked(recorder, case_id)
    if node.transition is None or node.parent_id not in steps:
        return {}
    parameters = node.transition.parameters.get("path_parameters", {})
    found = {
        name: taken_from(steps[node.parent_id], extracted.definition)
        for name, extracted in parameters.items()
    }
    return {name: taken for name, taken in found.items() if taken is not None}


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
