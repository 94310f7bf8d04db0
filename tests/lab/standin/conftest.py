"""The stand-in in process, with a clock that a test moves."""

from __future__ import annotations

import pytest

from tests.lab.standin.world import World


@pytest.fixture
def standin():
    """A function (*switches, **options) → a world with a fresh stand-in."""
    worlds = []

    def build(*switches, **options):
        worlds.append(World(*switches, **options))
        return worlds[-1]

    yield build
    for world in worlds:
        world.close()


@pytest.fixture
def world(standin):
    """A conforming stand-in whose every answer is held to the spec."""
    return standin()
