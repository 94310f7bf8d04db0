"""A restart changes nothing that anybody can see."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.target.mock import signed_in
from contract_tests.target.target import Target, mock_parameters
from lab.mutation.past import used
from mock_server.app import build_server
from mock_server.discovery import api_names, load_lifecycle
from mock_server.faults.rules import _Kept
from mock_server.in_process import InProcessTransport
from mock_server.journal.exchange import Exchange
from mock_server.settings import Settings
from mock_server.store.exchanges import written
from tests.store.keeping import keeping, restart, whole

AT = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("test-a", "test-b")
SANDBOX = st.sampled_from(NAMES)
ID = st.integers(1, 64)
RULES = (
    {"effects": [{"kind": "status", "status": 429}], "match": {"share": 0.5}, "times": 3},
    {"effects": [{"kind": "lost_update", "seconds": 30}]},
    {"effects": [{"kind": "late_create", "seconds": 30}], "seconds": 60},
    {"effects": [{"kind": "stale_read", "commits": 1}], "match": {"nth": [1, 3]}},
    {"effects": [{"kind": "shifting_list", "by": 2}]},
    {"effects": [{"kind": "false_success"}], "match": {"json": {"name": "2"}}},
)
CLOCKS = (
    {"mode": "advance", "seconds": 20},
    {"mode": "advance", "seconds": 0.5},
    {"mode": "set", "at": "2026-02-01T00:00:00Z"},
)
#: Each is a name of what is done, a sandbox, and what else it takes.
STEPS = st.one_of(
    st.tuples(st.just("list"), SANDBOX, st.integers(1, 3)),
    st.tuples(st.just("get"), SANDBOX, ID),
    st.tuples(st.just("create"), SANDBOX, st.sampled_from(["1", "2", "", "ü\ud7ff"])),
    st.tuples(st.just("rename"), SANDBOX, ID),
    st.tuples(st.just("adjust"), SANDBOX, ID),
    st.tuples(st.just("no route"), SANDBOX, ID),
    st.tuples(st.just("fault"), SANDBOX, st.sampled_from(RULES)),
    st.tuples(st.just("remove fault"), SANDBOX, st.integers(1, 3)),
    st.tuples(st.just("clear faults"), SANDBOX, ID),
    st.tuples(st.just("pause"), SANDBOX, st.booleans()),
    st.tuples(st.just("clock"), SANDBOX, st.sampled_from(CLOCKS)),
    st.tuples(st.just("limits"), SANDBOX, st.integers(1, 4)),
    st.tuples(st.just("snapshot"), SANDBOX, st.sampled_from(["one", "two"])),
    st.tuples(st.just("restore"), SANDBOX, st.sampled_from(["one", "two"])),
    st.tuples(st.just("delete snapshot"), SANDBOX, st.sampled_from(["one", "two"])),
    st.tuples(st.just("rewind"), SANDBOX, st.integers(1, 5)),
    st.tuples(st.just("fork"), SANDBOX, st.sampled_from(["test-c", "test-d"])),
    st.tuples(st.just("reset"), SANDBOX, ID),
    st.tuples(st.just("delete"), st.sampled_from([*NAMES, "test-c"]), ID),
    st.tuples(st.just("messy"), SANDBOX, st.sampled_from([[], ["all"]])),
    st.tuples(st.just("restart"), SANDBOX, ID),
)


def request_of(step, sandbox, value):
    """Method, path and body of a step."""
    products, control = "/cliniko/v1/products", f"/_mock/sandboxes/{sandbox}"
    return {
        "list": ("GET", f"{products}?per_page=5&page={value}", None),
        "get": ("GET", f"{products}/{value}", None),
        "create": ("POST", products, {"name": value, "item_code": f"c{value}"}),
        "rename": ("PUT", f"{products}/{value}", {"name": f"renamed {value}"}),
        "adjust": (
            "POST",
            "/cliniko/v1/stock_adjustments",
            {"product_id": str(value), "quantity": 3, "adjustment_type": "Stock Purchase"},
        ),
        "no route": ("GET", f"/cliniko/v1/nothing/{value}", None),
        "fault": ("POST", f"{control}/faults", value),
        "remove fault": ("DELETE", f"{control}/faults/rule-{value}", None),
        "pause": ("PUT", f"{control}/faults/rule-1", {"paused": value}),
        "clear faults": ("DELETE", f"{control}/faults", None),
        "clock": ("PUT", f"{control}/clock", value),
        "limits": ("PUT", f"{control}/rate-limits", {"enabled": True, "requests": value}),
        "snapshot": ("POST", f"{control}/snapshots", {"name": value}),
        "restore": ("POST", f"{control}/snapshots/{value}/restore", None),
        "delete snapshot": ("DELETE", f"{control}/snapshots/{value}", None),
        "rewind": ("POST", f"{control}/rewind", {"before": value}),
        "fork": ("POST", f"{control}/fork", {"name": value}),
        "messy": ("PUT", f"{control}/messy", {"dimensions": value}),
        "reset": ("POST", f"{control}/reset", None),
        "delete": ("DELETE", control, None),
    }[step]


def client(server):
    return httpx.Client(
        transport=InProcessTransport(server), base_url="http://localhost", follow_redirects=False
    )


def outcome(caller, step, sandbox, value):
    """What a caller sees of a step."""
    method, path, body = request_of(step, sandbox, value)
    try:
        answer = caller.request(method, path, json=body, auth=(sandbox, ""))
    except httpx.TransportError as problem:
        return str(problem)
    return answer.status_code, answer.headers.raw, answer.content


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """A server that keeps its sandboxes, and one that does not, never restarted."""
    kept = keeping(tmp_path_factory.mktemp("data"), "cliniko", clock=AT, journal_bytes=40_000)
    plain = build_server(["cliniko"], Settings(clock=AT, journal_bytes=40_000))
    # Both are mounted alike, so that URLs in answers are the same.
    yield kept, plain
    kept.close()


def emptied(server):
    for name in server.sandboxes.names():
        server.sandboxes.use(name)
        server.sandboxes.close(name)


@settings(max_examples=40)
@given(st.lists(STEPS, max_size=30))
def test_a_server_that_is_restarted_at_any_point_answers_as_one_that_never_was(servers, steps):
    kept, plain = servers
    emptied(kept)
    emptied(plain)
    callers = [client(kept), client(plain)]
    for step in [*steps, ("restart", "test-a", 1)]:
        if step[0] == "restart":
            restart(kept)
        else:
            seen, expected = (outcome(each, *step) for each in callers)
            assert seen == expected, step
    assert sorted(kept.sandboxes.names()) == sorted(plain.sandboxes.names())
    for name in plain.sandboxes.names():
        assert whole(kept.sandboxes.find(name)) == whole(plain.sandboxes.find(name))
    for each in callers:
        each.close()


def test_there_is_nothing_of_a_sandbox_that_is_not_kept(servers):
    kept, _ = servers
    with client(kept) as caller:
        outcome(caller, "get", "test-a", 1)
    parts = {"seed", "variation", "clock", "fresh_clock", "moved_after", "windows", "defects"}
    parts |= {"rate_limited", "csrf", "rate_limit_requests"}
    others = {"name", "persona", "committed", "snapshots", "journal"}
    # Attachments are parts by their own names; the rest is made again or belongs to the process.
    made_again = {"attachments", "settle", "make_room", "held", "follows_evicted"}
    names = {name for name in vars(kept.sandboxes.find("test-a")) if not name.startswith("_")}
    assert names == parts | others | made_again
    # Rules and what counts in them.
    assert {each.name for each in fields(_Kept)} == {"rule", "until", "matched", "fired", "paused"}
    known = {each.name for each in fields(Exchange)}
    exchange = next(iter(kept.sandboxes.find("test-a").journal))
    assert known == written(exchange).keys() | {"before", "after", "changes"}


def test_the_log_does_not_grow_with_what_nobody_can_ask_for_any_more(servers):
    kept, _ = servers
    emptied(kept)
    with client(kept) as caller:
        for number in range(700):
            outcome(caller, "get", "test-a", number % 60 + 1)
        outcome(caller, "create", "test-a", "last")
    before = whole(kept.sandboxes.find("test-a"))
    log = kept.persistence.store.read("test-a")
    assert log.base > 0
    assert len(log.entries) < 400
    restart(kept)
    assert whole(kept.sandboxes.find("test-a")) == before


@pytest.mark.parametrize("name", api_names())
def test_all_that_clients_leave_behind_in_any_api_is_there_after_a_restart(name, tmp_path):
    server = keeping(tmp_path, name, clock=AT)
    vendor = server.vendors[0]
    lifecycle = load_lifecycle(vendor)
    transport = InProcessTransport(server)
    url = f"http://localhost{server.base_path(name)}"
    accounts = [signed_in(vendor, url, word, transport) for word in ("test-a", "test-b")]
    parameters = mock_parameters(vendor)
    used(Target(vendor, url, accounts[0], transport, accounts[1], parameters), lifecycle)
    before = {each.name: whole(each) for each in server.sandboxes.held_in_memory()}
    assert all(each["state"].revision > 2 for each in before.values())
    restart(server)
    assert {each: whole(server.sandboxes.find(each)) for each in server.sandboxes.names()} == before
    server.close()
