"""A server on a real socket: it answers, it stops, and many writers lose nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from mock_server.live import LiveServer, PortUnavailable, listen
from tests.engine.toy import KEY, count, echo, parameter, toy_server


@pytest.fixture(scope="module")
def live():
    """A toy on a socket: `POST /count` counts, `GET /echo/{id}` says what it was given."""
    operations = Operations()
    operations.handles("echo", "take")(echo)

    @operations.handles("count")
    def add(_, context):
        return Reply(200, count(context))

    paths = {
        "/count": {"post": {"operationId": "count"}},
        "/echo/{id}": {
            "get": {
                "operationId": "echo",
                "parameters": [
                    parameter("id", "path", {"type": "string"}),
                    parameter("q", "query", {"type": "string"}),
                ],
            }
        },
        "/take": {
            "post": {
                "operationId": "take",
                "requestBody": {"content": {"application/json": {"schema": {}}}},
            }
        },
    }
    with LiveServer(toy_server(paths, operations)) as server:
        yield server


@pytest.fixture
def client(live):
    with httpx.Client(base_url=f"{live.url}/toy", headers=KEY) as client:
        yield client


def _raw(live, request):
    """The status of the answer to bytes on the socket."""
    host, port = live.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as answer:
            return int(answer.readline().split()[1])


def test_it_answers_where_it_says_it_is(live, client):
    answer = client.get("/echo/a%20b?q=%C3%A9")
    assert answer.json()["path"] == {"id": "a b"}
    assert answer.json()["query"] == {"q": "é"}
    assert answer.json()["base_url"] == f"{live.url}/toy"


def test_an_answer_does_not_say_what_serves_it(client):
    assert "server" not in client.get("/echo/1").headers


def test_head_and_errors_come_through_whole(client):
    get, head = client.get("/echo/1"), client.head("/echo/1")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert client.put("/echo/1").headers["allow"] == "GET, OPTIONS, HEAD"
    assert client.get("/nothing").json() == {"error": "RouteNotFound"}


def test_a_body_in_chunks_is_read_whole(client):
    answer = client.post(
        "/take",
        content=iter([b'{"a":', b" 1}"]),
        headers={"Content-Type": "application/json"},
    )
    assert answer.json()["body"] == {"a": 1}


def test_a_body_that_is_too_long_is_refused_before_it_ends(live):
    head = b"POST /toy/take HTTP/1.1\r\nHost: mock.test\r\nX-Key: test\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n"
    assert _raw(live, head + b" " * ((1 << 20) + 1)) == 413


@pytest.mark.parametrize("host", [b"", b"a b", b"[::1", b'"><script>', b"mock.test:99999"])
def test_a_host_that_is_none_breaks_nothing(live, host):
    request = b"GET /toy/echo/1 HTTP/1.1\r\nX-Key: test\r\nHost: " + host + b"\r\n\r\n"
    assert _raw(live, request) == 200


def test_sixty_four_clients_that_write_at_once_lose_nothing(live):
    limits = httpx.Limits(max_connections=64)
    with (
        httpx.Client(headers={"X-Key": "test-many"}, timeout=60, limits=limits) as client,
        ThreadPoolExecutor(64) as pool,
    ):
        answers = pool.map(lambda _: client.post(f"{live.url}/toy/count"), range(256))
        counted = [answer.json() for answer in answers]
    assert sorted(counted) == list(range(1, 257))


def test_it_stops_when_the_block_is_left():
    operations = Operations()
    operations.handles("echo")(echo)
    with LiveServer(toy_server({"/x": {"get": {"operationId": "echo"}}}, operations)) as server:
        url = f"{server.url}/toy/x"
        assert httpx.get(url, headers=KEY).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, headers=KEY)


def test_a_call_that_waits_while_the_server_stops_gets_no_answer_instead_of_a_false_one():
    waiting = threading.Event()

    async def app(scope, _receive, _send):
        if scope["type"] == "http":
            waiting.set()
            await asyncio.sleep(60)

    with ThreadPoolExecutor() as pool:
        with LiveServer(app) as server:
            call = pool.submit(httpx.get, server.url, timeout=30)
            assert waiting.wait(10)
        with pytest.raises(httpx.RemoteProtocolError):
            call.result(timeout=30)


def test_a_port_that_is_taken_is_refused_in_one_line():
    with closing(listen("127.0.0.1", 0)) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortUnavailable, match=rf"^cannot listen on 127\.0\.0\.1:{port}: .+"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port"), [("127.0.0.1", 70000), ("256.0.0.1", 0), ("no.such.host.invalid", 0)]
)
def test_an_address_that_is_none_is_refused(host, port):
    with pytest.raises(PortUnavailable, match="cannot listen on"):
        listen(host, port)


def test_a_free_port_is_found():
    with closing(listen("127.0.0.1", 0)) as listener:
        assert listener.getsockname()[1] > 0
