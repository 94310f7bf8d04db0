"""How calls are written down, as a script and as a test, whatever was sent."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import replace

import pytest

from contract_tests.reproduction.replays.calls import Replay, Sent, Taken, taken_from, url_parts
from contract_tests.reproduction.replays.pytest_module import pytest_module
from contract_tests.reproduction.replays.running import CannotReplay, Replayer, replaying
from contract_tests.reproduction.replays.shell import shell_script
from contract_tests.target.mock import mock_target
from contract_tests.target.target import Target
from mock_server.app import build_server
from mock_server.live import LiveServer
from mock_server.openapi.security import SecurityScheme
from tests.engine.toy import echo_operations, parameter, toy_document, toy_vendor

BASIC = SecurityScheme("own", {"type": "http", "scheme": "basic"})
NASTY = "'\"$(touch hit)`touch hit`\\ é\x07"
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def sent(method, *url, status=200, headers=None, body=None, account="first", **more):
    return Sent("anOperation", method, url, headers or {}, body, account, status, **more)


def replay(*calls, check="not_a_server_error", base_url="http://127.0.0.1:1/toy", **changes):
    options = {
        "operation": "GET /x", "message": "Wrong", "in_process": False, "scheme": BASIC,
        "credential": "",
    }  # fmt: skip
    return Replay("toy", check, base_url=base_url, calls=calls, **{**options, **changes})


def run_script(written, tmp_path, url, **environment):
    script = tmp_path / "repeat.sh"
    script.write_text(shell_script(written))
    return subprocess.run(
        ["sh", str(script)],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "CONTRACT_TESTS_TARGET": url, **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def cliniko():
    server = build_server(["cliniko"])
    with LiveServer(server) as live:
        yield live.url + server.base_path("cliniko")


CREATED = sent("POST", "/products", status=201, headers=JSON, body='{"name": "Bälm"}'.encode())
READ = sent("GET", "/products/", Taken(0, "/id"), "?x=%5B", headers={"Accept": "*/*"})
SIGNED = {"CONTRACT_TESTS_CREDENTIAL": "test-writing"}


@pytest.mark.parametrize(
    ("check", "seen", "ends"),
    [("ensure_resource_availability", 404, 0), ("ensure_resource_availability", 200, 1)],
)
def test_a_script_goes_on_with_what_an_answer_gave(tmp_path, cliniko, check, seen, ends):
    written = replay(CREATED, sent("GET", *READ.url, status=seen), check=check)
    done = run_script(written, tmp_path, cliniko, **SIGNED)
    assert done.returncode == ends, done.stderr
    assert done.stderr == ("the fault is there: 200\n" if ends else "")


def test_a_test_goes_on_with_what_an_answer_gave():
    replayer = Replayer(mock_target("cliniko"))
    first = replayer.send("POST", "/products", headers=JSON, content=CREATED.body, answered=201)
    second = replayer.send("GET", f"/products/{first.part('/id')}?x=%5B")
    replayer.close()
    assert second.at("/name") == "Bälm"
    assert second.problems("getProduct") == []
    source = pytest_module(replay(CREATED, READ))
    assert "'/products/' + first.part('/id') + '?x=%5B'" in source
    assert "answered=201" in source


@pytest.mark.parametrize(
    ("environment", "calls", "complaint"),
    [
        ({}, (READ,), "CONTRACT_TESTS_CREDENTIAL is not set"),
        (
            {"CONTRACT_TESTS_CREDENTIAL": "nobody"},
            (sent("GET", "/taxes"),),
            "credential is refused",
        ),
        (SIGNED, (sent("GET", "/products/0", status=200), READ), "1. → 404"),
    ],
)
def test_a_script_that_cannot_tell_ends_with_2(tmp_path, cliniko, environment, calls, complaint):
    done = run_script(replay(*calls), tmp_path, cliniko, **environment)
    assert done.returncode == 2
    assert complaint in done.stderr


def test_a_script_whose_target_is_gone_ends_with_2(tmp_path):
    done = run_script(replay(sent("GET", "/x")), tmp_path, "http://127.0.0.1:9", **SIGNED)
    assert done.returncode == 2


def test_a_test_says_why_it_cannot_tell(monkeypatch):
    replayer = Replayer(mock_target("cliniko"))
    with pytest.raises(CannotReplay, match="GET /products/0 answered 404, and not 200"):
        replayer.send("GET", "/products/0", answered=200)
    with pytest.raises(CannotReplay, match="without /nowhere"):
        replayer.send("GET", "/taxes").part("/nowhere")
    assert replayer.send("GET", "/taxes", account=None).status == 401
    replayer.close()
    stranger = Replayer(replace(mock_target("cliniko"), credential="nobody:"))
    with pytest.raises(CannotReplay, match="GET /taxes was refused the credential"):
        stranger.send("GET", "/taxes")
    assert stranger.send("GET", "/taxes", answered=None).status == 401
    stranger.close()
    monkeypatch.delenv("CONTRACT_TESTS_CREDENTIAL", raising=False)
    with (
        pytest.raises(CannotReplay, match="CONTRACT_TESTS_CREDENTIAL is not set"),
        replaying("cliniko", "http://127.0.0.1:9"),
    ):
        pass


@pytest.mark.parametrize(
    "body",
    [
        b"@/etc/hosts",
        b'{"a": "\'"}',
        b"\x00\xff\r\n",
        b"a\x00b",
        b"",
        b"two\nlines\n",
        NASTY.encode(),
    ],
)
def test_bodies_arrive_as_they_were_sent(tmp_path, body):
    """An echo answers with the bytes that it was sent, as hexadecimal digits."""
    got = []

    async def echo(scope, receive, send):
        if scope["type"] != "http":
            return
        content, more = b"", True
        while more:
            message = await receive()
            content, more = content + message["body"], message.get("more_body", False)
        got.append((content, scope["raw_path"], dict(scope["headers"])))
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body"})

    headers = {"X-Odd": "'quoted' $HOME", "X-Empty": ""}
    call = sent("PUT", "/a/../%2e/b[1]", status=500, headers=headers, body=body)
    with LiveServer(echo) as live:
        done = run_script(replay(call), tmp_path, live.url, **SIGNED)
    assert done.returncode == 1, done.stderr
    ((content, path, arrived),) = got
    assert (content, path) == (body, b"/a/../%2e/b[1]")
    assert (arrived[b"x-odd"], arrived[b"x-empty"]) == (b"'quoted' $HOME", b"")
    assert arrived[b"authorization"] == b"Basic dGVzdC13cml0aW5nOg=="
    assert b"content-type" not in arrived


@pytest.mark.parametrize(
    ("scheme", "header"),
    [
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, (b"x-key", b"test-writing")),
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, (b"cookie", b"sid=test-writing")),
        ({"type": "http", "scheme": "bearer"}, (b"authorization", b"Bearer test-writing")),
        ({"type": "apiKey", "in": "query", "name": "key"}, None),
    ],
)
def test_a_script_signs_in_as_the_spec_says(tmp_path, scheme, header):
    got = []

    async def remember(scope, _, send):
        if scope["type"] == "http":
            got.append(scope)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})

    with LiveServer(remember) as live:
        written = replay(sent("GET", "/x?a=1"), scheme=SecurityScheme("own", scheme))
        done = run_script(written, tmp_path, live.url, **SIGNED)
    assert done.returncode == 0, done.stderr
    if header is None:
        assert got[0]["query_string"] == b"a=1&key=test-writing"
    else:
        assert header in got[0]["headers"]


@pytest.mark.parametrize(
    "nasty",
    ["$(touch hit)", "`touch hit`", "'; touch hit; '", '"; touch hit; "', "\ntouch hit\n", NASTY],
)
def test_what_a_target_says_runs_nowhere(tmp_path, nasty):
    call = sent("GET", f"/{nasty}", headers={"X": nasty}, body=nasty.encode())
    written = replay(
        call, message=f'"""\n{nasty}\r\ntouch hit\u2028touch hit', operation=f"GET /{nasty}\n"
    )
    done = run_script(written, tmp_path, "http://127.0.0.1:9", **SIGNED)
    assert done.returncode == 2
    assert not (tmp_path / "hit").exists()
    tree = ast.parse(pytest_module(written))
    assert [type(node).__name__ for node in tree.body] == ["Expr", "ImportFrom", "FunctionDef"]


