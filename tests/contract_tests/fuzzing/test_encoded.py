"""Strings that carry JSON are generated and filled by what they carry."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contract_tests.fuzzing.existing_ids import ExistingIds
from contract_tests.fuzzing.formats import with_formats
from contract_tests.target.mock import mock_target
from mock_server.openapi.document import SpecIndex

CARRIED = {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}}


@pytest.fixture
def document() -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {"title": "Toy", "version": "1"},
        "servers": [{"url": "https://toy.test"}],
        "paths": {},
        "components": {
            "schemas": {
                "Entry": {
                    "type": "object",
                    "properties": {"note": {"type": "string", "nullable": True}},
                },
                "Import": {
                    "type": "object",
                    "properties": {
                        "items": {"type": "string", "minLength": 2, "x-encoded-schema": CARRIED},
                        "other": {"type": "string"},
                    },
                },
            }
        },
    }


def test_such_a_string_gets_a_format_that_is_taught_what_it_carries(document):
    taught = {}
    changed = with_formats(document, SpecIndex("toy", document), taught.__setitem__)
    properties = changed["components"]["schemas"]["Import"]["properties"]
    assert properties["other"] == {"type": "string"}
    assert "minLength" not in properties["items"]
    assert taught == {
        properties["items"]["format"]: {
            "type": "array",
            "items": {"type": "object", "properties": {"note": {"type": ["string", "null"]}}},
        }
    }
    assert "format" not in document["components"]["schemas"]["Import"]["properties"]["items"]


def test_equal_contents_share_a_format(document):
    taught: list[str] = []
    for _ in range(2):
        with_formats(document, SpecIndex("toy", document), lambda name, _: taught.append(name))
    assert taught[0] == taught[1]


def test_references_inside_are_filled_with_existing_values():
    references = ExistingIds(mock_target("built"))
    try:
        body = {"items": json.dumps([{"name": "x", "category_id": 987654}])}
        filled = json.loads(references.fill("createItemsInBulk", body)["items"])
        assert filled[0]["name"] == "x"
        assert 1 <= filled[0]["category_id"] <= 10
        for text in ("[", "no JSON", '"text"'):
            assert references.fill("createItemsInBulk", {"items": text}) == {"items": text}
    finally:
        references.close()
