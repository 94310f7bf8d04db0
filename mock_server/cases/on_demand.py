"""The cases that control asks for: to look at, or as a file."""

from __future__ import annotations

from typing import Any

from mock_server.cases.formats import data
from mock_server.cases.formats.files import file_of
from mock_server.cases.formats.sent import Target
from mock_server.cases.generate import Generator
from mock_server.cases.model import Case
from mock_server.control.generated import WantedCases


def cases_view(wanted: WantedCases) -> dict[str, Any]:
    """Return cases as a JSON value, with how many were left out and what has no valid request."""
    generator, found = _made(wanted)
    target = _target(wanted)
    return {
        "api": target.api,
        "variables": target.variables,
        "cases": [data.record(case, target) for case in found],
        "left_out": len(generator.unstable),
        "missing": dict(generator.missing),
    }


def cases_file(wanted: WantedCases, form: str) -> bytes:
    """Return cases as a file in one of the formats of `mock-server cases`."""
    generator, found = _made(wanted)
    return file_of(form, found, _target(wanted), generator.unstable)


def _made(wanted: WantedCases) -> tuple[Generator, list[Case]]:
    generator = Generator(wanted.vendor, wanted.seed)
    found = generator.cases(wanted.operations)
    return generator, [case for case in found if wanted.kind in {None, case.kind}]


def _target(wanted: WantedCases) -> Target:
    vendor = wanted.vendor
    return Target(vendor.api.name, wanted.base_url, vendor.spec.security_schemes, wanted.seed)
