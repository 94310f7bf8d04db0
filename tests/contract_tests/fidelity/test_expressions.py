"""The expressions of a rule file."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract_tests.fidelity.expressions import (
    Expression,
    InvalidExpression,
    NotShown,
    UndefinedValue,
    filled,
)

NAMES = {
    "it": {"status": 200, "body": {"items": [{"id": 1}, {"id": 2}], "price": Decimal("65.38")}},
    "wanted": 2,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("it.body.price == 65.38", True),
        ("it.body['items'][-1].id == wanted", True),
        ("1 < wanted <= 2 and not wanted > 2", True),
        ("[each.id for each in it.body.items if each.id > 1]", [2]),
        ("every(each.id > 0 for each in it.body.items)", True),
        ("any(each.id > 2 for each in it.body.items)", False),
        ("{'a': 1} == {'a': True}", False),
        ("number('1,634.50') - 0.5 == 1634", True),
        ("query('https://a.example/x?page=2&q%5B%5D=a')['q[]']", "a"),
        ("'b' if wanted == 1 else 'c'.upper()", "C"),
        ("len(set(each.id for each in it.body.items))", 2),
        ("matches('a\\nb', r'a.b')", True),
    ],
)
def test_an_expression_is_worth_what_python_makes_of_it(text, value):
    assert Expression(text).value(NAMES) == value


@pytest.mark.parametrize(
    "text", ["it.", "lambda: 1", "x := 1", "f'{wanted}'", "await it", "[*wanted]", "import os"]
)
def test_what_is_no_expression_is_refused_when_it_is_read(text):
    with pytest.raises(InvalidExpression):
        Expression(text)


@pytest.mark.parametrize(
    "text", ["nobody", "it.missing", "it.body.items[7]", "open('x')", "it.status.real", "''.join"]
)
def test_what_is_not_there_is_missing(text):
    with pytest.raises(UndefinedValue):
        Expression(text).value(NAMES)


def test_a_comparison_that_does_not_hold_shows_both_sides():
    assert Expression("wanted == it.status").problem(NAMES) == "wanted == it.status: 2, 200"


def test_every_shows_the_member_that_does_not_hold():
    problem = Expression("every(each.id < 2 for each in it.body.items)").problem(NAMES)
    assert problem.endswith('each = {"id":2}')


def test_every_of_nothing_shows_nothing():
    with pytest.raises(NotShown):
        Expression("every(each for each in [])").value(NAMES)


def test_a_text_that_is_one_expression_becomes_its_value():
    sent = {"id": "${wanted}", "name": "no ${wanted}", "all": ["${{'a': wanted}}", 0.1]}
    assert filled(sent, NAMES) == {"id": 2, "name": "no 2", "all": [{"a": 2}, Decimal("0.1")]}
