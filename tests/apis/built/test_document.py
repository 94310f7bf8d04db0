"""The spec says everything that the vendor's document says."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.data import specs_directory
from mock_server.openapi.document import Json, SpecIndex, load_document
from tests.apis.built.comparing import differences, serve
from tests.apis.built.reading import Section, described_fields

HEADINGS = [
    ("Get all products", "GET"),
    ("Get Product Summary", "GET"),
    ("Get Inventory Items", "GET"),
    ("Search Products", "GET"),
    ("Get Invoice Items", "GET"),
    ("Get Bill Items", "GET"),
    ("Get POS Items", "GET"),
    ("Create Products", "POST"),
    ("Create Bulk Products", "POST"),
    ("Get Product Details", "GET"),
    ("Get Product Transactions", "GET"),
    ("Get Stock Adjustment History", "GET"),
    ("Update Product", "POST"),
    ("Archive Product", "POST"),
    ("Delete Product", "DELETE"),
    ("From Production", "POST"),
    ("Get raw materials", "GET"),
    ("Advanced", "POST"),
]


@pytest.fixture(scope="module")
def specification() -> Json:
    return load_document(specs_directory() / "built.yaml")


def test_everything_in_the_document_is_in_the_spec(
    sections: list[Section], specification: Json
) -> None:
    assert differences(sections, specification) == []


def test_the_document_is_read_whole(sections: list[Section]) -> None:
    calls = [(part.heading, part.call.method) for part in sections if part.call]
    assert calls == HEADINGS
    assert sum(part.has_sample for part in sections) == len(HEADINGS) - 2
    assert [part.heading for part in sections if part.empty_answer] == [
        "Delete Product",
        "From Production",
    ]
    assert [part.heading for part in sections if part.addresses and not part.call] == [
        "Print Items List"
    ]


def test_samples_are_read_to_their_last_key(sections: list[Section]) -> None:
    by_heading = {part.heading: part for part in sections}
    assert list(by_heading["Get all products"].sample)[-1] == "total"
    history = by_heading["Get Stock Adjustment History"].sample
    assert history["data"][0]["adjustment_account"]["balance"] == 65.38
    assert by_heading["Get POS Items"].sample["categories"][0]["items"][0]["used"] is False


def test_run_on_descriptions_are_cut_at_their_fields(sections: list[Section]) -> None:
    advanced = next(part for part in sections if part.heading == "Advanced")
    assert advanced.call is not None
    described = described_fields(advanced.prose, list(advanced.call.body))
    assert set(described) == set(advanced.call.body)
    assert described["date"] == "the date the adjustment took place"


def test_every_operation_of_the_spec_stands_in_the_document(
    sections: list[Section], specification: Json
) -> None:
    spec = SpecIndex("built", specification)
    served = {item.operation.id for item in serve(sections, spec) if item.operation}
    assert served == set(spec.operations)


def test_second_addresses_answer_as_the_first_ones(specification: Json) -> None:
    spec = SpecIndex("built", specification)
    alternates = [name for name in spec.operations if name.endswith("Alternate")]
    assert len(alternates) == 4
    for name in alternates:
        first, second = spec.operations[name.removesuffix("Alternate")], spec.operations[name]
        assert second.responses == first.responses
        assert second.parameters == first.parameters
        assert second.request_body == first.request_body


def test_inferences_say_why(specification: Json) -> None:
    marks = list(_marks(specification))
    assert len(marks) > 20
    for mark in marks:
        assert set(mark) == {"basis", "source"}
        assert mark["basis"] in {"documented", "observed", "inferred"}
        assert mark["source"]


def _marks(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        if "x-provenance" in node:
            yield node["x-provenance"]
        for value in node.values():
            yield from _marks(value)
    elif isinstance(node, list):
        for value in node:
            yield from _marks(value)


def _places(specification: Json) -> Iterator[tuple[str, ...]]:
    """What the page alone makes necessary: paths, and every property that a sample has."""
    for path, item in specification["paths"].items():
        for method in item:
            yield ("paths", path, method)
    unseen = {"BulkItem", "ValidationFailure", "Message", "RawMaterial"}
    for name, schema in specification["components"]["schemas"].items():
        for part in (schema, schema.get("items", {}), *schema.get("allOf", [])):
            for field, declared in part.get("properties", {}).items():
                if name not in unseen and field != "track_inventory":
                    assert declared
                    yield ("components", "schemas", name, field)


def _remove(document: Json, place: tuple[str, ...]) -> None:
    if place[0] == "paths":
        del document["paths"][place[1]][place[2]]
        return
    schema = document["components"]["schemas"][place[2]]
    for part in (schema, schema.get("items", {}), *schema.get("allOf", [])):
        if place[3] in part.get("properties", {}):
            del part["properties"][place[3]]
            # `required` without the property would hide nothing: it goes as well.
            part["required"] = [name for name in part.get("required", []) if name != place[3]]


def test_whatever_is_taken_out_of_the_spec_is_missed(
    sections: list[Section], specification: Json
) -> None:
    places = list(_places(specification))
    assert len(places) > 150
    unnoticed = []
    for place in places:
        without = copy.deepcopy(specification)
        _remove(without, place)
        # A pager's rows are declared twice: as objects in the frame, and as what they are.
        if not differences(sections, without, validated=False) and place[2:] != ("Pager", "data"):
            unnoticed.append(place)
    assert unnoticed == []


@pytest.mark.parametrize(
    ("name", "field", "kind"),
    [
        ("ListedItem", "balance", "number"),
        ("ListedItem", "total_debit", "number"),
        ("SavedItem", "balance", "string"),
        ("BookedAdjustment", "amount", "number"),
        ("LedgerAccount", "live_balance", "number"),
    ],
)
def test_money_of_another_type_is_missed(
    sections: list[Section], specification: Json, name: str, field: str, kind: str
) -> None:
    changed = copy.deepcopy(specification)
    schema = changed["components"]["schemas"][name]
    for part in (schema, *schema.get("allOf", [])):
        if field in part.get("properties", {}):
            part["properties"][field] = {"type": kind}
    assert any(f"/{field}: " in line for line in differences(sections, changed, validated=False))
