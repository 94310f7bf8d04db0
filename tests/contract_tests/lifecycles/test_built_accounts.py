"""What differs in Built Africa because each account counts its items for itself."""

from __future__ import annotations

from random import Random

from contract_tests.properties.actions import Actions
from contract_tests.properties.run import Plan, run_properties
from contract_tests.target.session import Session
from lab.mutation.test_bed import TestBed
from mock_server.apis.built.lifecycle import LIFECYCLE

STOCKED, SERVICE = LIFECYCLE.resource("stocked item"), LIFECYCLE.resource("service")
PRIVATE = "listed_records_are_private"


def test_an_item_of_ones_own_of_another_list_is_not_the_others():
    target = TestBed("built").target()
    session = Session(target, LIFECYCLE)
    world = Actions(session, Random(1))
    mine, theirs = world.create(STOCKED), world.create(SERVICE, account="other")
    session.close()
    assert mine.id == theirs.id
    assert run_properties(target, plan=Plan(writes=False, only=(PRIVATE,))).findings == []
