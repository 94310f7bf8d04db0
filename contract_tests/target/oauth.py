"""Sign in with a client's id and secret, and again whenever its token is refused."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from contract_tests.target.target import Unreachable
from mock_server.discovery import Vendor

_REFUSED = 401


def takes_client(vendor: Vendor, credential: str | None) -> bool:
    """Say whether a credential is a client's `id:secret`, for which the API gives tokens."""
    scheme = next(iter(vendor.spec.security_schemes.values()))
    return (
        vendor.api.sign_in is not None
        and scheme.kind == "bearer"
        and credential is not None
        and ":" in credential
    )


class OAuthTransport(httpx.BaseTransport):
    """Puts a fresh access token in the place of a client's name.

    Requests are signed with what `name_of` returns, which is the same in every run. A token that is
    refused is replaced by a new one, and the request sent again, once: what is refused was not
    done. `learned` is called with each token. Raises Unreachable if a client is refused.
    """

    def __init__(
        self,
        vendor: Vendor,
        base_url: str,
        network: httpx.BaseTransport,
        learned: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._vendor = vendor
        self._base_url = base_url
        self._network = network
        self._learned = learned
        self._scheme = next(iter(vendor.spec.security_schemes.values()))
        #: The client behind each signature, and its present token.
        self._clients: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    def name_of(self, credential: str) -> str:
        """Return what stands for a client, `id:secret` or `id:secret:redirect-uri`; signs it in."""
        name = f"client-{credential.partition(':')[0]}"
        signature = self._signature(name)
        self._clients[signature] = credential
        self._sign_in(signature)
        return name

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer to a request, with the token of its client if it names one."""
        signature = request.headers.get("authorization", "")
        if signature not in self._clients:
            return self._network.handle_request(request)
        request.read()
        response = self._sent(request, signature)
        if response.status_code == _REFUSED:
            response.read()
            self._sign_in(signature)
            response = self._sent(request, signature)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._network.close()

    def _sent(self, request: httpx.Request, signature: str) -> httpx.Response:
        headers = request.headers.copy()
        headers["authorization"] = self._signature(self._tokens[signature])
        again = httpx.Request(
            request.method,
            request.url,
            headers=headers,
            content=request.content,
            extensions=request.extensions,
        )
        return self._network.handle_request(again)

    def _sign_in(self, signature: str) -> None:
        if self._vendor.api.sign_in is None:
            raise LookupError(f"{self._vendor.api.name} gives no tokens")
        client = httpx.Client(base_url=self._base_url, transport=self._network, trust_env=False)
        try:
            token = self._vendor.api.sign_in(self._clients[signature], client)
        except httpx.HTTPStatusError as problem:
            status = problem.response.status_code
            raise Unreachable(
                f"{self._base_url} refuses a client's id and secret: {problem.request.method} "
                f"{problem.request.url.path} → {status}"
            ) from problem
        except (LookupError, ValueError) as problem:
            raise Unreachable(f"{self._base_url} gives no token: {problem}") from problem
        self._learned(token)
        self._tokens[signature] = token

    def _signature(self, credential: str) -> str:
        return self._scheme.present(credential).value
