"""How control words every error: one line in `error`, and what else helps beside it."""

from __future__ import annotations

from typing import Any

from mock_server.control.api.spec import properties_at
from mock_server.control.context import ControlRefusal, NoSuchName
from mock_server.engine.api import ErrorTable
from mock_server.engine.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
    PayloadTooLarge,
    RateLimited,
    RecordNotFound,
    RouteNotFound,
    Unauthenticated,
    UnsupportedMediaType,
    Violation,
)
from mock_server.engine.messages import Reply, Request
from mock_server.usage import suggestion

#: The keyword of a query's name that the operation does not have.
UNKNOWN = "unknown"
_TEXTS = {
    "required": "is missing",
    "type": "must be of the type {limit}",
    "pattern": "must match {limit}",
    "format": "must be a {limit}",
    "enum": "must be one of {limit}",
    "minimum": "must be at least {limit}",
    "maximum": "must be at most {limit}",
    "minLength": "must have at least {limit} characters",
    "maxLength": "must have at most {limit} characters",
    "minItems": "must have at least {limit} items",
    "maxItems": "must have at most {limit} items",
}

_NAME = "be a name of letters, digits, `.`, `_` and `-`"
#: What values of each pattern in the spec look like, for nobody reads a regular expression.
PATTERNS = {
    "^test[!-.0-~]{0,124}$": (
        "begin with `test`, such as test-shop, and have at most 128 characters, "
        "without spaces, slashes or letters beyond ASCII"
    ),
    "^[!-.0-~]{1,128}$": "be the name of a sandbox, such as test-shop",
    "^[1-9]([0-9][0-9]|xx|XX)$": "be a status such as 404, or a class such as 4xx",
    "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$": _NAME,
    "^[A-Za-z0-9_-]{1,100}$": "be the id of a fault rule, such as rule-1",
    "^[a-z][a-z0-9_]{0,99}$": "be a name in small letters",
    "^[1-9][0-9]{0,14}$": "be the number of an exchange",
    "^(seed|now|snapshot:[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}|(before|after):[1-9][0-9]{0,14})$": (
        "be seed, now, snapshot:NAME, before:N or after:N"
    ),
    "^[/*]": "begin with a slash, or with `*`",
    "^/": "begin with a slash",
    "^-?[A-Za-z_][A-Za-z0-9_]{0,99}$": "be a field, with a minus in front for the largest first",
}


def _error(status: int, text: str, **more: Any) -> Reply:
    return Reply(status, {"error": " ".join(text.split()), **more})


def _text(violation: Violation, operation: str | None = None) -> str:
    if violation.keyword == "enum" and isinstance(violation.value, str):
        return f"is {violation.value!r}; {suggestion(violation.value, map(str, violation.limit))}"
    if violation.keyword == "additionalProperties":
        *place, name = violation.path
        known = properties_at(operation, place) if operation else []
        return f"is not a property here; {suggestion(str(name), known)}"
    if violation.keyword == UNKNOWN:
        return f"is no parameter of this operation; {suggestion(violation.value, violation.limit)}"
    if violation.keyword == "minLength" and violation.limit == 1:
        return "must not be empty"
    if violation.keyword == "pattern" and violation.limit in PATTERNS:
        return f"must {PATTERNS[violation.limit]}"
    template = _TEXTS.get(violation.keyword)
    if template is None:
        return f"is wrong ({violation.keyword})"
    limit = violation.limit
    if isinstance(limit, list | tuple):
        limit = ", ".join(map(str, limit))
    return template.format(limit=limit)


def _leaves(violations: tuple[Violation, ...]) -> list[Violation]:
    """The violations, with a choice between schemas replaced by its nearest miss."""
    leaves: list[Violation] = []
    for violation in violations:
        if violation.keyword in {"anyOf", "oneOf"} and violation.limit:
            leaves += _leaves(min(violation.limit, key=_distance))
        else:
            leaves.append(violation)
    return leaves


def _distance(branch: tuple[Violation, ...]) -> tuple[bool, int]:
    """How far off a branch is: one whose `enum` does not match was not meant."""
    return any(violation.keyword == "enum" for violation in branch), len(branch)


def _invalid(error: InvalidRequest, request: Request) -> Reply:
    by_location: dict[str, Violation] = {
        violation.location: violation for violation in error.violations
    }
    if "path" in by_location:
        violation = by_location["path"]
        return _error(404, f"there is no {violation.field} {str(violation.value)!r}")
    for location in ("query", "header"):
        if location in by_location:
            violation = by_location[location]
            return _error(400, f"{violation.field} {_text(violation)}")
    fields = {
        violation.field: _text(violation, request.operation_id)
        for violation in _leaves(error.violations)
        if violation.path
    }
    if not fields:
        return _error(422, f"the body {_text(error.violations[0])}")
    return _refused(ControlRefusal(fields), request)


def _refused(error: ControlRefusal, _: Request) -> Reply:
    if not error.problems:
        return _error(422, error.text, fields=error.fields)
    problems = [{"pointer": pointer, "message": message} for pointer, message in error.problems]
    return _error(422, error.text, fields=error.fields, problems=problems)


ERRORS = ErrorTable(
    {
        Unauthenticated: lambda _, __: _error(401, "the token is missing or wrong"),
        Forbidden: lambda error, _: _error(403, str(error) or "this is not allowed"),
        RouteNotFound: lambda _, __: _error(404, "there is no such path"),
        MethodNotAllowed: lambda error, _: Reply(
            405, {"error": str(error)}, {"Allow": ", ".join(error.allow)}
        ),
        RecordNotFound: lambda error, _: _error(404, f"there is no {error.kind} {error.key!r}"),
        NoSuchName: lambda error, _: _error(404, str(error)),
        MalformedRequest: lambda error, _: _error(400, error.problem),
        UnsupportedMediaType: lambda _, __: _error(415, "the body must be application/json"),
        PayloadTooLarge: lambda error, _: _error(413, str(error)),
        InvalidRequest: _invalid,
        ControlRefusal: _refused,
        Conflict: lambda error, _: _error(409, error.rule),
        RateLimited: lambda error, _: _error(409, str(error)),
    }
)
