"""Clocks: real, frozen, set, advanced; and everything timed follows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mock_server.control.client import ControlError, RateLimitsView

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def sandbox(control):
    return control.create("test-t", persona="empty")


def test_a_frozen_clock_stands_still_and_stamps_records(sandbox, cliniko):
    assert sandbox.freeze(NOON).now == NOON
    made = cliniko("test-t").post("/products", json={"name": "Balm"}).json()
    assert made["created_at"] == "2026-03-01T12:00:00Z"
    assert sandbox.advance(timedelta(hours=1)).now == NOON + timedelta(hours=1)
    changed = cliniko("test-t").patch("/products/1", json={"name": "Salve"}).json()
    assert changed["updated_at"] == "2026-03-01T13:00:00Z"


def test_a_clock_that_is_set_runs_on(sandbox):
    view = sandbox.set_time(NOON)
    assert view.mode == "shifted"
    assert NOON <= view.now < NOON + timedelta(minutes=1)
    assert sandbox.follow_machine().mode == "real"
    assert sandbox.clock().offset == timedelta()


def test_a_frozen_clock_that_is_set_stays_frozen_until_it_runs(sandbox):
    sandbox.freeze()
    assert sandbox.set_time(NOON).mode == "frozen"
    assert sandbox.advance(-90).now == NOON - timedelta(seconds=90)
    assert sandbox.run().mode == "shifted"


def test_an_instant_without_an_offset_is_utc_and_others_are_turned_into_it(sandbox):
    assert sandbox.freeze(datetime(2026, 3, 1, 12)).now == NOON  # noqa: DTZ001 - that is the point
    assert sandbox.freeze(datetime.fromisoformat("2026-03-01T14:00:00+02:00")).now == NOON


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "frozen", "at": "9500-01-01T00:00:00Z"},
        {"mode": "set", "at": "1066-10-14T09:00:00Z"},
        {"mode": "advanced", "seconds": 1e12},
        {"mode": "advanced", "seconds": -1e12},
        {"mode": "set"},
        {"mode": "advanced"},
        {"mode": "set", "at": "2026-02-30T00:00:00Z"},
        {"mode": "set", "at": "noon"},
    ],
)
def test_what_the_clock_cannot_show_is_refused_and_changes_nothing(control, sandbox, body):
    before = sandbox.freeze(NOON)
    with pytest.raises(ControlError) as caught:
        control.session.call("PUT", "sandboxes", "test-t", "clock", body=body)
    assert caught.value.status == 422
    assert set(caught.value.fields) <= {"at", "seconds"}
    assert sandbox.clock() == before


def test_rate_limits_follow_the_clock(sandbox, cliniko):
    client = cliniko("test-t")
    assert sandbox.rate_limits() == RateLimitsView(enabled=False, requests=None)
    assert sandbox.rate_limits(True).enabled
    sandbox.freeze(NOON)
    statuses = [client.get("/products").status_code for _ in range(201)]
    assert statuses == [200] * 200 + [429]
    sandbox.advance(60)
    assert client.get("/products").status_code == 200
    assert not sandbox.rate_limits(False).enabled


def test_rate_limits_have_the_size_that_control_gives_them(sandbox, cliniko):
    client = cliniko("test-t")
    sandbox.freeze(NOON)
    assert sandbox.rate_limits(requests=2) == RateLimitsView(enabled=True, requests=2)
    assert sandbox.rate_limits() == RateLimitsView(enabled=True, requests=2)
    assert [client.get("/products").status_code for _ in range(3)] == [200, 200, 429]
    fork = sandbox.fork("test-fork")
    assert fork.rate_limits().requests == 2
    assert sandbox.rate_limits(True) == RateLimitsView(enabled=True, requests=None)
    assert client.get("/products").status_code == 200
    assert fork.rate_limits(False, requests=3) == RateLimitsView(enabled=False, requests=3)


def test_whether_sessions_need_a_token_is_switched_and_goes_into_a_fork(control, sandbox):
    assert (sandbox.csrf(), sandbox.look().csrf) == (False, False)
    assert sandbox.csrf(True)
    assert (sandbox.csrf(), sandbox.look().csrf) == (True, True)
    assert sandbox.fork("test-fork").csrf()
    assert not sandbox.csrf(False)
    assert control.sandbox("test-fork").csrf()


@pytest.mark.parametrize("requests", [0, -1, 1_000_001, 1.5, "2"])
def test_a_rate_limit_of_no_size_is_refused(sandbox, requests):
    with pytest.raises(ControlError) as caught:
        sandbox.rate_limits(requests=requests)
    assert (caught.value.status, list(caught.value.fields)) == (422, ["requests"])


def test_fault_rules_are_added_listed_removed_and_cleared(sandbox, cliniko):
    first = sandbox.add_fault(
        {"match": {"method": "GET"}, "effects": [{"kind": "status", "status": 429}]}
    )
    second = sandbox.add_fault({"match": {"method": "POST"}, "effects": [{"kind": "drop"}]})
    assert cliniko("test-t").get("/products").status_code == 429
    assert [(rule["id"], rule["fired"]) for rule in sandbox.faults()] == [(first, 1), (second, 0)]
    sandbox.remove_fault(first)
    assert cliniko("test-t").get("/products").status_code == 200
    with pytest.raises(ControlError, match="there is no fault rule"):
        sandbox.remove_fault(first)
    sandbox.clear_faults()
    assert sandbox.faults() == []


def test_an_update_that_was_lost_in_between_shows_in_all_that_control_tells(sandbox, cliniko):
    client = cliniko("test-t")
    number = client.post("/products", json={"name": "Kept"}).json()["id"]
    sandbox.freeze(NOON)
    sandbox.snapshot("before")
    sandbox.add_fault({"effects": [{"kind": "lost_update", "seconds": 60}]})
    client.patch(f"/products/{number}", json={"name": "Lost"})
    assert sandbox.difference("snapshot:before").total == 1
    sandbox.advance(60)
    assert sandbox.difference("snapshot:before").total == 0
    assert sandbox.look().revision == 3
    products = sandbox.export()["apis"]["cliniko"]["products"]
    assert "Lost" not in {each["name"] for each in products}


@pytest.mark.parametrize(
    ("rule", "text", "field"),
    [
        (
            {"match": {"operation": "nope"}, "effects": [{"kind": "drop"}]},
            "/match/operation",
            "match",
        ),
        ({"effects": [{"kind": "explode"}]}, "/effects/0/kind", "effects"),
        ({"effects": []}, "/effects", "effects"),
        ({"effects": [{"kind": "drop"}], "tims": 1}, "did you mean times", "tims"),
    ],
)
def test_a_bad_rule_is_refused_with_its_place(sandbox, rule, text, field):
    with pytest.raises(ControlError) as caught:
        sandbox.add_fault(rule)
    assert caught.value.status == 422
    assert text in str(caught.value)
    assert list(caught.value.fields) == [field]
