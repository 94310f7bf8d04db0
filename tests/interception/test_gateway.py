"""A proxy answers for the vendors' hosts over HTTPS, and lets nothing else leave."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from mock_server.app import build_server
from mock_server.interception.certificates import Authority
from mock_server.interception.gateway import Gateway
from mock_server.interception.running import summary
from mock_server.live import PortUnavailable, listen
from tests.interception.conftest import Intercepted

PRODUCTS = "https://api.au2.cliniko.com/v1/products"


def connect(intercepted, target):
    """A socket after `CONNECT target`, and the status line."""
    line = socket.create_connection(("127.0.0.1", intercepted.gateway.proxy_port), timeout=30)
    line.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    return line, line.recv(65536).decode()


def test_pages_are_followed_at_the_host_that_was_called(intercepted):
    with intercepted.client(auth=("test.typical-pages-au2", "")) as client:
        url, ids = f"{PRODUCTS}?per_page=20", []
        while url:
            assert url.startswith(PRODUCTS)
            page = client.get(url).json()
            ids += [product["id"] for product in page["products"]]
            url = page["links"].get("next")
    assert len(set(ids)) == len(ids) == page["total_entries"]


@pytest.mark.parametrize(
    ("url", "auth"),
    [
        ("https://API.UK1.Cliniko.com./v1/products", ("test-shards-uk1", "")),
        ("https://api.au1.cliniko.com:443/v1/products", ("test-shards", "")),
        ("https://web.built.africa/api/v3/items", "Bearer test-shards"),
        ("https://skhokho.ai/api/v1.0/organisation/1/inventory/", ("test-shards", "x")),
    ],
)
def test_each_vendor_is_at_its_own_path_on_its_own_hosts(intercepted, url, auth):
    headers = {"Authorization": auth} if isinstance(auth, str) else {}
    with intercepted.client(auth=None if headers else auth) as client:
        assert client.get(url, headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["dev-api.exsited.com", "acme.myexsited.com"])
def test_a_vendor_with_a_host_for_each_customer_signs_in_and_answers_there(intercepted, host):
    client_of = {"grant_type": "client_credentials", "client_id": f"test-{host.partition('.')[0]}"}
    secret = {"client_secret": "any", "redirect_uri": "https://example.com/"}
    with intercepted.client(base_url=f"https://{host}/api") as client:
        token = client.post("/v4/oauth2/token", json={**client_of, **secret}).json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        assert client.get("/v3/items").status_code == 200
        assert client.get("/v4/items").status_code == 501


def test_a_real_looking_key_opens_a_sandbox_that_does_not_show_it(intercepted):
    key = "MS0xNzYxMzY5ODQwMjk3/RldrtX9SqwJ+DGex=-au4"
    with intercepted.client(auth=(key, "")) as client:
        made = client.post("https://api.au4.cliniko.com/v1/products", json={"name": "Balm"})
        again = client.get(f"https://api.au4.cliniko.com/v1/products/{made.json()['id']}")
    assert (made.status_code, again.json()["name"]) == (201, "Balm")
    assert any(name.startswith("key-") for name in intercepted.server.sandboxes.names())
    assert not any("MS0x" in name for name in intercepted.server.sandboxes.names())


def test_what_the_vendor_has_and_the_mock_does_not_is_counted(intercepted):
    with intercepted.client(auth=("test-absent", "")) as client:
        answer = client.get("https://api.au1.cliniko.com/v1/bookings/7")
    assert answer.status_code == 501
    assert intercepted.gateway.record.not_mocked["cliniko", "GET /v1/bookings/{id}"] == 1


def test_whole_urls_of_https_are_answered_as_over_tls(intercepted):
    """Old proxies' clients send them, such as axios before 1.7."""
    port = intercepted.gateway.proxy_port
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as line:
        for shard in ("au1", "uk2"):
            url = f"https://api.{shard}.cliniko.com/v1/products?per_page=1"
            request = f"GET {url} HTTP/1.1\r\nHost: other\r\nAuthorization: Basic dGVzdDo=\r\n\r\n"
            line.sendall(request.encode())
            received = line.recv(1 << 20)
            assert received.startswith(b"HTTP/1.1 200")
            assert f'"self":"https://api.{shard}.cliniko.com/v1'.encode() in received


def test_plain_http_to_a_vendor_is_refused_with_the_reason(intercepted):
    with intercepted.client() as client:
        answer = client.get("http://api.au1.cliniko.com/v1/products")
    assert answer.status_code == 502
    assert "served over https alone: call https://api.au1.cliniko.com" in answer.text


@pytest.mark.parametrize("host", ["tracker.example.com", "93.184.216.34"])
def test_another_host_is_refused_by_name_with_the_option_that_lets_it_through(intercepted, host):
    with intercepted.client() as client:
        answer = client.get(f"http://{host}/")
        assert (answer.status_code, answer.headers["x-mock-refused"]) == (502, host)
        assert f"--allow-host {host} lets it through" in answer.text
        with pytest.raises(httpx.ProxyError, match=r"502 mock-server: .* is refused"):
            client.get(f"https://{host}/")
    assert any(host == each for each, _ in intercepted.gateway.record.refused)


