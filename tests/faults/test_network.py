"""What a caller in process sees of a broken line, and what becomes of its request."""

from __future__ import annotations

import random

import httpx
import pytest

from mock_server.discovery import load_vendor
from mock_server.engine.messages import Request
from mock_server.faults.effects.effect import Delivery
from mock_server.faults.rules import parse_rule, rules_of

NEW = {"name": "Gauze"}


def products(sandbox):
    return [exchange for exchange in sandbox.journal if exchange.changes]


@pytest.mark.parametrize(
    ("effect", "error", "text", "done"),
    [
        ("drop", httpx.RemoteProtocolError, "without sending a response", False),
        ("reset", httpx.ReadError, "reset by peer", False),
        ("truncate", httpx.RemoteProtocolError, "complete message body", True),
        ({"kind": "truncate", "bytes": 5}, httpx.RemoteProtocolError, "received 5 bytes", True),
        ({"kind": "truncate", "bytes": 10**9}, httpx.RemoteProtocolError, "complete", True),
        ("garbage", httpx.RemoteProtocolError, "illegal", True),
        ("unacknowledged_write", httpx.RemoteProtocolError, "without sending a response", True),
        ({"kind": "unacknowledged_write", "how": "reset"}, httpx.ReadError, "reset by peer", True),
    ],
)
def test_a_cut_line_is_an_error_of_the_client(cliniko, add, sandbox, effect, error, text, done):
    add(effect, times=1)
    with pytest.raises(error, match=text):
        cliniko.post("/products", json=NEW)
    exchange = sandbox.journal.get(sandbox.journal.last)
    assert not exchange.sent
    assert exchange.status == 201
    assert len(exchange.changes) == int(done)
    assert (exchange.before is exchange.after) == (not done)
    assert cliniko.get("/products").status_code == 200


def test_done_but_not_answered_leaves_exactly_one_effect_and_a_retry_makes_two(
    cliniko, add, sandbox
):
    before = cliniko.get("/products").json()["total_entries"]
    add("unacknowledged_write", match={"operation": "createProduct"}, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        cliniko.post("/products", json=NEW)
    assert cliniko.get("/products").json()["total_entries"] == before + 1
    assert cliniko.post("/products", json=NEW).status_code == 201
    assert cliniko.get("/products").json()["total_entries"] == before + 2
    assert len(products(sandbox)) == 2


def test_a_garbled_body_has_the_status_and_headers_of_the_answer(cliniko, add):
    add({"kind": "garbage", "of": "body", "bytes": 9}, times=1)
    answer = cliniko.get("/products")
    assert (answer.status_code, len(answer.content)) == (200, 9)
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(UnicodeDecodeError):
        answer.json()


@pytest.mark.parametrize("kind", ["truncate", "garbage"])
def test_what_has_no_body_is_cut_or_left_whole(cliniko, add, kind):
    effect = {"kind": kind} | ({"of": "body"} if kind == "garbage" else {})
    add(effect, match={"method": "DELETE"})
    if kind == "garbage":
        assert cliniko.delete("/products/1").status_code == 204
    else:
        with pytest.raises(httpx.RemoteProtocolError):
            cliniko.delete("/products/1")


def test_a_wait_takes_no_time_in_process_and_exhausts_a_patience_that_is_shorter(
    cliniko, add, sandbox
):
    add({"kind": "latency", "seconds": 30})
    assert cliniko.get("/products", timeout=31).status_code == 200
    assert cliniko.get("/products", timeout=None).status_code == 200
    with pytest.raises(httpx.ReadTimeout):
        cliniko.post("/products", json=NEW, timeout=29)
    # As in reality: nobody waited for the answer, and yet it was done.
    assert len(products(sandbox)) == 1


def test_a_drip_is_slow_by_its_pieces(cliniko, add):
    add({"kind": "drip", "seconds": 20, "pieces": 10})
    whole = cliniko.get("/products", timeout=3)
    assert whole.json()["products"]
    with pytest.raises(httpx.ReadTimeout):
        cliniko.get("/products", timeout=1)


def test_several_effects_act_at_once_in_a_useful_order(cliniko, add, sandbox):
    add("drop", {"kind": "status", "status": 429}, {"kind": "latency", "seconds": 10})
    with pytest.raises(httpx.ReadTimeout):
        cliniko.get("/products", timeout=1)
    with pytest.raises(httpx.RemoteProtocolError):
        cliniko.get("/products", timeout=11)
    assert sandbox.journal.get(sandbox.journal.last).status == 429


def test_several_rules_act_at_once(cliniko, add, sandbox):
    add({"kind": "latency", "seconds": 10})
    add({"kind": "status", "status": 429})
    assert cliniko.get("/products", timeout=11).status_code == 429
    with pytest.raises(httpx.ReadTimeout):
        cliniko.get("/products", timeout=1)
    fault = sandbox.journal.get(sandbox.journal.last).fault
    assert fault == "rule-1: latency(seconds=10.0, distribution=fixed); rule-2: status(status=429)"


def drawn(options, number=400):
    specs = {"cliniko": load_vendor("cliniko").spec}
    (latency,) = parse_rule({"effects": [{"kind": "latency", **options}]}, specs).effects
    return [
        latency.draw(Delivery(None, "GET", None, random.Random(seed))) for seed in range(number)
    ]


def test_latencies_are_spread_as_they_say():
    assert set(drawn({"seconds": 0.2})) == {0.2}
    uniform = drawn({"distribution": "uniform", "least": 1, "most": 3})
    assert all(1 <= seconds <= 3 for seconds in uniform)
    assert 1.9 < sum(uniform) / len(uniform) < 2.1
    log_normal = sorted(drawn({"distribution": "log_normal", "median": 2, "sigma": 1}))
    assert log_normal[0] > 0
    assert 1.7 < log_normal[200] < 2.3
    assert log_normal[-1] > 10
    assert set(drawn({"distribution": "log_normal", "median": 2, "sigma": 0})) == {2}


def test_latencies_are_the_same_for_the_same_seed(add, sandbox):
    add({"kind": "latency", "distribution": "uniform", "least": 0, "most": 9}, seed=3)
    call = Request("GET", "/x", "", "http://x", {}, operation_id="listProducts")
    seeds = [rules_of(sandbox).decide("cliniko", call, b"")[0].drawn[0].seed for _ in range(5)]
    assert len(set(seeds)) == 5
    sandbox.reset()
    add({"kind": "latency", "distribution": "uniform", "least": 0, "most": 9}, seed=3)
    again = [rules_of(sandbox).decide("cliniko", call, b"")[0].drawn[0].seed for _ in range(5)]
    assert again == seeds
