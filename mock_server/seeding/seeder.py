"""Seed states: the records that an API's personas begin with, made once and shared."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Protocol

from immutables import Map

from mock_server.seeding.catalogue import Catalogue, put_shared_goods
from mock_server.seeding.fake import Fake
from mock_server.seeding.messy import OddValue, make_messy
from mock_server.seeding.odd_values import FIRST_LONG_ID, LONG_IDS, MessyTable
from mock_server.seeding.personas import SHARED, Persona
from mock_server.state.store import State, Transaction
from mock_server.state.variation import AS_THE_PERSONA, Variation

#: So many seed states are kept for sandboxes to come; those in use stay with their sandboxes.
_SEEDS = 16
SeedFunction = Callable[[Transaction, Persona, Fake], None]
_Key = tuple[str, str, int, Variation]


class SeedSource(Protocol):
    """What an API says about its seed records; see `mock_server.engine.api.Api`."""

    @property
    def seed(self) -> SeedFunction:
        """Puts a persona's records into an empty state."""

    @property
    def messy(self) -> Sequence[MessyTable]:
        """The fields that can have odd values."""

    @property
    def catalogue(self) -> Catalogue | None:
        """How it keeps goods that other APIs have too, if it does."""


@dataclass(frozen=True, slots=True)
class Seed:
    """The records that a sandbox begins with, and which of their values are odd."""

    state: State
    odd_values: tuple[OddValue, ...] = ()


class SeedStates:
    """Gives the seed records of (api, persona, seed, variation), made once by `make`.

    It keeps the newest. A state is a value, so sandboxes that start alike share one. Any thread
    may ask.
    """

    def __init__(self, make: Callable[[str, str, int, Variation], Seed]) -> None:
        self._make = make
        self._made: OrderedDict[_Key, Seed] = OrderedDict()
        self._lock = Lock()

    def ready(
        self, api: str, persona: str, seed: int, variation: Variation = AS_THE_PERSONA
    ) -> bool:
        """Say whether they are made already."""
        return (api, persona, seed, variation) in self._made

    def __call__(
        self, api: str, persona: str, seed: int, variation: Variation = AS_THE_PERSONA
    ) -> State:
        """Return the state with nothing but those records."""
        return self.made(api, persona, seed, variation).state

    def made(
        self, api: str, persona: str, seed: int, variation: Variation = AS_THE_PERSONA
    ) -> Seed:
        """Return those records, and which of their values are odd."""
        key = (api, persona, seed, variation)
        made = self._made.get(key)
        if made is None:
            # Without the lock, so that nobody waits who asks for others.
            made = self._make(*key)
        with self._lock:
            made = self._made.setdefault(key, made)
            self._made.move_to_end(key)
            if len(self._made) > _SEEDS:
                self._made.popitem(last=False)
        return made


def make_seeder(sources: Mapping[str, SeedSource], personas: Mapping[str, Persona]) -> SeedStates:
    """Return what gives the records that an API's source makes for a persona and a seed."""

    def make(api: str, name: str, seed: int, variation: Variation) -> Seed:
        persona, source = personas[name], sources[api]
        dimensions = persona.messy if variation.messy is None else variation.messy
        if LONG_IDS in dimensions:
            persona = replace(persona, first_id=max(persona.first_id, FIRST_LONG_ID))
        catalogue = variation.catalogue or persona.catalogue
        transaction, fake = Transaction(State()), Fake(seed)
        if catalogue == SHARED and source.catalogue is not None:
            source.seed(transaction, replace(persona, products=0), fake)
            put_shared_goods(transaction, source.catalogue, persona.products, fake)
        else:
            source.seed(transaction, persona, fake)
        return varied(transaction.state, source, dimensions, seed, variation.only)

    return SeedStates(make)


def varied(
    state: State,
    source: SeedSource,
    dimensions: frozenset[str],
    seed: int,
    only: frozenset[str] | None = None,
) -> Seed:
    """Return a state as a seed: with odd values in some dimensions, and shared by all."""
    odd: tuple[OddValue, ...] = ()
    if dimensions:
        state, odd = make_messy(state, source.messy, dimensions, Fake(seed), only)
    shared = {name: each.shared() for name, each in state.collections.items()}
    return Seed(replace(state, collections=Map(shared)), odd)
