"""One API of a test's mocks: where it is, and how to sign in to it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx

from mock_server.discovery import Vendor
from mock_server.pytest_plugin.misuse import SuggestsNames

if TYPE_CHECKING:
    from mock_server.pytest_plugin.home import Home

#: The origin of calls in process; the name belongs to nobody.
ORIGIN = "http://mock.test"


class ApiAccess(SuggestsNames):
    """Where an API is, in process and on a socket, and the credential that opens the sandbox."""

    def __init__(self, vendor: Vendor, home: Home, word: str) -> None:
        self._vendor = vendor
        self._home = home
        self._word = word
        self._path = home.server.base_path(vendor.api.name)

    @property
    def base_url(self) -> str:
        """What the paths of the spec are appended to, for calls through the transport."""
        return ORIGIN + self._path

    @property
    def live_url(self) -> str:
        """The same on a live server, which starts on first use."""
        return self._home.live_url + self._path

    @cached_property
    def credential(self) -> str:
        """What the vendor issues: an API key, a session's key, a user, or an access token.

        A token is asked for on first use.
        """
        sign_in = self._vendor.api.sign_in
        if sign_in is None:
            return self._word
        sandbox = self._home.server.sandbox(self._word)
        first = sandbox is not None and sandbox.journal.last == 0
        with httpx.Client(base_url=self.base_url, transport=self._home.transport) as client:
            credential = sign_in(self._word, client)
        if first and sandbox is not None:
            # It is no call of the test's; later ones could be, so what came before stays.
            self._home.loop.do(sandbox.journal.clear)
        return credential

    @property
    def client_id(self) -> str:
        """What a program presents that signs in by itself: its user, or OAuth's client id."""
        return self._word

    @property
    def client_secret(self) -> str:
        """What belongs to `client_id`; any other secret is taken as well."""
        return f"{self._word}-secret"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that sign a request in."""
        scheme = next(iter(self._vendor.spec.security_schemes.values()))
        return scheme.present(self.credential).headers

    def client(self, **options: Any) -> httpx.Client:
        """Return a client that is signed in and calls in process; `options` are `httpx`'s."""
        return httpx.Client(**self._for_client(options))

    def async_client(self, **options: Any) -> httpx.AsyncClient:
        """Return an asynchronous client that is signed in and calls in process."""
        return httpx.AsyncClient(**self._for_client(options))

    def _for_client(self, options: dict[str, Any]) -> dict[str, Any]:
        headers = {**self.headers, **options.pop("headers", {})}
        return {
            "base_url": self.base_url,
            "transport": self._home.transport,
            "headers": headers,
            **options,
        }
