"""Seed states: the records that an API's personas begin with, made once and shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from immutables import Map

from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.state.store import State, Transaction

#: So many seed states are kept for sandboxes to come; those in use stay with their sandboxes.
_SEEDS = 16
SeedFunction = Callable[[Transaction, Persona, Fake], None]


def make_seeder(
    seed_functions: Mapping[str, SeedFunction], personas: Mapping[str, Persona]
) -> Callable[[str, str, int], State]:
    """Return a function (api, persona, seed) → state that holds that API's seed records.

    A state is a value, so sandboxes that start alike share one.
    """

    @lru_cache(maxsize=_SEEDS)
    def seeder(api: str, persona: str, seed: int) -> State:
        transaction = Transaction(State())
        seed_functions[api](transaction, personas[persona], Fake(seed))
        made = transaction.state
        shared = {name: each.shared() for name, each in made.collections.items()}
        return State(Map(shared), made.sequences)

    return seeder
