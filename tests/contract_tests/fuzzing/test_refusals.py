"""Which refusals are no findings."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from schemathesis.openapi.checks import UseAfterFree

from contract_tests.fuzzing.false_positives import overrule
from contract_tests.fuzzing.refusals import Refusals
from contract_tests.fuzzing.removals import Removals
from mock_server.discovery import load_vendor


@pytest.fixture(scope="module")
def refusals() -> Refusals:
    return Refusals(load_vendor("built").spec)


@pytest.mark.parametrize("operation", ["getItem", "updateItem", "deleteItem", "listStockHistory"])
def test_a_marked_status_says_that_a_record_is_not_there(refusals, operation):
    assert refusals.say_not_found(operation, 302)
    assert not refusals.say_not_found(operation, 200)


def test_a_status_that_is_not_marked_says_nothing_of_the_kind(refusals):
    assert not refusals.say_not_found("createItem", 302)
    assert not refusals.say_not_found("listItems", 302)


@pytest.mark.parametrize(
    ("content", "depends"),
    [
        (b'{"errors": [{"field": "refresh_token", "code": "invalid_grant"}]}', True),
        (b'{"errors": [{"field": "grant_type"}, {"field": "refresh_token"}]}', False),
        (b'{"errors": [{"code": "invalid_grant"}]}', False),
        (b'{"errors": []}', False),
    ],
)
def test_a_list_of_refusals_names_its_fields(content, depends):
    refusals = Refusals(load_vendor("exsited").spec)
    assert refusals.depend_on_state("issueToken", 400, content) is depends


@pytest.fixture
def verdict():
    """A function (operationId, status) → whether use after deletion is a finding there."""
    taken = []

    class Schema:
        def hook(self, function):
            taken.append(function)
            return function

    spec = load_vendor("built").spec
    overrule(Schema(), spec, Removals(spec))

    def judge(operation_id, status):
        definition = SimpleNamespace(raw={"operationId": operation_id})
        operation = SimpleNamespace(definition=definition, path=spec.operations[operation_id].path)
        case = SimpleNamespace(operation=operation, query=None)
        failure = UseAfterFree.__new__(UseAfterFree)
        sent = SimpleNamespace(method="GET")
        response = SimpleNamespace(status_code=status, request=sent, headers={})
        return taken[0](None, failure, case, response)

    return judge


def test_a_deleted_record_may_be_missed_with_a_marked_status_and_no_other(verdict):
    assert not verdict("getItem", 302)
    assert verdict("getItem", 200)
    assert verdict("listItems", 302)
