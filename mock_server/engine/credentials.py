"""From what a caller presents to the sandbox it opens."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qs

from mock_server.engine.errors import Unauthenticated
from mock_server.engine.messages import Request
from mock_server.engine.parameters import parse_cookies
from mock_server.openapi.document import Json, SpecError
from mock_server.state.sandbox import SandboxName

#: Visible ASCII that can stand as one segment of a path, for a sandbox is addressed by its name.
_WORD = re.compile(r"(?!\.{1,2}$)[!-.0-~]{1,128}")
_PREFIX = "test"


@dataclass(frozen=True, slots=True)
class Credential:
    """What a caller presented under one security scheme of the spec.

    `value` is the user name (basic), the token (bearer) or the key (apiKey); `password` is there
    for basic alone.
    """

    scheme: str
    kind: Literal["basic", "bearer", "apiKey"]
    value: str
    password: str | None = None


@dataclass(frozen=True, slots=True)
class CredentialPolicy:
    """Which words open a sandbox.

    A word that begins with `test` opens the sandbox of that name; `test.PERSONA…` chooses its
    persona, which must be a known one. With `accept_any`, every other word of visible ASCII opens
    one with the default persona. A word with a slash opens none: it could not be controlled.
    """

    personas: frozenset[str]
    default_persona: str
    accept_any: bool = False

    def sandbox(self, word: str) -> SandboxName:
        """Return the sandbox that `word` opens; raises Unauthenticated if it opens none."""
        if not _WORD.fullmatch(word):
            raise Unauthenticated("invalid")
        persona = self.default_persona
        if word.startswith(f"{_PREFIX}."):
            persona = word[len(_PREFIX) + 1 :].partition("-")[0]
            if persona not in self.personas:
                if not self.accept_any:
                    raise Unauthenticated("invalid")
                persona = self.default_persona
        elif not word.startswith(_PREFIX) and not self.accept_any:
            raise Unauthenticated("invalid")
        return SandboxName(word, persona)


class CredentialReader:
    """Finds the credential of a request under one operation's security requirements."""

    def __init__(
        self, alternatives: Iterable[tuple[str, ...]], schemes: Mapping[str, Json]
    ) -> None:
        self._schemes: list[tuple[str, Json]] = []
        for names in alternatives:
            if len(names) != 1:
                raise SpecError("security: each alternative must name exactly one scheme")
            if names[0] not in schemes:
                raise SpecError(f"security scheme {names[0]!r} is not declared")
            if not _is_supported(schemes[names[0]]):
                raise SpecError(f"security scheme {names[0]!r} is not supported")
            self._schemes.append((names[0], schemes[names[0]]))

    def read(
        self, request: Request, accepts: Callable[[Credential], bool] | None = None
    ) -> Credential:
        """Return the first credential presented, in the order of the spec.

        With `accepts`, one that it refuses makes room for the next scheme's; the last stays.
        Raises Unauthenticated: `missing` if there is none, `invalid` if it cannot be read.
        """
        refused = None
        for name, scheme in self._schemes:
            credential = _presented(name, scheme, request)
            if credential is None:
                continue
            if accepts is None or accepts(credential):
                return credential
            refused = credential
        if refused is None:
            raise Unauthenticated("missing")
        return refused


def _is_supported(scheme: Json) -> bool:
    if scheme["type"] == "http":
        return str(scheme.get("scheme")).lower() in {"basic", "bearer"}
    return scheme["type"] in {"apiKey", "oauth2"}


def _presented(name: str, scheme: Json, request: Request) -> Credential | None:
    if scheme["type"] == "apiKey":
        value = _key(scheme, request)
        return Credential(name, "apiKey", value) if value else None
    if scheme["type"] == "oauth2" or scheme.get("scheme", "").lower() == "bearer":
        token = _authorization(request, "bearer")
        return Credential(name, "bearer", token) if token else None
    encoded = _authorization(request, "basic")
    return _basic(name, encoded) if encoded is not None else None


def _authorization(request: Request, scheme: str) -> str | None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == scheme else None


@lru_cache(maxsize=4096)
def _basic(name: str, encoded: str) -> Credential:
    try:
        decoded = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
        raise Unauthenticated("invalid") from problem
    user, _, password = decoded.partition(":")
    return Credential(name, "basic", user, password)


def _key(scheme: Json, request: Request) -> str | None:
    name = scheme["name"]
    if scheme["in"] == "cookie":
        return parse_cookies(request.headers.get("cookie", "")).get(name)
    if scheme["in"] == "header":
        return request.headers.get(name.lower())
    values = parse_qs(request.query_string).get(name)
    return values[-1] if values else None
