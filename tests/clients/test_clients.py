"""Clients that cannot be pointed at a mock are answered by it, unchanged, whatever they are."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import httpx
import pytest

from mock_server.app import build_server
from mock_server.discovery import load_vendors
from mock_server.in_process import InProcessTransport
from mock_server.interception.running import ProgramRun, run

PROGRAMS = Path(__file__).parent / "programs"
#: A key such as the vendor issues: another shard than the default, and characters of base64.
KEY = "MS0xNzYxMzY5ODQwMjk3/RldrtX9SqwJ+DGex=-uk1"
CLIENTS = {
    "urllib": [sys.executable, "urllib_client.py", KEY],
    "http.client": [sys.executable, "http_client_client.py", KEY],
    "requests": [sys.executable, "requests_client.py", KEY],
    "httpx": [sys.executable, "httpx_client.py", KEY],
    "httpx2": [sys.executable, "httpx_client.py", KEY, "httpx2"],
    "aiohttp": [sys.executable, "aiohttp_client.py", KEY],
    "node fetch": ["node", "fetch_client.mjs", KEY],
    "node https": ["node", "https_client.cjs", KEY],
    "curl": ["sh", "curl_client.sh", KEY],
    "java": ["java", "Client.java", KEY],
    "go": ["go", "run", "client.go", KEY],
    "php curl": ["php", "client.php", KEY],
    "php streams": ["php", "client.php", KEY, "streams"],
    "ruby": ["ruby", "client.rb", KEY],
}
#: Clients that ask for what has changed since they asked last, and write in between.
POLLING = {
    "requests": [sys.executable, "polling_client.py", KEY],
    "node fetch": ["node", "polling_client.mjs", KEY],
    "curl": ["sh", "polling_client.sh", KEY],
}
#: Continuous integration has these, so they are never passed over.
ALWAYS = {"urllib", "http.client", "requests", "httpx", "httpx2", "aiohttp", "node", "curl"}


@pytest.fixture(scope="module")
def vendors():
    return load_vendors()


@pytest.fixture(scope="module")
def product_ids():
    """The ids of the products that every new account has."""
    transport = InProcessTransport(build_server(["cliniko"], at_native_path=True))
    with httpx.Client(
        transport=transport, base_url="http://localhost", auth=("test", "")
    ) as client:
        page = client.get("/v1/products?per_page=100").json()
    return [product["id"] for product in page["products"]]


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_reads_all_pages_at_the_vendors_own_host(
    name, vendors, product_ids, capfd, monkeypatch
):
    runtime = CLIENTS[name][0]
    if name.split()[0] not in ALWAYS and shutil.which(runtime) is None:
        pytest.skip(f"no {runtime} here")
    monkeypatch.chdir(PROGRAMS)
    code = run(ProgramRun(CLIENTS[name], vendors))
    shown = capfd.readouterr()
    assert code == 0, shown.err
    assert shown.out.split() == product_ids
    assert "listProducts" in shown.err
    assert "refused" not in shown.err


@pytest.mark.parametrize("name", POLLING)
def test_a_client_that_polls_by_updated_at_sees_each_change_once(
    name, vendors, product_ids, capfd, monkeypatch
):
    monkeypatch.chdir(PROGRAMS)
    code = run(ProgramRun(POLLING[name], vendors))
    shown = capfd.readouterr()
    assert code == 0, shown.err
    seen = shown.out.split()
    before, changed = seen[: len(product_ids)], seen[len(product_ids) :]
    assert sorted(before) == sorted(product_ids)
    assert len(changed) == 2
    assert before[0] in changed
    [added] = set(changed) - set(before)
    assert int(added) > max(map(int, before))
