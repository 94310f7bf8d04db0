"""The line that `mock-server serve` prints for each request."""

from __future__ import annotations

import json

import httpx
import pytest

from mock_server.app import build_server
from mock_server.cli.request_log import RequestLog
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings


@pytest.fixture
def logged():
    """A client of a server, and what its requests have printed."""

    def make(*, as_json: bool = False, **settings):
        server, lines = build_server(["cliniko"], Settings(**settings)), []
        server.asgi = RequestLog(server.asgi, server, lines.append, as_json=as_json)
        transport = InProcessTransport(server)
        return httpx.Client(transport=transport, base_url="http://mock.test"), lines

    return make


def test_a_line_says_what_was_called_and_what_came_of_it(logged):
    client, lines = logged()
    client.get("/cliniko/v1/products?per_page=1", auth=("test-shop", ""))
    (line,) = lines
    called, _, took = line.partition(" test-shop ")
    assert called == "GET /cliniko/v1/products?per_page=1 200 listProducts"
    assert float(took.removesuffix(" ms")) > 0


def test_a_line_says_what_was_wrong(logged):
    client, lines = logged()
    client.post("/cliniko/v1/products", json={"name": ""}, auth=("test-shop", ""))
    client.get("/cliniko/v1/products/999", auth=("test-shop", ""))
    client.get("/nowhere")
    invalid, unknown, nowhere = lines
    assert "createProduct test-shop" in invalid
    assert "name" in invalid.partition(" ms: ")[2]
    assert unknown.endswith(" ms: RecordNotFound")
    assert nowhere.startswith("GET /nowhere 404 - - ")


def test_a_refused_key_is_not_shown_and_the_line_says_which_keys_open_a_sandbox(logged):
    client, lines = logged()
    client.get("/cliniko/v1/products", auth=("sk_live_secret", ""))
    (line,) = lines
    assert "sk_live" not in line
    assert " 401 listProducts - " in line
    assert "keys begin with `test`" in line
    assert line.endswith("or use --credentials any")


def test_another_key_that_opens_a_sandbox_is_not_shown_either(logged):
    client, lines = logged(accept_any_credential=True)
    client.get("/cliniko/v1/products", auth=("sk_live_secret", ""))
    client.get("/cliniko/v1/products")
    opened, refused = lines
    assert "sk_live" not in opened
    assert " 200 listProducts (another key) " in opened
    assert refused.endswith("no key was sent, or one that cannot be read")


def test_a_reserved_key_is_refused_as_it_was_meant_to_be(logged):
    client, lines = logged()
    client.get("/cliniko/v1/products", auth=("test-expired", ""))
    assert lines[0].endswith(" ms: fault: reserved credential test-expired")


def test_json_is_an_object_a_line_with_the_same(logged):
    client, lines = logged(as_json=True)
    client.get("/cliniko/v1/products/1", auth=("test-shop", ""))
    entry = json.loads(lines[0])
    assert entry.pop("milliseconds") > 0
    assert entry == {
        "method": "GET", "path": "/cliniko/v1/products/1", "status": 200,
        "operation": "getProduct", "sandbox": "test-shop", "problem": None,
    }  # fmt: skip


def test_a_health_check_is_answered_without_a_line(logged):
    client, lines = logged()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert lines == []


@pytest.mark.parametrize("alone", [True, False])
def test_the_health_check_is_at_the_root_wherever_an_api_is(alone):
    server = build_server(["cliniko"], at_native_path=alone)
    with httpx.Client(transport=InProcessTransport(server), base_url="http://mock.test") as client:
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.head("/healthz").status_code == 200
