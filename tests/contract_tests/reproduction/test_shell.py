"""A shell script sends what was sent, as whoever sent it, and runs nothing that a target says."""

from __future__ import annotations

import ast
import shutil
import time
from dataclasses import replace

import httpx
import pytest

from contract_tests.claims import Allows, Answers, Conforms, Refuses
from contract_tests.exchange.trace import Call, Trace
from contract_tests.fuzzing.recorder import _pointer
from contract_tests.reproduction.expected import expectations
from contract_tests.reproduction.keeping import KeepsTo
from contract_tests.reproduction.pytest_module import pytest_module
from contract_tests.reproduction.running import run_script
from contract_tests.reproduction.script import Script, ScriptRequest, Step
from contract_tests.reproduction.shell import shell_script
from contract_tests.target.mock import mock_target
from contract_tests.target.session import Session
from contract_tests.target.target import Target
from lab.serving import served
from mock_server.discovery import load_vendor
from mock_server.in_process import InProcessTransport
from mock_server.lifecycle.model import Lifecycle, Parts
from mock_server.live import LiveServer
from tests.contract_tests.reproduction.again import ends, module_ends
from tests.engine.toy import echo_operations, parameter, toy_document, toy_vendor

SIGNED = "test-writing"
NASTY = "'\"$(touch hit)`touch hit`\\ é\x07"
BASIC = {"type": "http", "scheme": "basic"}


def session(scheme=BASIC):
    """A session with a toy that signs in by a scheme."""
    vendor = toy_vendor(
        toy_document(
            {"/x": {"get": {"operationId": "x", "parameters": [parameter("a", "query", {})]}}},
            components={"securitySchemes": {"k": scheme}},
            security=[{"k": []}],
        ),
        echo_operations("x"),
    )
    target = Target(vendor, "http://127.0.0.1:9/toy", "secret", InProcessTransport(None))
    return Session(target, Lifecycle(()))


def script(status=500, claim=None, **call):
    given = {"operation": "x", "method": "GET", "url": "/x", **call}
    claim = claim or KeepsTo(0, "/status", {"enum": [200]})
    return Script((Step(ScriptRequest(**given), status=status),), claim)


class Echo:
    """Answers every call with a status, and remembers it."""

    def __init__(self, status=500, **headers):
        self.status = status
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.calls = []

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        content, more = b"", True
        while more:
            message = await receive()
            content, more = content + message["body"], message.get("more_body", False)
        self.calls.append((scope, content, dict(scope["headers"])))
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body"})


#: Those of the shells in common use that are here.
SHELLS = [each for each in ("dash", "bash", "busybox sh", "mksh") if shutil.which(each.split()[0])]


def sent(written, folder, echo, scheme=BASIC, shell="sh"):
    with LiveServer(echo) as live:
        source = shell_script(written, session(scheme), "check", "Wrong")
        return ends(source, folder, live.url, SIGNED, shell=shell)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "body",
    [b"@/etc/hosts", b'{"a": "\'"}', b"\x00\xff\r\n", b"a\x00b", b"", b"--x\n", b"%s\\n",
     b"two\nlines\n", NASTY.encode()],
)  # fmt: skip
def test_bodies_arrive_as_they_were_sent(tmp_path, body, shell):
    echo = Echo()
    headers = {"X-Odd": "'quoted' $HOME", "X-Empty": ""}
    written = script(method="PUT", url="/a/../%2e/b[1]", headers=headers, body=body)
    assert sent(written, tmp_path, echo, shell=shell)[0] == 1
    ((scope, content, arrived),) = echo.calls
    assert (content, scope["raw_path"]) == (body, b"/a/../%2e/b[1]")
    assert (arrived[b"x-odd"], arrived[b"x-empty"]) == (b"'quoted' $HOME", b"")
    assert arrived[b"authorization"] == b"Basic dGVzdC13cml0aW5nOg=="
    assert b"content-type" not in arrived


@pytest.mark.parametrize(
    ("scheme", "header"),
    [
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, (b"x-key", SIGNED.encode())),
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, (b"cookie", b"sid=test-writing")),
        ({"type": "http", "scheme": "bearer"}, (b"authorization", b"Bearer test-writing")),
        ({"type": "apiKey", "in": "query", "name": "key"}, None),
    ],
)
def test_a_script_signs_in_as_the_spec_says(tmp_path, scheme, header):
    echo = Echo()
    status, said = sent(script(url="/x?a=1"), tmp_path, echo, scheme)
    assert status == 1
    assert SIGNED not in said
    ((scope, _, headers),) = echo.calls
    if header is None:
        assert scope["query_string"] == b"a=1&key=test-writing"
    else:
        assert header in headers.items()


@pytest.mark.parametrize(
    "nasty",
    ["$(touch hit)", "`touch hit`", "'; touch hit; '", '"; touch hit; "', "\ntouch hit\n", NASTY],
)
def test_what_a_target_says_runs_nowhere(tmp_path, nasty):
    written = script(url=f"/{nasty}", headers={"X": nasty}, body=nasty.encode())
    message = f'"""\n{nasty}\r\ntouch hit\u2028touch hit'
    toy = session()
    source = shell_script(written, toy, f"GET /{nasty}\n", message)
    assert ends(source, tmp_path, "http://127.0.0.1:9", SIGNED)[0] == 2
    assert not (tmp_path / "hit").exists()
    tree = ast.parse(pytest_module(written, toy, f"GET /{nasty}\n", message))
    kinds = [type(node).__name__ for node in tree.body]
    assert kinds == ["ImportFrom", "ImportFrom", "Assign", "Assign", "FunctionDef"]


