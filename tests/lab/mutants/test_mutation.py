"""Mutation testing counts right, and reports what it saw."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from lab.mutants.catalogue import catalogue
from lab.mutation.__main__ import main, sampled
from lab.mutation.detectors import SeedOutcome, suite
from lab.mutation.record import TrialRecord
from lab.mutation.statistics import Share
from lab.mutation.table import Result, text_of
from lab.mutation.trials import Trial, TrialPlan
from tests.lab.mutants.planted import defect, ground, seen

FOUND, MISSED = SeedOutcome("properties", "it is wrong", 0.1, 9), SeedOutcome("", "", 1.0, 90)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    # Worked out with z = 1.96; 81 of 263 is the example of Newcombe (1998), who has 0.2553, 0.3662.
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (1, 1, 0.2065, 1.0)],
)
def test_an_interval_is_that_of_wilson(count: int, of: int, low: float, high: float) -> None:
    assert Share(count, of).interval == pytest.approx((low, high), abs=0.0001)


def test_nothing_says_nothing() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (0.0, (0.0, 1.0))


def test_nineteen_of_twenty_seeds_are_steady_and_eighteen_are_not() -> None:
    assert Trial([FOUND] * 19 + [MISSED]).steady
    assert not Trial([FOUND] * 18 + [MISSED] * 2).steady


def test_what_was_not_tried_is_neither_caught_nor_steady() -> None:
    assert not Trial().caught
    assert not Trial().steady


def test_what_is_caught_now_and_then_does_not_count_as_caught() -> None:
    defects = {each.name: each for each in catalogue(seen()[0], 1, ("done-twice",))}
    result = Result(TrialPlan("cliniko", groups=("done-twice",)), defects)
    result.trials["suite"] = dict.fromkeys(defects, Trial([FOUND] * 18 + [MISSED] * 2))
    assert result.unsteady() == list(defects)
    assert list(result.unmet()) == [
        "the suite catches 0.0% with 19 of 20 seeds, not 95%",
        "the suite so catches 0.0% of the semantic ones, not 90%",
    ]


def _read_only(caught: int, of: int) -> Result:
    (one,) = catalogue(seen()[0], 1, ("last-record-missing",))
    named = {str(each): one for each in range(of)}
    result = Result(TrialPlan("cliniko", groups=("last-record-missing",)), named, frozenset())
    outcomes = [FOUND] * caught + [MISSED] * (of - caught)
    result.trials["read_only"] = {
        name: Trial([each]) for name, each in zip(named, outcomes, strict=True)
    }
    return result


def test_too_little_caught_without_writing_is_a_goal_not_met() -> None:
    assert list(_read_only(35, 100).unmet()) == []
    assert list(_read_only(34, 100).unmet()) == ["read-only catches 34.0%, not 35%"]


def test_what_can_be_seen_by_reading_has_a_row_of_its_own() -> None:
    result = _read_only(5, 10)
    result.safe = frozenset(each.site.operation for each in result.defects.values())
    reads = text_of(result).partition("in safe operations")[2]
    assert "read_only  5/10" in reads
    result.safe = frozenset()
    assert "read_only  0/0" in text_of(result).partition("in safe operations")[2]


def test_what_is_planted_is_caught_and_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--seeds", "1", "--sites", "1", "--alarm-seeds", "0", "--jobs", "1"]
    groups = ["--group", "done-twice", "--group", "not-kept"]
    who = ["--detector", "suite"]
    assert main(["--api", "cliniko", *small, *groups, *who, "--output", str(tmp_path)]) == 0
    written = json.loads((tmp_path / "cliniko.json").read_text())
    assert [each["suite"][0]["by"] for each in written["defects"]] == ["properties"] * 2
    assert "missed by the suite" not in capsys.readouterr().out


def test_a_later_seed_begins_with_the_part_that_found_it_before() -> None:
    fresh = partial(ground().target, defect("done-twice", "createProduct", "all"))
    found = SeedOutcome("properties", "", 0.0, 0, part=("listed_after_create", "products/0"))
    assert suite(fresh, 2, ahead=[found]).requests < 10
    elsewhere = SeedOutcome("properties", "", 0.0, 0, part=("identifiers_are_unique", "products/0"))
    assert suite(fresh, 2, ahead=[elsewhere]).part == found.part


def test_conformance_is_narrowed_to_where_it_found_something() -> None:
    planted = defect("method-taken-for-another", "listProducts", "methods")
    fresh = partial(ground().target, planted)
    part = ("coverage", planted.site.operation)
    outcome = suite(fresh, 1, ahead=[SeedOutcome("conformance", "", 0.0, 0, part=part)])
    assert (outcome.by, outcome.part) == ("conformance", part)


def test_what_a_run_that_was_cut_off_has_seen_is_not_tried_again(tmp_path: Path) -> None:
    path, plan = tmp_path / "cliniko.jsonl", TrialPlan("cliniko", seeds=2)
    part = replace(FOUND, part=("a property", "a case"))
    record = TrialRecord(path, plan)
    record.add("visible", "one", True)
    record.add("suite", "one", Trial([part, MISSED]))
    record.add("alarms", ("", 1), [])
    with path.open("a") as file:
        file.write('{"kind": "suite", "of": "two", "saw": {}')
    kept = TrialRecord(path, plan, ["suite", "alarms"])
    assert kept.of("suite") == {"one": Trial([part, MISSED])}
    assert kept.of("alarms") == {("", 1): []}
    assert kept.of("visible") == {}
    assert TrialRecord(path, replace(plan, seeds=3), ["suite", "alarms"]).of("suite") == {}


def test_what_is_kept_is_in_the_table_and_is_not_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = TrialRecord(tmp_path / "cliniko.jsonl", TrialPlan("cliniko"))
    record.add("stock", "done-twice/createProduct/all", Trial([MISSED]))
    small = ["--seeds", "1", "--sites", "1", "--alarm-seeds", "0", "--jobs", "1"]
    call = ["--api", "cliniko", *small, "--group", "done-twice", "--output", str(tmp_path)]
    assert main([*call, "--detector", "suite", "--keep", "stock"]) == 0
    told = capsys.readouterr()
    assert "suite 1/1" in told.err
    assert "stock 1/1" not in told.err
    assert "stock      0/1" in told.out


def test_a_sample_of_more_has_that_of_fewer() -> None:
    names = [f"defect/{number}" for number in range(50)]
    few, more = sampled(names, 10), sampled(names, 20)
    assert (len(few), len(more)) == (10, 20)
    assert {*few} < {*more} < {*names}
    assert len({*few} & {*sampled(names[1:], 10)}) >= 9
    assert sampled(names, 0) == sampled(names, 60) == names


def test_classes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert "done-twice" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--api", "nowhere"], ["--group", "none"], ["--seeds", "0"]])
def test_wrong_use_is_told_in_one_line(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(wrong) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
