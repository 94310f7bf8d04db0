"""The interactive pages: who opens one can call the mock at once, and nothing else."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from mock_server.app import build_server
from mock_server.in_process import InProcessTransport

SCHEMES = {
    "cliniko": [("basic", None)],
    "built": [("apiKey", None), ("bearer", None)],
    "skhokho": [("apiKey", "sessionid"), ("basic", None)],
    "exsited": [],
}


@pytest.fixture(scope="module")
def browser(vendors):
    server = build_server(vendors=vendors)
    with httpx.Client(
        transport=InProcessTransport(server), base_url="http://localhost", follow_redirects=True
    ) as client:
        yield client


@pytest.mark.parametrize("api", SCHEMES)
def test_the_credential_is_filled_in_and_said(browser, api):
    page = browser.get(f"/{api}/docs").text
    found = json.loads(re.search(r"const credentials = (\[.*\]);", page)[1])
    assert sorted((each["kind"], each["cookie"]) for each in found) == sorted(SCHEMES[api], key=str)
    assert {each["value"] for each in found} <= {"test"}
    assert "choose Authorize, and type" in page


@pytest.mark.parametrize("api", SCHEMES)
def test_the_first_server_is_the_mock_and_the_page_offers_no_other(browser, api):
    page = browser.get(f"/{api}/docs").text
    spec = json.loads(re.search(r"fetch\((\".*?\")\)", page)[1])
    first = browser.get(spec).json()["servers"][0]["url"]
    assert first.startswith(f"http://localhost/{api}")
    assert "document.servers.slice(0, 1)" in page


def test_what_a_page_loads_is_there(browser):
    page = browser.get("/_mock/docs").text
    for asset in re.findall(r'(?:src|href)="([^":]+)"', page):
        answer = browser.get(asset)
        assert (answer.status_code, len(answer.content) > 10_000) == (200, True), asset
