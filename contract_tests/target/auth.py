"""Who calls: the credentials in a request, and whether they are those of a target's accounts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import parse_qsl

from starlette.types import Scope

from contract_tests.target.target import Target
from mock_server.engine.parameters import parse_cookies
from mock_server.openapi.document import Json, Operation


class Identities:
    """Knows by which credentials a target's accounts are known, and finds those of a request."""

    def __init__(self, target: Target) -> None:
        self._schemes: Mapping[str, Json] = target.vendor.spec.security_schemes
        self._accounts: dict[str, Literal["first", "other"]] = {}
        if target.other_credential is not None:
            self._accounts[_as_pair(target.other_credential)] = "other"
        self._accounts[_as_pair(target.credential)] = "first"

    def in_query(self, operation: Operation) -> set[str]:
        """Return the query parameters in which an operation takes a credential."""
        schemes = [
            self._schemes[name] for alternative in operation.security for name in alternative
        ]
        return {each["name"] for each in schemes if each.get("in") == "query"}

    def problem(self, operation: Operation, scope: Scope) -> str | None:
        """Say how a request does not sign in as one of the accounts; None if it does."""
        presented = list(self._presented(scope))
        if any(_as_pair(value) not in self._accounts for _, value in presented):
            return "it has a credential that is none of the target's"
        if len({value for _, value in presented}) > 1:
            return "it signs in as two accounts"
        schemes = {name for alternative in operation.security for name in alternative}
        if schemes and not any(name in schemes for name, _ in presented):
            return "it has no credential"
        return None

    def caller(self, scope: Scope) -> Literal["first", "other"]:
        """Return the account that a request without a `problem` signs in as."""
        found = [self._accounts[_as_pair(value)] for _, value in self._presented(scope)]
        return found[0] if found else "first"

    def _presented(self, scope: Scope) -> Iterator[tuple[str, str]]:
        """Each credential with its scheme; what nobody can read counts as one of no scheme."""
        headers = [
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in scope["headers"]
        ]
        for name, value in headers:
            if name == "authorization":
                yield self._authorization(value)
        cookies = [parse_cookies(value) for name, value in headers if name == "cookie"]
        for scheme_name, scheme in self._schemes.items():
            if scheme["type"] != "apiKey":
                continue
            place, key = scheme["in"], scheme["name"]
            if place == "header":
                found = [value for name, value in headers if name == key.lower()]
            elif place == "cookie":
                found = [jar[key] for jar in cookies if key in jar]
            else:
                found = [value for name, value in query_of(scope) if name == key]
            for value in found:
                yield scheme_name, value

    def _authorization(self, header: str) -> tuple[str, str]:
        kind, _, value = header.partition(" ")
        for name, scheme in self._schemes.items():
            basic = scheme.get("scheme", "").lower() == "basic"
            if scheme["type"] != "apiKey" and kind.lower() == ("basic" if basic else "bearer"):
                return name, _decoded(value) if basic else value
        return "", f"unreadable: {header}"


def query_of(scope: Scope) -> tuple[tuple[str, str], ...]:
    """Return the parameters in a request's query, decoded."""
    return tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def _as_pair(credential: str) -> str:
    """A credential as user and password, for where the colon was left out."""
    return credential if ":" in credential else f"{credential}:"


def _decoded(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return f"unreadable: {encoded}"
