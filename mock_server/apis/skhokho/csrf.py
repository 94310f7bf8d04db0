"""The token that a session's writes need, where a sandbox asks for it.

Every rule and text here is the framework's, checked in its order. Source: Django REST Framework
source, `SessionAuthentication.enforce_csrf`; Django source, `middleware.csrf`. That the vendor's
service does the same is inferred: its document names the session cookie and no token.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from mock_server.apis.skhokho.inputs import read_body
from mock_server.engine.bodies import JSON
from mock_server.engine.errors import CrossSiteRequest, MalformedRequest, UnsupportedMediaType
from mock_server.engine.messages import Request
from mock_server.openapi.security import Credential, parse_cookies

_COOKIE: Final = "csrftoken"
_HEADER: Final = "x-csrftoken"
_FIELD: Final = "csrfmiddlewaretoken"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: A secret, and a secret behind a mask of the same length.
_SECRET, _MASKED = 32, 64
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def check_csrf(credential: Credential, request: Request, content: bytes) -> None:
    """Raise CrossSiteRequest for a write of a session whose token is not that of its cookie."""
    if credential.kind == "basic" or request.method in _SAFE_METHODS:
        return
    _check_site(request)
    cookie = parse_cookies(request.headers.get("cookie", "")).get(_COOKIE)
    if cookie is None:
        raise CrossSiteRequest("CSRF cookie not set.")
    if problem := _malformed(cookie):
        raise CrossSiteRequest(f"CSRF cookie {problem}.")
    token, place = _token_of(request, content)
    problem = _malformed(token) or ("" if _secret(token) == _secret(cookie) else "incorrect")
    if problem:
        raise CrossSiteRequest(f"CSRF token from {place} {problem}.")


def _check_site(request: Request) -> None:
    """Hold the request's `Origin`, or over TLS its `Referer`, to the host that was called."""
    origin = request.headers.get("origin")
    if origin is not None:
        if origin != request.origin:
            raise CrossSiteRequest(
                f"Origin checking failed - {origin} does not match any trusted origins."
            )
        return
    if not request.origin.startswith("https:"):
        return
    referer = request.headers.get("referer")
    if referer is None:
        raise CrossSiteRequest("Referer checking failed - no Referer.")
    try:
        site = urlsplit(referer)
    except ValueError:
        site = urlsplit("")
    if not site.scheme or not site.netloc:
        raise CrossSiteRequest("Referer checking failed - Referer is malformed.")
    if site.scheme != "https":
        raise CrossSiteRequest(
            "Referer checking failed - Referer is insecure while host is secure."
        )
    if site.netloc != urlsplit(request.origin).netloc:
        raise CrossSiteRequest(
            f"Referer checking failed - {referer} does not match any trusted origins."
        )


def _token_of(request: Request, content: bytes) -> tuple[str, str]:
    """The token that was sent, of a POST's form before the header's, and how its place is named."""
    if request.method == "POST" and (token := _of_form(request, content)):
        return token, "POST"
    if _HEADER not in request.headers:
        raise CrossSiteRequest("CSRF token missing.")
    return request.headers[_HEADER], "the 'X-Csrftoken' HTTP header"


def _of_form(request: Request, content: bytes) -> str:
    try:
        values, media_type = read_body(request, content)
    except (MalformedRequest, UnsupportedMediaType):
        return ""
    token = "" if media_type == JSON else values.get(_FIELD, "")
    return token if isinstance(token, str) else ""


def _malformed(token: str) -> str:
    """What is wrong with a token's form, if anything is."""
    if len(token) not in (_SECRET, _MASKED):
        return "has incorrect length"
    return "has invalid characters" if re.search("[^a-zA-Z0-9]", token) else ""


def _secret(token: str) -> str:
    """The secret of a token, which a mask may hide: each letter is moved on by the mask's."""
    if len(token) == _SECRET:
        return token
    mask, hidden = token[:_SECRET], token[_SECRET:]
    pairs = zip(mask, hidden, strict=True)
    return "".join(_LETTERS[_LETTERS.index(y) - _LETTERS.index(x)] for x, y in pairs)
