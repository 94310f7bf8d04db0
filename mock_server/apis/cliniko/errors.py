"""How Cliniko words every error: the one place that knows its statuses and bodies.

Source: facts, section 1, errors and limits. 422 is documented; the rest is inferred, but for the
texts about filters, which have been observed.
"""

from __future__ import annotations

from decimal import Decimal

from mock_server.apis.cliniko import filters
from mock_server.engine.api import ErrorTable
from mock_server.engine.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
    NotMocked,
    PayloadTooLarge,
    RateLimited,
    RecordNotFound,
    RouteNotFound,
    Unauthenticated,
    UnsupportedMediaType,
    Violation,
)
from mock_server.engine.messages import Reply, Request

_TEXTS = {
    "required": "can't be blank",
    "minLength": "can't be blank",
    "maxLength": "is too long (maximum is {limit} characters)",
    "minimum": "must be greater than or equal to {limit}",
    "exclusiveMinimum": "must be greater than {limit}",
    "maximum": "must be less than or equal to {limit}",
    "exclusiveMaximum": "must be less than {limit}",
    "enum": "is not included in the list",
    "exists": "must exist",
    "stockLimit": "takes the stock level out of bounds",
    "maxItems": "has more than {limit} entries",
}
_PATTERN_TEXTS = {
    "name": "can't be blank",
    **dict.fromkeys(
        ("cost_price", "rate", "amount"), "must be a number from 0 to below 4000000000"
    ),
}


def _message(status: int, text: str) -> Reply:
    return Reply(status, {"message": text})


def _unauthenticated(_: Unauthenticated, __: Request) -> Reply:
    return Reply(
        401,
        "HTTP Basic: Access denied.\n",
        {"WWW-Authenticate": 'Basic realm="Application"'},
    )


def _invalid(error: InvalidRequest, request: Request) -> Reply:
    """A wrong path is no record, a wrong query is 400, a wrong body is 422 with all its fields."""
    by_location = {violation.location: violation for violation in error.violations}
    if "path" in by_location:
        return _message(404, "Record not found")
    if "query" in by_location:
        return _message(400, _query_text(by_location["query"], request))
    violations = _leaves(error.violations)
    if any(violation.path == () for violation in violations):
        return _message(400, "The request body must be a JSON object")
    errors: dict[str, str] = {}
    for violation in violations:
        errors.setdefault(str(violation.path[0]), _text(violation))
    return Reply(422, {"message": "Validation Failed", "errors": errors})


def _leaves(violations: tuple[Violation, ...]) -> list[Violation]:
    """The violations, with a choice between schemas replaced by its nearest miss.

    Of two that are as near, the one whose kind is right counts: of a stock adjustment that does not
    go with its type, the quantity is what is wrong (the vendor's OpenAPI document, `quantity`).
    """
    leaves: list[Violation] = []
    for violation in violations:
        if violation.keyword == "anyOf":
            nearest: tuple[Violation, ...] = min(violation.limit, key=_distance)
            leaves += nearest
        else:
            leaves.append(violation)
    return leaves


def _distance(branch: tuple[Violation, ...]) -> tuple[int, int]:
    return len(branch), sum(violation.keyword == "enum" for violation in branch)


def _query_text(violation: Violation, request: Request) -> str:
    name = violation.path[0]
    if name in {"q[]", "q"} and violation.keyword == "pattern":
        return filters.complaint(str(request.operation_id), violation.value)
    if name == "sort" and violation.keyword == "pattern":
        return f"{violation.value} is not sortable" if violation.value else "sort lacks a column"
    return f"{name} {_text(violation)}"


def _text(violation: Violation) -> str:
    if violation.keyword == "pattern":
        return _PATTERN_TEXTS.get(str(violation.path[0]), "is invalid")
    if violation.keyword == "type" and violation.value is None:
        return _TEXTS["required"]
    if violation.keyword == "type":
        kinds = violation.limit if isinstance(violation.limit, list) else [violation.limit]
        if "integer" in kinds and isinstance(violation.value, float | Decimal):
            return "must be an integer"
        return "is not a number" if {"number", "integer"} & set(kinds) else "is invalid"
    return _TEXTS.get(violation.keyword, "is invalid").format(limit=violation.limit)


def _method_not_allowed(error: MethodNotAllowed, _: Request) -> Reply:
    return Reply(405, {"message": "Method not allowed"}, {"Allow": ", ".join(error.allow)})


def _rate_limited(error: RateLimited, _: Request) -> Reply:
    return Reply(429, {"message": "Rate limit exceeded"}, {"X-RateLimit-Reset": str(error.reset)})


ERRORS = ErrorTable(
    {
        Unauthenticated: _unauthenticated,
        Forbidden: lambda _, __: _message(403, "Access denied"),
        RouteNotFound: lambda _, __: _message(404, "Not found"),
        NotMocked: lambda error, _: _message(501, str(error)),
        MethodNotAllowed: _method_not_allowed,
        RecordNotFound: lambda _, __: _message(404, "Record not found"),
        MalformedRequest: lambda error, _: _message(400, f"Bad request: {error.problem}"),
        UnsupportedMediaType: lambda _, __: _message(415, "Content-Type must be application/json"),
        PayloadTooLarge: lambda _, __: _message(413, "Payload too large"),
        InvalidRequest: _invalid,
        Conflict: lambda error, _: _message(422, error.rule),
        RateLimited: _rate_limited,
    }
)
