"""Seed states: the records that an API's personas begin with, made once and shared."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock

from immutables import Map

from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.state.store import State, Transaction

#: So many seed states are kept for sandboxes to come; those in use stay with their sandboxes.
_SEEDS = 16
SeedFunction = Callable[[Transaction, Persona, Fake], None]


class SeedStates:
    """Gives the seed records of (api, persona, seed), made once by `make`, and keeps the newest.

    A state is a value, so sandboxes that start alike share one. Any thread may ask.
    """

    def __init__(self, make: Callable[[str, str, int], State]) -> None:
        self._make = make
        self._made: OrderedDict[tuple[str, str, int], State] = OrderedDict()
        self._lock = Lock()

    def ready(self, api: str, persona: str, seed: int) -> bool:
        """Say whether they are made already."""
        return (api, persona, seed) in self._made

    def __call__(self, api: str, persona: str, seed: int) -> State:
        """Return the state with nothing but those records."""
        key = (api, persona, seed)
        state = self._made.get(key)
        if state is None:
            # Without the lock, so that nobody waits who asks for others.
            state = self._make(*key)
        with self._lock:
            state = self._made.setdefault(key, state)
            self._made.move_to_end(key)
            if len(self._made) > _SEEDS:
                self._made.popitem(last=False)
        return state


def make_seeder(
    seed_functions: Mapping[str, SeedFunction], personas: Mapping[str, Persona]
) -> SeedStates:
    """Return what gives the records that an API's function seeds for a persona and a seed."""

    def make(api: str, persona: str, seed: int) -> State:
        transaction = Transaction(State())
        seed_functions[api](transaction, personas[persona], Fake(seed))
        made = transaction.state
        shared = {name: each.shared() for name, each in made.collections.items()}
        return State(Map(shared), made.sequences)

    return SeedStates(make)
