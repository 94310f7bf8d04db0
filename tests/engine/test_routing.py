"""Paths, methods and slashes: what is there, what is not, and links that always work."""

from __future__ import annotations

from functools import cache

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from mock_server.engine.transport import request_from
from mock_server.in_process import InProcessTransport
from tests.engine.toy import KEY, echo, parameter, toy_server

V1 = {"servers": [{"url": "https://{shard}.toy.test/v1", "variables": {"shard": {"default": "a"}}}]}


def _paths(slash=""):
    one = [parameter("id", "path", {"type": "string"})]
    return {
        f"/things{slash}": {"get": {"operationId": "list"}, "post": {"operationId": "create"}},
        f"/things/{{id}}{slash}": {
            "get": {"operationId": "read", "parameters": one},
            "patch": {"operationId": "change", "parameters": one},
            "delete": {"operationId": "remove", "parameters": one},
        },
        f"/things/archived{slash}": {"get": {"operationId": "archived"}},
        f"/jobs{slash}": {"post": {"operationId": "start"}},
    }


def _operations():
    operations = Operations()

    @operations.handles("list", "create", "read", "change", "remove", "archived", "start")
    def answer(request, context):
        return Reply(200, {"operation": request.operation_id, **echo(request, context).body})

    return operations


@pytest.fixture(scope="module")
def server():
    return toy_server(_paths(), _operations(), document=V1)


@pytest.fixture
def client(client_of, server):
    return client_of(server, "toy", headers=KEY)


@cache
def _slashed(policy, slash):
    return toy_server(_paths(slash), _operations(), trailing_slash=policy)


@pytest.fixture
def slashed(client_of):
    """A function (policy, slash at the end of the spec's paths) → a client."""

    def make(policy, slash=""):
        return client_of(_slashed(policy, slash), "toy", headers=KEY)

    return make


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/things", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/things/1", {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"}),
        ("/jobs", {"POST", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_refused_with_all_the_right_ones(client, path, allow):
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - allow:
        answer = client.request(method, path)
        assert answer.status_code == 405
        assert answer.json() == {"error": "MethodNotAllowed"}
        assert set(answer.headers["allow"].split(", ")) == allow


def test_options_says_the_methods_and_nothing_else(client):
    answer = client.options("/things")
    assert (answer.status_code, answer.content) == (204, b"")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_a_wrong_method_is_refused_before_anybody_asks_for_a_credential(client):
    assert client.put("/jobs", headers={"X-Key": "nobody"}).status_code == 405
    assert client.options("/jobs", headers={"X-Key": "nobody"}).status_code == 204


def test_head_has_everything_of_get_but_the_body(client):
    get, head = client.get("/things/1"), client.head("/things/1")
    assert (head.status_code, head.headers, head.content) == (200, get.headers, b"")
    assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize("path", ["/nothing", "/things/1"])
def test_head_of_an_error_has_no_body_either(client, path):
    answer = client.head(path, headers={"X-Key": "nobody"})
    assert answer.status_code in {401, 404}
    assert answer.content == b""


def test_head_where_there_is_no_get_is_a_wrong_method(client):
    answer = client.head("/jobs")
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    "path",
    ["/", "", "/nothing", "/things/1/more", "//things", "/things//", "/THINGS", "/things/a%2Fb"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "BREW"])
def test_a_path_that_is_not_there_is_refused_by_the_vendor(client, path, method):
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()) == (404, {"error": "RouteNotFound"})


def test_an_api_lives_below_its_own_base_path_alone(client):
    assert client.get("http://mock.test/toy/v1/things").status_code == 200
    for path in ("/toy/things", "/toy/v2/things", "/toy/", "/toy/v1x/things"):
        answer = client.get(f"http://mock.test{path}")
        assert (answer.status_code, answer.json()) == (404, {"error": "RouteNotFound"})
    assert client.get("http://mock.test/toy").status_code == 404


def test_a_written_out_path_comes_before_one_with_a_parameter(client):
    assert client.get("/things/archived").json()["operation"] == "archived"
    assert client.get("/things/archive").json()["operation"] == "read"


def test_a_path_parameter_arrives_unescaped(client):
    assert client.get("/things/zo%C3%AB%201%3F").json()["path"] == {"id": "zoë 1?"}


@pytest.mark.parametrize("path", ["/things/", "/things/1/", "/things//"])
def test_ignore_takes_a_slash_at_the_end_for_none(slashed, path):
    answer = slashed("ignore").get(path)
    assert answer.status_code == 200
    assert slashed("ignore").delete("/things/").status_code == 405


def test_strict_takes_it_for_another_path(slashed):
    assert slashed("strict").get("/things/").status_code == 404
    assert slashed("strict", "/").get("/things").status_code == 404
    assert slashed("strict", "/").get("/things/").status_code == 200


def test_append_sends_everybody_to_the_path_with_the_slash(slashed):
    client = slashed("append", "/")
    for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS"):
        answer = client.request(method, "/things?page=2&q=a%20b")
        assert (answer.status_code, answer.content) == (301, b"")
        assert answer.headers["location"] == "/toy/things/?page=2&q=a%20b"
    assert client.get("/things", follow_redirects=True).json()["operation"] == "list"
    assert client.get("/things/1").headers["location"] == "/toy/things/1/"


def test_append_sends_nobody_where_nothing_is(slashed):
    client = slashed("append", "/")
    assert client.get("/nothing").status_code == 404
    assert client.post("/things/1/2").status_code == 404
    assert client.get("/things/").status_code == 200


@pytest.mark.parametrize("policy", ["ignore", "append", "strict"])
def test_the_root_of_an_api_that_is_alone_is_answered_by_it(client_of, policy):
    server = toy_server(_paths(), _operations(), trailing_slash=policy, at_native_path=True)
    client = client_of(server, "toy", headers=KEY)
    assert client.get("/").json() == {"error": "RouteNotFound"}
    assert client.get("/things").json()["base_url"] == "http://mock.test"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("mock.test", "http://mock.test"),
        ("MOCK.test:8080", "http://MOCK.test:8080"),
        ("127.0.0.1:80", "http://127.0.0.1:80"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("my_host", "http://my_host"),
        ("", None),
        ("a b", None),
        ("a/b", None),
        ("user@mock.test", None),
        ("mock.test#", None),
        ("mock.test:99999", None),
        ("mock.test:", None),
        ("999.1.1.1", None),
        ("[1.2.3.4]", None),
        ("[::1", None),
        ("[nonsense]", None),
        ("a" * 300, None),
        ("\xe9", None),
        ('"><script>', None),
    ],
)
def test_links_start_with_the_host_that_was_asked_for_if_it_is_one(client, host, origin):
    answer = client.get("/things", headers={"Host": host.encode("latin-1")})
    assert answer.json()["base_url"] == f"{origin or 'http://mock.test:80'}/toy/v1"


