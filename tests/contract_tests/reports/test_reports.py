"""The forms of a report, read back by what reads such forms."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from contract_tests.findings import Finding
from contract_tests.reports.files import ReportError, write_report
from contract_tests.reports.html_report import html_report
from contract_tests.reports.json_report import SCHEMA, json_report
from contract_tests.reports.junit import junit_report
from contract_tests.reports.summary import summary
from tests.contract_tests.reports.examples import (
    BROKEN,
    EVIL,
    HOSTILE,
    hostile_report,
    report_with,
    whole_report,
)

REPORTS = [whole_report, hostile_report]


@pytest.mark.parametrize("report", REPORTS)
def test_the_json_is_of_the_documented_form(report):
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    document = json.loads(json_report(report()))
    assert [error.message for error in validator.iter_errors(document)] == []


def test_the_documented_form_says_all_there_is():
    """So that no name comes in without its description."""
    schema = json.loads(SCHEMA.read_text())

    def check(value, described):
        described = schema["$defs"][described["$ref"][8:]] if "$ref" in described else described
        if isinstance(value, list):
            for item in value:
                check(item, described["items"])
        if isinstance(value, dict):
            assert set(value) == set(described["required"]) == set(described["properties"])
            for name, item in value.items():
                check(item, described["properties"][name])

    check(json.loads(json_report(whole_report())), schema)


def test_the_json_says_what_each_finding_is_to_the_baseline():
    document = json.loads(json_report(whole_report()))
    shop, till = document["apis"]
    assert document["fails"] is True
    assert [(each["number"], each["verdict"], each["alike"]) for each in shop["findings"]] == [
        (1, "new", 1),
        (2, "known", 0),
        (3, "expired", 0),
    ]
    assert shop["findings"][1]["reason"] == "ticket 12"
    assert shop["findings"][2]["expires"] == "2026-03-13"
    assert till["unreachable"] == "https://till.example does not answer"
    assert [each["operation"] for each in document["gone"]] == ["GET /products"]


def cases_of(suite):
    """(class, name) → the kind of outcome of each test case."""
    return {
        (case.get("classname"), case.get("name")): case[0].tag if len(case) else "passed"
        for case in suite.iter("testcase")
    }


def test_junit_has_a_suite_for_each_api_and_a_case_for_each_check_of_an_operation():
    root = ET.fromstring(junit_report(whole_report()))
    shop, till = root.findall("testsuite")
    assert cases_of(shop) == {
        ("shop.not_a_server_error", "GET /products"): "passed",
        ("shop.not_a_server_error", "GET /products/{id}"): "failure",
        ("shop.response_schema_conformance", "GET /products"): "failure",
        ("shop.read_after_write", "PUT /products/{id}"): "skipped",
        ("shop.read_after_write", "POST /products"): "passed",
        ("shop.pages_partition_the_list", "GET /products"): "passed",
        ("shop.money_is_exact", "money_is_exact"): "skipped",
        ("shop.left_out", "examples: GET /taxes: No examples in schema"): "skipped",
    }
    assert cases_of(till) == {("till", "reachable"): "error"}
    counts = {name: shop.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "8", "failures": "2", "errors": "0", "skipped": "3"}
    assert (root.get("tests"), root.get("errors")) == ("9", "1")
    assert shop.find("properties/property[@name='seed']").get("value") == "7"
    (case,) = shop.findall("testcase[@classname='shop.pages_partition_the_list']")
    assert case.get("time") == "0.500"
    fuzzed = shop.find("testcase[@classname='shop.not_a_server_error'][@name='GET /products']")
    assert fuzzed.get("time") == "1.250"


def test_junit_tells_a_failure_with_its_steps_and_how_to_repeat_it():
    root = ET.fromstring(junit_report(whole_report()))
    failure = root.find(".//testcase[@name='GET /products/{id}']/failure")
    assert failure.get("message") == "Server error"
    assert "GET /products/7 → 500" in failure.text
    assert "expected: a status below 500\nactual: 500: Server error\n" in failure.text
    assert '{"name": "Balm"}\nresponse: 500\n{"message": "No"}\ncurl: curl -X' in failure.text
    assert "curl http://127.0.0.1/products/7" in failure.text


def test_junit_stays_xml_whatever_a_target_answers():
    root = ET.fromstring(junit_report(hostile_report()))
    failures = root.findall(".//failure")
    assert len(failures) == 1
    assert HOSTILE.partition("\x1b")[0] in failures[0].text


class Page(HTMLParser):
    """What a browser would make of a page: its elements, its texts, and what it would load."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.loads, self.handlers, self.texts = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.loads += [
            value
            for name, value in attrs
            if name in {"action", "data", "formaction", "poster", "src", "srcset"}
            or (name == "href" and not value.startswith(("#", "reproductions/")))
        ]
        if tag in {"link", "iframe", "object", "embed", "base"}:
            self.loads.append(tag)

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.mark.parametrize("report", REPORTS)
def test_the_page_loads_nothing_and_runs_nothing_but_its_own_script(report):
    text = html_report(report(), {1: ["reproductions/1-x.sh"]})
    page = Page(text)
    assert page.loads == []
    assert page.handlers == []
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert "url(" not in text
    assert "@import" not in text
    policy = next(meta for meta in page.all("meta") if "http-equiv" in meta)["content"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


def test_the_page_shows_what_is_hostile_as_text():
    page = Page(html_report(hostile_report(), {}))
    shown = "".join(page.texts)
    assert shown.count("<script src=//evil.example/x.js>") >= 5
    assert not page.all("img")


def test_the_page_has_every_finding_with_its_sequence_and_both_ways_to_repeat_it():
    page = Page(html_report(whole_report(), {1: ["reproductions/1-x.sh"]}))
    findings = [attrs for attrs in page.all("details") if "data-finding" in attrs]
    assert [(each["data-api"], each["data-check"], each["data-verdict"]) for each in findings] == [
        ("shop", "not_a_server_error", "new"),
        ("shop", "read_after_write", "known"),
        ("shop", "response_schema_conformance", "expired"),
    ]
    shown = "".join(page.texts)
    shows = BROKEN.evidence
    evidence = (shows.expected, shows.actual, shows.request_body, shows.response_body, shows.curl)
    replay = "contract-tests replay 1 --report DIR"
    written = (BROKEN.message, BROKEN.steps[0], BROKEN.reproduction, BROKEN.test)
    for text in (*written, *evidence, replay):
        assert text in shown
    assert {"href": "reproductions/1-x.sh"} in page.all("a")
    assert "till.example does not answer" in shown
    assert [attrs["data-filter"] for attrs in page.all("select")] == ["api", "check", "verdict"]


def test_the_summary_can_be_read_from_top_to_bottom():
    assert summary(whole_report(), verbose=True) == SUMMARY


def test_what_was_skipped_is_a_count_unless_more_is_asked_for():
    shown = summary(whole_report())
    assert "shop: 2 properties tried, 1 of them failed, 1 skipped (-v lists them)\n" in shown
    assert "shop: 1 parts left out (-v lists them)\n" in shown
    assert "money_is_exact" not in shown


SUMMARY = """
shop: not_a_server_error: 1
  #1 GET /products/{id} (fuzzing, new, 1 more like it)
    expected: a status below 500
    actual:   500: Server error
    request:  PUT http://127.0.0.1/products/7
              {"name": "Balm"}
    response: 500
              {"message": "No"}
    curl:     curl -X PUT -u "$CONTRACT_TESTS_CREDENTIAL:" http://127.0.0.1/products/7
      1. GET /products/7 → 500

shop: read_after_write: 1
  #2 PUT /products/{id} /name (properties, known, since 2026-01-02)
    known: ticket 12
    The name read is 'a', and 'b' was written.
      1. PUT /products/7 → 200
      2. GET /products/7 → 200

shop: response_schema_conformance: 1
  #3 GET /products (coverage, expired, since 2026-01-02, until 2026-03-13)
    1 is not a string

shop: --report DIR keeps findings, for contract-tests replay NUMBER
shop: 2 properties tried, 1 of them failed, 1 skipped
  failed: read_after_write (1 of 4)
  skipped: money_is_exact: it has no price
shop: left out:
  examples: GET /taxes: No examples in schema
shop: findings: 1 new, 1 expired, 1 known; 120 requests, 1400 checks, 3.2 s, seed 7, \
profile writes, target https://shop.example/v1

till: not tested: https://till.example does not answer
no longer found: shop: not_a_server_error: GET /products (known since 2026-01-02)
"""


def test_findings_with_one_cause_are_shown_once():
    failing = [
        Finding(check, "GET /taxes", f"GET /taxes → {status}: {why}", "properties", subject=subject)
        for check, status, subject, why in (
            ("listed_after_create", 500, "/status", "expected a success"),
            ("answers_conform", 500, "/status", "the server failed"),
            ("not_a_server_error", "", "500", "Server error"),
            ("credential_is_required", 200, "/status", "expected a refusal"),
        )
    ]
    failing[1] = replace(failing[1], steps=("GET /taxes → 500",))
    shown = summary(report_with(*failing))
    assert "\n  #2 GET /taxes /status" in shown
    assert "\n    also: #1 listed_after_create, #3 not_a_server_error\n" in shown
    assert "\n  #4 GET /taxes /status" in shown
    assert "\n  #1 " in summary(report_with(*failing), verbose=True)


def test_the_summary_leads_to_the_reproductions_where_there_are_any():
    shown = summary(whole_report(), "out")
    assert "reproduce: sh out/reproductions/1-not-a-server-error-GET-products-id.sh" in shown
    assert "replay: contract-tests replay 1 --report out\n" in shown


def test_the_summary_sends_a_terminal_no_commands():
    shown = summary(hostile_report())
    assert "\x1b" not in shown
    assert "\x00" not in shown
    assert "[2J" in shown


def test_long_messages_are_cut_in_the_summary_alone():
    message = "line\n" * 50 + "x" * 900
    report = report_with(replace(BROKEN, message=message, evidence=None))
    shown = summary(report)
    assert "… 39 more lines" in shown
    assert max(map(len, shown.splitlines())) <= 301
    assert json.loads(json_report(report))["apis"][0]["findings"][0]["message"] == message


def test_the_folder_has_all_forms_and_scripts_that_can_be_run(tmp_path):
    folder = tmp_path / "new" / "report"
    write_report(whole_report(), folder)
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == {
        "report.json",
        "report.html",
        "junit.xml",
        "reproductions/1-not-a-server-error-GET-products-id.sh",
        "reproductions/1-not-a-server-error-GET-products-id.py",
        "reproductions/2-read-after-write-PUT-products-id.sh",
    }
    script = folder / "reproductions" / "2-read-after-write-PUT-products-id.sh"
    assert subprocess.run([script], check=False, timeout=60).returncode == 1
    linked = {attrs["href"] for attrs in Page((folder / "report.html").read_text()).all("a")}
    assert names - {"report.json", "report.html", "junit.xml"} <= linked


def test_reproductions_of_the_run_before_do_not_stay(tmp_path):
    write_report(whole_report(), tmp_path)
    (tmp_path / "reproductions" / "notes.txt").write_text("my own")
    write_report(hostile_report(), tmp_path)
    left = {path.name for path in (tmp_path / "reproductions").iterdir()}
    assert "notes.txt" in left
    assert not [name for name in left if name.startswith("2-")]


def test_names_of_files_are_plain_whatever_an_operation_is_called(tmp_path):
    write_report(hostile_report(), tmp_path)
    (script,) = (tmp_path / "reproductions").iterdir()
    assert script.name.startswith("1-check-pre-script-src-evil")
    assert len(script.name) < 100
    assert EVIL.reproduction.rstrip("\n") in script.read_bytes().decode()


def test_a_folder_that_cannot_be_written_is_named_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match="file/below") as refused:
        write_report(whole_report(), tmp_path / "file" / "below")
    assert "\n" not in str(refused.value)
