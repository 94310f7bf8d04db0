"""The neutral errors that an operation can end in.

Nothing here knows a status code or a vendor's wording: each vendor's error table
(`Api.errors`) turns these into replies, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from mock_server.openapi.violation import Violation

__all__ = [
    "NEUTRAL_ERRORS",
    "ApiError",
    "Conflict",
    "ContractViolation",
    "Forbidden",
    "InvalidRequest",
    "MalformedRequest",
    "MethodNotAllowed",
    "PayloadTooLarge",
    "RateLimited",
    "RecordNotFound",
    "RouteNotFound",
    "Unauthenticated",
    "UnsupportedMediaType",
    "Violation",
]


class ApiError(Exception):
    """What an operation raises to answer with an error; the state is then left as it was."""


class Unauthenticated(ApiError):
    """The credential is missing or not accepted."""

    Reason = Literal["missing", "invalid", "expired", "revoked"]

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Forbidden(ApiError):
    """The credential is known, and may not do this."""


class CrossSiteRequest(Forbidden):
    """A browser's session is known, and nothing shows that the request comes from its own site.

    `problem` says what is missing or wrong, in the framework's words.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class RouteNotFound(ApiError):
    """No operation has this path."""


class NotMocked(ApiError):
    """The vendor serves this path, and the mock does not; its text says so.

    Only the error table of an API whose spec lists such paths (`x-not-mocked`) must render it.
    """

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"{method} {path} is a part of the API that the mock does not serve")


class MethodNotAllowed(ApiError):
    """The path exists, but not with this method; `allow` lists the methods it has."""

    def __init__(self, method: str, allow: tuple[str, ...]) -> None:
        super().__init__(f"{method} is not among {', '.join(allow)}")
        self.method = method
        self.allow = allow


class RecordNotFound(ApiError):
    """The operation exists, but what it names does not."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"no {kind} {key!r}")
        self.kind = kind
        self.key = key


class MalformedRequest(ApiError):
    """The request cannot be read: broken JSON, bytes that are not UTF-8, nesting too deep.

    `problem` says what is wrong in a few words, without echoing what was sent.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class UnsupportedMediaType(ApiError):
    """The body's content type is none of the operation's."""

    def __init__(self, media_type: str, supported: tuple[str, ...]) -> None:
        super().__init__(f"{media_type!r} is not among {', '.join(supported)}")
        self.media_type = media_type
        self.supported = supported


class PayloadTooLarge(ApiError):
    """The body is longer than the server's limit, in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is longer than {limit} bytes")
        self.limit = limit


class InvalidRequest(ApiError):
    """The request can be read and breaks the contract; carries every violation found."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(f"{v.location}:{v.field} {v.keyword}" for v in self.violations))


class Conflict(ApiError):
    """What is asked contradicts the state; `rule` names the vendor's rule that says so."""

    def __init__(self, rule: str, **facts: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.facts = facts


class RateLimited(ApiError):
    """Too many requests in the window; `limit` a window, free again at `reset` (UNIX seconds)."""

    def __init__(self, limit: int, reset: int, retry_after: int) -> None:
        super().__init__(f"more than {limit} requests; free again at {reset}")
        self.limit = limit
        self.reset = reset
        self.retry_after = retry_after


class Unavailable(ApiError):
    """The server has no room for what is asked; it is answered with the operation's own 503."""


#: Every error an API's table must answer for, so that no vendor forgets one.
NEUTRAL_ERRORS: tuple[type[ApiError], ...] = (
    Unauthenticated,
    Forbidden,
    RouteNotFound,
    MethodNotAllowed,
    RecordNotFound,
    MalformedRequest,
    UnsupportedMediaType,
    PayloadTooLarge,
    InvalidRequest,
    Conflict,
    RateLimited,
)


class ContractViolation(Exception):
    """An answer of ours that the spec does not allow: a defect of the mock, never of the caller.

    `pointer` is a JSON pointer into what was to be sent (`/status`, `/headers/Allow`,
    `/body/products/3/name`).
    """

    def __init__(self, operation: str, pointer: str, message: str) -> None:
        super().__init__(f"{operation}: {pointer}: {message}")
        self.operation = operation
        self.pointer = pointer
        self.message = message
