"""The baseline: what it recognises, what it has lost sight of, and how it is read and written."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from contract_tests.findings import NOT_TESTED, Finding, Property, Run
from contract_tests.reports.baseline import Baseline, BaselineError, Known, fingerprint_of
from contract_tests.reports.report import report_of
from contract_tests.target.secrets import Secrets

TODAY = date(2026, 3, 14)
FINDING = Finding("a_check", "GET /x", "It was wrong", "fuzzing", subject="/name")


@pytest.mark.parametrize("phase", ["properties", "differential", "recorded"])
def test_a_finding_with_a_subject_is_the_same_whatever_its_message_says(phase):
    one, other = (
        Finding("derived_values_add_up", "GET /x", message, phase, subject="prices with tax")
        for message in ("price_including_tax is 1, which is too much", "price_ex_tax is 2")
    )
    assert fingerprint_of("shop", one) == fingerprint_of("shop", other)
    assert fingerprint_of("shop", one) != fingerprint_of("shop", replace(one, subject="stock"))


def saying(message):
    return fingerprint_of("shop", Finding("check", "GET /x", message, "fuzzing"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 is not 13", "7 is not 8"),
        ("-1.5e3 is less than the minimum of 0", "-2 is less than the minimum of 0"),
        ("'a' was read, 'b' written", "'it\\'s' was read, \"c\" written"),
        ("no `x` here", "no `y` here"),
        (
            "no product 123e4567-e89b-12d3-a456-426614174000",
            "no product 00000000-0000-0000-0000-00000000000A",
        ),
        ("went from 2026-01-31T10:00:00Z to 2025-12-01", "went from 1999-12-31 to 2000-01-01"),
        ('{"a": [1, {"b": null}]} is not of type', "[] is not of type"),
        ("true is not of type", "None is not of type"),
        ("Refused\n\nIt is valid\nHint: it has `a` and", "Refused\n\nIt is valid"),
        ("lost 3 of 4", "lost  13 of\n40"),
        ("Bad\n\n1 is wrong\n\nSchema:\n\n {a}", "Bad\n\n2 is wrong\n\nValue: zz"),
    ],
)
def test_a_finding_is_recognised_when_the_values_in_its_message_are_other_ones(one, other):
    assert saying(one) == saying(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It was wrong", "It was late"),
        ("1 is not a number", "1 is too large"),
        ("Title\n\none reason", "Title\n\nanother reason"),
        ("page 1 lacks a record", "page 1 has a record twice"),
    ],
)
def test_another_fault_is_another_finding(one, other):
    assert saying(one) != saying(other)


@pytest.mark.parametrize("name", ["check", "operation", "subject"])
def test_where_it_was_found_makes_a_finding_another_one(name):
    other = replace(FINDING, **{name: "another"})
    assert fingerprint_of("shop", FINDING) != fingerprint_of("shop", other)


def test_how_it_was_found_does_not():
    other = replace(FINDING, phase="stateful", reproduction="curl", steps=("GET /x",), test="x")
    assert fingerprint_of("shop", FINDING) == fingerprint_of("shop", other)
    assert fingerprint_of("shop", FINDING) != fingerprint_of("till", FINDING)


def baseline_of(*findings):
    run = Run("shop", 1, findings=list(findings))
    return Baseline().updated([run], (), TODAY)


@pytest.mark.parametrize("name", ["known.yaml", "known.yml", "known.json", "known"])
def test_what_is_written_is_read_back(tmp_path, name):
    entry = Known(
        "shop", "check", "GET /ü", "0123456789012345", TODAY, "/n", "1: 'x' # \"y\"", "ticket: 12",
        date(2026, 4, 1),
    )  # fmt: skip
    bare = Known("shop", "error", "", "00000000000e0001", TODAY)
    path = tmp_path / name
    Baseline([entry, bare]).write(path)
    read = Baseline.read(path)
    assert len(read) == 2
    assert read.entry(entry.fingerprint) == entry
    assert read.entry(bare.fingerprint) == bare


def test_it_is_written_in_an_order_of_its_own(tmp_path):
    other = replace(FINDING, operation="DELETE /x")
    texts = []
    for number, findings in enumerate([(FINDING, other), (other, FINDING)]):
        path = tmp_path / f"{number}.yaml"
        baseline_of(*findings).write(path)
        texts.append(path.read_text())
    assert texts[0] == texts[1]


def test_a_person_may_write_days_as_text_and_leave_out_what_need_not_be(tmp_path):
    path = tmp_path / "known.yaml"
    path.write_text(
        "version: 1\nknown:\n- {api: shop, check: c, fingerprint: ab, first_seen: '2026-01-02',"
        " expires: 2026-02-03 10:00:00}\n"
    )
    entry = Baseline.read(path).entry("ab")
    assert (entry.first_seen, entry.expires) == (date(2026, 1, 2), date(2026, 2, 3))
    assert (entry.operation, entry.reason) == ("", "")


ENTRY = "{api: shop, check: c, fingerprint: ab, first_seen: 2026-01-02"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[1", "expected"),
        ("", "begins with `version: 1`"),
        ("version: 2\nknown: []", "begins with `version: 1`"),
        ("version: 1", "`known` must be a list"),
        ("version: 1\nknown: [x]", "entry 1 is not a mapping"),
        ("version: 1\nknown: [{api: shop}]", "entry 1 lacks check, fingerprint, first_seen"),
        (f"version: 1\nknown: [{ENTRY}, reson: x}}]", "entry 1 has reson; there are api, check"),
        (f"version: 1\nknown: [{ENTRY}, expires: soon}}]", "expires must be a day like 2026-01-31"),
        (f"version: 1\nknown: [{ENTRY}}}, 7]", "entry 2 is not a mapping"),
    ],
)
def test_what_is_no_baseline_is_refused_in_one_line(tmp_path, text, complaint):
    path = tmp_path / "known.yaml"
    path.write_text(text)
    with pytest.raises(BaselineError) as refused:
        Baseline.read(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_is_no_baseline(tmp_path):
    for use in (Baseline.read, Baseline().write):
        with pytest.raises(BaselineError, match="Is a directory"):
            use(tmp_path)


@pytest.mark.parametrize(("last", "expired"), [((3, 13), True), ((3, 14), False), (None, False)])
def test_an_entry_holds_to_the_end_of_its_last_day(last, expired):
    entry = Known("shop", "c", "", "ab", TODAY, expires=date(2026, *last) if last else None)
    assert entry.expired(TODAY) is expired


def checked(*pairs, properties=(), **options):
    run = Run("shop", 1, requests=1, checked=Counter(dict.fromkeys(pairs, 1)), **options)
    run.properties.extend(properties)
    return run


@pytest.mark.parametrize(
    ("run", "gone"),
    [
        (checked(("GET /x", "a_check")), True),
        (checked(("GET /y", "a_check"), ("GET /x", "other")), False),
        (checked(("GET /x", "a_check"), findings=[FINDING]), False),
        (checked(properties=[Property("a_check", tried=2)]), True),
        (checked(properties=[Property("a_check", skipped="not in this profile")]), False),
        (Run("till", 1, requests=1, checked=Counter({("GET /x", "a_check"): 1})), False),
    ],
)
def test_what_was_looked_for_and_not_found_is_gone_and_nothing_else(run, gone):
    baseline = baseline_of(FINDING)
    assert bool(baseline.gone([run])) is gone
    assert len(baseline.updated([run], baseline.gone([run]), TODAY)) == (0 if gone else 1)


@pytest.mark.parametrize("check", sorted(NOT_TESTED))
def test_that_nothing_was_tested_is_never_known(check):
    finding = Finding(check, "", "RuntimeError", "suite")
    assert len(baseline_of(finding)) == 0
    known = Known("shop", check, "", fingerprint_of("shop", finding), date(2026, 1, 1))
    run = Run("shop", 1, requests=5, findings=[finding])
    started = datetime(2026, 3, 14, tzinfo=UTC)
    report = report_of([(run, "")], secrets=Secrets(), baseline=Baseline([known]), started=started)
    assert [each.verdict for each in report.findings] == ["new"]
    assert report.fails
    # An entry of an older baseline goes when a run came through.
    assert Baseline([known]).gone([Run("shop", 1, requests=5)]) == (known,)
    assert Baseline([known]).gone([Run("shop", 1)]) == ()


def test_an_update_keeps_what_a_person_has_written():
    entry = replace(
        Known("shop", "a_check", "GET /x", fingerprint_of("shop", FINDING), date(2025, 1, 1)),
        reason="ticket 12",
    )
    run = Run("shop", 1, findings=[FINDING, replace(FINDING, check="new")])
    updated = Baseline([entry]).updated([run], (), TODAY)
    assert len(updated) == 2
    assert updated.entry(entry.fingerprint) == entry
