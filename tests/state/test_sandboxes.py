"""Sandboxes: isolated, seeded on first use, bounded in number and in idle time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.journal.journal import Journal
from mock_server.state.clock import Clock
from mock_server.state.memory import Full, size_of
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.sandboxes import Sandboxes
from mock_server.state.store import State, Table, Transaction


@dataclass(frozen=True, slots=True)
class Item:
    """A record."""

    id: int


@dataclass(frozen=True, slots=True)
class Text:
    """A record of any size."""

    id: int
    text: str


ITEMS = Table("toy.items", Item)
TEXTS = Table("toy.texts", Text)


class _Time:
    """A monotonic clock that moves when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return _Time()


@pytest.fixture
def seeded():
    """The (api, persona, seed) that were asked for so far."""
    return []


@pytest.fixture
def make(time, seeded):
    """A function (**options) → sandboxes whose seed is one item."""

    def seeder(api, persona, seed, _variation):
        seeded.append((api, persona, seed))
        transaction = Transaction(State())
        transaction.put(ITEMS, Item(transaction.next_id(ITEMS)))
        return transaction.state

    return lambda in_use_seconds=0, **options: Sandboxes(
        seeder, Journal, monotonic=time, in_use_seconds=in_use_seconds, **options
    )


def _open(sandboxes, *words):
    return [sandboxes.open(SandboxName(word, "typical")) for word in words]


def _put(sandbox):
    transaction = sandbox.begin()
    item = transaction.put(ITEMS, Item(transaction.next_id(ITEMS)))
    sandbox.commit(transaction)
    return item


def test_a_name_opens_the_same_sandbox_every_time(make):
    sandboxes = make()
    first, again, other = _open(sandboxes, "a", "a", "b")
    assert first is again
    assert first is not other
    assert len(sandboxes) == 2


def test_a_sandbox_is_seeded_once_for_each_api_that_is_entered(make, seeded):
    [sandbox] = _open(make(seed=7), "a")
    assert seeded == []
    for api in ("toy", "toy", "other", "toy"):
        sandbox.enter(api)
    assert seeded == [("toy", "typical", 7), ("other", "typical", 7)]
    assert sandbox.state.seeded == {"toy", "other"}


def test_a_seed_is_no_commit(make):
    [sandbox] = _open(make(), "a")
    sandbox.enter("toy")
    assert sandbox.state.revision == 0


def test_numbers_go_on_where_the_seed_ended(make):
    [sandbox] = _open(make(), "a")
    sandbox.enter("toy")
    assert _put(sandbox) == Item(2)


def test_what_one_sandbox_writes_no_other_sees(make):
    one, other = _open(make(), "a", "b")
    for sandbox in (one, other):
        sandbox.enter("toy")
    assert one.state == other.state
    _put(one)
    assert one.begin().count(ITEMS) == 2
    assert other.begin().count(ITEMS) == 1
    assert _put(other) == Item(2)


def test_the_longest_idle_sandbox_goes_when_there_are_too_many(make, time):
    sandboxes = make(limit=3)
    for word in ("a", "b", "c", "a", "d"):
        time.now += 1
        _open(sandboxes, word)
    assert sandboxes.names() == ["c", "a", "d"]
    assert sandboxes.find("b") is None


def test_sandboxes_that_idle_too_long_go_the_oldest_first(make, time):
    sandboxes = make(idle_seconds=60)
    for word in ("a", "b", "c"):
        _open(sandboxes, word)
        time.now += 30
    assert sandboxes.names() == ["a", "b", "c"]
    _open(sandboxes, "c")
    assert sandboxes.names() == ["b", "c"]
    time.now += 61
    _open(sandboxes, "d")
    assert sandboxes.names() == ["d"]


def test_a_sandbox_in_use_stays_however_old_it_is(make, time):
    sandboxes = make(idle_seconds=60)
    [first] = _open(sandboxes, "a")
    for _ in range(10):
        time.now += 60
        assert _open(sandboxes, "a") == [first]


def test_a_sandbox_that_went_begins_anew(make, time):
    sandboxes = make(idle_seconds=60)
    [sandbox] = _open(sandboxes, "a")
    _put(sandbox)
    time.now += 61
    _open(sandboxes, "b")
    [again] = _open(sandboxes, "a")
    assert again is not sandbox
    assert again.begin().count(ITEMS) == 0


def test_finding_a_sandbox_is_no_use_of_it(make):
    sandboxes = make(limit=2)
    a, _ = _open(sandboxes, "a", "b")
    assert sandboxes.find("a") is a
    _open(sandboxes, "c")
    assert sandboxes.find("a") is None


def test_a_closed_sandbox_is_forgotten(make):
    sandboxes = make()
    _open(sandboxes, "a")
    sandboxes.close("a")
    assert sandboxes.names() == []
    with pytest.raises(KeyError):
        sandboxes.close("a")


@given(st.lists(st.sampled_from("abcde"), max_size=30), st.integers(1, 4))
def test_the_most_recently_used_ones_are_open(words, limit):
    sandboxes = Sandboxes(lambda *_: State(), Journal, limit=limit, in_use_seconds=0)
    _open(sandboxes, *words)
    recent = list(dict.fromkeys(reversed(words)))[:limit]
    assert sandboxes.names() == recent[::-1]


def test_each_sandbox_has_a_clock_of_its_own(make):
    noon = datetime(2025, 6, 1, 12, tzinfo=UTC)
    one, other = _open(make(clock=lambda: Clock(noon)), "a", "b")
    one.clock.advance(timedelta(hours=1))
    assert (one.clock.now(), other.clock.now()) == (noon + timedelta(hours=1), noon)


