"""Personas, and the seed states that are made of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import SimpleNamespace

import jsonschema_rs
import pytest
import yaml

from mock_server.app import build_server
from mock_server.cli import main
from mock_server.cli.serve import first_persona
from mock_server.control.persona_files import load_personas
from mock_server.data import fixtures_directory
from mock_server.seeding.personas import Persona, PersonaError
from mock_server.seeding.seeder import make_seeder
from mock_server.settings import Settings
from mock_server.state.sandbox import SandboxName
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


TOY = SimpleNamespace(seed=_seed, messy=(), catalogue=None)


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
        "shared": 60,
        "huge": 100_000,
    }
    assert all(persona.description for persona in personas.values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "empty:",
        "empty: {products: 1}",
        "empty: {description: x, products: 100001}",
        "Empty: {description: x, products: 1}",
        "empty: {description: x, products: many}",
        "a: [",
    ],
)
def test_a_file_of_no_personas_is_refused_in_one_line_with_its_path(tmp_path, text):
    path = tmp_path / "personas.yaml"
    path.write_text(text)
    with pytest.raises(PersonaError, match=r"personas\.yaml:1: ") as caught:
        load_personas(path)
    assert "\n" not in str(caught.value)


def test_every_mistake_of_a_file_is_named_with_its_line(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "shop:\n  description: x\n  product: 5\n  products: -1\n"
        "other:\n  description: ''\n  products: 1\n  messy: [emoji, emojis]\n  catalogue: some\n"
    )
    with pytest.raises(PersonaError) as caught:
        load_personas(path)
    lines = [line.partition("mine.yaml:")[2] for line in str(caught.value).splitlines()]
    assert [line.split(": ")[:2] for line in lines] == [
        ["3", "/shop/product"],
        ["4", "/shop/products"],
        ["6", "/other/description"],
        ["8", "/other/messy"],
        ["9", "/other/catalogue"],
    ]
    assert "did you mean products?" in lines[0]
    assert "'emojis' is no dimension of messy data; did you mean emoji?" in lines[3]


def test_editors_get_a_schema_that_takes_the_shipped_personas_and_refuses_what_we_refuse():
    folder = fixtures_directory()
    validator = jsonschema_rs.validator_for(
        json.loads((folder / "personas.schema.json").read_text(encoding="utf-8"))
    )
    shipped = yaml.safe_load((folder / "personas.yaml").read_text(encoding="utf-8"))
    assert validator.is_valid(shipped)
    for wrong in ({"products": -1}, {"product": 5}, {"messy": ["emojis"]}, {"catalogue": "some"}):
        assert not validator.is_valid({"shop": {"description": "x", "products": 1} | wrong})


def test_a_file_adds_its_personas_and_the_first_is_the_default(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text("corner:\n  description: a shop\n  products: 7\n  messy: [emoji]\n")
    given = {"persona": None, "persona_file": path}
    server = build_server(["cliniko"], Settings(persona="corner", persona_file=path))
    assert server.control_context.personas.keys() > {"corner", "typical"}
    assert first_persona(given["persona_file"]) == "corner"
    sandbox = server.sandboxes.open(SandboxName("test", "corner"))
    sandbox.enter("cliniko")
    assert len(sandbox.state.collections["cliniko.products"]) == 7
    assert {odd.dimension for odd in sandbox.odd_values("cliniko")} == {"emoji"}
    path.write_text("corner: {}")
    assert main(["serve", "--persona-file", str(path)]) == 2
    assert "mine.yaml:1: /corner/description: is missing" in capsys.readouterr().err


def test_a_server_refuses_a_persona_that_is_not_there():
    with pytest.raises(PersonaError, match="no persona 'immense'"):
        build_server(settings=Settings(persona="immense"), vendors=[])


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
