"""A replay as a pytest module that fails while the fault is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract_tests.reproduction.replays.calls import UNAUTHENTICATED, Replay, Sent
from contract_tests.reproduction.replays.text import without_controls

_NAMES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def pytest_module(replay: Replay) -> str:
    """Return the module's source."""
    return "\n".join(_lines(replay)) + "\n"


def _lines(replay: Replay) -> Iterator[str]:
    yield f'"""{_in_docstring(replay.title)}'
    yield ""
    for line in replay.message.strip().splitlines():
        yield _in_docstring(line).rstrip()
    yield ""
    yield "This fails while the fault is there. CONTRACT_TESTS_TARGET names another target, and"
    yield "CONTRACT_TESTS_CREDENTIAL and CONTRACT_TESTS_OTHER_CREDENTIAL hold the credentials."
    yield '"""'
    yield ""
    yield "from contract_tests.reproduction.replays.running import replaying"
    yield ""
    yield ""
    yield f"def test_{re.sub(r'[^0-9a-z]+', '_', replay.check.lower()).strip('_')}():"
    where = "" if replay.in_process else f", {replay.base_url!r}"
    yield f"    with replaying({replay.api!r}{where}) as target:"
    for number, call in enumerate(replay.calls):
        yield f"        {_name(number)} = target.send("
        for argument in _arguments(call, last=call is replay.last):
            yield f"            {argument},"
        yield "        )"
    yield f"        assert {_verdict(replay, _name(len(replay.calls) - 1))}"


def _arguments(call: Sent, *, last: bool) -> Iterator[str]:
    yield repr(call.method)
    parts = [
        repr(part) if isinstance(part, str) else f"{_name(part.step)}.part({part.pointer!r})"
        for part in call.url
    ]
    yield " + ".join(parts) or "''"
    if call.headers:
        yield f"headers={dict(call.headers)!r}"
    if call.body is not None:
        yield f"content={call.body!r}"
    if call.account != "first":
        yield f"account={call.account!r}"
    if not last or call.status == UNAUTHENTICATED:
        yield f"answered={call.status if not last else None!r}"


def _verdict(replay: Replay, answer: str) -> str:
    if replay.about_shape:
        return f"{answer}.problems({replay.last.operation_id!r}) == []"
    if replay.about_allow:
        return f"{answer}.headers.get('allow', '') != {replay.last.allow!r}, {answer}"
    operator, status = replay.expected
    return f"{answer}.status {operator} {status}, {answer}"


def _name(number: int) -> str:
    return _NAMES[number] if number < len(_NAMES) else f"answer_{number + 1}"


def _in_docstring(text: str) -> str:
    return without_controls(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
