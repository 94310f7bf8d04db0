"""The test of power counts right, and tells what it saw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract_tests.power.__main__ import main
from contract_tests.power.contestants import Outcome
from contract_tests.power.statistics import Share
from contract_tests.power.trials import Trial

FOUND, MISSED = Outcome("properties", "it is wrong", 0.1, 9), Outcome("", "", 1.0, 90)


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


def test_a_seed_that_was_not_tried_counts_for_nothing() -> None:
    assert Trial([FOUND, FOUND, None, None]).steady
    assert not Trial([None]).caught


def test_what_is_planted_is_caught_and_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--seeds", "1", "--sites", "1", "--alarm-seeds", "0", "--jobs", "1"]
    groups = ["--group", "done-twice", "--group", "not-kept"]
    who = ["--contestant", "ours"]
    assert main(["--api", "cliniko", *small, *groups, *who, "--output", str(tmp_path)]) == 0
    written = json.loads((tmp_path / "cliniko.json").read_text())
    assert [each["ours"][0]["by"] for each in written["defects"]] == ["properties"] * 2
    assert "missed by ours" not in capsys.readouterr().out


def test_classes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert "done-twice" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--api", "nowhere"], ["--group", "none"], ["--seeds", "0"]])
def test_wrong_use_is_told_in_one_line(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
