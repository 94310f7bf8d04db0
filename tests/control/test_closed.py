"""Control is closed by default, and never stands in a vendor's way or behind a vendor's path."""

from __future__ import annotations

import asyncio
import json
import socket
from urllib.parse import unquote

import httpx
import pytest

from mock_server import cli
from mock_server.app import build_server
from mock_server.control.api import seeds
from mock_server.control.api.auth import ControlAuthMiddleware, is_loopback
from mock_server.control.client import Control, ControlError
from mock_server.control.seed_files.files import LONGEST_DOCUMENT
from mock_server.discovery import load_vendors
from mock_server.in_process import scope_of
from mock_server.settings import Settings

TOKEN = "correct-horse-battery"


def entered(token=None, *, client=("127.0.0.1", 1), path="/_mock/sandboxes", **headers):
    """The status with which an entrance lets a call in (200) or refuses it."""
    sent = []

    async def inside(_, __, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def send(message):
        sent.append(message)

    headers = {"host": "localhost:8080", **headers}
    request = httpx.Request("GET", "http://localhost:8080" + path, headers=headers)
    scope = {**scope_of(request), "client": client}
    asyncio.run(ControlAuthMiddleware(inside, "/_mock", token)(scope, None, send))
    assert "error" in json.loads(sent[1]["body"]) or sent[0]["status"] == 200
    return sent[0]["status"]


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer", 401),
        ("", 401),
        ("Bearer ünïcode", 401),
    ],
)
def test_a_server_with_a_token_wants_it_from_everybody(authorization, status):
    value = authorization.encode("latin-1", "replace")
    assert entered(TOKEN, authorization=value) == status
    far = {"client": ("203.0.113.9", 5), "host": "mock.example.com"}
    assert entered(TOKEN, authorization=value, **far) == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8080", 200),
        ("127.0.0.1:8080", 200),
        ("127.8.8.8", 200),
        ("[::1]:8080", 200),
        ("mock", 403),
        (socket.gethostname(), 200),
        ("mock.test", 200),
        ("evil.example.com", 403),
        ("evil.example.com:8080", 403),
        ("localhost.example.com", 403),
        ("192.0.2.1", 403),
        ("[2001:db8::1]:8080", 403),
    ],
)
def test_without_a_token_the_server_is_called_by_a_name_of_its_own(host, status):
    assert entered(host=host) == status


@pytest.mark.parametrize(
    ("client", "status"),
    [
        (("127.0.0.1", 1), 200),
        (("::1", 1), 200),
        (("::ffff:127.0.0.1", 1), 200),
        (None, 200),
        (("203.0.113.9", 1), 403),
        (("2001:db8::9", 1), 403),
        (("::ffff:203.0.113.9", 1), 403),
    ],
)
def test_without_a_token_the_caller_is_on_this_machine(client, status):
    assert entered(client=client) == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:8080", 200),
        ("http://evil.example.com", 403),
        ("http://localhost:9999", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
def test_another_sites_page_is_refused(origin, status):
    assert entered(origin=origin) == status


@pytest.mark.parametrize(
    ("site", "status"),
    [("same-origin", 200), ("none", 200), ("cross-site", 403), ("same-site", 403), ("new", 403)],
)
def test_a_browser_says_whose_page_asks(site, status):
    assert entered(**{"sec-fetch-site": site}) == status


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x-forwarded-for", "unknown"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("via", "1.1 proxy"),
        ("x-real-ip", "127.0.0.1"),
    ],
)
def test_a_call_through_a_proxy_needs_a_token(header, value):
    assert entered(**{header: value}) == 403
    assert entered(TOKEN, authorization=f"Bearer {TOKEN}", **{header: value}) == 200


@pytest.mark.parametrize(
    "path",
    [
        "/%5Fmock/sandboxes",
        "/_mock%2Fsandboxes",
        "/_mock/sandboxes%2ftest",
        "/_mock//sandboxes",
        "/_mock/sandboxes/../sandboxes",
        "/_mock/%2e%2e/_mock/sandboxes",
        "/_mock/sandboxes/.",
        "/_mock/sandboxes%5Ctest",
    ],
)
def test_only_a_path_that_is_spelled_out_is_controls(path):
    request = httpx.Request("GET", "http://localhost/")
    scope = {**scope_of(request), "raw_path": path.encode()}
    sent = []

    async def inside(*_):
        raise AssertionError("it was let in")

    async def send(message):
        sent.append(message)

    asyncio.run(ControlAuthMiddleware(inside, "/_mock", None)(scope, None, send))
    assert sent[0]["status"] == 404


