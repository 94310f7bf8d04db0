"""A report with one of everything, for tests of the forms that it is shown in."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from contract_tests.findings import Evidence, Finding, Property, Run
from contract_tests.reports.baseline import Baseline, Known, fingerprint_of
from contract_tests.reports.report import report_of
from contract_tests.target.secrets import Secrets

STARTED = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
#: What a hostile target would like to get into a report.
HOSTILE = (
    "</pre><script src=//evil.example/x.js>alert(1)</script><img src=x onerror=alert(2)>"
    " ]]> &\x1b[2J\x00"
)

BROKEN = Finding(
    "not_a_server_error",
    "GET /products/{id}",
    "Server error\n\nThe answer was 500.",
    "fuzzing",
    "#!/bin/sh\ncurl http://127.0.0.1/products/7\nexit 1\n",
    "",
    ("GET /products/7 → 500",),
    "def test_it():\n    raise AssertionError\n",
    Evidence(
        "a status below 500",
        "500: Server error",
        "PUT",
        "http://127.0.0.1/products/7",
        {"content-type": "application/json"},
        '{"name": "Balm"}',
        500,
        {"content-type": "application/json"},
        '{"message": "No"}',
        'curl -X PUT -u "$CONTRACT_TESTS_CREDENTIAL:" http://127.0.0.1/products/7',
    ),
)
STALE = Finding(
    "read_after_write",
    "PUT /products/{id}",
    "The name read is 'a', and 'b' was written.",
    "properties",
    "#!/bin/sh\nexit 1\n",
    "/name",
    ("PUT /products/7 → 200", "GET /products/7 → 200"),
)
EXPIRED = Finding("response_schema_conformance", "GET /products", "1 is not a string", "coverage")
EVIL = Finding(
    f"check {HOSTILE}",
    f"GET /{HOSTILE}",
    HOSTILE,
    HOSTILE,
    HOSTILE,
    HOSTILE,
    (HOSTILE,),
    evidence=Evidence(
        HOSTILE,
        HOSTILE,
        "GET",
        HOSTILE,
        {HOSTILE: HOSTILE},
        HOSTILE,
        200,
        {HOSTILE: HOSTILE},
        HOSTILE,
        HOSTILE,
    ),
)


def known(finding, api="shop", **changes):
    """A baseline's entry for a finding."""
    return Known(
        api,
        finding.check,
        finding.operation,
        fingerprint_of(api, finding),
        date(2026, 1, 2),
        finding.subject,
        **changes,
    )


def shop_run(*findings):
    """A run of an API called `shop` with everything in it."""
    return Run(
        "shop",
        7,
        "https://shop.example/v1",
        "writes",
        requests=120,
        checks=1400,
        seconds=3.25,
        findings=list(findings),
        skipped=["examples: GET /taxes: No examples in schema"],
        checked=Counter(
            {
                ("GET /products", "not_a_server_error"): 30,
                ("GET /products", "response_schema_conformance"): 30,
                ("GET /products/{id}", "not_a_server_error"): 20,
            }
        ),
        took={("GET /products", "not_a_server_error"): 1.25},
        properties=[
            Property(
                "read_after_write",
                tried=4,
                failed=1,
                operations={"PUT /products/{id}": 1.5, "POST /products": 0.25},
            ),
            Property("pages_partition_the_list", tried=2, operations={"GET /products": 0.5}),
            Property("money_is_exact", skipped="it has no price"),
        ],
    )


def report_with(*findings):
    """A report of one API with these findings, all new."""
    run = shop_run(*findings)
    return report_of([(run, "")], secrets=Secrets(), baseline=Baseline(), started=STARTED)


def whole_report():
    """New, known, expired and gone findings of one API, and another one that is unreachable."""
    entries = [
        known(STALE, reason="ticket 12"),
        known(EXPIRED, expires=date(2026, 3, 13)),
        known(Finding("not_a_server_error", "GET /products", "It was 500", "fuzzing")),
    ]
    alike = Finding(
        BROKEN.check, BROKEN.operation, "Server error\n\nThe answer was 503.", "fuzzing"
    )
    run = shop_run(BROKEN, alike, STALE, EXPIRED)
    away = Run("till", 7, "https://till.example", "writes")
    return report_of(
        [(run, ""), (away, "https://till.example does not answer")],
        secrets=Secrets(),
        baseline=Baseline(entries),
        started=STARTED,
    )


def hostile_report():
    """A report of an API whose every text is hostile."""
    run = shop_run(EVIL)
    run.skipped.append(HOSTILE)
    run.properties.append(Property(HOSTILE, skipped=HOSTILE))
    run.checked[EVIL.operation, EVIL.check] = 1
    return report_of([(run, "")], secrets=Secrets(), baseline=Baseline(), started=STARTED)
