"""The answers that say no, as exceptions."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """A request is refused with a status and a text, and whatever it did is undone."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


class Unauthorized(Refused):
    """There is no key, or none of a form that the service gives out."""

    def __init__(self) -> None:
        super().__init__(
            401, "HTTP Basic: Access denied.\n", {"WWW-Authenticate": 'Basic realm="Application"'}
        )


class NotFound(Refused):
    """There is no such record, or it is archived."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(404, "Record not found")
        self.kind = kind
        self.key = key


class Invalid(Refused):
    """The fields of a body are wrong; `errors` has one text for each of them."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(422, "Validation Failed")
        self.errors = errors


def malformed(message: str) -> Refused:
    """Return the refusal of a request that cannot be read or makes no sense."""
    return Refused(400, message)