@pytest.mark.parametrize(
    ("target", "status", "text"),
    [
        ("api.au1.cliniko.com:8443", 502, "is mocked at port 443 alone, not at 8443"),
        ("[2001:db8::1]:443", 502, "2001:db8::1 is refused"),
        ("api.au1.cliniko.com", 400, "CONNECT needs a host and a port"),
        ("api.au1.cliniko.com:99999", 400, "CONNECT needs a host and a port"),
    ],
)
def test_a_connect_that_leads_nowhere_says_why(intercepted, target, status, text):
    line, answer = connect(intercepted, target)
    line.close()
    status_line, _, rest = answer.partition("\r\n")
    assert status_line.startswith(f"HTTP/1.1 {status} ")
    # Some clients show the reason, others the body, of which some take what comes with the head.
    assert text in status_line
    assert text in rest


def test_clients_of_http_2_are_offered_http_1_1(intercepted):
    line, answer = connect(intercepted, "api.au1.cliniko.com:443")
    assert answer.startswith("HTTP/1.1 200")
    trust = intercepted.trust
    trust.set_alpn_protocols(["h2", "http/1.1"])
    with trust.wrap_socket(line, server_hostname="api.au1.cliniko.com") as secured:
        assert secured.selected_alpn_protocol() == "http/1.1"


def test_a_client_of_http_2_alone_is_told_that_it_is_no_request(intercepted):
    line, _ = connect(intercepted, "api.au1.cliniko.com:443")
    trust = intercepted.trust
    trust.set_alpn_protocols(["h2"])
    with trust.wrap_socket(line, server_hostname="api.au1.cliniko.com") as secured:
        assert secured.selected_alpn_protocol() is None
        secured.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        assert secured.recv(1024).startswith(b"HTTP/1.1 505")
    assert intercepted.gateway.record.http_2 == 1
    assert "a client spoke HTTP/2 alone" in summary(intercepted.gateway.record, "node")


def test_a_client_that_does_not_trust_the_certificate_is_recorded(intercepted):
    line, _ = connect(intercepted, "api.nz1.cliniko.com:443")
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(line, server_hostname="api.nz1.cliniko.com")
    line.close()
    with intercepted.client(auth=("test", "")) as client:
        # Answered after the other connection has ended.
        client.get(PRODUCTS)
    assert intercepted.gateway.record.distrusted["api.nz1.cliniko.com", ""] == 1


def test_a_client_that_was_led_to_us_needs_no_proxy(intercepted):
    address = ("127.0.0.1", intercepted.gateway.tls_port)
    for host, status in (("api.au1.cliniko.com", 200), ("tracker.example.com", 502)):
        with (
            socket.create_connection(address, timeout=30) as line,
            intercepted.trust.wrap_socket(line, server_hostname=host) as secured,
        ):
            request = (
                f"GET /v1/products HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic dGVzdDo=\r\n"
            )
            secured.sendall(f"{request}\r\n".encode())
            assert secured.recv(1024).startswith(f"HTTP/1.1 {status}".encode())


def test_control_is_at_the_proxys_own_address(intercepted):
    assert httpx.get(f"{intercepted.gateway.url}/_mock/openapi.json").status_code == 200


def test_what_is_no_http_is_refused(intercepted):
    port = intercepted.gateway.proxy_port
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as line:
        line.sendall(b"\x00\x01nonsense\r\n\r\n")
        assert line.recv(1024).startswith(b"HTTP/1.1 400")


class Elsewhere(BaseHTTPRequestHandler):
    """A server of this machine that is none of ours."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(201)
        self.send_header("X-Seen", self.headers.get("Proxy-Connection", "no"))
        self.end_headers()
        self.wfile.write(body.upper())

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_this_machines_other_servers_are_reached_through_the_proxy_too(intercepted, elsewhere):
    with intercepted.client() as client:
        headers = {"Proxy-Connection": "keep-alive"}
        answer = client.post(f"http://127.0.0.1:{elsewhere}/x", content=b"abc", headers=headers)
        assert (answer.status_code, answer.content, answer.headers["x-seen"]) == (201, b"ABC", "no")
    line, answer = connect(intercepted, f"localhost:{elsewhere}")
    with closing(line):
        assert answer.startswith("HTTP/1.1 200")
        line.sendall(b"POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nz")
        assert b" 201 " in line.recv(1024)


def test_a_host_that_may_be_called_and_cannot_be_reached_is_named(intercepted):
    with closing(listen("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with intercepted.client() as client:
        answer = client.get(f"http://localhost:{port}/")
        assert answer.status_code == 502
        assert "localhost cannot be reached" in answer.text
        with pytest.raises(httpx.ProxyError, match=f"localhost:{port} cannot be reached"):
            client.get(f"https://localhost:{port}/")


def test_a_host_that_may_be_called_and_has_no_address_is_named(monkeypatch):
    real = socket.getaddrinfo

    def resolve(host, *more, **options):
        if host in {"127.0.0.1", b"127.0.0.1"}:
            return real(host, *more, **options)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    authority = Authority.new()
    allowed = ["nowhere.example.com"]
    with Gateway(build_server(["cliniko"]), authority, allow_hosts=allowed) as gateway:
        intercepted = Intercepted(gateway, None, authority)
        with intercepted.client() as client:
            answer = client.get("http://nowhere.example.com/")
            assert answer.status_code == 502
            assert "nowhere.example.com cannot be reached" in answer.text
            with pytest.raises(httpx.ProxyError, match=r"nowhere\.example\.com:443 cannot be"):
                client.get("https://nowhere.example.com/")


def test_a_port_in_use_is_named():
    with closing(listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortUnavailable, match=str(port)):
            Gateway(build_server(["cliniko"]), Authority.new(), port=port)
