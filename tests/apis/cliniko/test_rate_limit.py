"""200 requests a minute for each user, if the limit is switched on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

LIMIT = 200
START = datetime(2026, 3, 4, 12, 0, 15, tzinfo=UTC)
NEXT_MINUTE = datetime(2026, 3, 4, 12, 1, tzinfo=UTC)


@pytest.fixture
def limited(serve):
    return serve("cliniko", rate_limited="on", clock=START)


def statuses(client, number, path="/taxes/1"):
    return [client.get(path).status_code for _ in range(number)]


def test_without_the_switch_there_is_no_limit(serve, client_of):
    client = client_of(serve("cliniko", clock=START), "cliniko", auth=("test", ""))
    assert set(statuses(client, LIMIT + 50)) == {200}


def test_beyond_the_limit_the_answer_says_when_it_ends(limited, client_of):
    client = client_of(limited, "cliniko", auth=("test", ""))
    assert set(statuses(client, LIMIT)) == {200}
    answer = client.get("/products")
    assert answer.status_code == 429
    assert answer.headers["x-ratelimit-reset"] == str(int(NEXT_MINUTE.timestamp()))
    assert answer.json() == {"message": "Rate limit exceeded"}


def test_the_limit_ends_when_the_answer_said_and_not_before(limited, client_of):
    client = client_of(limited, "cliniko", auth=("test", ""))
    statuses(client, LIMIT)
    clock = limited.sandbox("test").clock
    clock.advance(timedelta(seconds=44))
    assert statuses(client, 1) == [429]
    clock.advance(timedelta(seconds=1))
    assert clock.now() == NEXT_MINUTE
    assert statuses(client, LIMIT + 1) == [*([200] * LIMIT), 429]
    reset = client.get("/taxes").headers["x-ratelimit-reset"]
    assert reset == str(int((NEXT_MINUTE + timedelta(minutes=1)).timestamp()))


def test_errors_count_and_what_was_refused_changes_nothing(limited, client_of):
    client = client_of(limited, "cliniko", auth=("test", ""))
    assert set(statuses(client, LIMIT, "/taxes/999")) == {404}
    before = limited.sandbox("test").state
    assert client.post("/products", json={"name": "x"}).status_code == 429
    assert client.delete("/products/1").status_code == 429
    assert limited.sandbox("test").state is before


def test_one_user_does_not_use_up_what_another_has(limited, client_of):
    first, second = (client_of(limited, "cliniko", auth=(key, "")) for key in ("test-1", "test-2"))
    statuses(first, LIMIT)
    assert statuses(first, 1) == [429]
    assert statuses(second, 1) == [200]


def test_a_key_and_the_same_key_with_a_shard_are_one_user(limited, client_of):
    plain, sharded = (client_of(limited, "cliniko", auth=(key, "")) for key in ("test", "test-au2"))
    assert set(statuses(plain, LIMIT // 2) + statuses(sharded, LIMIT // 2)) == {200}
    assert statuses(plain, 1) == statuses(sharded, 1) == [429]


def test_the_limit_can_be_on_for_some_sandboxes_alone(serve, client_of):
    server = serve("cliniko", rate_limited="test-slow,test-other", clock=START)
    slow, free = (client_of(server, "cliniko", auth=(key, "")) for key in ("test-slow", "test"))
    assert statuses(slow, LIMIT + 1)[-1] == 429
    assert set(statuses(free, LIMIT + 1)) == {200}


def test_it_can_be_switched_for_one_sandbox_while_the_server_runs(serve, client_of):
    server = serve("cliniko", clock=START)
    client = client_of(server, "cliniko", auth=("test", ""))
    statuses(client, 1)
    server.sandbox("test").rate_limited = True
    assert statuses(client, LIMIT + 1)[-1] == 429
