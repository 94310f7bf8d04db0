"""A sequence as a pytest module that fails while the fault is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract_tests.reproduction.replays.text import without_controls
from contract_tests.reproduction.script import Script, Step
from mock_server.lifecycle.model import ABSENT, Parts


def pytest_module(script: Script, api: str, url: str | None, name: str, message: str) -> str:
    """Return the module's source; `url` is that of the target, None for a mock."""
    return "\n".join(_lines(script, api, url, name, message)) + "\n"


def _lines(script: Script, api: str, url: str | None, name: str, message: str) -> Iterator[str]:
    steps = [_step(step, api) for step in script.steps]
    claim = repr(script.claim)
    code = "".join([*steps, claim])
    yield f"# {api}: {without_controls(name)}."
    for line in message.splitlines():
        yield f"# {without_controls(line)}".rstrip()
    yield "# This fails while the fault is there. CONTRACT_TESTS_TARGET names another target, and"
    yield "# CONTRACT_TESTS_CREDENTIAL and CONTRACT_TESTS_OTHER_CREDENTIAL hold the credentials."
    yield ""
    if "Decimal(" in code:
        yield "from decimal import Decimal"
        yield ""
    yield f"from contract_tests.claims import {type(script.claim).__name__}"
    names = [each for each in ("Call", "File", "Parts", "Step", "walk") if f"{each}(" in code]
    yield f"from contract_tests.reproduction.running import {', '.join(sorted(names))}, reproduce"
    yield ""
    yield "STEPS = ["
    yield from (f"    {step}," for step in steps)
    yield "]"
    yield f"CLAIM = {claim}"
    yield ""
    yield ""
    yield f"def test_{re.sub(r'[^0-9a-z]+', '_', name.lower()).strip('_')}():"
    places = f", places={script.places!r}" if script.places else ""
    yield f"    reproduce({api!r}, STEPS, CLAIM, url={url!r}{places})"


def _step(step: Step, api: str) -> str:
    call = step.call
    written = [repr(call.operation)]
    parts = ", ".join(_parts(call.parts))
    if parts:
        written.append(f"Parts({parts})")
    if call.account != "first":
        written.append(f"account={call.account!r}")
    sent = f"Call({', '.join(written)})"
    if step.walk is None:
        return f"Step({sent})"
    return f"walk({api!r}, {sent}, size={step.walk.size}, most={step.walk.most})"


def _parts(parts: Parts) -> Iterator[str]:
    if parts.path:
        yield f"path={dict(parts.path)!r}"
    if parts.query:
        yield f"query={parts.query!r}"
    if parts.headers:
        yield f"headers={dict(parts.headers)!r}"
    if parts.body is not ABSENT:
        yield f"body={parts.body!r}"
