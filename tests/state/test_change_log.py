"""The log adds up to the state, at every revision it still holds."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.state.change_log import ChangeLog
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.store import Commit, State, Table, Transaction


@dataclass(frozen=True, slots=True)
class Item:
    """A record."""

    id: int
    value: int = 0


TABLES = [Table(f"{api}.{name}", Item) for api in ("one", "two") for name in ("a", "b")]
SEEDED = Table("one.seeded", Item)


def _seed(api: str, _persona: str, seed: int) -> State:
    """Three records, and their numbers, for each API."""
    transaction = Transaction(State())
    table = Table(f"{api}.seeded", Item)
    for _ in range(3):
        transaction.put(table, Item(transaction.next_id(table), seed))
    return transaction.state


def _sandbox():
    return Sandbox(SandboxName("test", "typical"), 0, _seed, Clock())


def _counting(number, limit=10_000):
    """A log of so many commits, each of which puts one record."""
    log, state = ChangeLog(State(), limit), State()
    for _ in range(number):
        transaction = Transaction(state)
        transaction.put(TABLES[0], Item(transaction.next_id(TABLES[0])))
        commit = transaction.commit("put")
        log.append(commit)
        state = transaction.state_after(commit)
    return log, state


_STEPS = st.one_of(
    st.tuples(st.just("enter"), st.sampled_from(["one", "two"])),
    st.tuples(
        st.just("request"),
        st.lists(
            st.tuples(
                st.sampled_from(["put", "remove", "draw"]),
                st.sampled_from(TABLES),
                st.integers(1, 4),
            ),
            max_size=5,
        ),
        st.booleans(),
    ),
)


def _run(sandbox, step):
    """Take one step; a request that fails commits nothing."""
    if step[0] == "enter":
        sandbox.enter(step[1])
        return
    transaction = sandbox.begin()
    for action, table, number in step[1]:
        if action == "draw":
            transaction.next_id(table)
        elif action == "put":
            transaction.put(table, Item(number, transaction.next_number("value")))
        elif transaction.get(table, number) is not None:
            transaction.remove(table, number)
    if step[2]:
        sandbox.commit(transaction, "request")


@given(st.lists(_STEPS, max_size=20))
def test_the_log_adds_up_to_the_state(steps):
    sandbox = _sandbox()
    states = {0: sandbox.state}
    for step in steps:
        _run(sandbox, step)
        states[sandbox.state.revision] = sandbox.state
    assert sandbox.log.state_at(sandbox.state.revision) == sandbox.state
    assert sandbox.state.revision == len(sandbox.log)
    for revision, state in states.items():
        again = sandbox.log.state_at(revision)
        for table in TABLES:
            assert again.collection(table) == state.collection(table)


@given(st.lists(_STEPS, max_size=20), st.data())
def test_a_sandbox_that_goes_back_finds_what_was_there(steps, data):
    sandbox = _sandbox()
    sandbox.enter("one")
    sandbox.enter("two")
    states = [sandbox.state]
    for step in steps:
        _run(sandbox, step)
        if sandbox.state.revision == len(states):
            states.append(sandbox.state)
    revision = data.draw(st.integers(0, len(states) - 1))
    assert sandbox.log.state_at(revision) == states[revision]


@given(st.lists(_STEPS, max_size=20))
def test_the_differences_between_commits_are_what_they_changed(steps):
    sandbox = _sandbox()
    sandbox.enter("one")
    sandbox.enter("two")
    for step in steps:
        before = sandbox.state
        _run(sandbox, step)
        changed = {(change.table, change.key) for change in before.difference(sandbox.state)}
        written = {
            (change.table, change.key)
            for commit in sandbox.log
            if commit.revision > before.revision
            for change in commit.changes
        }
        assert changed <= written


def test_an_api_entered_late_keeps_its_numbers_when_the_log_is_replayed():
    sandbox = _sandbox()
    sandbox.enter("two")
    transaction = sandbox.begin()
    transaction.put(TABLES[2], Item(1))
    sandbox.commit(transaction, "before the other API was entered")
    sandbox.enter("one")
    sandbox.committed = sandbox.log.state_at(1)
    assert sandbox.begin().next_id(SEEDED) == 4


def test_a_log_forgets_the_oldest_commits_and_not_what_they_did():
    log, state = _counting(5, limit=2)
    assert len(log) == 2
    assert [commit.revision for commit in log] == [4, 5]
    assert log.base.revision == 3
    assert log.state_at(5) == state
    assert len(log.state_at(3).collection(TABLES[0])) == 3


@pytest.mark.parametrize(
    ("revision", "message"), [(2, "no longer held; 3 is"), (6, "yet to come; this is 5")]
)
def test_a_revision_that_is_not_held_is_refused(revision, message):
    log, _ = _counting(5, limit=2)
    with pytest.raises(LookupError, match=message):
        log.state_at(revision)


def test_an_empty_log_holds_its_base_alone():
    log = ChangeLog(State())
    assert (len(log), log.state_at(0)) == (0, State())
    with pytest.raises(LookupError):
        log.state_at(1)


def test_a_commit_between_begin_and_commit_is_an_error_and_changes_nothing():
    sandbox = _sandbox()
    late, early = sandbox.begin(), sandbox.begin()
    late.put(TABLES[0], Item(1))
    early.put(TABLES[0], Item(2))
    sandbox.commit(early, "first")
    with pytest.raises(RuntimeError, match="moved on"):
        sandbox.commit(late, "second")
    assert isinstance(next(iter(sandbox.log)), Commit)
    assert [item.id for item in sandbox.begin().all(TABLES[0])] == [2]
