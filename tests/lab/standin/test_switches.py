"""Each switch does what it says, and nothing is wrong without it."""

from __future__ import annotations

import pytest

from lab.standin.switches import StandInDefect, Variation
from tests.lab.standin.contract import spec
from tests.lab.standin.probes import PROBES

SWITCHES = [*StandInDefect, *Variation]
RATE_LIMIT = 20


def sandbox_key_of(value):
    return value.word if isinstance(value, StandInDefect | Variation) else value.__name__


def test_every_switch_has_a_probe():
    assert set(PROBES) == set(SWITCHES)


@pytest.mark.parametrize("probe", dict.fromkeys(PROBES.values()), ids=sandbox_key_of)
def test_the_stand_in_conforms_where_nothing_is_switched_on(standin, probe):
    probe(standin(rate_limit=RATE_LIMIT))


@pytest.mark.parametrize("switch", SWITCHES, ids=sandbox_key_of)
def test_a_switch_changes_what_it_names(standin, switch):
    world = standin(switch, rate_limit=RATE_LIMIT)
    with pytest.raises(AssertionError):
        PROBES[switch](world)


@pytest.mark.parametrize("variation", Variation, ids=sandbox_key_of)
def test_a_variation_changes_nothing_else_of_its_area(standin, variation):
    for switch, probe in PROBES.items():
        if switch.area == variation.area and switch is not variation:
            probe(standin(variation, rate_limit=RATE_LIMIT))


def test_a_switch_bites_in_operations_that_the_spec_has():
    operations = {
        operation["operationId"]
        for item in spec()["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    }
    for switch in SWITCHES:
        assert switch.operations
        assert set(switch.operations) <= operations, switch.word


def test_no_two_switches_are_the_same():
    assert len({each.description for each in SWITCHES}) == len(SWITCHES)
    assert not {each.word for each in StandInDefect} & {each.word for each in Variation}
    assert len(StandInDefect.__members__) == len(StandInDefect)
