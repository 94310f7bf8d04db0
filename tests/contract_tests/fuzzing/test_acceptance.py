"""A body is judged by what is taken of it: the text of a form, and what is left when trimmed."""

from __future__ import annotations

import pytest

from contract_tests.fuzzing.acceptance import Acceptance
from mock_server.openapi.document import SpecIndex

SCHEMA = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "maxLength": 5},
        "name": {"type": "string", "maxLength": 5, "x-trimmed": True},
        "file": {"type": "string", "format": "binary"},
    },
}


class FileLike(str):
    """Stands for a file, as Schemathesis' own strings do."""

    __slots__ = ("data",)


@pytest.fixture(scope="module")
def acceptance() -> Acceptance:
    content = {
        media_type: {"schema": SCHEMA} for media_type in ("multipart/form-data", "application/json")
    }
    operation = {
        "operationId": "take",
        "requestBody": {"content": content},
        "responses": {"200": {"description": "any"}},
    }
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Toy", "version": "1"},
        "servers": [{"url": "https://toy.test"}],
        "paths": {"/take": {"post": operation}},
    }
    return Acceptance(SpecIndex("toy", document))


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        ({"text": None}, True),
        ({"text": 12}, True),
        ({"text": True, "file": b"\0"}, True),
        ({"text": "a", "file": FileLike("x")}, True),
        ({"text": 1234567}, False),
        ({"text": {"a": 1}}, False),
        ({}, False),
        ([], False),
    ],
)
def test_values_of_a_form_count_as_their_text(acceptance, body, valid):
    assert acceptance.takes("take", "multipart/form-data", body) is valid


def test_values_of_json_count_as_they_are(acceptance):
    assert not acceptance.takes("take", "application/json", {"text": None})
    assert not acceptance.takes("take", None, {"text": None})


@pytest.mark.parametrize("media_type", ["multipart/form-data", "application/json"])
@pytest.mark.parametrize(
    ("body", "valid"),
    [
        ({"text": "a", "name": "\x85 name \t"}, True),
        ({"text": "a", "name": " names! "}, False),
        ({"text": " a    ", "name": "name"}, False),
    ],
)
def test_spaces_around_a_text_do_not_count_where_they_are_cut_off(
    acceptance, media_type, body, valid
):
    assert acceptance.takes("take", media_type, body) is valid
