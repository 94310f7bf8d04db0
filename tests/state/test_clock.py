"""The clock of a sandbox: following the machine, shifted, or frozen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mock_server.state import clock as clock_module
from mock_server.state.clock import EARLIEST, LATEST, Clock, ClockError

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class _Machine:
    """The machine's clock, which stands at noon until it is moved."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def machine(monkeypatch):
    machine = _Machine()
    monkeypatch.setattr(clock_module, "_machine_time", machine)
    return machine


def test_a_clock_follows_the_machine(machine):
    clock = Clock()
    assert clock.now() == NOON
    machine.now += HOUR
    assert clock.now() == NOON + HOUR


def test_the_machines_time_is_aware_and_in_utc():
    assert Clock().now().tzinfo is UTC


def test_a_frozen_clock_stands_still(machine):
    clock = Clock(NOON - HOUR)
    machine.now += HOUR
    assert clock.now() == NOON - HOUR


def test_a_clock_freezes_where_it_stands(machine):
    clock = Clock()
    clock.advance(HOUR)
    clock.freeze()
    machine.now += HOUR
    assert clock.now() == NOON + HOUR


def test_a_clock_that_was_set_runs_on_from_there(machine):
    clock = Clock()
    clock.set(NOON.replace(year=2030))
    machine.now += HOUR
    assert clock.now() == NOON.replace(year=2030) + HOUR


def test_a_frozen_clock_that_was_set_stays_frozen(machine):
    clock = Clock(NOON)
    clock.set(NOON + HOUR)
    machine.now += HOUR
    assert clock.now() == NOON + HOUR


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(0), timedelta(days=400)])
@pytest.mark.parametrize("frozen", [True, False])
def test_a_clock_moves_by_what_it_is_told(machine, by, frozen):
    clock = Clock(NOON if frozen else None)
    clock.advance(by)
    assert clock.now() == NOON + by
    machine.now += HOUR
    assert clock.now() == NOON + by + (timedelta(0) if frozen else HOUR)


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize(
    "move",
    [
        lambda clock: clock.freeze(EARLIEST - HOUR),
        lambda clock: clock.set(LATEST + HOUR),
        lambda clock: clock.set(datetime(1, 1, 1, tzinfo=timezone(HOUR))),
        lambda clock: clock.set(datetime(9999, 12, 31, 23, tzinfo=timezone(-HOUR))),
        lambda clock: clock.set(NOON.replace(tzinfo=None)),
        lambda clock: clock.advance(EARLIEST - HOUR - NOON),
        lambda clock: clock.advance(timedelta.max),
        lambda clock: clock.advance(timedelta.min),
    ],
)
def test_an_instant_that_no_clock_can_show_is_refused_and_changes_nothing(frozen, move):
    clock = Clock(NOON if frozen else None)
    with pytest.raises(ClockError, match=r"out of range|has no offset from UTC"):
        move(clock)
    assert (clock.now(), clock.frozen) == (NOON, frozen)


def test_the_first_and_the_last_instant_can_be_shown():
    for instant in (EARLIEST, LATEST):
        assert Clock(instant).now() == instant


def test_advances_add_up(machine):
    clock = Clock()
    for _ in range(3):
        clock.advance(HOUR)
    assert clock.now() == machine.now + 3 * HOUR


def test_a_frozen_clock_can_run_on_from_where_it_stands(machine):
    clock = Clock(NOON - HOUR)
    clock.run()
    machine.now += HOUR
    assert clock.now() == NOON


def test_a_clock_can_go_back_to_the_machines_time(machine):
    for clock in (Clock(NOON - HOUR), Clock()):
        clock.advance(HOUR * 5)
        clock.follow_machine()
        assert clock.now() == machine.now


@pytest.mark.parametrize("frozen", [True, False])
def test_a_fork_shows_the_same_time_and_goes_its_own_way(machine, frozen):
    clock = Clock(NOON if frozen else None)
    clock.advance(HOUR)
    fork = clock.fork()
    fork.advance(HOUR)
    machine.now += HOUR
    running = timedelta(0) if frozen else HOUR
    assert clock.now() == NOON + HOUR + running
    assert fork.now() == NOON + 2 * HOUR + running


def test_any_zone_is_understood_and_shown_in_utc(machine):
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    frozen, running = Clock(elsewhere), Clock()
    running.set(elsewhere)
    for clock in (frozen, running):
        assert clock.now() == machine.now
        assert clock.now().tzinfo is UTC
