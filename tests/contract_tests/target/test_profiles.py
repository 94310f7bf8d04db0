"""Profiles, and the rates that go with them."""

from __future__ import annotations

import pytest

from contract_tests.target.profiles import (
    FULL,
    PROFILES,
    READ_ONLY,
    WRITES,
    RateError,
    pace_of,
)
from mock_server.engine.rate_limit import RateLimit


def test_each_profile_allows_what_the_one_before_it_does_and_more():
    assert list(PROFILES.values()) == [READ_ONLY, WRITES, FULL]
    assert [profile.writes for profile in PROFILES.values()] == ["none", "own", "any"]
    assert [profile.undeclared for profile in PROFILES.values()] == [False, False, True]
    assert [profile.foreign_credentials for profile in PROFILES.values()] == [False, False, True]


@pytest.mark.parametrize("rate", ["3/second", "3/minute", "3/hour"])
def test_a_rate_is_so_many_in_a_second_a_minute_or_an_hour(rate):
    pace = pace_of(rate, RateLimit(60, 60))
    times = []
    clock = [0.0]
    pace._clock, pace._sleep = (
        (lambda: clock[0]),
        (lambda left: clock.__setitem__(0, clock[0] + left)),
    )
    pace._free.extend([0.0] * 3)
    for _ in range(4):
        pace.wait()
        times.append(clock[0])
        pace.answered()
    assert times == [0, 0, 0, {"s": 1, "m": 60, "h": 3600}[rate[2]]]


def test_without_a_rate_the_documented_one_holds():
    pace = pace_of(None, RateLimit(200, 60))
    assert len(pace._free) == 200
    assert pace_of(None, None) is None
    assert pace_of("none", RateLimit(200, 60)) is None


@pytest.mark.parametrize("rate", ["", "60", "0/minute", "-1/minute", "60/day", "x/minute"])
def test_what_is_no_rate_is_said_in_one_line(rate):
    with pytest.raises(RateError, match=r"^a rate is N/second, N/minute, N/hour or none, not "):
        pace_of(rate, None)
