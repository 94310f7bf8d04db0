"""A service behind a URL as a target."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from weakref import finalize

import httpx

from contract_tests.target.oauth import OAuthTransport, takes_client
from contract_tests.target.target import Target, Unreachable, mock_parameters
from mock_server.discovery import load_vendor

#: The seconds within which a service has to take a connection.
_PATIENCE = 10.0
#: The bytes, and the seconds, after which an answer is one that does not end.
_LARGEST = 64 * 1024 * 1024
_LONGEST = 120.0
_OF_THE_BODY = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


class ServiceTransport(httpx.BaseTransport):
    """Sends each request over the network, as it is, and once.

    It follows no redirects, keeps no cookies, repeats nothing, and takes neither proxies nor
    credentials from the environment. Connections are kept until `close`, or until nobody has the
    transport any more. Raises httpx.TransportError if the service does not answer, or if its answer
    does not end.
    """

    def __init__(self, network: httpx.BaseTransport | None = None) -> None:
        self._network = network or httpx.HTTPTransport(trust_env=False)
        self._end = finalize(self, self._network.close)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the whole answer, decoded."""
        response = self._network.handle_request(request)
        started = time.monotonic()
        try:
            chunks: list[bytes] = []
            size = 0
            for chunk in response.iter_bytes():
                chunks.append(chunk)
                size += len(chunk)
                if size > _LARGEST or time.monotonic() - started > _LONGEST:
                    raise httpx.ReadError(
                        f"the body does not end: {size} bytes in "
                        f"{time.monotonic() - started:.0f} s",
                        request=request,
                    )
        except httpx.DecodingError as problem:
            coding = response.headers.get("content-encoding")
            raise httpx.RemoteProtocolError(f"its body is no {coding}: {problem}") from problem
        finally:
            response.close()
        return _read(response, b"".join(chunks), request)

    def close(self) -> None:
        """Close the connections."""
        self._end()


def _read(response: httpx.Response, content: bytes, request: httpx.Request) -> httpx.Response:
    """An answer with a body that was decoded, and nothing that tells how it was coded."""
    head = request.method == "HEAD"
    coded = _OF_THE_BODY - {b"content-length"} if head else _OF_THE_BODY
    headers = [pair for pair in response.headers.raw if pair[0].lower() not in coded]
    return httpx.Response(
        response.status_code,
        headers=headers,
        content=content,
        request=request,
        extensions=response.extensions,
    )


def url_target(
    api: str,
    url: str,
    credential: str,
    other_credential: str | None = None,
    parameters: Mapping[str, str] | None = None,
    learned: Callable[[str], None] = lambda _: None,
) -> Target:
    """Return a service behind a URL; raises Unreachable if nothing answers there.

    Without `parameters` they are those of a mock. A credential that is a client's id and secret is
    signed in with; `learned` is called with each token that it gets.
    """
    base_url = url.rstrip("/")
    try:
        parts = httpx.URL(base_url)
        if not parts.host or parts.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol("it is no URL that begins with http:// or https://")
        # A connection is opened and nothing sent: no request is safe on every service.
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.host, port), timeout=_PATIENCE).close()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
        raise Unreachable(f"{url} does not answer: {problem}") from problem
    vendor = load_vendor(api)
    fixed = mock_parameters(vendor) if parameters is None else dict(parameters)
    transport: httpx.BaseTransport = ServiceTransport()
    if takes_client(vendor, credential) or takes_client(vendor, other_credential):
        oauth = OAuthTransport(vendor, base_url, transport, learned)
        if takes_client(vendor, credential):
            credential = oauth.name_of(credential)
        if other_credential is not None and takes_client(vendor, other_credential):
            other_credential = oauth.name_of(other_credential)
        transport = oauth
    return Target(vendor, base_url, credential, transport, other_credential, fixed)
