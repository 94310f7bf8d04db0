"""Take secrets out of what is shown of an exchange."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mock_server.openapi.document import SpecIndex

REDACTED = "[redacted]"
_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
#: Fields of bodies and records that are secrets wherever they stand.
SECRET_FIELDS = frozenset(
    {"access_token", "client_secret", "id_token", "password", "refresh_token", "sessionid"}
)
_JSON_FIELD = re.compile(
    rf'("(?:{"|".join(sorted(SECRET_FIELDS))})"\s*:\s*)"(?:[^"\\]|\\.)*"', re.IGNORECASE
)


def secret_parameters(spec: SpecIndex | None) -> frozenset[str]:
    """Return the names, in lower case, of headers and query parameters that carry a credential."""
    schemes = spec.security_schemes.values() if spec is not None else ()
    return frozenset(scheme.parameter.lower() for scheme in schemes)


def redacted_headers(
    headers: Iterable[tuple[str, str]], secrets: frozenset[str] = frozenset()
) -> list[tuple[str, str]]:
    """Return headers with the values of those that carry credentials replaced."""
    hidden = _HEADERS | secrets
    return [(name, REDACTED if name.lower() in hidden else value) for name, value in headers]


def redacted_query(query: str, secrets: frozenset[str] = frozenset()) -> str:
    """Return a query string with the values of secret parameters replaced; else as it was."""
    pairs = parse_qsl(query, keep_blank_values=True)
    hidden = SECRET_FIELDS | secrets
    if not any(name.lower() in hidden for name, _ in pairs):
        return query
    return urlencode(
        [(name, REDACTED if name.lower() in hidden else value) for name, value in pairs]
    )


def redacted_text(content: bytes, media_type: str) -> str:
    """Return a body as text with secret fields of JSON and forms replaced.

    Bytes that are not UTF-8 become U+FFFD. JSON that parses is redacted as a structure, at any
    depth; what does not parse is searched for the fields as text.
    """
    text = content.decode("utf-8", "replace")
    if "x-www-form-urlencoded" in media_type:
        return redacted_query(text)
    if not any(field in text for field in SECRET_FIELDS):
        return text
    try:
        return json.dumps(_without_secrets(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return _JSON_FIELD.sub(rf'\1"{REDACTED}"', text)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: REDACTED if str(name).lower() in SECRET_FIELDS else _without_secrets(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return value
