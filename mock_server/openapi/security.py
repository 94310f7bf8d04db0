"""Security schemes: how a credential gets into a request, and how it is found there."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import parse_qs

Kind = Literal["basic", "bearer", "apiKey"]
Location = Literal["header", "cookie", "query"]
#: Longer credentials are read anew each time: what refused callers send must not stay in memory.
_LONGEST_REMEMBERED = 256
_QUOTES = 2
_ESCAPE = re.compile(r"\\(?:([0-3][0-7][0-7])|(.))")


class UnreadableCredential(ValueError):
    """A credential was presented that is not in the form of its scheme."""


class UnsupportedScheme(ValueError):
    """A security scheme that nothing here can read; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a caller presented under one security scheme of the spec.

    `value` is the user name (basic), the token (bearer) or the key (apiKey); `password` is there
    for basic alone.
    """

    scheme: str
    kind: Kind
    value: str
    password: str | None = None

    @property
    def text(self) -> str:
        """The credential as one text, as `SecurityScheme.present` takes it."""
        return self.value if self.password is None else f"{self.value}:{self.password}"


@dataclass(frozen=True, slots=True)
class Presented:
    """Where a credential goes in a request, under which name, and what is written there."""

    location: Location
    name: str
    value: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers with it; none if it goes into the query."""
        if self.location == "cookie":
            return {"Cookie": f"{self.name}={self.value}"}
        return {self.name: self.value} if self.location == "header" else {}

    @property
    def query(self) -> dict[str, str]:
        """The query parameters with it; none if it goes elsewhere."""
        return {self.name: self.value} if self.location == "query" else {}

    @property
    def options(self) -> dict[str, Any]:
        """The options with it for a client of `httpx` or a call of `requests`."""
        place = {"header": "headers", "cookie": "cookies", "query": "params"}[self.location]
        return {place: {self.name: self.value}}


class SecurityScheme:
    """One security scheme of a document; `id` is its name there.

    `kind` says what a credential is, `location` and `parameter` where it is; OAuth 2 tokens are
    bearer tokens. With `x-exact-scheme`, the word before a credential is in the usual case and one
    space follows it (Laravel), not in any case (RFC 9110). Raises UnsupportedScheme.
    """

    def __init__(self, id_: str, raw: Mapping[str, Any]) -> None:
        self.id = id_
        self.kind = _kind_of(id_, raw)
        self.location: Location = "header"
        self.parameter = "Authorization"
        if self.kind == "apiKey":
            self.location, self.parameter = raw["in"], raw["name"]
        self._word = self.kind.capitalize() if raw.get("x-exact-scheme") else self.kind
        self._exact = raw.get("x-exact-scheme", False)
        self._key = self.parameter.lower() if self.location == "header" else self.parameter

    def present(self, credential: str) -> Presented:
        """Return what a credential is in a request; for basic it is `user` or `user:password`."""
        value = credential
        if self.kind == "basic":
            pair = credential if ":" in credential else f"{credential}:"
            value = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif self.kind == "bearer":
            value = f"Bearer {credential}"
        return Presented(self.location, self.parameter, value)

    def read(self, headers: Mapping[str, str], query_string: str = "") -> Credential | None:
        """Return the credential in a request, None if there is none; header names in lower case.

        Raises UnreadableCredential.
        """
        if self.kind == "apiKey":
            value = self._value(headers, query_string)
            return Credential(self.id, "apiKey", value) if value else None
        word, _, text = headers.get("authorization", "").partition(" ")
        if (word if self._exact else word.lower()) != self._word:
            return None
        text = text if self._exact else text.strip()
        if self.kind == "bearer":
            return Credential(self.id, "bearer", text) if text else None
        if len(text) > _LONGEST_REMEMBERED:
            return _decoded(self.id, text)
        return _basic(self.id, text)

    def _value(self, headers: Mapping[str, str], query_string: str) -> str | None:
        if self.location == "header":
            return headers.get(self._key)
        if self.location == "cookie":
            return parse_cookies(headers.get("cookie", "")).get(self._key)
        values = parse_qs(query_string).get(self._key)
        return values[-1] if values else None


def _kind_of(id_: str, raw: Mapping[str, Any]) -> Kind:
    scheme = str(raw.get("scheme")).lower()
    if raw.get("type") == "apiKey":
        return "apiKey"
    if raw.get("type") == "oauth2" or (raw.get("type") == "http" and scheme == "bearer"):
        return "bearer"
    if raw.get("type") == "http" and scheme == "basic":
        return "basic"
    raise UnsupportedScheme(f"security scheme {id_!r} is not supported")


def parse_cookies(header: str) -> dict[str, str]:
    """Return the cookies of a Cookie header by name; the last of a name wins.

    Quotes around a value are taken off, with what is escaped inside them. Source: Django source,
    `http.cookie.parse_cookie`; RFC 6265 leaves the order to the server, and knows no escapes by %.
    """
    cookies: dict[str, str] = {}
    for chunk in header.split(";"):
        name, equals, value = chunk.partition("=")
        if not equals:
            name, value = "", name
        name, value = name.strip(), value.strip()
        if name or value:
            cookies[name] = _unquoted(value)
    return cookies


def _unquoted(value: str) -> str:
    if len(value) < _QUOTES or value[0] != '"' or value[-1] != '"':
        return value
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)) if match[1] else match[2], value[1:-1])


def _decoded(scheme: str, encoded: str) -> Credential:
    try:
        decoded = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
        raise UnreadableCredential("it is not base64 of user and password") from problem
    user, _, password = decoded.partition(":")
    return Credential(scheme, "basic", user, password)


_basic = lru_cache(maxsize=4096)(_decoded)
