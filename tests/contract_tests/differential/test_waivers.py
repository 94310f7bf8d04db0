"""Waivers let a difference be for a while, with a reason."""

from __future__ import annotations

from datetime import date

import pytest

from contract_tests.differential.waivers import WaiversError, read_waivers, waived

WAIVER = """
- operation: getTax
  pointer: /body/amount
  reason: ticket 7
  expires: 2027-01-31
"""


@pytest.fixture
def read(tmp_path):
    """A function (text) → the waivers of a file with it."""

    def read(text):
        file = tmp_path / "waivers.yaml"
        file.write_text(text, encoding="utf-8")
        return read_waivers(file)

    return read


@pytest.mark.parametrize(
    ("operation", "pointer", "verdict", "day", "covered"),
    [
        ("getTax", "/body/amount", "spec", date(2027, 1, 31), True),
        ("getTax", "/body/amount", "spec", date(2027, 2, 1), False),
        ("getTax", "/body/name", "spec", date(2027, 1, 31), False),
        ("listTaxes", "/body/amount", "spec", date(2027, 1, 31), False),
    ],
)
def test_a_waiver_covers_its_place_until_its_day(read, operation, pointer, verdict, day, covered):
    waivers = read(WAIVER)
    assert (waived(waivers, operation, pointer, verdict, day) is not None) is covered


def test_a_waiver_may_be_of_any_place_and_of_one_verdict_alone(read):
    waivers = read(WAIVER.replace("getTax", "'*'").replace("/body/amount", "'*'\n  verdict: mock"))
    day = date(2026, 1, 1)
    assert waived(waivers, "listTaxes", "/status", "mock", day) is waivers[0]
    assert waived(waivers, "listTaxes", "/status", "real", day) is None


def test_an_empty_file_waives_nothing(read):
    assert read("") == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{}", "a list of waivers is needed"),
        ("- 5", "waiver 1: not a mapping"),
        (WAIVER.replace("reason", "because"), "waiver 1: because is not known"),
        (WAIVER.replace("ticket 7", "''"), "waiver 1: reason is needed, as a text"),
        (WAIVER.replace("2027-01-31", "soon"), "waiver 1: expires is needed, as a date like"),
        (WAIVER.replace("  expires: 2027-01-31\n", ""), "waiver 1: expires is needed"),
        (WAIVER.replace("  operation: getTax\n", "").replace("-", " ", 1), "waivers is needed"),
        (WAIVER.replace("/body/amount", "5"), "waiver 1: pointer is needed, as a text"),
        ("- [", "while parsing"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(read, text, complaint):
    with pytest.raises(WaiversError) as refused:
        read(text)
    assert complaint in str(refused.value)
    assert "waivers.yaml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(WaiversError, match="No such file"):
        read_waivers(tmp_path / "none.yaml")
