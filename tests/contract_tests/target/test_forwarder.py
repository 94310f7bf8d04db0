"""What goes in at a forwarder comes out at the service, and nothing else does."""

from __future__ import annotations

import gzip

import httpx
import pytest

from contract_tests.target.forwarder import Forwarder
from contract_tests.target.target import Target
from mock_server.discovery import load_vendor
from mock_server.in_process import InProcessTransport
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


@pytest.fixture
def through():
    """A function (wire) → a client of a forwarder that sends by it."""

    def make(wire, origin="https://service.test:8443"):
        forwarder = Forwarder(origin, transport=wire)
        return httpx.Client(transport=InProcessTransport(forwarder), base_url="http://here/v1")

    return make


def test_a_request_arrives_at_the_origin_as_it_was_sent(through):
    wire = Wire()
    with through(wire) as client:
        client.put("/things/a%2Fb?q[]=x&q%5B%5D=%20y", content=b"\x00body", headers={"X-Own": "1"})
    (sent,) = wire.requests
    assert (sent.method, sent.url.host, sent.url.port) == ("PUT", "service.test", 8443)
    assert sent.extensions["target"] == b"/v1/things/a%2Fb?q[]=x&q%5B%5D=%20y"
    assert sent.content == b"\x00body"
    assert sent.headers["x-own"] == "1"
    assert sent.headers["content-length"] == "5"
    assert sent.headers["host"] == "service.test:8443"


def test_headers_of_one_connection_stay_on_it(through):
    wire = Wire(answer(200, {"Connection": "x-hop", "X-Hop": "1", "Keep-Alive": "5", "X-Own": "2"}))
    with through(wire) as client:
        headers = {"Connection": "X-Mine", "X-Mine": "1", "TE": "trailers", "Upgrade": "h2c"}
        got = client.get("/", headers=headers)
    assert not {"connection", "x-mine", "te", "upgrade"} & set(wire.requests[0].headers)
    assert not {"connection", "x-hop", "keep-alive"} & set(got.headers)
    assert got.headers["x-own"] == "2"


def test_cookies_are_not_kept_and_redirects_not_followed(through, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:1")
    wire = Wire(answer(302, {"Location": "/other", "Set-Cookie": "session=1"}))
    with through(wire) as client:
        assert client.get("/").status_code == 302
        client.cookies.clear()
        client.get("/")
    assert [request.extensions["target"] for request in wire.requests] == [b"/v1/", b"/v1/"]
    assert "cookie" not in wire.requests[1].headers


def test_an_answer_keeps_its_coding_and_its_repeated_headers(through):
    content = gzip.compress(b"packed")
    headers = [("Content-Encoding", "gzip"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    with through(Wire(answer(200, headers, content))) as client:
        got = client.get("/")
    assert got.content == b"packed"
    assert got.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_a_service_that_does_not_answer_is_an_error_of_transport(through):
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
        forwarder = Forwarder(live.url)
        target = Target(load_vendor("cliniko"), f"{live.url}/v1", "test:", forwarder)
        with target.client() as client:
            assert client.get("/a%2Fb").text == "GET /v1/a%2Fb 0"
            head = client.head("/x")
            assert (head.content, head.headers["x-told"]) == (b"", "HEAD /v1/x 0")
            assert head.headers["content-length"] == "12"
            sent = client.post("/x", files={"image": b"0" * 70_000})
            assert int(sent.text.split()[-1]) > 70_000
        forwarder.close()
