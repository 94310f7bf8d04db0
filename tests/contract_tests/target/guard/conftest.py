"""A service, and a guard to put before it."""

from __future__ import annotations

import pytest

from tests.contract_tests.target.guard.guarding import Service, standing_before


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def behind(service):
    return standing_before(service)
