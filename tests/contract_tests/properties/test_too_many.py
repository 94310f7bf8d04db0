"""What a rate limit refuses says nothing of what was asked, and is itself held to the spec."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract_tests.properties.run import Plan, run_properties
from contract_tests.target.target import mock_target

READS = "every list shows what was created"


def limited(target, headers, times=1):
    """The target, which refuses every fifth request, so many times in a row."""
    asked = 0

    async def app(scope, receive, send):
        nonlocal asked
        asked += scope["type"] == "http"
        if scope["type"] != "http" or asked % 5 >= times:
            await target.app(scope, receive, send)
            return
        headers_ = [(b"content-type", b"application/json"), *headers]
        await send({"type": "http.response.start", "status": 429, "headers": headers_})
        await send({"type": "http.response.body", "body": b'{"message": "Too many requests"}'})

    return replace(target, app=app)


@pytest.fixture
def found():
    """A function (headers, times) → what the properties find in a mock that refuses so."""

    def run(headers, times=1):
        target = limited(mock_target("cliniko"), headers, times)
        return run_properties(target, plan=Plan(rounds=1, shortest=False, only=(READS,))).findings

    return run


RESET = [(b"x-ratelimit-reset", b"1767225660")]


def test_a_call_that_came_too_soon_is_sent_again(found):
    assert found(RESET) == []


def test_a_refusal_that_lacks_what_the_spec_wants_is_found(found):
    findings = found([])
    assert {each.subject for each in findings} == {"/headers/x-ratelimit-reset"}


def test_a_service_that_refuses_again_is_found(found):
    assert "/status" in {each.subject for each in found(RESET, times=2)}
