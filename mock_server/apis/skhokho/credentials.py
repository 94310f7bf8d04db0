"""Skhokho's credentials: a session cookie, or a user name and password."""

from __future__ import annotations

import base64
import binascii

from mock_server.engine.credentials import Credential

_PARTS = 2


def sandbox_key_of(credential: Credential) -> str | None:
    """Return the session's key or the user's name; any password will do.

    Source: facts, section 3 (documented: the cookie `sessionid` or HTTP Basic, in that order).
    """
    return credential.value


def basic_problem(header: str) -> str | None:
    """Return what the framework says of a Basic header, or None if it names no Basic user.

    Source: Django REST Framework source, `BasicAuthentication`. The mock knows every user, so a
    readable header that was refused is one of a wrong user or password.
    """
    parts = header.split()
    if not parts or parts[0].lower() != "basic":
        return None
    if len(parts) < _PARTS:
        return "Invalid basic header. No credentials provided."
    if len(parts) > _PARTS:
        return "Invalid basic header. Credentials string should not contain spaces."
    try:
        base64.b64decode(parts[1])
    except binascii.Error:
        return "Invalid basic header. Credentials not correctly base64 encoded."
    return "Invalid username/password."