@pytest.mark.parametrize(
    ("check", "seen", "test", "script"),
    [
        ("not_a_server_error", 500, "status < 500", "-lt 500"),
        ("negative_data_rejection", 200, "status >= 400", "-ge 400"),
        ("missing_required_header", 200, "status >= 400", "-ge 400"),
        ("ignored_auth", 200, "status >= 300", "-ge 300"),
        ("use_after_free", 200, "status >= 400", "-ge 400"),
        ("ensure_resource_availability", 404, "status != 404", "-ne 404"),
        ("positive_data_acceptance", 422, "status != 422", "-ne 422"),
        ("unsupported_method", 404, "status == 405", "-eq 405"),
        ("unsupported_method", 405, "headers.get('allow', '') != ''", "!= ''"),
        ("response_schema_conformance", 200, "problems('anOperation') == []", "check-answer toy"),
    ],
)
def test_each_check_has_a_verdict_on_the_last_answer(check, seen, test, script):
    written = replay(sent("GET", "/x", status=seen), check=check)
    assert test in pytest_module(written)
    assert script in shell_script(written)


def test_a_wrong_allow_header_is_compared_without_its_spaces(tmp_path):
    async def allow(scope, _, send):
        if scope["type"] == "http":
            headers = [(b"allow", b"GET,  POST")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body"})

    with LiveServer(allow) as live:
        for seen, ends in (("GET, POST", 1), ("GET", 0)):
            call = sent("OPTIONS", "/x", allow=seen, account=None)
            written = replay(call, check="allow_header_conformance")
            assert run_script(written, tmp_path, live.url).returncode == ends


def test_a_script_for_a_mock_needs_nothing_but_the_mock():
    script = shell_script(replay(READ, in_process=True, credential="test:"))
    assert 'target="${CONTRACT_TESTS_TARGET:-http://127.0.0.1:8080/toy}"' in script
    assert ': "${CONTRACT_TESTS_CREDENTIAL:=test:}"' in script
    assert "with replaying('toy') as target:" in pytest_module(replay(READ, in_process=True))


@pytest.mark.parametrize(
    ("url", "taken", "parts"),
    [
        ("http://h/v1/a/7?q=1", {}, ("/a/7?q=1",)),
        ("http://h/v1/a/7?q=1", {"id": Taken(0, "/id")}, ("/a/", Taken(0, "/id"), "?q=1")),
        ("http://h/v1/a/7/b", {"id": Taken(0, "/id")}, ("/a/7/b",)),
        ("http://h/v1/a/x%2Fy", {"id": Taken(1, "/k")}, ("/a/", Taken(1, "/k"))),
    ],
)
def test_a_url_is_taken_apart_where_an_answer_was_used(url, taken, parts):
    assert url_parts(url, "http://h/v1", "/a/{id}", taken) == parts


def test_only_values_of_bodies_are_taken_from_answers():
    assert taken_from(2, "$response.body#/items/0/id") == Taken(2, "/items/0/id")
    assert taken_from(2, "$response.header.Location") is None
    assert taken_from(2, {"a": "constant"}) is None


def test_queries_sign_in_beside_what_is_sent():
    vendor = toy_vendor(
        toy_document(
            {"/x": {"get": {"operationId": "x", "parameters": [parameter("a", "query", {})]}}},
            components={"securitySchemes": {"k": {"type": "apiKey", "in": "query", "name": "key"}}},
            security=[{"k": []}],
        ),
        echo_operations("x"),
    )
    server = build_server(vendors=[vendor])
    replayer = Replayer(Target(vendor, "http://testserver/toy", "test-q", server))
    assert replayer.send("GET", "/x?a=%5B1").at("/query/a") == "[1"
    assert replayer.send("GET", "/x").status == 200
    replayer.close()
