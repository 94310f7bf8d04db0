"""What a caller on a real socket sees of a broken line, with both of uvicorn's parsers."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn

from mock_server import live
from mock_server.app import build_server
from mock_server.live import LiveServer
from mock_server.state.sandbox import SandboxName


@pytest.fixture(
    scope="module", params=[("httptools", "auto"), ("h11", "asyncio")], ids=["httptools", "h11"]
)
def serving(request, vendors):
    """A server of Cliniko on a socket, and its URL."""
    parser, loop = request.param

    def config(app, **options):
        return uvicorn.Config(
            app,
            **options,
            access_log=False,
            log_config=None,
            http=parser,
            loop=loop,
            timeout_graceful_shutdown=2,
        )

    chosen = [vendor for vendor in vendors if vendor.api.name == "cliniko"]
    server = build_server(vendors=chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "server_config", config)
        with LiveServer(server) as running:
            yield server, running.url + server.base_path("cliniko")


@pytest.fixture
def sandbox(serving):
    """The sandbox `test`, as new."""
    sandbox = serving[0].sandboxes.open(SandboxName("test", "typical"))
    sandbox.reset()
    return sandbox


@pytest.fixture
def wired(serving, sandbox, caplog):
    """A client of it; uvicorn must not have complained by the end."""
    assert not sandbox.journal
    with httpx.Client(base_url=serving[1], auth=("test", ""), timeout=60) as client:
        yield client
    assert [record.getMessage() for record in caplog.records if record.levelno >= 30] == []


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        ("drop", httpx.RemoteProtocolError),
        ("reset", httpx.ReadError),
        ("truncate", httpx.RemoteProtocolError),
        ("garbage", httpx.RemoteProtocolError),
        ("unacknowledged_write", httpx.RemoteProtocolError),
    ],
)
def test_the_client_sees_the_same_error_as_in_process(wired, add, sandbox, effect, error):
    add(effect, times=1)
    with pytest.raises(error):
        wired.get("/products")
    assert not sandbox.journal.get(sandbox.journal.last).sent
    assert wired.get("/products").status_code == 200


def test_a_connection_that_served_before_is_cut_too(wired, add):
    assert wired.get("/products").status_code == 200
    add("reset", times=1)
    with pytest.raises(httpx.ReadError):
        wired.get("/products")
    assert wired.get("/products").status_code == 200


def request_bytes(client):
    request = client.build_request("GET", "/taxes")
    request.headers["Authorization"] = "Basic dGVzdDo="
    lines = [f"GET {request.url.raw_path.decode()} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_all(client):
    """Every byte that comes until the connection ends; the last item is an error or nothing."""
    url = urlsplit(str(client.base_url))
    with closing(socket.create_connection((url.hostname, url.port), timeout=60)) as connection:
        connection.sendall(request_bytes(client))
        pieces = []
        while True:
            try:
                piece = connection.recv(65536)
            except ConnectionResetError as error:
                return pieces, error
            if not piece:
                return pieces, None
            pieces.append(piece)


def test_a_reset_is_one_on_the_wire(wired, add):
    add("reset")
    pieces, error = read_all(wired)
    assert pieces == []
    assert isinstance(error, ConnectionResetError)


def test_a_drop_is_an_orderly_end_without_a_byte(wired, add):
    add("drop")
    assert read_all(wired) == ([], None)


def test_garbage_is_no_http(wired, add):
    add({"kind": "garbage", "bytes": 40})
    pieces, error = read_all(wired)
    assert error is None
    assert len(b"".join(pieces)) == 40
    assert not b"".join(pieces).startswith(b"HTTP")


def test_a_truncated_answer_promises_more_than_comes(wired, add):
    add({"kind": "truncate", "bytes": 7})
    pieces, error = read_all(wired)
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    assert error is None
    assert len(body) == 7
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length"))
    assert int(length.partition(b":")[2]) > 7


def test_a_drip_comes_in_pieces_and_whole(wired, add):
    add({"kind": "drip", "seconds": 0.05, "pieces": 5})
    with wired.stream("GET", "/products") as answer:
        content = b"".join(answer.iter_raw())
    assert json.loads(content)["products"]


def test_a_wait_is_a_real_one(wired, add):
    add({"kind": "latency", "seconds": 60}, times=1)
    with pytest.raises(httpx.ReadTimeout):
        wired.get("/products", timeout=0.05)
    add({"kind": "latency", "seconds": 0.01}, times=1)
    assert wired.get("/products").status_code == 200
