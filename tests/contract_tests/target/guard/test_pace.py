"""No more requests get past the guard than a service takes."""

from __future__ import annotations

import httpx
import pytest

from contract_tests.target.profiles import FULL, READ_ONLY, Pace
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
