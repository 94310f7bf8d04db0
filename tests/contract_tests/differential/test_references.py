"""What was there before on each side is taken from each side, and what ends early is told."""

from __future__ import annotations

import httpx

from contract_tests.differential.runner import Sides, run_differential
from contract_tests.target.mock import mock_target
from tests.contract_tests.differential.targets import EMPTY, TODAY, OtherTaxes, changed, twisted

REFERRING = ("derived_values_follow_writes",)


def compare(right, only, cases=8, left=EMPTY):
    sides = Sides(mock_target("cliniko", left), right)
    return run_differential(sides, today=TODAY, cases=cases, only=only)


def told(run):
    return [each.message for each in run.findings]


def test_a_number_of_one_kind_is_not_taken_for_that_of_another():
    """A product and the supplier that it links to have the same number on the left side."""
    run = compare(mock_target("cliniko"), ("stock_is_conserved",), cases=60)
    assert told(run) == []


def test_a_reference_is_to_what_the_other_side_lists():
    right = OtherTaxes()
    assert told(compare(right.target, REFERRING, left="test")) == []
    assert len(right.sent) > 5
    assert all(int(tax) > 500 for tax in right.sent)


def test_where_nothing_alike_is_listed_the_rest_is_left_out_and_that_is_told():
    def other_rates(body):
        for tax in body["taxes"]:
            tax["rate"] = "77.5"

    run = compare(twisted(changed("GET", "/taxes", other_rates)), REFERRING, left="test")
    assert told(run) == []
    assert "ended early: listTaxes shows none like the left one's" in run.skipped


def test_what_cannot_be_asked_of_the_other_side_is_told():
    """The left side's suppliers are none of the right one's, so there is nothing to read again."""
    run = compare(mock_target("cliniko", EMPTY), ("reads_have_no_side_effect",), 20, "test")
    assert told(run) == []
    assert "ended early: getProductSupplier gave nothing at /id, which a later call takes" in (
        run.skipped
    )


def test_a_call_that_is_not_answered_is_a_difference():
    def lost(message):
        if message.is_for("POST", "/archive"):
            raise httpx.ReadTimeout("nothing came")

    run = compare(twisted(lost), ("gone_after_removal",))
    (finding, *_) = run.findings
    assert (finding.check, finding.operation) == ("difference: real", "POST /products/{id}/archive")
    assert "204 here, 'no answer: ReadTimeout' there" in finding.message


def test_an_answer_without_what_a_later_call_takes_is_a_difference():
    def without(body):
        body.pop("id")

    run = compare(twisted(changed("POST", "/products", without)), REFERRING)
    assert ("difference: real", "POST /products", "/body/id") in {
        (each.check, each.operation, each.subject) for each in run.findings
    }


def test_nonsense_ends_no_comparison():
    def nonsense(body):
        body["products"] = 7
        body["links"] = "none"

    run = compare(twisted(changed("GET", "/products", nonsense)), ("listed_after_create",))
    assert ("difference: real", "/body/products") in {
        (each.check, each.subject) for each in run.findings
    }
