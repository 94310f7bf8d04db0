"""How Built words every error: the one place that knows its statuses and bodies.

What the records refuse is a 302 with a bare JSON string and no `Location`, worded differently from
operation to operation; everything else has Laravel's form. Source: facts, section 4 (documented);
401, 403 and 413 are inferred from Laravel. Laravel refuses no body for its type or its form: what
it cannot read has no fields, so what is required is missing.
"""

from __future__ import annotations

from mock_server.apis.built.texts import text_of
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
from mock_server.engine.rate_limit import Quota

NAME_TAKEN = "Item name already exist"
IN_TRANSACTIONS = (
    "This item was used in some transactions, find and remove those transactions before you can "
    "delete this item"
)
IMPORT_LIMIT = (
    "You have exceeded the import limit, you can only import a maximum of 200 items at a time."
)
_NOT_FOUND = {
    "updateItem": "Item not found.",
    "listRawMaterials": "Item not found!",
    "listStockHistory": {"message": "Item not found!"},
    "listStockHistoryAlternate": {"message": "Item not found!"},
}
#: What an operation asks for, in the order of its answers.
_REQUIRED = {
    "createItem": ("name", "type", "unit_price"),
    "createItemsInBulk": ("items",),
    "createItemsInBulkAlternate": ("items",),
    "adjustStockFromProduction": ("materials", "product_id", "date", "adjustment_quantity"),
    "adjustStock": (
        "item_id",
        "account_id",
        "quantity",
        "unit_price",
        "amount",
        "adjustment_quantity",
        "type",
        "date",
    ),
}
#: What may not be emptied: the fields of an update, and those of what a list has in it.
_NOT_EMPTY = {
    "updateItem": {"name", "type", "unit_price"},
    "materials": {"id", "name", "unit_cost", "inventory_accountID", "usedQuantity"},
    "items": {"name"},
}
#: Laravel names the methods of a route in this order, and counts OPTIONS for none.
_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def _message(status: int, text: str) -> Reply:
    return Reply(status, {"message": text})


def _not_found(_: RecordNotFound, request: Request) -> Reply:
    return Reply(302, _NOT_FOUND.get(str(request.operation_id), "Item not found"))


def _invalid(error: InvalidRequest, request: Request) -> Reply:
    """Every field at fault, with every text once."""
    order = _REQUIRED.get(str(request.operation_id), ())
    errors: dict[str, list[str]] = {}
    for violation in sorted(error.violations, key=lambda item: _place(item.path[0], order)):
        texts = errors.setdefault(violation.field, [])
        if (text := text_of(violation, required=_is_required(violation, request))) not in texts:
            texts.append(text)
    return Reply(422, {"message": "The given data was invalid.", "errors": errors})


def _place(field: str | int, order: tuple[str, ...]) -> int:
    """The position of a field among those that are asked for; the others come after them."""
    return order.index(field) if field in order else len(order)


def _is_required(violation: Violation, request: Request) -> bool:
    first, *inner = violation.path
    if inner:
        return inner[-1] in _NOT_EMPTY.get(str(first), ())
    operation_id = str(request.operation_id)
    return first in _REQUIRED.get(operation_id, _NOT_EMPTY.get(operation_id, ()))


def _method_not_allowed(error: MethodNotAllowed, _: Request) -> Reply:
    supported = ", ".join(verb for verb in _VERBS if verb in error.allow)
    return Reply(
        405,
        {
            "message": f"The {error.method} method is not supported for this route. "
            f"Supported methods: {supported}."
        },
        {"Allow": ", ".join(error.allow)},
    )


def _rate_limited(error: RateLimited, _: Request) -> Reply:
    return Reply(
        429,
        {"message": "Too Many Attempts."},
        {
            "X-RateLimit-Limit": str(error.limit),
            "X-RateLimit-Remaining": "0",
            "Retry-After": str(error.retry_after),
            "X-RateLimit-Reset": str(error.reset),
        },
    )


def quota_headers(quota: Quota) -> dict[str, str]:
    """Return what Laravel's throttle puts on every answer. Source: Laravel 8, ThrottleRequests."""
    return {"X-RateLimit-Limit": str(quota.limit), "X-RateLimit-Remaining": str(quota.remaining)}


ERRORS = ErrorTable(
    {
        Unauthenticated: lambda _, __: _message(401, "Unauthenticated."),
        Forbidden: lambda _, __: _message(403, "This action is unauthorized."),
        RouteNotFound: lambda _, __: _message(404, ""),
        NotMocked: lambda error, _: _message(501, str(error)),
        MethodNotAllowed: _method_not_allowed,
        RecordNotFound: _not_found,
        MalformedRequest: lambda _, __: _message(400, "Bad Request"),
        UnsupportedMediaType: lambda _, __: _message(415, ""),
        PayloadTooLarge: lambda _, __: _message(413, ""),
        InvalidRequest: _invalid,
        Conflict: lambda error, _: Reply(302, error.rule),
        RateLimited: _rate_limited,
    }
)
