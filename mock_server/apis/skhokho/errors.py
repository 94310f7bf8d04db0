"""How Skhokho words every error: the one place that knows its statuses and bodies.

The service is built on Django REST Framework; texts and shapes are the framework's. Source:
facts, section 3, and Django REST Framework source. What is inferred is marked so in the spec.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from mock_server.apis.skhokho.credentials import basic_problem
from mock_server.apis.skhokho.images import image_extensions
from mock_server.engine.api import ErrorTable
from mock_server.engine.errors import (
    Conflict,
    CrossSiteRequest,
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

#: The status of a request without accepted credentials. The framework's rule gives 403, since its
#: first scheme, the session, has no challenge; other pages of the vendor list 401 (inferred).
UNAUTHENTICATED_STATUS: Final[int] = 403
_MISSING = "Authentication credentials were not provided."
_NOT_A_CHOICE = '"{limit}" is not a valid choice.'
_REQUIRED = "This field is required."
_NOT_FOUND = {
    "page": "Invalid page.",
    # Django REST Framework source, from 3.15 on; which version the vendor runs is not known.
    "product": "No Product matches the given query.",
}
_TEXTS = {
    "required": _REQUIRED,
    "null": "This field may not be null.",
    "blank": "This field may not be blank.",
    "text": "Not a valid string.",
    "maxLength": "Ensure this field has no more than {limit} characters.",
    "nul": "Null characters are not allowed.",
    "surrogate": "Surrogate characters are not allowed: U+{limit:X}.",
    "enum": _NOT_A_CHOICE,
    "number": "A valid number is required.",
    "numberLength": "String value too large.",
    "digits": "Ensure that there are no more than {limit} digits in total.",
    "places": "Ensure that there are no more than {limit} decimal places.",
    "digitsBefore": "Ensure that there are no more than {limit} digits before the decimal point.",
    "file": "The submitted data was not a file. Check the encoding type on the form.",
    "emptyFile": "The submitted file is empty.",
    "image": "Upload a valid image. The file you uploaded was either not an image or a corrupted "
    "image.",
}


def _detail(status: int, text: str) -> Reply:
    return Reply(status, {"detail": text})


def _unauthenticated(error: Unauthenticated, request: Request) -> Reply:
    text = _MISSING
    if error.reason != "missing":
        # A session that is not accepted makes an anonymous caller, not an error of its own.
        text = basic_problem(request.headers.get("authorization", "")) or _MISSING
        if error.reason == "revoked" and text != _MISSING:
            text = "User inactive or deleted."
    # RFC 9110: a 401 names the scheme to sign in with; a 403 does not.
    headers = {"WWW-Authenticate": 'Basic realm="api"'} if UNAUTHENTICATED_STATUS == 401 else {}
    return Reply(UNAUTHENTICATED_STATUS, {"detail": text}, headers)


def _invalid(error: InvalidRequest, _: Request) -> Reply:
    """A query that cannot be used, or every message of every field of the body."""
    query = [violation for violation in error.violations if violation.location == "query"]
    if query:
        return _invalid_query(query)
    messages: dict[str, list[str]] = {}
    for violation in error.violations:
        messages.setdefault(violation.field or "non_field_errors", []).append(_text(violation))
    return Reply(400, messages)


def _invalid_query(violations: list[Violation]) -> Reply:
    # The framework applies the filters before it looks for the page.
    of_filters = [violation for violation in violations if violation.field != "page"]
    if not of_filters:
        return _detail(404, "Invalid page.")
    return Reply(400, {violation.field: [_query_text(violation)] for violation in of_filters})


def _query_text(violation: Violation) -> str:
    if violation.keyword == "required":
        return _REQUIRED
    if violation.keyword == "enum":
        return _NOT_A_CHOICE.format(limit=violation.value)
    if violation.keyword == "pattern":
        return _TEXTS["nul"]
    return "Must be a valid boolean."


def _text(violation: Violation) -> str:
    if not violation.path:
        if violation.keyword == "null":
            return "No data provided"
        kind = _framework_type(violation.value)
        return f"Invalid data. Expected a dictionary, but got {kind}."
    if violation.keyword == "extension":
        allowed = ", ".join(image_extensions())
        return (
            f"File extension “{violation.limit}” is not allowed. Allowed extensions are: {allowed}."
        )
    # A lone surrogate cannot be written in UTF-8; the text shows a question mark in its place.
    text = _TEXTS[violation.keyword].format(limit=violation.limit)
    return text.encode("utf-8", "replace").decode("utf-8")


def _framework_type(value: Any) -> str:
    return "float" if isinstance(value, Decimal) else type(value).__name__


def _not_found(error: RecordNotFound, _: Request) -> Reply:
    return _detail(404, _NOT_FOUND.get(error.kind, "Not found."))


def _method_not_allowed(error: MethodNotAllowed, _: Request) -> Reply:
    return Reply(
        405,
        {"detail": f'Method "{error.method}" not allowed.'},
        {"Allow": ", ".join(error.allow)},
    )


def _unsupported_media_type(_: UnsupportedMediaType, request: Request) -> Reply:
    # The framework repeats the header as it was sent, parameters and all.
    sent = request.headers.get("content-type", "")
    return _detail(415, f'Unsupported media type "{sent}" in request.')


def _rate_limited(error: RateLimited, _: Request) -> Reply:
    seconds = error.retry_after
    unit = "second" if seconds == 1 else "seconds"
    return Reply(
        429,
        {"detail": f"Request was throttled. Expected available in {seconds} {unit}."},
        {"Retry-After": str(seconds)},
    )


ERRORS = ErrorTable(
    {
        Unauthenticated: _unauthenticated,
        Forbidden: lambda _, __: _detail(403, "You do not have permission to perform this action."),
        CrossSiteRequest: lambda error, _: _detail(403, f"CSRF Failed: {error.problem}"),
        RouteNotFound: lambda _, __: _detail(404, "Not found."),
        NotMocked: lambda error, _: _detail(501, str(error)),
        MethodNotAllowed: _method_not_allowed,
        RecordNotFound: _not_found,
        MalformedRequest: lambda error, _: _detail(400, error.problem),
        UnsupportedMediaType: _unsupported_media_type,
        PayloadTooLarge: lambda error, _: _detail(
            413, f"Request body exceeded the limit of {error.limit} bytes."
        ),
        InvalidRequest: _invalid,
        Conflict: lambda error, _: Reply(400, {"non_field_errors": [error.rule]}),
        RateLimited: _rate_limited,
    }
)
