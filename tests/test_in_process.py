"""The transport that calls an application directly behaves as a server on loopback would."""

from __future__ import annotations

import httpx
import pytest

from mock_server.in_process import InProcessTransport, scope_of


class _App:
    """An ASGI application that notes what it gets and answers in two chunks."""

    def __init__(self):
        self.scope = None
        self.messages = []
        self.error = None

    async def __call__(self, scope, receive, send):
        self.scope = scope
        self.messages = [await receive(), await receive()]
        if self.error is not None:
            raise self.error
        headers = [(b"x-a", b"1"), (b"x-a", b"2"), (b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 418, "headers": headers})
        await send({"type": "http.response.body", "body": b"Zo", "more_body": True})
        await send({"type": "http.response.body", "body": "ë".encode()})


@pytest.fixture
def app():
    return _App()


@pytest.fixture
def client(app):
    with httpx.Client(transport=InProcessTransport(app), base_url="http://mock.test") as client:
        yield client


def test_an_answer_comes_back_whole(client):
    answer = client.get("/")
    assert (answer.status_code, answer.text) == (418, "Zoë")
    assert answer.headers.get_list("x-a") == ["1", "2"]


def test_a_body_goes_in_whole_and_then_the_caller_is_gone(client, app):
    client.post("/", content=iter([b"a", b"b"]))
    assert app.messages == [
        {"type": "http.request", "body": b"ab", "more_body": False},
        {"type": "http.disconnect"},
    ]


def test_a_path_is_unescaped_and_a_query_is_not(client, app):
    client.get("/a%20b/%C3%A9%2Fc?q=%20x&r[]=ü")
    assert app.scope["path"] == "/a b/é/c"
    assert app.scope["raw_path"] == b"/a%20b/%C3%A9%2Fc"
    assert app.scope["query_string"] == b"q=%20x&r[]=%C3%BC"
    assert app.scope["root_path"] == ""


@pytest.mark.parametrize(
    ("url", "scheme", "server"),
    [
        ("http://mock.test/", "http", ("mock.test", 80)),
        ("https://mock.test/", "https", ("mock.test", 443)),
        ("http://127.0.0.1:8080/", "http", ("127.0.0.1", 8080)),
    ],
)
def test_a_scope_says_where_it_came_in(url, scheme, server):
    scope = scope_of(httpx.Request("GET", url))
    assert (scope["type"], scope["scheme"], scope["server"]) == ("http", scheme, server)


def test_header_names_are_lower_case_as_servers_make_them(client, app):
    client.get("/", headers={"X-Key": "Test"})
    assert (b"x-key", b"Test") in app.scope["headers"]
    assert all(name == name.lower() for name, _ in app.scope["headers"])


def test_what_the_application_raises_comes_through(client, app):
    app.error = ZeroDivisionError("by zero")
    with pytest.raises(ZeroDivisionError):
        client.get("/")
    app.error = None
    assert client.get("/").status_code == 418


def test_a_server_answers_in_process_as_it_does_over_http(server, client_of):
    client = client_of(server, "cliniko", auth=("test", ""))
    created = client.post("/products", json={"name": "Hand Balm"})
    assert created.status_code == 201
    assert client.get(f"/products/{created.json()['id']}").json()["name"] == "Hand Balm"
