"""Python's garbage collector does not look at everything while a server works."""

from __future__ import annotations

import gc

import pytest

from mock_server.engine import collector


@pytest.fixture
def charge(monkeypatch):
    """The collector in the hands of a server, and as it was afterwards."""
    monkeypatch.setattr(collector, "_COLLECTOR", collector._Collector())
    yield collector._COLLECTOR
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("charge")
def test_it_is_left_alone_until_a_server_takes_charge():
    with collector.undisturbed():
        assert gc.isenabled()


def test_it_waits_until_all_work_is_done(charge):
    charge.in_charge = True
    with collector.undisturbed():
        with collector.undisturbed():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_many_records_are_not_looked_at_again_and_freed_all_the_same(charge):
    charge.in_charge = True
    with collector.undisturbed():
        records = [[] for _ in range(2 * collector._MANY)]
    assert gc.get_freeze_count() > len(records)
    before = gc.get_freeze_count()
    del records
    assert before - gc.get_freeze_count() >= 2 * collector._MANY
