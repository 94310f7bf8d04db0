"""A form is judged by the text that is sent."""

from __future__ import annotations

import pytest

from contract_tests.forms import Forms
from mock_server.engine.spec import SpecIndex

SCHEMA = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "maxLength": 5},
        "file": {"type": "string", "format": "binary"},
    },
}


class FileLike(str):
    """Stands for a file, as Schemathesis' own strings do."""

    __slots__ = ("data",)


@pytest.fixture(scope="module")
def forms() -> Forms:
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
    return Forms(SpecIndex("toy", document))


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
def test_values_count_as_their_text(forms, body, valid):
    assert forms.valid_as_sent("take", "multipart/form-data", body) is valid


def test_json_is_not_a_form(forms):
    assert not forms.valid_as_sent("take", "application/json", {"text": None})
    assert not forms.valid_as_sent("take", None, {"text": None})
