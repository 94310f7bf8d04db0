"""How Exsited words every error: the one place that knows its statuses and bodies.

Source: facts, section 2, errors. The statuses are documented; the body serves readers of version
3 (`errors`) and of version 4 (`code`, `request_id`), both observed; the codes of a field and the
texts are inferred.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any
from uuid import UUID

from mock_server.apis.exsited.credentials import InvalidGrant
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
from mock_server.engine.messages import NO_BODY, Reply, Request

_BAD_REQUEST = 400
_VALIDATION = "One or more fields failed validation"
#: The codes that the vendor's SDK knows for a token that is not good (observed).
_TOKEN_ERRORS = {
    "missing": ("unauthorized", "An access token is required"),
    "invalid": ("invalid_access_token", "The access token is not valid"),
    "expired": ("expired_token", "The access token has expired"),
    "revoked": ("invalid_token", "The access token was replaced by a newer one"),
}
_BOUNDS = frozenset({"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"})
#: Where the records are listed that a request may name.
_KNOWN = {
    "warehouse": "GET /api/v3/settings/warehouses",
    "currency": "GET /api/v3/settings/currencies",
    "accounting code": "GET /api/v3/settings/accounting_codes",
    "tax code": "GET /api/v3/settings/taxes",
}
_CONFLICTS = {
    "idTaken": ("already_exists", "An item with the id {value} already exists"),
    "alreadyInactive": ("conflict", "The item is already inactive"),
    "alreadyActive": ("conflict", "The item is already active"),
    "wrongStatus": ("conflict", "An item with the status {value} can't be changed like this"),
    "inactive": ("conflict", "The item is inactive; no stock can be taken out"),
    "notStocked": ("conflict", "Items of the type {value} have no inventory"),
    "inventoryDisabled": ("conflict", "Inventory is not enabled for the item"),
    "notLinked": ("conflict", "The item has no link to the warehouse {value}"),
    "stockBelowZero": ("conflict", "Not enough stock in the warehouse {value}"),
    "serialCount": ("conflict", "There must be one serial number for each unit of the quantity"),
    "serialTaken": ("conflict", "The serial number {value} is in stock already"),
    "serialUnknown": ("conflict", "The serial number {value} is not in the warehouse"),
    "batchMissing": ("conflict", "A batch number is required while batches are tracked"),
    "batchShort": ("conflict", "Not enough stock in the batch {value}"),
    "idempotencyKeyUsed": ("conflict", "The idempotency key was used for another request"),
}


def _request_id(request: Request) -> str:
    """An identifier that the same request always gets, so that answers can be compared."""
    asked = [request.method, request.url_path, request.query_string, request.body]
    text = json.dumps(asked, default=str)
    digest = blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).digest()
    return f"req_{UUID(bytes=digest, version=4)}"


_TOKEN_OPERATIONS = frozenset({"issueToken", "issueTokenV4"})


def _error(
    request: Request,
    status: int,
    code: str,
    message: str,
    fields: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    body = {
        "object": "error",
        "request_id": _request_id(request),
        "status": status,
        "code": code,
        "message": message,
        "errors": fields or [{"code": code, "message": message}],
    }
    if request.operation_id in _TOKEN_OPERATIONS and status == _BAD_REQUEST:
        body |= {"error": _oauth_code(code, fields or []), "error_description": message}
    return Reply(status, body, headers or {})


def _unauthenticated(error: Unauthenticated, request: Request) -> Reply:
    """A token that is not good; at a token endpoint it is the client that is not.

    A client that is none is sent to the sign-in page (observed: the vendor's SDK 4.0.2 says so of
    wrong credentials, and its PHP SDK renews tokens on 302); where that page is, is inferred.
    """
    if request.operation_id in _TOKEN_OPERATIONS:
        return Reply(302, NO_BODY, {"Location": f"{request.base_url}/login"})
    code, message = _TOKEN_ERRORS[error.reason]
    return _error(request, 401, code, message)


def _oauth_code(code: str, fields: list[dict[str, Any]]) -> str:
    """Return the code of OAuth 2.0 for a refused token request (RFC 6749, section 5.2)."""
    if code == "invalid_grant":
        return code
    wrong = {each.get("field"): each["code"] for each in fields}
    return "unsupported_grant_type" if wrong.get("grant_type") == "invalid" else "invalid_request"


def _invalid(error: InvalidRequest, request: Request) -> Reply:
    violations = _leaves(error.violations)
    if any(violation.path == () for violation in violations):
        return _error(request, 400, "validation_error", "The request body must be an object")
    fields = {violation.field: _field(violation) for violation in reversed(violations)}
    return _error(request, 400, "validation_error", _VALIDATION, list(reversed(fields.values())))


def _leaves(violations: tuple[Violation, ...]) -> list[Violation]:
    """The violations, with a choice between schemas replaced by its nearest miss."""
    leaves: list[Violation] = []
    for violation in violations:
        if violation.keyword in {"anyOf", "oneOf"}:
            leaves += _leaves(min(violation.limit, key=len))
        else:
            leaves.append(violation)
    return leaves


def _field(violation: Violation) -> dict[str, Any]:
    field = violation.field
    if violation.keyword == "required":
        return {"field": field, "code": "required", "message": f"{field} is required"}
    if violation.keyword == "exists":
        text = f"Invalid {violation.limit}; {_KNOWN[violation.limit]} lists the known ones"
        return {"field": field, "code": "invalid", "message": text}
    if violation.keyword == "order":
        text = f"{field} is before the start, {violation.limit}"
        return {"field": field, "code": "invalid", "message": text}
    if violation.keyword == "enum":
        # A flag may be a string or a boolean; the words are the same.
        words = (
            str(choice).lower() if choice in (True, False) else choice for choice in violation.limit
        )
        choices = ", ".join(dict.fromkeys(words))
        text = f"Invalid value for {field}; it must be one of {choices}"
        return {"field": field, "code": "invalid", "message": text}
    if violation.keyword in _BOUNDS:
        text = f"{field} is out of bounds ({violation.keyword} {violation.limit})"
        return {"field": field, "code": "invalid", "message": text}
    return {"field": field, "code": "invalid", "message": f"Invalid format for {field}"}


def _conflict(error: Conflict, request: Request) -> Reply:
    code, text = _CONFLICTS[error.rule]
    entry = {"code": code, "message": text.format(**error.facts)}
    if "field" in error.facts:
        entry = {"field": error.facts["field"], **entry}
    return _error(request, 409, code, entry["message"], [entry])


def _method_not_allowed(error: MethodNotAllowed, request: Request) -> Reply:
    text = f"The method {error.method} is not allowed here"
    allow = {"Allow": ", ".join(error.allow)}
    return _error(request, 405, "method_not_allowed", text, headers=allow)


def _rate_limited(error: RateLimited, request: Request) -> Reply:
    after = {"Retry-After": str(error.retry_after)}
    return _error(request, 429, "too_many_requests", "Too many requests", headers=after)


def _not_found(error: RecordNotFound, request: Request) -> Reply:
    return _error(request, 404, "resource_not_found", f"There is no {error.kind} {error.key}")


def _not_mocked(error: NotMocked, request: Request) -> Reply:
    return _error(request, 501, "not_mocked", str(error))


def _no_route(_: RouteNotFound, request: Request) -> Reply:
    return _error(request, 404, "resource_not_found", "There is nothing at this path")


def _no_grant(_: InvalidGrant, request: Request) -> Reply:
    """RFC 6749, section 5.2: 400; the vendor's PHP SDK asks for a new token on that alone."""
    text = "The refresh token is not valid"
    entry = {"field": "refresh_token", "code": "invalid_grant", "message": text}
    return _error(request, 400, "invalid_grant", text, [entry])


def _malformed(error: MalformedRequest, request: Request) -> Reply:
    return _error(request, 400, "malformed_request", f"The request can't be read: {error.problem}")


def _media_type(error: UnsupportedMediaType, request: Request) -> Reply:
    text = f"The body must be {' or '.join(error.supported)}"
    return _error(request, 415, "unsupported_media_type", text)


def _too_large(error: PayloadTooLarge, request: Request) -> Reply:
    return _error(request, 413, "payload_too_large", f"A body has {error.limit} bytes at most")


def _forbidden(_: Forbidden, request: Request) -> Reply:
    return _error(request, 403, "access_denied", "The client has no access to this")


ERRORS = ErrorTable(
    {
        Unauthenticated: _unauthenticated,
        InvalidGrant: _no_grant,
        Forbidden: _forbidden,
        RouteNotFound: _no_route,
        NotMocked: _not_mocked,
        MethodNotAllowed: _method_not_allowed,
        RecordNotFound: _not_found,
        MalformedRequest: _malformed,
        UnsupportedMediaType: _media_type,
        PayloadTooLarge: _too_large,
        InvalidRequest: _invalid,
        Conflict: _conflict,
        RateLimited: _rate_limited,
    }
)
