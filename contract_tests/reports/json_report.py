"""The report as JSON, for other programs; `report.schema.json` beside this file describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract_tests.findings import Evidence
from contract_tests.reports.report import ApiReport, Report, Reported
from mock_server import __version__

#: Changes when a reader of the form before would go wrong; new names may come without that.
VERSION = 1
SCHEMA = Path(__file__).parent / "report.schema.json"


def json_report(report: Report) -> str:
    """Return the report as a JSON document."""
    return json.dumps(as_json(report), indent=2, ensure_ascii=False) + "\n"


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as JSON values."""
    return {
        "version": VERSION,
        "tool": f"contract-tests {__version__}",
        "started": report.started.isoformat(timespec="seconds"),
        "fails": report.fails,
        "apis": [_api(each) for each in report.apis],
        "gone": [
            {
                "api": known.api,
                "check": known.check,
                "operation": known.operation,
                "subject": known.subject,
                "fingerprint": known.fingerprint,
                "first_seen": known.first_seen.isoformat(),
            }
            for known in report.gone
        ],
    }


def _api(api: ApiReport) -> dict[str, Any]:
    run = api.run
    return {
        "api": run.api,
        "target": run.target,
        "profile": run.profile,
        "seed": run.seed,
        "unreachable": api.unreachable or None,
        "requests": run.requests,
        "checks": run.checks,
        "seconds": round(run.seconds, 3),
        "findings": [_finding(each) for each in api.findings],
        "properties": [
            {
                "name": each.name,
                "description": each.description,
                "tried": each.tried,
                "failed": each.failed,
                "skipped": each.skipped or None,
                "seconds": round(each.seconds, 3),
            }
            for each in run.properties
        ],
        "checked": [
            {"operation": operation, "check": check, "times": times}
            for (operation, check), times in sorted(run.checked.items())
        ],
        "left_out": run.skipped,
    }


def _finding(reported: Reported) -> dict[str, Any]:
    finding, known = reported.finding, reported.known
    return {
        "number": reported.number,
        "verdict": reported.verdict,
        "check": finding.check,
        "operation": finding.operation,
        "subject": finding.subject,
        "message": finding.message,
        "phase": finding.phase,
        "fingerprint": reported.fingerprint,
        "alike": reported.alike,
        "steps": list(finding.steps),
        "reproduction": finding.reproduction,
        "test": finding.test,
        "evidence": _evidence(finding.evidence) if finding.evidence else None,
        "first_seen": known.first_seen.isoformat() if known else None,
        "reason": (known.reason or None) if known else None,
        "expires": known.expires.isoformat() if known and known.expires else None,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "expected": evidence.expected,
        "actual": evidence.actual,
        "request": {
            "method": evidence.method,
            "url": evidence.url,
            "headers": _headers(evidence.request_headers),
            "body": evidence.request_body,
        },
        "response": {
            "status": evidence.status,
            "headers": _headers(evidence.response_headers),
            "body": evidence.response_body,
        },
        "curl": evidence.curl,
    }


def _headers(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]