@given(st.text(st.characters(max_codepoint=255), max_size=30) | st.from_regex(r"[\[\].:0-9a-z-]+"))
def test_no_host_at_all_makes_a_link_that_cannot_be_followed(host):
    scope = {
        "method": "GET",
        "path": "/v1/things",
        "query_string": b"",
        "headers": [(b"host", host.encode("latin-1", "replace"))],
        "server": ("127.0.0.1", 8080),
    }
    url = httpx.URL(request_from(scope, "/v1").base_url + "/things")
    assert (url.scheme, url.path) == ("http", "/v1/things")
    assert url.host


def test_a_server_that_does_not_know_its_address_is_on_localhost():
    scope = {"method": "GET", "path": "/", "query_string": b"", "headers": [], "scheme": "https"}
    assert request_from(scope, "").base_url == "https://localhost"


def test_links_keep_the_scheme_that_was_asked_for(server):
    with httpx.Client(transport=InProcessTransport(server), headers=KEY) as client:
        answer = client.get("https://mock.test/toy/v1/things")
    assert answer.json()["base_url"] == "https://mock.test/toy/v1"


@pytest.mark.parametrize("path", ["/things/a%0Ab", "/things/%0A", "/things/%0D%0A"])
def test_a_line_break_in_a_path_is_a_character_like_any_other(path):
    server = toy_server(_paths(), _operations(), document=V1)
    url = f"http://toy.test{server.base_path('toy')}{path}"
    with httpx.Client(transport=InProcessTransport(server)) as client:
        answer = client.get(url, headers=KEY)
    assert answer.json()["operation"] == "read"
