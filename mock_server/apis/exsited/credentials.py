"""Exsited's access tokens: which sandbox one belongs to, and whether it is good.

An access token is `SANDBOX~SECRET`, a refresh token `SANDBOX~r~SECRET`, so that the sandbox can be
found before its state is looked at. Characters of the sandbox's name that a Bearer credential
can't have are written as `+` and two hexadecimal digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from mock_server.engine.context import Context
from mock_server.engine.credentials import Credential
from mock_server.engine.errors import Unauthenticated
from mock_server.state.store import Table

#: Facts, section 2 (documented): `expires_in` is 3600.
LIFETIME = timedelta(seconds=3600)
#: How many of a sandbox's tokens are remembered, so that an ended one gets an answer of its own.
REMEMBERED = 50

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_ESCAPED = re.compile(r"\+([0-9a-f]{2})")


class InvalidGrant(Unauthenticated):
    """The refresh token is unknown, was used, or was ended by a newer token."""

    def __init__(self) -> None:
        super().__init__("invalid")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """One pair of tokens; the newest pair of a sandbox is the one that counts."""

    number: int
    access_token: str
    refresh_token: str
    client_id: str
    expires_at: datetime


TOKENS = Table("exsited.tokens", IssuedToken, key=lambda token: token.number)


def sandbox_key_of(credential: Credential) -> str | None:
    """Return the client that the access token was issued to, or None if it is not our token."""
    client, mark, secret = credential.value.partition("~")
    if not mark or not secret or "~" in secret:
        return None
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), client)


def admit(credential: Credential, context: Context) -> None:
    """Refuse a token that is unknown, was ended by a newer one, or has expired.

    Source: facts, section 2 (documented): a new token ends the one before it, tokens last an hour.
    """
    tokens = context.state.all(TOKENS)
    token = next((each for each in tokens if each.access_token == credential.value), None)
    if token is None:
        raise Unauthenticated("invalid")
    if token is not tokens[-1]:
        raise Unauthenticated("revoked")
    if context.now >= token.expires_at:
        raise Unauthenticated("expired")


def issue(client_id: str, context: Context) -> IssuedToken:
    """Make a new pair of tokens, which ends the pair before it."""
    client = _UNSAFE.sub(lambda found: f"+{ord(found[0]):02x}", client_id)
    number = context.state.next_id(TOKENS)
    token = IssuedToken(
        number=number,
        access_token=f"{client}~{context.random.getrandbits(128):032x}",
        refresh_token=f"{client}~r~{context.random.getrandbits(128):032x}",
        client_id=client_id,
        expires_at=context.now + LIFETIME,
    )
    if context.state.get(TOKENS, number - REMEMBERED) is not None:
        context.state.remove(TOKENS, number - REMEMBERED)
    return context.state.put(TOKENS, token)


def renew(refresh_token: str, client_id: str, context: Context) -> IssuedToken:
    """Make a new pair of tokens for the newest refresh token; raises InvalidGrant.

    The pair that comes of it is the newest one then, so a refresh token serves once.
    """
    tokens = context.state.all(TOKENS)
    if not tokens or tokens[-1].refresh_token != refresh_token:
        raise InvalidGrant
    return issue(client_id, context)
