"""Who calls: the credentials in a request, and whether they are those of a target's accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import parse_qsl, urlencode

import httpx

from contract_tests.target.target import Target
from mock_server.in_process import raw_target
from mock_server.openapi.document import OperationSpec
from mock_server.openapi.security import SecurityScheme, UnreadableCredential


class Identities:
    """Knows by which credentials a target's accounts are known, and finds those of a request."""

    def __init__(self, target: Target) -> None:
        self._schemes: Mapping[str, SecurityScheme] = target.vendor.spec.security_schemes
        self._accounts: dict[str, Literal["first", "other"]] = {}
        if target.other_credential is not None:
            self._accounts[_as_pair(target.other_credential)] = "other"
        self._accounts[_as_pair(target.credential)] = "first"

    def in_query(self, operation: OperationSpec) -> set[str]:
        """Return the query parameters in which an operation takes a credential."""
        schemes = [
            self._schemes[name] for alternative in operation.security for name in alternative
        ]
        return {each.parameter for each in schemes if each.location == "query"}

    def problem(self, operation: OperationSpec, request: httpx.Request) -> str | None:
        """Say how a request does not sign in as one of the accounts; None if it does."""
        presented = list(self._presented(request))
        if any(_as_pair(value) not in self._accounts for _, value in presented):
            return "it has a credential that is none of the target's"
        if len({value for _, value in presented}) > 1:
            return "it signs in as two accounts"
        schemes = {name for alternative in operation.security for name in alternative}
        if schemes and not any(name in schemes for name, _ in presented):
            return "it has no credential"
        return None

    def caller(self, request: httpx.Request) -> Literal["first", "other"]:
        """Return the account that a request without a `problem` signs in as."""
        found = [self._accounts[_as_pair(value)] for _, value in self._presented(request)]
        return found[0] if found else "first"

    def _presented(self, request: httpx.Request) -> Iterator[tuple[str, str]]:
        """Each credential with its scheme; what nobody can read counts as one of no scheme."""
        # Each header by itself: a service may look at any of those of one name.
        headers: list[dict[str, str]] = [
            {name.decode("latin-1").lower(): value.decode("latin-1")}
            for name, value in request.headers.raw
        ]
        for header in headers:
            found = list(self._read(header, ""))
            yield from found
            if "authorization" in header and not found:
                yield "", f"unreadable: {header['authorization']}"
        for name, value in query_of(request):
            yield from self._read({}, urlencode({name: value}))

    def _read(self, headers: Mapping[str, str], query: str) -> Iterator[tuple[str, str]]:
        for name, scheme in self._schemes.items():
            try:
                credential = scheme.read(headers, query)
            except UnreadableCredential:
                continue
            if credential is not None:
                yield name, credential.text


def query_of(request: httpx.Request) -> tuple[tuple[str, str], ...]:
    """Return the parameters in a request's query, decoded."""
    query = raw_target(request).partition(b"?")[2].decode("latin-1")
    return tuple(parse_qsl(query, keep_blank_values=True))


def _as_pair(credential: str) -> str:
    """A credential as user and password, for where the colon was left out."""
    return credential if ":" in credential else f"{credential}:"
