"""What a caller may send on a socket, and for how long."""

from __future__ import annotations

import socket

import pytest

from mock_server.bounded_http import MAX_HEADERS, MAX_TARGET, BoundedHttp
from mock_server.live import LiveServer


async def _app(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    host = dict(scope["headers"]).get(b"host", b"")
    headers = [(b"content-length", b"%d" % len(host))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": host})


@pytest.fixture(scope="module")
def live():
    with LiveServer(_app) as server:
        yield server


def _exchange(server, content):
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(content)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer


def _request(target=b"/", *headers, version=b"1.1", body=b""):
    lines = [b"GET %b HTTP/%b" % (target, version), *headers, b"Connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


HOST = b"Host: h"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (_request(b"/", HOST), 200),
        (_request(b"/" + b"a" * (MAX_TARGET - 1), HOST), 200),
        (_request(b"/" + b"a" * MAX_TARGET, HOST), 414),
        (_request(b"/", HOST, b"X: " + b"a" * (MAX_HEADERS - 100)), 200),
        (_request(b"/", HOST, b"X: " + b"a" * MAX_HEADERS), 431),
        (_request(b"/", HOST, *(b"X-%d: " % n + b"a" * 1000 for n in range(70))), 431),
        (_request(b"/", HOST, b"X: " + b"a" * (MAX_HEADERS + MAX_TARGET)), 431),
        (_request(b"/"), 400),
        (_request(b"/", version=b"1.0"), 200),
        (_request(b"/", HOST, HOST), 400),
    ],
)
def test_the_head_of_a_request_has_bounds(live, content, status):
    assert _exchange(live, content).startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize(
    ("target", "host"),
    [(b"http://other/x", b"other"), (b"http://other:81/", b"other:81"), (b"/x", b"h")],
)
def test_the_host_of_the_target_is_the_one_that_counts(live, target, host):
    assert _exchange(live, _request(target, HOST)).endswith(b"\r\n\r\n" + host)


def test_a_websocket_is_answered_as_a_request_without_one(live):
    upgrade = [b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: eA=="]
    assert _exchange(live, _request(b"/", HOST, *upgrade)).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GET / HT",
        _request(b"/", HOST)[:-2],
        _request(b"/", HOST, b"Content-Length: 9") + b"x",
    ],
)
def test_a_request_that_does_not_end_is_given_up(monkeypatch, content):
    defaults = BoundedHttp.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "read_timeout", 0.2)
    monkeypatch.setattr("mock_server.live.protocol", lambda *_: BoundedHttp)
    with LiveServer(_app) as server:
        assert _exchange(server, content).startswith(b"HTTP/1.1 408 ")