def test_wrong_methods_that_a_header_allows_are_found_again(tmp_path):
    for allowed, ended in (("GET,  POST", 1), ("POST, GET", 1), ("GET", 0)):
        written = script(200, Allows(0, ("GET", "POST")), method="OPTIONS", account=None)
        assert sent(written, tmp_path, Echo(200, allow=allowed))[0] == ended


class Seen(httpx.BaseTransport):
    """Notes the method of each request, and when it came."""

    def __init__(self, transport, sent):
        self.transport, self.sent = transport, sent

    def handle_request(self, request):
        self.sent.append((request.method, time.monotonic()))
        return self.transport.handle_request(request)


def test_a_read_after_a_write_waits_as_long_as_the_service_may_take():
    mock = mock_target("cliniko")
    target = replace(mock, base_url="http://127.0.0.1:9/v1", settle=0.2)
    creation = Call("createTax", Parts(body={"name": "VAT 5", "rate": "5.0"}))
    reads = Step(Call("listTaxes"), status=200)
    steps = (reads, Step(creation, status=201), reads)
    written = Script(steps, Answers(2)), Session(target, Lifecycle(())), "check", "Wrong"
    lines = shell_script(*written).splitlines()
    assert [
        lines[place + 1].split()[2] for place, line in enumerate(lines) if line == "sleep 1"
    ] == ["listTaxes"]
    assert "settle=0.2)" in pytest_module(*written)
    sent = []
    with served(replace(mock, transport=Seen(mock.transport, sent))) as url:
        module_ends(pytest_module(*written), f"{url}", "test:")
    (_, written_at), (_, read_at) = sent[-2:]
    assert [method for method, _ in sent] == ["GET", "POST", "GET"]
    assert read_at - written_at > 0.2


def test_a_script_for_a_mock_signs_in_by_itself():
    target = mock_target("cliniko")
    call = ScriptRequest(operation="listTaxes", method="GET", url="/taxes")
    source = shell_script(
        Script((Step(call, status=500),), KeepsTo(0, "/status", {"enum": [200]})),
        Session(target, Lifecycle(())), "check", "Wrong",
    )  # fmt: skip
    assert "target=${CONTRACT_TESTS_TARGET:-http://127.0.0.1:8080/cliniko/v1}" in source
    assert ': "${CONTRACT_TESTS_CREDENTIAL:=test:}"' in source


STATUSES = [
    (Answers(0), 422, {200}, {422}),
    (Answers(0, (405,)), 404, {405}, {404}),
    (Refuses(0), 201, {404, 422}, set(range(200, 300))),
    (KeepsTo(0, "/status", {"enum": [200, 404, 422]}), 500, {200, 404, 422}, {500}),
]


@pytest.mark.parametrize(("claim", "first", "fine", "wrong"), STATUSES)
def test_a_status_says_that_the_fault_is_there_or_not_or_nothing(claim, first, fine, wrong):
    spec = load_vendor("cliniko").spec
    call = ScriptRequest(operation="updateProduct", method="PATCH", url="/products/1")
    (expected,) = expectations(Script((Step(call, status=first),), claim), spec, Lifecycle(()))
    assert fine <= {*expected.fine}
    assert {*expected.wrong} == wrong
    assert {401, 403, 429, 500, 502, 503, 302} & {*expected.fine} == set()


def test_a_claim_about_the_spec_alone_is_not_written_for_a_shell():
    assert shell_script(script(200, Conforms(0, "/body")), session(), "check", "Wrong") == ""


def test_calls_are_sent_as_they_are_beside_the_credential():
    vendor = session({"type": "apiKey", "in": "query", "name": "key"}).target.vendor
    echo = Echo(200)
    target = Target(vendor, "http://testserver/toy", "test-q", InProcessTransport(echo))
    written = script(url="/x?a=%5B1")
    ran = run_script(replace(written, claim=Answers(0)), Session(target, Lifecycle(())), Trace())
    assert ran.trace[0].answer.status == 200
    assert echo.calls[0][0]["query_string"] == b"a=%5B1&key=test-q"


LINKS = {"items": [{"id": 7}, {"id": 8, "of": [{"id": "x"}]}], "id": 9}


@pytest.mark.parametrize(
    ("taken", "value", "pointer"),
    [
        ("$response.body#/id", "9", "/id"),
        ("$response.body#/items/*/id", "8", "/items/1/id"),
        ("$response.body#/items/*/of/*/id", "x", "/items/1/of/0/id"),
        ("$response.body#/items/*/id", "6", None),
        ("$response.header.Location", "9", None),
        ({"a": "constant"}, "9", None),
    ],
)
def test_what_a_link_takes_has_one_place(taken, value, pointer):
    assert _pointer(taken, value, LINKS) == pointer
