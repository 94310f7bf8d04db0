"""Which calls a rule is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from mock_server.engine.messages import Request
from mock_server.openapi.json_values import NotJson, read_json
from mock_server.openapi.patterns import any_matches, names_of

_NO_JSON = object()


@dataclass(frozen=True, slots=True)
class FaultTarget:
    """The operations of one API that a rule can mean, and the path that all of them begin with."""

    operations: frozenset[str]
    base_path: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a call must be like; what is absent matches every call.

    `path` is a pattern of the path as it was called, or as the vendor has it, or below the vendor's
    base path: `*` stands for anything but a slash, `**` for anything. `body_contains` is a text in
    the body as it was sent; `json` what must be in it at least: objects may have more properties,
    all else is equal. `header` maps names to patterns (`*`, `?`). Of the calls that match so far,
    `nth` chooses some by their number, from 1, and `share` a part (0 to 1) by the seed.
    """

    api: str | None = None
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    body_contains: str | None = None
    json: Any = None
    header: Mapping[str, str] = field(default_factory=dict)
    nth: tuple[int, ...] = ()
    share: float | None = None

    def fits(self, request: Request, content: bytes, target: FaultTarget) -> bool:
        """Say whether a call is one of those that `nth` and `share` choose from.

        `target` has the operations of its API that can be meant.
        """
        if request.operation_id not in target.operations:
            return False
        if self.method is not None and request.method != self.method.upper():
            return False
        if self.path is not None and not _path_fits(self.path, request, target.base_path):
            return False
        headers = request.headers
        for name, pattern in self.header.items():
            value = headers.get(name.lower())
            if value is None or not fnmatchcase(value, pattern):
                return False
        if self.body_contains is not None and self.body_contains.encode() not in content:
            return False
        return self.json is None or _json_fits(self.json, content)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON that makes it."""
        options: dict[str, Any] = {
            "api": self.api,
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "body_contains": self.body_contains,
            "json": self.json,
            "header": dict(self.header) or None,
            "nth": list(self.nth) or None,
            "share": self.share,
        }
        return {name: value for name, value in options.items() if value is not None}


def _path_fits(pattern: str, request: Request, base_path: str) -> bool:
    names = names_of(request.url_path, request.base_url, request.origin, base_path)
    return any_matches(pattern, names)


def _json_fits(wanted: Any, content: bytes) -> bool:
    value = _parsed(content)
    return value is not _NO_JSON and includes(value, wanted)


# All rules of a sandbox look at the same body, one after the other.
@lru_cache(maxsize=1)
def _parsed(content: bytes) -> Any:
    try:
        return read_json(content)
    except NotJson:
        return _NO_JSON


def includes(value: Any, wanted: Any) -> bool:
    """Say whether a JSON value has everything in it that is wanted."""
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and all(
            name in value and includes(value[name], item) for name, item in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(value, list)
            and len(value) == len(wanted)
            and all(map(includes, value, wanted))
        )
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(wanted, float):
        # Bodies are read without floats; as text both have the digits that were written.
        wanted = Decimal(str(wanted))
    return bool(value == wanted)
