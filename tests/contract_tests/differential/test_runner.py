"""Two targets that answer alike show no difference, others show theirs, with whose fault it is."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import date

import pytest

from contract_tests.differential.runner import Sides, run_differential
from contract_tests.differential.waivers import Waiver
from contract_tests.target.mock import mock_target
from lab.standin.switches import StandInDefect
from tests.contract_tests.differential.targets import EMPTY, TODAY, changed, standin, twisted

#: Properties whose sequences show what is put in below; a new property must not move them.
SHOWING = (
    "unknown_is_not_read",
    "credential_is_required",
    "sorts_are_ordered",
    "stock_is_conserved",
    "read_after_create",
    "gone_after_removal",
    "removed_stays_removed",
    "new_record_on_one_page",
)


def compare(left, right, *, seed=1, cases=16, waivers=(), only=SHOWING):
    return run_differential(
        Sides(left, right), today=TODAY, seed=seed, cases=cases, waivers=waivers, only=only
    )


def verdicts(run):
    return {(each.check, each.operation, each.subject) for each in run.findings}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("api", ["built", "cliniko", "exsited", "skhokho"])
def test_a_mock_does_not_differ_from_itself_with_other_records(api, seed):
    run = compare(mock_target(api, EMPTY), mock_target(api), seed=seed, cases=16)
    assert [(each.operation, each.message) for each in run.findings] == []
    assert run.requests > 200
    assert any(line.startswith("not compared: ") for line in run.skipped)


def test_a_real_one_that_breaks_the_spec_is_at_fault():
    real = twisted(changed("GET", "/products/[0-9]+", lambda body: body.update(name=7)))
    run = compare(mock_target("cliniko", EMPTY), real)
    assert ("difference: real", "GET /products/{id}", "/body/name") in verdicts(run)
    assert all("POST" not in each.operation for each in run.findings)


def test_a_mock_that_breaks_the_spec_is_at_fault():
    mock = twisted(changed("GET", "/products/[0-9]+", lambda body: body.update(name=7)))
    run = compare(mock, mock_target("cliniko"))
    assert ("difference: mock", "GET /products/{id}", "/body/name") in verdicts(run)
    shown = next(each.evidence for each in run.findings if each.subject == "/body/name")
    assert shown.expected.startswith("/body/name: '")
    assert shown.actual.startswith("/body/name: 7; ")
    assert json.loads(shown.response_body)["name"] == 7
    assert shown.curl.startswith("curl ")
    assert shown.curl.endswith(f" {shown.url}")


def test_what_the_spec_leaves_open_is_nobodys_fault():
    def after(message):
        if message.is_for("GET", "/products/[0-9]+") and message.status == 200:
            body = json.loads(message.body)
            message.body = json.dumps(body | {"extra": 1}).encode()

    run = compare(mock_target("cliniko", EMPTY), twisted(after))
    assert verdicts(run) == {("difference: spec", "GET /products/{id}", "/body/extra")}


def test_a_mock_that_only_guesses_is_at_fault():
    def after(message):
        if message.is_for(message.method, "/products/[0-9]+.*") and message.status == 404:
            message.body = b'{"message": "gone"}'

    unread = ("unknown_is_not_read",)
    run = compare(mock_target("cliniko", EMPTY), twisted(after), only=unread)
    assert {(each.check, each.subject) for each in run.findings} == {
        ("difference: mock", "/body/message")
    }


def test_what_differs_from_itself_is_noise_and_told():
    numbers = itertools.count()
    real = twisted(
        changed("GET", "/products/[0-9]+", lambda body: body.update(extra=next(numbers)))
    )
    run = compare(mock_target("cliniko", EMPTY), real)
    assert run.findings == []
    assert "noise: getProduct /body/extra" in run.skipped


def test_a_waiver_lets_a_difference_be_until_it_expires():
    real = twisted(changed("GET", "/products/[0-9]+", lambda body: body.update(extra=1)))
    mock = mock_target("cliniko", EMPTY)
    waiver = Waiver("getProduct", "/body/extra", "ticket 7", TODAY)
    unused = Waiver("getTax", "/body/extra", "ticket 8", TODAY)
    run = compare(mock, real, waivers=[waiver, unused])
    assert run.findings == []
    assert "waived: getProduct /body/extra (ticket 7)" in run.skipped
    assert "waiver of getTax /body/extra was not needed" in run.skipped
    expired = replace(waiver, expires=date(2026, 11, 20))
    assert len(compare(mock, real, waivers=[expired]).findings) == 1


@pytest.mark.parametrize("products", [0, 60])
def test_the_stand_in_does_not_differ(products):
    run = compare(mock_target("cliniko", EMPTY), standin(products=products))
    assert [each.message for each in run.findings] == []


@pytest.mark.parametrize(
    ("switch", "name", "operation", "pointer"),
    [
        (StandInDefect.IDS_AS_NUMBERS, SHOWING[4], "GET /products/{id}", "/body/id"),
        (StandInDefect.TAXES_WITHOUT_KEY, SHOWING[1], "GET /taxes", "/status"),
        (
            StandInDefect.NOT_FOUND_AS_PAGE,
            SHOWING[0],
            "GET /products/{id}",
            "/headers/content-type",
        ),
        (StandInDefect.STOCK_ADJUSTED_TWICE, SHOWING[3], "GET /products/{id}", "/body/stock_level"),
    ],
    ids=lambda value: value.word if hasattr(value, "word") else None,
)
def test_what_is_put_into_the_stand_in_is_found_where_it_is(switch, name, operation, pointer):
    run = compare(mock_target("cliniko", EMPTY), standin(switch), cases=30, only=(name,))
    assert ("difference: real", operation, pointer) in verdicts(run)


def test_the_same_seed_finds_the_same():
    wrong = StandInDefect.STOCK_ADJUSTED_TWICE
    runs = [compare(mock_target("cliniko", EMPTY), standin(wrong), cases=12) for _ in range(2)]
    assert runs[0].findings
    assert [each.operation for each in runs[0].findings] == [
        each.operation for each in runs[1].findings
    ]
    assert runs[0].requests == runs[1].requests
