"""What a rate limit refuses says nothing of what was asked, and is itself held to the spec."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from contract_tests.properties.run import Plan, run_properties
from contract_tests.target.mock import mock_target

READS = "listed_after_create"


def limited(target, headers, times=1):
    """The target, which refuses every fifth request, so many times in a row."""
    asked = 0

    def answer(request):
        nonlocal asked
        asked += 1
        if asked % 5 >= times:
            return target.transport.handle_request(request)
        return httpx.Response(429, headers=headers, json={"message": "Too many requests"})

    return replace(target, transport=httpx.MockTransport(answer))


@pytest.fixture
def found():
    """A function (headers, times) → what the properties find in a mock that refuses so."""

    def run(headers, times=1):
        target = limited(mock_target("cliniko"), headers, times)
        return run_properties(target, plan=Plan(rounds=1, shortest=False, only=(READS,))).findings

    return run


RESET = {"x-ratelimit-reset": "1767225660"}


def test_a_call_that_came_too_soon_is_sent_again(found):
    assert found(RESET) == []


def test_a_refusal_that_lacks_what_the_spec_wants_is_found(found):
    findings = found({})
    assert {each.subject for each in findings} == {"/headers/x-ratelimit-reset"}


def test_a_service_that_refuses_again_is_found(found):
    assert "/status" in {each.subject for each in found(RESET, times=2)}
