"""A script as a pytest module that fails while the fault is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

from contract_tests.exchange.trace import Call
from contract_tests.reproduction.running import CREDENTIAL, OTHER_CREDENTIAL, TARGET
from contract_tests.reproduction.script import Script, Step
from contract_tests.reproduction.variables import without_controls
from contract_tests.target.session import Session
from mock_server.lifecycle.model import ABSENT

_OF = {
    "contract_tests.claims": None,
    "contract_tests.reproduction.keeping": ("KeepsTo",),
    "contract_tests.reproduction.running": ("Call", "Pages", "ScriptRequest", "Step", "reproduce"),
    "mock_server.lifecycle.model": ("File", "Parts"),
}


def pytest_module(script: Script, session: Session, name: str, message: str) -> str:
    """Return the module's source; it skips where it is inconclusive whether the fault is there."""
    return "\n".join(_lines(script, session, name, message)) + "\n"


def _lines(script: Script, session: Session, name: str, message: str) -> Iterator[str]:
    target = session.target
    api = target.vendor.api.name
    steps = [_step(step) for step in script.steps]
    claim = repr(script.claim)
    code = "".join([*steps, claim, "reproduce("])
    for line in (f"{api}: {name}", *message.strip().splitlines()):
        yield f"# {without_controls(line)}".rstrip()
    yield "# It fails while the fault is there, and is skipped where that is inconclusive."
    yield f"# {TARGET} names another target; {CREDENTIAL} and"
    yield f"# {OTHER_CREDENTIAL} hold the credentials."
    yield ""
    if "Decimal(" in code:
        yield "from decimal import Decimal"
        yield ""
    for module, names in _OF.items():
        kind = type(script.claim)
        own = names or ((kind.__name__,) if kind.__module__.startswith(module) else ())
        used = sorted(each for each in own if f"{each}(" in code)
        if used:
            yield f"from {module} import {', '.join(used)}"
    yield ""
    yield "STEPS = ["
    yield from (f"    {step}," for step in steps)
    yield "]"
    yield f"CLAIM = {claim}"
    yield ""
    yield ""
    yield f"def test_{re.sub(r'[^0-9a-z]+', '_', name.lower()).strip('_')}():"
    given: dict[str, object] = {"places": script.places, "shown": script.shown}
    if not target.in_process:
        given = {"url": target.base_url, "parameters": dict(target.parameters), **given}
        given["settle"] = target.settle
    more = "".join(f", {key}={value!r}" for key, value in given.items() if value)
    yield f"    reproduce({api!r}, STEPS, CLAIM{more})"


def _step(step: Step) -> str:
    written = [_call(step.call)]
    if step.walk is not None:
        written.append(repr(step.walk))
    if step.status is not None:
        written.append(f"status={step.status}")
    if step.right is not None:
        written.append(f"right={step.right}")
    return f"Step({', '.join(written)})"


def _call(call: Call) -> str:
    """A call without what is as usual."""
    given = {
        each.name: getattr(call, each.name)
        for each in fields(call)
        if each.name not in ("operation", "parts") and getattr(call, each.name) != each.default
    }
    inner = {each.name: getattr(call.parts, each.name) for each in fields(call.parts)}
    parts = ", ".join(
        f"{key}={value!r}"
        for key, value in inner.items()
        if value is not ABSENT and (value or key == "body")
    )
    written = [repr(call.operation), *([f"parts=Parts({parts})"] if parts else [])]
    written += [f"{key}={value!r}" for key, value in given.items() if value != {}]
    return f"{type(call).__name__}({', '.join(written)})"
