"""The suite finds nothing on services that are deployed otherwise, over HTTP."""

from __future__ import annotations

import pytest

from lab.deployments import DEPLOYMENTS, Deployment, tried
from mock_server.faults.effects.records import StaleRead

#: Every other harmless variant is tried on a mock in process.
OVER_HTTP = [
    each
    for each in DEPLOYMENTS
    if each.name in {"lagging", "capped pages", "etags", "limited", "flaky", "busy", "compressed"}
]
PROPERTIES = ("read_after_create", "update_keeps_the_rest", "pages_partition_list")


@pytest.mark.parametrize("deployment", OVER_HTTP, ids=lambda each: each.name.replace(" ", "-"))
def test_nothing_is_found_and_nothing_is_left(deployment):
    outcome = tried("cliniko", deployment, 3, only=PROPERTIES)
    assert outcome.alarms == []
    assert outcome.run.requests > 50
    tried_cases = {each.name: each.tried for each in outcome.run.properties}
    assert min(tried_cases.values()) > 0


def test_what_another_run_makes_meanwhile_is_no_fault():
    deployment = next(each for each in DEPLOYMENTS if each.name == "another run")
    counting = ("read_after_update", "duplicates_are_rejected", "summaries_follow_writes")
    outcome = tried("built", deployment, 3, only=counting, share=0.3)
    assert outcome.alarms == []
    assert {each.name for each in outcome.run.properties if each.tried} == {*counting}


def test_a_service_that_lags_is_found_without_patience():
    lagging = Deployment("lagging", "", lambda _: StaleRead(seconds=60.0))
    outcome = tried("cliniko", lagging, 3, only=("read_after_create",))
    assert {each.check for each in outcome.run.findings} == {"read_after_create"}
