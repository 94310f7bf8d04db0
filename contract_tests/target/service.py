"""A service behind a URL as a target."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from weakref import finalize

import httpx

from contract_tests.target.target import Target, Unreachable, mock_parameters
from mock_server.discovery import load_vendor

#: The seconds within which a service has to take a connection.
_PATIENCE = 10.0


class ServiceTransport(httpx.BaseTransport):
    """Sends each request over the network, as it is, and once.

    It follows no redirects, keeps no cookies, repeats nothing, and takes neither proxies nor
    credentials from the environment. Connections are kept until `close`, or until nobody has the
    transport any more. Raises httpx.TransportError if the service does not answer.
    """

    def __init__(self, network: httpx.BaseTransport | None = None) -> None:
        self._network = network or httpx.HTTPTransport(trust_env=False)
        self._end = finalize(self, self._network.close)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the whole answer, decoded."""
        response = self._network.handle_request(request)
        try:
            response.read()
        finally:
            response.close()
        return response

    def close(self) -> None:
        """Close the connections."""
        self._end()


def url_target(
    api: str,
    url: str,
    credential: str,
    other_credential: str | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Target:
    """Return a service behind a URL; raises Unreachable if nothing answers there.

    Without `parameters` they are those of a mock.
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
    return Target(vendor, base_url, credential, ServiceTransport(), other_credential, fixed)
