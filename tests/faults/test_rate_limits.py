"""Each vendor's rate limit, as its framework counts: on the sandbox's clock, per credential."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.skhokho import FIRST_ORGANISATION
from mock_server.engine.errors import RateLimited
from mock_server.engine.rate_limit import Quota, RateLimit
from mock_server.faults.rules import parse_rule, rules_of
from mock_server.journal.journal import Journal
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.store import State
from tests.faults.conftest import LISTS, START


@pytest.fixture
def limited(call_as, sandbox):
    """A function (api, word) → a client and the path of a list, in a sandbox with limits on."""

    def make(api, word="test"):
        client = call_as(api, word)
        path = LISTS[api].format(organisation=FIRST_ORGANISATION)
        return client, path

    sandbox.rate_limited = True
    return make


def statuses(client, path, number):
    return [client.get(path).status_code for _ in range(number)]


def test_built_says_on_every_answer_what_is_left(limited, sandbox):
    client, path = limited("built")
    answer = client.get(path)
    assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == (
        "60",
        "59",
    )
    refused = client.post(path, json={})
    assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (422, "58")
    missing = client.get("/api/item/999")
    assert (missing.status_code, missing.headers["x-ratelimit-remaining"]) == (302, "57")
    sandbox.rate_limited = False
    assert "x-ratelimit-limit" not in client.get(path).headers


def test_built_counts_a_minute_from_the_first_call(limited, sandbox):
    client, path = limited("built")
    assert set(statuses(client, path, 1)) == {200}
    sandbox.clock.advance(timedelta(seconds=40))
    assert set(statuses(client, path, 59)) == {200}
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (429, {"message": "Too Many Attempts."})
    reset = START + timedelta(seconds=60)
    assert {name: answer.headers[name] for name in answer.headers if name[:2] in ("x-", "re")} == {
        "x-ratelimit-limit": "60",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": str(int(reset.timestamp())),
        "retry-after": "20",
    }
    sandbox.clock.advance(timedelta(seconds=19))
    assert statuses(client, path, 1) == [429]
    sandbox.clock.advance(timedelta(seconds=1))
    assert client.get(path).headers["x-ratelimit-remaining"] == "59"


def test_skhokho_forgets_each_call_after_a_minute(limited, sandbox):
    client, path = limited("skhokho")
    assert set(statuses(client, path, 30)) == {200}
    sandbox.clock.advance(timedelta(seconds=40))
    assert set(statuses(client, path, 30)) == {200}
    answer = client.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "20")
    assert answer.json() == {"detail": "Request was throttled. Expected available in 20 seconds."}
    sandbox.clock.advance(timedelta(seconds=19))
    assert client.get(path).json() == {
        "detail": "Request was throttled. Expected available in 1 second."
    }
    sandbox.clock.advance(timedelta(seconds=1))
    assert statuses(client, path, 31) == [*([200] * 30), 429]


def test_exsited_says_when_to_come_back(limited, sandbox):
    client, path = limited("exsited")
    found = statuses(client, path, 61)
    # The limit was on before the client signed in, which is a call too.
    assert found == [*([200] * 59), 429, 429]
    answer = client.get(path)
    assert answer.json()["code"] == "too_many_requests"
    assert answer.headers["retry-after"] == "45"
    sandbox.clock.advance(timedelta(seconds=45))
    assert statuses(client, path, 1) == [200]


@pytest.mark.parametrize("api", LISTS)
def test_each_credential_and_each_api_has_its_own_quota(limited, call_as, world, api):
    client, path = limited(api)
    most = 200 if api == "cliniko" else 60
    statuses(client, path, most)
    assert statuses(client, path, 1) == [429]
    other = call_as(api, "test-other")
    world.sandboxes.open(SandboxName("test-other", "typical")).rate_limited = True
    assert other.get(path).status_code == 200
    elsewhere = "built" if api == "cliniko" else "cliniko"
    assert call_as(elsewhere).get(LISTS[elsewhere]).status_code == 200


def test_a_sandbox_shared_by_header_keeps_one_quota(limited):
    client, path = limited("cliniko")
    statuses(client, path, 150)
    client.auth = ("test-someone-else", "")
    client.headers["X-Mock-Sandbox"] = "test"
    assert statuses(client, path, 51)[-1] == 429


def test_a_fault_that_carries_a_call_out_twice_counts_it_once(limited, sandbox, specs):
    client, path = limited("built")
    body = {"effects": [{"kind": "shifting_list", "how": "appear"}]}
    rules_of(sandbox).add(parse_rule(body, specs))
    assert [client.get(path).headers["x-ratelimit-remaining"] for _ in range(3)] == [
        "59",
        "58",
        "57",
    ]


def test_a_reset_gives_the_quota_back(limited, sandbox):
    client, path = limited("built")
    statuses(client, path, 61)
    sandbox.reset()
    assert client.get(path).headers["x-ratelimit-remaining"] == "59"


def fresh():
    return Sandbox(SandboxName("test", "typical"), 0, lambda *_: State(), Clock(START), Journal())


def test_a_clock_that_is_set_back_does_not_lock_anybody_out():
    for window in ("aligned", "from_first", "sliding"):
        sandbox, limit = fresh(), RateLimit(1, 60, window)
        limit.count(sandbox, "x")
        sandbox.clock.set(datetime(2020, 1, 1, tzinfo=UTC))
        assert limit.count(sandbox, "x") == Quota(1, 0)


@given(
    st.sampled_from(["aligned", "from_first", "sliding"]),
    st.integers(1, 4),
    st.lists(st.integers(0, 90), min_size=1, max_size=30),
)
def test_no_window_lets_more_through_than_its_limit_and_what_it_promises_holds(
    window, most, pauses
):
    """A refused caller that waits as long as it is told to is not refused again."""
    sandbox, limit = fresh(), RateLimit(most, 60, window)
    taken = []
    for pause in pauses:
        sandbox.clock.advance(timedelta(seconds=pause))
        now = sandbox.clock.now().timestamp()
        full = None
        try:
            assert 0 <= limit.count(sandbox, "x").remaining < most
        except RateLimited as refused:
            full = refused
        if full is not None:
            assert full.retry_after >= 1
            assert full.reset == now + full.retry_after
            sandbox.clock.advance(timedelta(seconds=full.retry_after))
            limit.count(sandbox, "x")
        taken.append(sandbox.clock.now().timestamp())
    # Two windows that touch may hold twice as much between them; a sliding one never.
    bound = most if window == "sliding" else 2 * most
    assert all(sum(1 for time in taken if start <= time < start + 60) <= bound for start in taken)


@pytest.mark.parametrize("window", ["aligned", "from_first", "sliding"])
def test_a_limit_that_was_made_smaller_is_free_again_when_it_says(window):
    sandbox, limit = fresh(), RateLimit(5, 60, window)
    for _ in range(4):
        limit.count(sandbox, "x")
        sandbox.clock.advance(timedelta(seconds=10))
    sandbox.rate_limit_requests = 2
    with pytest.raises(RateLimited) as caught:
        limit.count(sandbox, "x")
    assert caught.value.limit == 2
    sandbox.clock.advance(timedelta(seconds=caught.value.retry_after - 1))
    with pytest.raises(RateLimited):
        limit.count(sandbox, "x")
    sandbox.clock.advance(timedelta(seconds=1))
    assert limit.count(sandbox, "x") in {Quota(2, 1), Quota(2, 0)}


def test_a_refusal_that_is_asked_for_speaks_of_the_sandboxs_own_limit(call_as, world):
    for word in ("test-limited", "test-asked"):
        world.sandboxes.open(SandboxName(word, "typical")).rate_limit_requests = 7
    limited = call_as("built", "test-limited").get(LISTS["built"])
    asked = call_as("built", "test-asked").get(LISTS["built"], headers={"Prefer": "code=429"})
    assert (limited.status_code, limited.headers["x-ratelimit-limit"]) == (429, "7")
    assert (asked.status_code, asked.headers["x-ratelimit-limit"]) == (429, "7")
