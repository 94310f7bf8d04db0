"""What a client of a service sends goes over the network as it is, and nothing else does."""

from __future__ import annotations

import gzip

import httpx
import pytest

from contract_tests.target.service import ServiceTransport
from contract_tests.target.target import Target
from mock_server.discovery import load_vendor
from mock_server.live import LiveServer


class Wire(httpx.BaseTransport):
    """Keeps the requests that would go out, and answers with what it is given."""

    def __init__(self, *answers: httpx.Response):
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)

    def handle_request(self, request):
        request.read()
        self.requests.append(request)
        return self._answers.pop(0) if self._answers else answer(204)


def answer(status, headers=(), content=b""):
    """An answer whose body has not been read, as it comes from a connection."""
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def through(wire):
    """A client of a service that is reached over a wire."""
    target = Target(
        load_vendor("cliniko"), "https://service.test:8443/v1", "me:", ServiceTransport(wire)
    )
    return target.client()


def test_cookies_are_not_kept_and_redirects_not_followed(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:1")
    wire = Wire(answer(302, {"Location": "/other"}))
    with through(wire) as client:
        assert client.get("/").status_code == 302
        client.get("/")
    assert [request.url.path for request in wire.requests] == ["/v1/", "/v1/"]


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_an_answer_is_decoded_once_and_keeps_its_repeated_headers(coding):
    content = gzip.compress(b"packed") if coding == "gzip" else b"packed"
    headers = [("Content-Encoding", coding), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    with through(Wire(answer(200, headers, content))) as client:
        got = client.get("/")
    assert got.content == b"packed"
    assert got.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_a_service_that_does_not_answer_is_an_error_of_transport():
    class Gone(httpx.BaseTransport):
        def handle_request(self, request):
            raise httpx.ConnectTimeout("too late", request=request)

    with through(Gone()) as client, pytest.raises(httpx.TransportError, match="too late"):
        client.get("/")


async def _service(scope, receive, send):
    """Says what arrived over a socket."""
    if scope["type"] == "lifespan":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    told = b"%s %s %d" % (scope["method"].encode(), scope["raw_path"], len(body))
    headers = [(b"content-length", b"%d" % len(told)), (b"x-told", told)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": told})


def test_a_client_of_a_target_reaches_a_service_on_a_socket():
    with LiveServer(_service) as live:
        transport = ServiceTransport()
        target = Target(load_vendor("cliniko"), f"{live.url}/v1", "test:", transport)
        with target.client() as client:
            assert client.get("/a%2Fb").text == "GET /v1/a%2Fb 0"
            head = client.head("/x")
            assert (head.content, head.headers["x-told"]) == (b"", "HEAD /v1/x 0")
            assert head.headers["content-length"] == "12"
            sent = client.post("/x", files={"image": b"0" * 70_000})
            assert int(sent.text.split()[-1]) > 70_000
        # A client that is closed leaves the way open.
        with target.client() as client:
            assert client.get("/b").text == "GET /v1/b 0"
        target.close()
