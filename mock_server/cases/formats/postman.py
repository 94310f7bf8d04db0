"""A collection for Postman and its command-line runner, newman."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mock_server.cases.formats import javascript
from mock_server.cases.formats.sent import Sent, Target, sent
from mock_server.cases.model import Case, Step

_SET = "pm.collectionVariables.set"
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def as_postman(cases: Sequence[Case], target: Target) -> str:
    """Return a collection (v2.1) with its variables and tests, a folder for each operation."""
    folders: dict[str, list[Any]] = {}
    for case in cases:
        items = [_setup(step, case, target) for step in case.setup]
        folders.setdefault(case.operation, []).extend([*items, _case(case, target)])
    document = {
        "info": {"name": f"{target.api} cases, seed {target.seed}", "schema": _SCHEMA},
        "variable": [{"key": name, "value": value} for name, value in target.variables.items()],
        "item": [{"name": name, "item": items} for name, items in folders.items()],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_environment(target: Target) -> str:
    """Return an environment with the variables, whose values come before the collection's."""
    values = [
        {"key": name, "value": value, "type": "default", "enabled": True}
        for name, value in target.variables.items()
    ]
    name = f"{target.api} mock"
    document = {"name": name, "values": values, "_postman_variable_scope": "environment"}
    return json.dumps(document, indent=1) + "\n"


def _setup(step: Step, case: Case, target: Target) -> dict[str, Any]:
    status = "pm.expect(pm.response.code)"
    test = javascript.setup_test("pm.test", status, "pm.response.json()", _SET, step.captures)
    name = f"{case.tag} setup: {step.call.method} {step.call.path}"
    return _item(name, case, sent(step.call, target), test)


def _case(case: Case, target: Target) -> dict[str, Any]:
    value, text = "pm.response.json()", "pm.response.text()"
    test = javascript.answer_test(case, "pm.test", "pm.expect", "pm.response.code", value, text)
    return _item(f"{case.tag} {case.field}: {case.rule}", case, sent(case.call, target), test)


def _item(name: str, case: Case, request: Sent, test: str) -> dict[str, Any]:
    return {
        "name": name,
        "event": [_event("prerequest", javascript.variables(case, _SET)), _event("test", test)],
        "request": _request(request),
        # Bodies go out with any method, and the answer that is compared is the first.
        "protocolProfileBehavior": {"followRedirects": False, "disableBodyPruning": True},
    }


def _event(name: str, script: str) -> dict[str, Any]:
    return {"listen": name, "script": {"type": "text/javascript", "exec": script.splitlines()}}


def _request(request: Sent) -> dict[str, Any]:
    written: dict[str, Any] = {
        "method": request.method,
        "url": f"{{{{base_url}}}}{request.target}",
        "header": [{"key": name, "value": value} for name, value in request.headers],
        "auth": {"type": "noauth"},
    }
    if request.user is not None:
        pairs = {"username": request.user, "password": ""}
        basic = [{"key": name, "value": value, "type": "string"} for name, value in pairs.items()]
        written["auth"] = {"type": "basic", "basic": basic}
    if request.body is not None:
        written["body"] = {"mode": "raw", "raw": request.body}
    return written
