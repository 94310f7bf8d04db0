"""What the documents leave open is asked of both sides, and each variation is told."""

from __future__ import annotations

import pytest

from contract_tests.differential.questions import questions
from contract_tests.differential.runner import Sides, run_differential
from contract_tests.target.mock import mock_target
from lab.standin.switches import Variation
from mock_server.discovery import load_lifecycle, load_vendor
from tests.contract_tests.differential.targets import EMPTY, TODAY, standin

ORDER = "where a sorted list has records with equal or missing values"
LETTERS = "whether capital and small letters are the same to a filter"
AGAIN = "how a record is removed again, and changed after that"
TOLD = {
    Variation.OTHER_NOT_FOUND_TEXT: (AGAIN, "mock", "GET /products/{id}", "/body/message"),
    Variation.PAST_THE_END_IS_LAST_PAGE: (
        "what a page past the end shows", "spec", "GET /products", "/body/products/length"
    ),
    Variation.TIES_NEWEST_FIRST: (ORDER, "spec", "GET /products", "/body/products/order"),
    Variation.NULLS_FIRST: (ORDER, "spec", "GET /products", "/body/products/order"),
    Variation.CONTAINS_HEEDS_CASE: (LETTERS, "spec", "GET /products", "/body/products/length"),
    Variation.TEXT_IGNORES_CASE: (LETTERS, "spec", "GET /products", "/body/products/length"),
    Variation.ARCHIVE_TWICE: (AGAIN, "mock", "POST /products/{id}/archive", "/status"),
    Variation.ARCHIVED_STILL_CHANGED: (AGAIN, "mock", "PATCH /products/{id}", "/status"),
    Variation.EMPTY_TEXT_AS_NULL: (
        "what becomes of texts that are empty", "spec", "GET /products/{id}", "/body/notes"
    ),
    Variation.NULL_PRICE_AS_ZERO: (
        "what becomes of texts that are empty", "spec", "GET /products/{id}", "/body/price_ex_tax"
    ),
}  # fmt: skip


def compare(right, *only):
    """Ask the questions alone."""
    sides = Sides(mock_target("cliniko", EMPTY), right)
    return run_differential(sides, today=TODAY, cases=0, only=only)


def test_every_variation_of_the_stand_in_is_told_of_here():
    assert set(TOLD) == set(Variation)


@pytest.mark.parametrize("variation", Variation, ids=lambda each: each.word)
def test_a_variation_is_told_where_it_is_and_is_nobodys_bug(variation):
    question, verdict, operation, pointer = TOLD[variation]
    run = compare(standin(variation, products=5), question)
    assert (f"difference: {verdict}", operation, pointer) in {
        (each.check, each.operation, each.subject) for each in run.findings
    }
    assert not [each for each in run.findings if each.check == "difference: real"]


def test_without_a_variation_nothing_is_told():
    run = compare(standin())
    assert [each.message for each in run.findings] == []
    assert run.requests > 100


@pytest.mark.parametrize("api", ["built", "cliniko", "exsited", "skhokho"])
def test_each_api_has_questions(api):
    asked = {name for name, _ in questions(load_lifecycle(load_vendor(api)))}
    assert {ORDER, AGAIN} <= asked
