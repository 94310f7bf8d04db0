"""Calls of control over a socket: what servers may answer that are not ours, or go away."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager

import pytest

from mock_server.control.client.session import ControlError, ControlSession


@contextmanager
def answering(raw):
    """The URL of a server that sends these bytes to one caller, and hangs up; and what it got."""
    received = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection = listener.accept()[0]
            with connection:
                received.append(connection.recv(65536))
                connection.sendall(raw)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
        thread.join(10)


def test_lines_are_yielded_until_the_server_goes_away():
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\none\ntwo\n\r\n5\r\nth"
    with answering(raw) as (url, _), ControlSession(url) as session:
        lines = session.lines("events", query={})
        assert [next(lines), next(lines)] == ["one", "two"]
        with pytest.raises(ControlError, match=f"{url} has ended the connection"):
            list(lines)


def test_a_redirect_is_not_followed_as_it_could_lead_the_token_elsewhere():
    raw = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    with answering(raw) as (url, _), ControlSession(url, "secret") as session:
        with pytest.raises(ControlError, match=r"/_mock/sandboxes answers 302") as caught:
            session.call("GET", "sandboxes")
        assert caught.value.status == 302


def test_an_answer_of_another_server_is_reported():
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"
    problem = "is not a mock server: its answer is not JSON"
    with (
        answering(raw) as (url, _),
        ControlSession(url) as session,
        pytest.raises(ControlError, match=problem),
    ):
        session.call("GET", "sandboxes")


def test_path_query_and_token_are_sent():
    raw = b"HTTP/1.1 204 No Content\r\n\r\n"
    with answering(raw) as (url, received), ControlSession(f"{url}/", "secret") as session:
        query = {"api": ["a", "b"], "since": 0, "not": None}
        assert session.call("GET", "sandboxes", "a/ä", query=query) is None
    start, *headers = received[0].decode().split("\r\n")
    assert start == "GET /_mock/sandboxes/a%2F%C3%A4?api=a&api=b&since=0 HTTP/1.1"
    assert "Authorization: Bearer secret" in headers


@pytest.mark.parametrize("token", ["line\nbreak", "schlüssel"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(token):
    with pytest.raises(ControlError, match="printable ASCII") as caught:
        ControlSession(token=token)
    assert token not in str(caught.value)
