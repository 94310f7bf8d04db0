"""Schemathesis, with every phase and check, finds nothing in any mock."""

from __future__ import annotations

import pytest

from contract_tests.conformance import run_conformance
from contract_tests.findings import Run
from contract_tests.targets import mock_target, signed_in, url_target
from mock_server.app import build_server
from mock_server.discovery import api_names, load_vendor
from mock_server.live import LiveServer


def report(run: Run) -> str:
    return "\n".join(
        f"{finding.check} {finding.operation} ({finding.phase}): {finding.message}\n"
        f"  {finding.reproduction}"
        for finding in run.findings
    )


def is_whole(run: Run) -> bool:
    """Nothing was left out but examples that a spec does not have."""
    return all("No examples" in reason for reason in run.skipped)


@pytest.mark.parametrize("api", [*api_names(), "control"])
def test_a_mock_in_process_keeps_its_contract(api):
    run = run_conformance(mock_target(api), seed=1, max_examples=20)
    assert run.findings == [], report(run)
    assert is_whole(run), run.skipped
    assert run.checks > run.requests > 400


@pytest.mark.parametrize("api", api_names())
def test_a_mock_over_http_keeps_its_contract(api):
    vendor = load_vendor(api)
    server = build_server(vendors=[vendor])
    with LiveServer(server) as live:
        base_url = live.url + server.base_path(api)
        target = url_target(api, base_url, signed_in(vendor, base_url, "test-http"))
        run = run_conformance(target, seed=2, max_examples=8)
    assert run.findings == [], report(run)
    assert is_whole(run), run.skipped
    assert run.checks > run.requests > 200


@pytest.mark.parametrize("phases", [("fuzzing",), ("coverage",)])
def test_the_same_seed_sends_the_same_number_of_requests(phases):
    counts = {
        run_conformance(mock_target("cliniko"), seed=5, max_examples=5, phases=phases).requests
        for _ in range(2)
    }
    assert len(counts) == 1
