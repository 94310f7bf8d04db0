"""No more requests get past the guard than a service takes."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from contract_tests.target import guard as guards
from contract_tests.target.guard import Guard
from contract_tests.target.profiles import FULL, READ_ONLY, OutOfTime, Pace
from tests.contract_tests.target.guard.guarding import refused


class Clock:
    """Time that passes only while somebody sleeps; each sleep ends a little early."""

    def __init__(self):
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += max(seconds * 0.9, 0.001)


@pytest.mark.parametrize("profile", [READ_ONLY, FULL])
def test_no_more_requests_go_out_within_a_window_than_are_allowed(behind, profile):
    clock, sent = Clock(), []
    pace = Pace(3, 60, clock, clock.sleep)
    target, _ = behind(profile, pace=pace)
    with target.client() as client:
        for number in range(20):
            client.get("/mine/things")
            sent.append(clock.now)
            clock.now += number % 3
    for first, fourth in zip(sent, sent[3:], strict=False):
        assert fourth - first >= 60


def test_a_service_that_asks_for_time_gets_it(behind, service):
    clock = Clock()
    told = []
    pace = Pace(10, 60, clock, clock.sleep, told.append)
    target, _ = behind(READ_ONLY, pace=pace)
    service.status, service.headers = 429, {"Retry-After": "7"}
    with target.client() as client:
        client.get("/mine/things")
        assert told == []
        client.get("/mine/things")
    assert clock.now - 1000 >= 7
    assert told == [7.0]


def test_a_refused_request_takes_no_turn(behind):
    clock = Clock()
    target, guard = behind(READ_ONLY, pace=Pace(1, 60, clock, clock.sleep))
    with target.client() as client:
        for _ in range(5):
            refused(guard, client, "DELETE", "/mine/things/7")
        client.get("/mine/things")
    assert clock.slept == []


def test_a_request_that_fails_counts_all_the_same(behind, service):
    clock = Clock()
    service.broken = True
    target, _ = behind(READ_ONLY, pace=Pace(1, 60, clock, clock.sleep))
    with target.client() as client:
        for _ in range(2):
            with pytest.raises(httpx.ReadError):
                client.get("/mine/things")
    assert clock.now - 1000 >= 60


@pytest.fixture
def time_of_its_own(monkeypatch):
    """The clock by which the guard waits without a pace."""
    clock = Clock()
    monkeypatch.setattr(guards.time, "monotonic", clock)
    monkeypatch.setattr(guards.time, "sleep", clock.sleep)
    return clock


def test_a_read_waits_until_a_write_has_settled(behind, time_of_its_own):
    target, _ = behind(FULL)
    slow = replace(target, settle=2.0)
    slow = replace(slow, transport=Guard(slow))
    with slow.client() as client:
        client.get("/mine/things")
        client.post("/mine/things", json={})
        client.post("/mine/things", json={})
        assert time_of_its_own.slept == []
        client.get("/mine/things")
        assert time_of_its_own.now - 1000 >= 2
        slept = len(time_of_its_own.slept)
        client.get("/mine/things")
        assert len(time_of_its_own.slept) == slept


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Mon, 30 Nov 2026 10:00:09 GMT"}, 9),
        ({"X-RateLimit-Reset": "1796032805"}, 5),
        ({}, 60),
    ],
)
def test_without_a_pace_a_service_gets_the_time_it_asks_for(
    behind, service, time_of_its_own, headers, seconds
):
    target, _ = behind(READ_ONLY)
    target = replace(target, transport=Guard(target, repeats=2))
    service.status = 429
    service.headers = {"Date": "Mon, 30 Nov 2026 10:00:00 GMT", **headers}
    with target.client() as client:
        client.get("/mine/things")
        assert time_of_its_own.slept == []
        client.get("/mine/things")
    assert seconds <= time_of_its_own.now - 1000 < seconds + 1


def test_who_asks_for_a_day_is_not_waited_for(behind, service):
    target, _ = behind(READ_ONLY)
    target = replace(target, transport=Guard(target, repeats=2))
    service.status, service.headers = 429, {"Retry-After": "86400"}
    with target.client() as client, pytest.raises(OutOfTime, match="86400 s"):
        client.get("/mine/things")
