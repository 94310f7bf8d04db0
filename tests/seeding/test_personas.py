"""Personas, and the seed states that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from mock_server.app import build_server
from mock_server.data import fixtures_directory
from mock_server.seeding.personas import Persona, PersonaError, load_personas
from mock_server.seeding.seeder import make_seeder
from mock_server.settings import Settings
from mock_server.state.store import Table

PERSONAS = {name: Persona(name, "", products) for name, products in (("few", 2), ("none", 0))}


@dataclass(frozen=True, slots=True)
class Item:
    """A record."""

    id: int
    name: str


ITEMS = Table("toy.items", Item)


def _seed(transaction, persona, fake):
    for _ in range(persona.products):
        number = transaction.next_id(ITEMS)
        name = fake("item", number, "name").product_name()
        transaction.put(ITEMS, Item(number, name))


TOY = SimpleNamespace(seed=_seed, messy=())


@pytest.fixture
def seeder():
    return make_seeder({"toy": TOY}, PERSONAS)


def test_the_shipped_personas_are_those_that_are_promised():
    personas = load_personas(fixtures_directory() / "personas.yaml")
    assert {name: persona.products for name, persona in personas.items()} == {
        "empty": 0,
        "typical": 60,
        "long_ids": 60,
        "large": 10_000,
        "messy": 60,
    }
    assert all(persona.description for persona in personas.values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "empty:",
        "empty: {products: 1}",
        "empty: {description: x, products: many}",
        "a: [",
    ],
)
def test_a_file_of_no_personas_is_refused_in_one_line_with_its_path(tmp_path, text):
    path = tmp_path / "personas.yaml"
    path.write_text(text)
    with pytest.raises(PersonaError, match=r"personas\.yaml: ") as caught:
        load_personas(path)
    assert "\n" not in str(caught.value)


def test_a_server_refuses_a_persona_that_is_not_there():
    with pytest.raises(PersonaError, match="no persona 'huge'; there are empty, large"):
        build_server(settings=Settings(persona="huge"), vendors=[])


def test_a_persona_says_how_much_there_is(seeder):
    assert len(seeder("toy", "few", 0).collection(ITEMS)) == 2
    assert len(seeder("toy", "none", 0).collection(ITEMS)) == 0


def test_a_seed_state_is_made_once_and_shared(seeder):
    assert seeder("toy", "few", 0) is seeder("toy", "few", 0)
    assert seeder("toy", "few", 0) is not seeder("toy", "few", 1)


def test_the_same_seed_makes_the_same_records_and_another_makes_others(seeder):
    again = make_seeder({"toy": TOY}, PERSONAS)
    assert seeder("toy", "few", 0) == again("toy", "few", 0)
    assert seeder("toy", "few", 0) != seeder("toy", "few", 1)
