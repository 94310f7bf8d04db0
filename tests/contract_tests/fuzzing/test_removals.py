"""Archiving is told from deleting."""

from __future__ import annotations

import pytest

from contract_tests.fuzzing.removals import Removals
from mock_server.discovery import load_vendor


@pytest.fixture
def removals():
    return Removals(load_vendor("cliniko").spec)


@pytest.mark.parametrize("operation", ["archiveProduct", "deleteProduct"])
def test_a_record_is_archived_by_what_the_spec_marks(removals, operation):
    removals.note(operation, {"id": "7"}, 204)
    assert removals.archived({"id": 7})
    assert not removals.archived({"id": "8"})


def test_a_refusal_and_any_other_operation_archive_nothing(removals):
    removals.note("archiveProduct", {"id": "7"}, 404)
    removals.note("updateProduct", {"id": "7"}, 200)
    assert not removals.archived({"id": "7"})


def test_archived_records_are_shown_where_the_spec_marks_a_parameter_or_the_operation(removals):
    assert removals.shows_archived("getProduct", {"q[]": ["archived_at:*"]})
    assert not removals.shows_archived("getProduct", {})
    assert not removals.shows_archived("getProduct", None)
    assert not removals.shows_archived("getTax", {"q[]": ["id:=1"]})
    assert removals.shows_archived("getProductSupplier", None)
