"""Calls to the vendors' hosts are answered in the process that makes them, without a port."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import urllib.request
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import httpx
import httpx2
import pytest
import requests
import urllib3

import mock_server
from mock_server.control.client import Control
from mock_server.interception.in_process import HostRefused
from mock_server.usage import UsageError

URL = "https://api.uk1.cliniko.com/v1/products?per_page=1"
OTHER = "https://tracker.example.com/"
HEADERS = {"Authorization": f"Basic {b64encode(b'MS0xNz/real-uk1:').decode()}"}


def by_httpx(library, url):
    with library.Client() as client:
        return client.get(url, headers=HEADERS).json()


def by_httpx_async(library, url):
    async def call():
        async with library.AsyncClient() as client:
            return (await client.get(url, headers=HEADERS)).json()

    return asyncio.run(call())


def by_requests(url):
    return requests.get(url, headers=HEADERS, timeout=30).json()


def by_urllib3(url):
    with urllib3.PoolManager() as pool:
        return pool.request("GET", url, headers=HEADERS, retries=False, timeout=30).json()


def by_urllib(url):
    with urllib.request.urlopen(urllib.request.Request(url, headers=HEADERS), timeout=30) as answer:
        return json.load(answer)


def by_http_client(url):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPSConnection(parts.hostname)
    connection.request("GET", f"{parts.path}?{parts.query}", headers=HEADERS)
    page = json.load(connection.getresponse())
    connection.close()
    return page


def by_aiohttp(url):
    async def call():
        async with aiohttp.ClientSession(headers=HEADERS) as session, session.get(url) as answer:
            return await answer.json()

    return asyncio.run(call())


LIBRARIES = {
    "httpx": lambda url: by_httpx(httpx, url),
    "httpx async": lambda url: by_httpx_async(httpx, url),
    "httpx2": lambda url: by_httpx(httpx2, url),
    "httpx2 async": lambda url: by_httpx_async(httpx2, url),
    "requests": by_requests,
    "urllib3": by_urllib3,
    "urllib": by_urllib,
    "http.client": by_http_client,
    "aiohttp": by_aiohttp,
}


@pytest.fixture
def intercepted():
    with mock_server.intercept("cliniko", sandbox="test-here") as interception:
        yield interception


@pytest.fixture
def fault(intercepted):
    """Adds a fault rule to the sandbox for the test."""
    with Control(app=intercepted.server) as control:
        sandbox = control.sandbox("test-here")
        httpx.get(URL, headers=HEADERS)
        yield lambda *effects: sandbox.add_fault({"effects": list(effects)})
        sandbox.clear_faults()


@pytest.mark.parametrize("name", LIBRARIES)
def test_each_library_is_answered_at_the_host_that_it_calls(name, intercepted):
    page = LIBRARIES[name](URL)
    assert page["links"]["self"].startswith("https://api.uk1.cliniko.com/v1/products")
    assert intercepted.record.calls["cliniko", "listProducts", 200] == 1
    assert intercepted.server.sandboxes.names() == ["test-here"]


@pytest.mark.usefixtures("intercepted")
@pytest.mark.parametrize("name", LIBRARIES)
def test_another_host_is_refused_as_where_nobody_listens(name):
    kinds = (httpx.ConnectError, httpx2.ConnectError, requests.ConnectionError, OSError)
    with pytest.raises(
        (*kinds, urllib3.exceptions.HTTPError, aiohttp.ClientConnectorError)
    ) as seen:
        LIBRARIES[name](OTHER)
    assert "tracker.example.com is refused" in str(seen.value)
    assert "allow_hosts" in str(seen.value)


@pytest.mark.usefixtures("intercepted")
def test_plain_http_to_a_vendor_is_refused():
    with pytest.raises(requests.ConnectionError, match="over https at port 443 alone"):
        by_requests(URL.replace("https", "http"))


@pytest.mark.usefixtures("intercepted")
def test_this_machine_is_called_for_real():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer():
            line, _ = listener.accept()
            with line:
                line.recv(1024)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        thread = threading.Thread(target=answer)
        thread.start()
        assert by_requests(f"http://127.0.0.1:{port}/") == {}
        thread.join()


@pytest.mark.usefixtures("intercepted")
def test_kept_connections_and_threads_are_answered():
    with requests.Session() as session, ThreadPoolExecutor(8) as threads:
        session.headers.update(HEADERS)
        pages = list(threads.map(lambda _: session.get(URL, timeout=30).json(), range(40)))
    assert all(page == pages[0] for page in pages)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("requests", requests.ConnectionError),
        ("urllib3", urllib3.exceptions.ProtocolError),
        ("urllib", ConnectionError),
        ("http.client", ConnectionError),
        ("aiohttp", aiohttp.ClientError),
        ("httpx", httpx.ReadError),
        ("httpx2", httpx2.ReadError),
    ],
)
def test_a_reset_looks_as_on_a_socket(name, kind, fault):
    fault({"kind": "reset"})
    with pytest.raises(kind):
        LIBRARIES[name](URL)


def test_everything_is_put_back_also_when_the_block_fails():
    def replaced():
        return [
            http.client.HTTPSConnection.connect,
            urllib3.connection.HTTPSConnection.connect,
            httpx.HTTPTransport.handle_request,
            httpx2.AsyncHTTPTransport.handle_async_request,
            aiohttp.TCPConnector._create_connection,
        ]

    before = replaced()
    with mock_server.intercept("cliniko"):
        within = replaced()
        assert all(a is not b for a, b in zip(before, within, strict=True))
        failing = mock_server.intercept("cliniko", sandbox="test-in")
        failing.__enter__()
        assert by_requests(URL)
        assert not failing.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
        assert replaced() == within
    assert replaced() == before


def test_without_a_sandbox_any_key_opens_one_that_does_not_show_it():
    with mock_server.intercept("cliniko") as interception:
        by_requests(URL)
        (name,) = interception.server.sandboxes.names()
    assert name.startswith("key-")


def test_all_other_hosts_are_let_through_if_that_is_asked_for():
    with mock_server.intercept("cliniko", allow_hosts=["*"]) as interception:
        assert not interception.answers("https", "tracker.example.com", 443)
        assert interception.answers("https", "api.au1.cliniko.com", None)
    with mock_server.intercept("cliniko", allow_hosts=["*.cdn.test"]) as interception:
        assert not interception.answers("http", "a.cdn.test", 80)
        with pytest.raises(HostRefused):
            interception.answers("http", "tracker.example.com", 80)


def test_options_that_cannot_be_meant_are_refused():
    with (
        pytest.raises(UsageError, match="there is no API 'clinko'"),
        mock_server.intercept("clinko"),
    ):
        pass
    with (
        pytest.raises(UsageError, match="is mocked"),
        mock_server.intercept("cliniko", allow_hosts=["api.au1.cliniko.com"]),
    ):
        pass
