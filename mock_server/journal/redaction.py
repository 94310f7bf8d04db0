"""Take secrets out of what is shown: one rule, by the words within a name, for everything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from mock_server.openapi.document import SpecIndex
from mock_server.openapi.short_texts import remembered_if_short

REDACTED = "[redacted]"
#: Words that make a name one of a secret, alone or beside others: `clientSecret`, `X-Auth-Token`.
_SECRET = frozenset(
    {
        "apikey", "authorization", "bearer", "cookie", "credential", "credentials", "passphrase",
        "passwd", "password", "pwd", "secret", "secrets", "session", "sessionid", "token", "tokens",
    }
)  # fmt: skip
#: Words before `key` that make it a secret.
_KEYS = frozenset({"access", "api", "auth", "private", "secret", "x"})
#: Endings of words that stand for several, as in `csrfmiddlewaretoken`.
_ENDINGS = ("apikey", "passwd", "password", "secret", "sessid", "sessionid", "token")
#: Last words of names that only say something about a secret.
_ABOUT = frozenset({"count", "expired", "expires", "expiry", "kind", "limit", "type", "url"})
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_LIKELY = re.compile(
    r"api.?key|auth|bearer|cookie|credential|key|pass|pwd|secret|sess|token", re.IGNORECASE
)
_JSON_FIELD = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:\s*)"(?:[^"\\]|\\.)*"?')
_FORM_PART = re.compile(
    r'(name="([^"]*)"[^\r\n]*(?:\r\n[^\r\n]+)*\r\n\r\n)(.*?)(?=\r\n--|\Z)', re.DOTALL
)


@remembered_if_short(4096)
def is_secret(name: str) -> bool:
    """Say whether a name, of any case and style, is one of a secret."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _ABOUT:
        return False
    pairs = pairwise(words)
    return (
        not _SECRET.isdisjoint(words)
        or any(word.endswith(_ENDINGS) for word in words)
        or any(first in _KEYS and second == "key" for first, second in pairs)
    )


def secret_parameters(spec: SpecIndex | None) -> frozenset[str]:
    """Return the names, in lower case, of headers and query parameters that carry a credential."""
    schemes = spec.security_schemes.values() if spec is not None else ()
    return frozenset(scheme.parameter.lower() for scheme in schemes)


def redacted_headers(
    headers: Iterable[tuple[str, str]], secrets: frozenset[str] = frozenset()
) -> list[tuple[str, str]]:
    """Return headers without the values that carry credentials; of URLs in them, without theirs."""
    return [(name, _header(name.lower(), value, secrets)) for name, value in headers]


def _header(name: str, value: str, secrets: frozenset[str]) -> str:
    if name in secrets or is_secret(name):
        return REDACTED
    if name in {"referer", "location"} and "?" in value:
        query = urlsplit(value).query
        return value.replace(query, redacted_query(query, secrets))
    return value


def redacted_query(query: str, secrets: frozenset[str] = frozenset()) -> str:
    """Return a query string without the values of secret parameters; all else is as it was."""
    if not query:
        return query
    return "&".join(_pair(each, secrets) for each in query.split("&"))


def _pair(pair: str, secrets: frozenset[str]) -> str:
    name, equals, _ = pair.partition("=")
    plain = unquote_plus(name)
    hidden = equals and (plain.lower() in secrets or is_secret(plain))
    return f"{name}={REDACTED}" if hidden else pair


def redacted_text(content: bytes, media_type: str) -> str:
    """Return a body as text without the values of secret fields, of JSON and of forms.

    Bytes that are not UTF-8 become U+FFFD. JSON that parses is redacted as a structure, at any
    depth; what does not parse is searched for the fields as text.
    """
    text = content.decode("utf-8", "replace")
    if "x-www-form-urlencoded" in media_type:
        return redacted_query(text)
    if _LIKELY.search(text) is None:
        return text
    if media_type.startswith("multipart/"):
        return _FORM_PART.sub(
            lambda part: part[1] + (REDACTED if is_secret(part[2]) else part[3]), text
        )
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return _JSON_FIELD.sub(_field, text)
    shown = redacted(value)
    return text if shown == value else json.dumps(shown, ensure_ascii=False)


def _field(found: re.Match[str]) -> str:
    return f'"{found[1]}"{found[2]}"{REDACTED}"' if is_secret(found[1]) else found[0]


def redacted(value: Any) -> Any:
    """Return a JSON value without the values of secret fields, at any depth."""
    if isinstance(value, Mapping):
        return {
            name: REDACTED if item and is_secret(str(name)) else redacted(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [redacted(item) for item in value]
    return value