def test_rate_limits_are_switched_by_the_name_of_the_sandbox(make):
    one, other = _open(make(rate_limited=lambda name: name == "b"), "a", "b")
    assert (one.rate_limited, other.rate_limited) == (False, True)


def _draws(seed, commits):
    sandbox = Sandbox(SandboxName("a", "typical"), seed, lambda *_: State(), Clock(), Journal())
    for _ in range(commits):
        _put(sandbox)
    return [sandbox.random_source().random() for _ in range(2)]


def test_chance_is_fixed_by_the_seed_and_the_revision():
    first, again = _draws(0, 3)
    assert first == again
    assert _draws(0, 3) == [first, again]
    assert len({_draws(seed, commits)[0] for seed in range(5) for commits in range(5)}) == 25


def test_chance_does_not_depend_on_the_machine():
    sandbox = Sandbox(SandboxName("a", "typical"), 0, lambda *_: State(), Clock(), Journal())
    assert sandbox.random_source().getrandbits(64) == 4222776216513060923


def test_an_eviction_is_told(make, caplog):
    sandboxes = make(limit=2)
    first, _, _ = _open(sandboxes, "a", "b", "c")
    assert (sandboxes.evicted, first.journal.ended) == (
        1,
        "evicted: it had to make room for another",
    )
    assert "the sandbox a was deleted" in caplog.text
    [again] = _open(sandboxes, "a")
    assert again.follows_evicted


def test_to_look_at_a_sandbox_is_a_use(make):
    sandboxes = make(limit=2)
    _open(sandboxes, "a", "b")
    assert sandboxes.use("a") is sandboxes.find("a")
    _open(sandboxes, "c")
    assert sandboxes.names() == ["a", "c"]
    assert sandboxes.use("b") is None


def test_where_all_are_in_use_the_newcomer_is_refused(make, time):
    sandboxes = make(limit=2, in_use_seconds=60)
    _open(sandboxes, "a", "b")
    time.now += 30
    _open(sandboxes, "b")
    with pytest.raises(Full, match="all 2 sandboxes are in use"):
        _open(sandboxes, "c")
    assert sandboxes.names() == ["a", "b"]
    time.now += 31
    _open(sandboxes, "c")
    assert sandboxes.names() == ["b", "c"]


def test_a_sandbox_that_is_followed_is_in_use(make, time):
    sandboxes = make(limit=2, in_use_seconds=60, idle_seconds=100)
    first, _ = _open(sandboxes, "a", "b")
    stop = first.journal.watch(lambda: None)
    time.now += 101
    _open(sandboxes, "c")
    assert sandboxes.names() == ["a", "c"]
    stop()
    time.now += 101
    _open(sandboxes, "d")
    assert sandboxes.names() == ["d"]


def test_a_fork_does_not_push_out_its_origin(make, time):
    sandboxes = make(limit=2, in_use_seconds=60)
    origin, _ = _open(sandboxes, "a", "b")
    time.now += 61
    sandboxes.use("a")
    sandboxes.adopt(origin.fork("copy"))
    assert sandboxes.names() == ["a", "copy"]
    with pytest.raises(Full):
        sandboxes.adopt(origin.fork("another"))


def _put_text(sandbox, key, size):
    transaction = sandbox.begin()
    transaction.put(TEXTS, Text(key, "x" * size))
    sandbox.commit(transaction)


def test_a_sandbox_has_room_for_so_many_bytes_of_records(make):
    sandboxes = make(sandbox_bytes=100_000)
    sandbox, other = _open(sandboxes, "a", "b")
    _put_text(sandbox, 1, 90_000)
    before = sandbox.committed
    with pytest.raises(Full):
        _put_text(sandbox, 2, 90_000)
    assert sandbox.committed is before
    _put_text(other, 1, 90_000)
    _put_text(sandbox, 1, 10)
    _put_text(sandbox, 2, 80_000)


def test_the_room_of_all_is_made_by_those_who_were_idle_longest(make, time):
    sandboxes = make(bytes_in_all=250_000, in_use_seconds=60)
    for word in "abc":
        [sandbox] = _open(sandboxes, word)
        if word == "c":
            with pytest.raises(Full):
                _put_text(sandbox, 1, 90_000)
            time.now += 61
            sandboxes.use("c")
        _put_text(sandbox, 1, 90_000)
        sandboxes.account(sandbox)
    assert sandboxes.names() == ["b", "c"]
    assert sandboxes.held == sum(sandboxes.find(name).count() for name in "bc")
    sandboxes.close("b")
    sandboxes.close("c")
    assert sandboxes.held == 0


def test_records_that_a_snapshot_shares_are_counted_once(make):
    [sandbox] = _open(make(), "a")
    _put_text(sandbox, 1, 10_000)
    size = sandbox.count()
    sandbox.snapshot("one")
    sandbox.snapshot("two")
    assert sandbox.count() == size
    _put_text(sandbox, 2, 10_000)
    assert sandbox.count() > 2 * size


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 100)), max_size=20))
def test_a_state_counts_what_is_in_it_however_it_came_there(writes):
    sandbox = Sandbox(SandboxName("a", "typical"), 0, lambda *_: State(), Clock(), Journal())
    for key, size in writes:
        transaction = sandbox.begin()
        if size:
            transaction.put(TEXTS, Text(key, "x" * size))
        elif transaction.get(TEXTS, key) is not None:
            transaction.remove(TEXTS, key)
        sandbox.commit(transaction)
    records = sandbox.committed.collection(TEXTS).items()
    assert sandbox.committed.size == sum(size_of(record) for _, record in records)
