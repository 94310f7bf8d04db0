"""A script says where a value comes from, by what it identifies, and can do without some steps."""

from __future__ import annotations

import pytest

from contract_tests.claims import Answers, Lists
from contract_tests.exchange.trace import Call, Trace
from contract_tests.reproduction.kinds import is_word_for, named_in_path
from contract_tests.reproduction.running import MissingValue, run_script
from contract_tests.reproduction.script import script_of
from contract_tests.target.mock import mock_target
from contract_tests.target.session import Session
from mock_server.discovery import load_lifecycle, load_vendor
from mock_server.lifecycle.model import Parts
from tests.contract_tests.differential.answers import exchange, trace

CLINIKO = load_lifecycle(load_vendor("cliniko"))


def made(number, **more):
    return exchange({"id": number}, operation="createProduct", url="/products", **more)


def calls(*exchanges):
    """The calls of the script of some exchanges."""
    script = script_of(trace(*exchanges), Answers(0), CLINIKO)
    return [step.call.parts for step in script.steps]


def test_a_number_stands_for_a_record_of_the_kind_that_a_path_names_alone():
    _, product, supplier = calls(
        made("33"),
        exchange({}, operation="getProduct", path={"id": "33"}),
        exchange({}, operation="getProductSupplier", path={"id": "33"}),
    )
    assert product.path == {"id": "{{0/id}}"}
    assert supplier.path == {"id": "33"}


def test_in_a_body_the_propertys_name_says_what_a_number_identifies():
    _, moved, changed = calls(
        made("33"),
        exchange({}, operation="createStockAdjustment", body={"product_id": "33", "quantity": 33}),
        exchange({}, operation="updateProduct", path={"id": "33"}, body={"tax_id": "33"}),
    )
    assert moved.body == {"product_id": "{{#0/id}}", "quantity": 33}
    assert changed.body == {"tax_id": "33"}


@pytest.mark.parametrize(
    ("operation", "query", "named"),
    [
        ("listProducts", "id:=33,7", "id:={{0/id}},7"),
        ("listStockAdjustments", "product_id:=33", "product_id:={{0/id}}"),
        ("listStockAdjustments", "id:>=33", "id:>=33"),
        ("listProducts", "tax_id:=33", "tax_id:=33"),
        ("listProducts", "name:=33", "name:=33"),
    ],
)
def test_in_a_query_the_field_says_what_a_number_identifies(operation, query, named):
    _, listed = calls(made("33"), exchange({}, operation=operation, query=(("q[]", query),)))
    assert listed.query == (("q[]", named),)


def test_a_page_is_no_record():
    _, listed = calls(made("33"), exchange({}, operation="listProducts", query=(("page", "33"),)))
    assert listed.query == (("page", "33"),)


def test_a_path_names_what_the_lifecycle_says():
    assert named_in_path(CLINIKO, "archiveProduct", "id") == {"products"}
    assert named_in_path(CLINIKO, "getTax", "id") == {"taxes"}
    assert named_in_path(CLINIKO, "getTax", "other") == set()


@pytest.mark.parametrize(
    ("word", "kind", "fits"),
    [
        ("tax", "taxes", True),
        ("product", "products", True),
        ("category", "categories", True),
        ("item", "stocked item", True),
        ("account", "purchase_account", True),
        ("product", "product_suppliers", False),
        ("tax", "products", False),
    ],
)
def test_a_word_names_a_kind_in_the_singular(word, kind, fits):
    assert is_word_for(word, kind) is fits


def script_of_three():
    """A product, another one, and a read of the second."""
    read = exchange({}, operation="getProduct", path={"id": "34"})
    return script_of(trace(made("33"), made("34"), read), Answers(2), CLINIKO)


def test_without_a_step_the_others_are_counted_anew():
    shorter = script_of_three().without(0)
    assert [step.call.operation for step in shorter.steps] == ["createProduct", "getProduct"]
    assert shorter.steps[1].call.parts.path == {"id": "{{0/id}}"}
    assert shorter.claim == Answers(1)


@pytest.mark.parametrize("number", [1, 2])
def test_a_step_that_another_one_or_the_claim_needs_stays(number):
    assert script_of_three().without(number) is None


def test_a_step_that_the_claims_values_need_stays():
    listed = exchange({"products": []}, operation="listProducts")
    claim = Lists((1,), "products", "listProducts", "33")
    script = script_of(trace(made("33"), listed), claim, CLINIKO)
    assert script.claim.id == "{{0/id}}"
    assert script.without(0) is None


def test_what_no_answer_gives_is_told_with_its_place():
    script = script_of_three()
    target = mock_target("cliniko")
    session = Session(target, CLINIKO)
    sent = Trace()
    with pytest.raises(MissingValue, match="createProduct gave nothing at /id") as lacking:
        run_script(script, session, sent)
    session.close()
    assert (lacking.value.step, lacking.value.pointer) == (1, "/id")
    # Nobody sent a body, so nothing was made.
    assert [each.answer.status for each in sent] == [400, 400]
    assert sent[0].call == Call("createProduct", Parts())
