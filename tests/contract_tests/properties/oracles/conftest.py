"""What tests of oracles work with."""

from __future__ import annotations

from random import Random

import pytest

from contract_tests.properties.actions import Actions
from contract_tests.target.run_tag import RunTag
from contract_tests.target.session import Session
from tests.contract_tests.toy.lifecycle import LIFECYCLE
from tests.contract_tests.toy.target import toy_target


@pytest.fixture
def world():
    """A world on a toy that conforms."""
    session = Session(toy_target(), LIFECYCLE, RunTag("w"))
    yield Actions(session, Random(1))
    session.close()
