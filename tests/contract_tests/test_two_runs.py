"""Two runs that write at the same time on one account do not blame each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from contract_tests.properties.run import run_properties
from contract_tests.suite import left_behind, opened, plan_of, run_tag
from contract_tests.target.mock import mock_target
from lab.deployments import options_of
from lab.serving import served

#: Properties that count and add up what is in the account.
SHARED = (
    "read_after_update",
    "duplicates_are_rejected",
    "summaries_follow_writes",
    "totals_match_pages",
    "filters_follow_writes",
)


def run_on(target, url, seed, only=SHARED, share=0.05):
    """A run with `--profile writes`, and what it left."""
    options = options_of(target, url, seed)
    with opened(target.vendor.api.name, options, run_tag(options)) as behind:
        plan = replace(plan_of(options, behind), only=only, share=share)
        return run_properties(behind, seed=seed, plan=plan), left_behind(behind)


def two_runs(api, **how):
    target = mock_target(api, "test")
    with served(target) as url, ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(run_on, target, url, seed, **how) for seed in (1, 2)]
        return [each.result() for each in runs]


def test_two_runs_at_once_blame_nobody_and_leave_nothing():
    for run, left in two_runs("built"):
        assert run.findings == []
        assert left == []
        assert {each.name for each in run.properties if each.tried} == {*SHARED}
