"""What every format writes of a call: its URL, its headers and how it is authorized."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mock_server.cases.model import Call
from mock_server.cases.runner import RESERVED
from mock_server.openapi.pointers import split
from mock_server.openapi.security import SecurityScheme

#: What may be in the path of a URL as it is (RFC 3986).
_IN_PATHS = "/~!$&'()*+,;=:@%"


@dataclass(frozen=True, slots=True)
class Target:
    """What the cases of an API are sent to, and the seed that they were made with."""

    api: str
    base_url: str
    schemes: Mapping[str, SecurityScheme]
    seed: int

    @property
    def variables(self) -> dict[str, str]:
        """What a person may change: the base URL, the key, and the keys that are refused."""
        return {"base_url": self.base_url, "key": "test-cases", **RESERVED}


@dataclass(frozen=True, slots=True)
class Sent:
    """A call as it is sent, with its variables: `path` and `query` are escaped.

    `user` is the user name of HTTP Basic authentication, with an empty password.
    """

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: str | None
    user: str | None

    @property
    def target(self) -> str:
        """Path and query."""
        return self.path + (f"?{self.query}" if self.query else "")


def sent(call: Call, target: Target) -> Sent:
    """Return a call as it is sent."""
    headers, query, user = list(call.headers), list(call.query), None
    if call.credential is not None and call.scheme:
        scheme, value = target.schemes[call.scheme], f"{{{{{call.credential}}}}}"
        if scheme.kind == "basic":
            user = value
        else:
            presented = scheme.present(value)
            headers += presented.headers.items()
            query += presented.query.items()
    pairs = "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in query)
    return Sent(call.method, _escaped(call.path, _IN_PATHS), pairs, headers, call.body, user)


def _escaped(text: str, safe: str = "") -> str:
    """A text as it is in a URL, its variables left alone."""
    first, *parts = text.split("{{")
    escaped = quote(first, safe=safe)
    for part in parts:
        name, _, rest = part.partition("}}")
        escaped += f"{{{{{name}}}}}{quote(rest, safe=safe)}"
    return escaped


def parts_of(pointer: str) -> list[str | int]:
    """Return the parts of a JSON pointer, numbers as numbers."""
    return [int(part) if part.isdecimal() else part for part in split(pointer)]


def place_in(value: Any, pointer: str) -> list[str | int]:
    """Return the parts of a JSON pointer into a value, numbers where they are in lists."""
    found: list[str | int] = []
    for part in split(pointer):
        found.append(int(part) if isinstance(value, list) else part)
        value = value[found[-1]]
    return found