def raw_get(server, path):
    """GET a path as it stands, which a client would tidy up: status and body."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = scope_of(httpx.Request("GET", "http://localhost/"))
    raw = {"path": unquote(path), "raw_path": path.encode()}
    asyncio.run(server({**scope, **raw}, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


VENDOR_PATHS = [
    "{base}/_mock/sandboxes",
    "{base}/../_mock/sandboxes",
    "{base}/..%2f_mock/sandboxes",
    "{base}/%2e%2e/_mock/sandboxes",
    "{base}/..%2F..%2F_mock%2Fsandboxes",
    "{base}//_mock/sandboxes",
    "{base}%2F..%2F_mock/sandboxes",
    "{base}/_mock%2Fsandboxes",
    "//_mock/sandboxes",
    "/./_mock/sandboxes",
]


@pytest.mark.parametrize("alone", [False, True])
def test_no_path_of_a_vendor_leads_to_control(server, alone):
    server = build_server(vendors=server.vendors, at_native_path=alone)
    with Control(app=server) as control:
        control.create("test-secret")
    for path in VENDOR_PATHS:
        status, body = raw_get(server, path.format(base=server.base_path("cliniko")))
        assert status == 404, path
        assert b"test-secret" not in body, path
    assert b"test-secret" in raw_get(server, "/_mock/sandboxes")[1]


def test_control_takes_no_path_from_any_vendor():
    for vendor in load_vendors():
        for operation in vendor.spec.operations.values():
            assert not (vendor.spec.base_path + operation.path).startswith("/_mock")


def test_a_vendor_alone_at_the_root_answers_all_other_paths(server):
    alone = build_server(vendors=server.vendors, at_native_path=True)
    assert json.loads(raw_get(alone, "/_mocking/sandboxes")[1]) == {"message": "Not found"}
    assert json.loads(raw_get(alone, "/sandboxes")[1]) == {"message": "Not found"}
    assert json.loads(raw_get(alone, "/_mock/sandboxes")[1]) == {"sandboxes": [], "evicted": 0}
    assert json.loads(raw_get(alone, "/_mock/nothing")[1]) == {"error": "there is no such path"}


@pytest.mark.parametrize("path", ["sandboxes/%0Ax/snapshots", "sandboxes/x%0A", "%0A"])
def test_a_path_with_a_line_break_is_answered_by_control_like_any_other(server, path):
    status, body = raw_get(server, f"/_mock/{path}")
    assert status == 404
    assert list(json.loads(body)) == ["error"]


def test_the_token_of_the_client_opens_and_no_other(server):
    closed = build_server(vendors=server.vendors, settings=Settings(token=TOKEN))
    with Control(app=closed, token=TOKEN) as control:
        assert control.sandboxes() == []
    for token in (None, "wrong-token"):
        with (
            Control(app=closed, token=token) as control,
            pytest.raises(ControlError, match="token") as caught,
        ):
            control.sandboxes()
        assert caught.value.status == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])
def test_serve_beyond_loopback_needs_a_token(capsys, monkeypatch, host):
    monkeypatch.delenv("MOCK_SERVER_TOKEN", raising=False)
    assert cli.main(["serve", "cliniko", "--host", host, "--port", "0"]) == 2
    errors = capsys.readouterr().err
    assert "control API needs a token" in errors
    assert len(errors.splitlines()) == 1


def test_a_token_that_could_be_guessed_is_refused(capsys):
    assert cli.main(["serve", "cliniko", "--port", "0", "--token", "short"]) == 2
    assert "at least 8 characters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "verdict"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("mock", False)],
)
def test_what_is_loopback(host, verdict):
    assert is_loopback(host) is verdict


def test_a_body_that_is_too_long_is_refused(control, call):
    control.create("test-long")
    answer = call.post(
        "/_mock/sandboxes/test-long/seed",
        content=b" " * (LONGEST_DOCUMENT + 1),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert "longer than" in answer.json()["error"]


def test_an_export_that_is_too_long_is_refused(control, monkeypatch):
    monkeypatch.setattr(seeds, "LONGEST_EXPORT", 100)
    with pytest.raises(ControlError, match="name fewer APIs") as caught:
        control.create("test-long").export()
    assert caught.value.status == 409


def test_snapshots_and_rules_are_bounded_in_number(control, monkeypatch):
    monkeypatch.setattr("mock_server.control.api.snapshots.MOST_SNAPSHOTS", 1)
    monkeypatch.setattr("mock_server.control.api.fault_rules.MOST_RULES", 1)
    sandbox = control.create("test-many")
    sandbox.snapshot("one")
    sandbox.snapshot("one")
    with pytest.raises(ControlError, match="keeps 1 snapshots"):
        sandbox.snapshot("two")
    rule = {"effects": [{"kind": "drop"}]}
    sandbox.add_fault(rule)
    with pytest.raises(ControlError, match="has 1 fault rules at most"):
        sandbox.add_fault(rule)


def test_what_is_no_json_is_refused_in_one_line(control, call):
    control.create("test-json")
    headers = {"Content-Type": "application/json"}
    answer = call.post("/_mock/sandboxes", content=b"{", headers=headers)
    assert answer.status_code == 400
    answer = call.post("/_mock/sandboxes", content=b"x", headers={"Content-Type": "text/plain"})
    assert answer.json() == {"error": "the body must be application/json"}
    assert call.put("/_mock/sandboxes").headers["allow"] == "GET, POST, OPTIONS, HEAD"
