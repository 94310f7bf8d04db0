"""A module of tests for pytest, which needs nothing of this package."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mock_server.cases.formats.data import record
from mock_server.cases.formats.sent import Target
from mock_server.cases.model import Case

_MODULE = '''"""@COUNT@ cases of @API@, made with seed @SEED@: requests, and the answer to each.

Needs pytest and httpx. CASES_BASE_URL and CASES_KEY may be set in the environment; without
CASES_KEY, each run has a sandbox of its own.
"""

import json
import os
import re
import uuid

import httpx
import pytest

VARIABLES = {
    **@VARIABLES@,
    "key": os.environ.get("CASES_KEY") or f"test-cases-{uuid.uuid4().hex[:8]}",
}
VARIABLES["base_url"] = os.environ.get("CASES_BASE_URL", VARIABLES["base_url"])


def filled(text, variables):
    return re.sub(r"\\{\\{(\\w+)\\}\\}", lambda found: variables[found[1]], text)


def send(client, request, variables):
    headers = {name: filled(value, variables) for name, value in request["headers"].items()}
    user, body = request["basic_user"], request["body"]
    return client.request(
        request["method"],
        filled(request["url"], variables),
        headers=headers,
        auth=None if user is None else (filled(user, variables), ""),
        content=None if body is None else filled(body, variables).encode(),
    )


def at(value, pointer):
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def without(value, pointers):
    """A JSON value with null in the place of what varies."""
    for pointer in pointers:
        if not pointer:
            return None
        place, _, name = pointer.rpartition("/")
        holder = at(value, place)
        name = name.replace("~1", "/").replace("~0", "~")
        holder[int(name) if isinstance(holder, list) else name] = None
    return value


@pytest.fixture(scope="module")
def client():
    with httpx.Client(timeout=30) as client:
        yield client


CASES = [json.loads(line) for line in r"""
@CASES@
""".strip().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case, client):
    variables = dict(VARIABLES)
    for name, value in case["variables"].items():
        repeated = isinstance(value, dict)
        variables[name] = value["repeat"] * value["times"] if repeated else value
    for step in case["setup"]:
        answer = send(client, step["request"], variables)
        assert answer.is_success, f"a call before it gave {answer.status_code}"
        for name, pointer in step["captures"].items():
            variables[name] = str(at(answer.json(), pointer))
    answer, expected = send(client, case["request"], variables), case["expected"]
    assert answer.status_code == expected["status"], answer.text[:300]
    if isinstance(expected["body"], str) and "json" not in expected["media_type"]:
        assert answer.text == expected["body"]
    elif expected["body"] is not None:
        varies = expected["varies"]
        assert without(answer.json(), varies) == without(expected["body"], varies)
'''


def as_pytest(cases: Sequence[Case], target: Target) -> str:
    """Return the text of a module."""
    # JSON in ASCII has never three quotes in a row, so it fits into a raw text.
    lines = [json.dumps(record(case, target)) for case in cases]
    parts = {
        "@COUNT@": str(len(cases)),
        "@API@": target.api,
        "@SEED@": str(target.seed),
        "@VARIABLES@": json.dumps(target.variables),
        "@CASES@": "\n".join(lines),
    }
    text = _MODULE
    for mark, part in parts.items():
        text = text.replace(mark, part, 1)
    return text
