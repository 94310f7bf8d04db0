"""Laravel's texts for what is wrong with a request.

Source: Laravel 8's language file (facts, section 4, documented).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mock_server.engine.errors import Violation

_REQUIRED = "The {attribute} field is required."
_INVALID = "The selected {attribute} is invalid."
_BY_KEYWORD = {
    "required": _REQUIRED,
    "minItems": _REQUIRED,
    "enum": _INVALID,
    "exists": _INVALID,
    "format": "The {attribute} is not a valid date.",
    "minimum": "The {attribute} must be at least {limit}.",
    "maximum": "The {attribute} must not be greater than {limit}.",
    "json": "The {attribute} must be a valid JSON string.",
}
_BY_TYPE = {
    "boolean": "The {attribute} field must be true or false.",
    "integer": "The {attribute} must be an integer.",
    "number": "The {attribute} must be a number.",
    "array": "The {attribute} must be an array.",
    "object": "The {attribute} must be an array.",
    "string": "The {attribute} must be a string.",
}
_LARGEST_ID = 2**53 - 1
_LARGER = re.compile(r"(.)(?=[A-Z])")


def attribute_name(field: str) -> str:
    """Return a field as Laravel names it in a text: `unit price`, `materials.0.used quantity`."""
    words = "".join(word[:1].upper() + word[1:] for word in field.split(" "))
    snake = field if field.islower() and field.isalpha() else _LARGER.sub(r"\1_", words).lower()
    return snake.replace("_", " ")


def text_of(violation: Violation) -> str:
    """Return Laravel's text for one violation."""
    template = _template(violation)
    limit = _limit(violation)
    return template.format(attribute=attribute_name(violation.field), limit=limit)


def _template(violation: Violation) -> str:
    if _is_nothing(violation.value) and violation.keyword != "exists":
        return _REQUIRED
    if violation.keyword == "anyOf":
        return _template_of_choice(violation)
    if violation.keyword == "type":
        return _BY_TYPE[_kinds(violation.limit)[0]]
    if violation.keyword == "pattern":
        return _REQUIRED
    return _BY_KEYWORD.get(violation.keyword, _INVALID)


def _template_of_choice(violation: Violation) -> str:
    """The text for a value of which several forms are taken: its kind's, or that of a bound."""
    parts = [part for branch in violation.limit for part in branch]
    kinds = {kind for part in parts if part.keyword == "type" for kind in _kinds(part.limit)}
    if "boolean" in kinds:
        return _BY_TYPE["boolean"]
    for part in parts:
        if part.keyword in {"minimum", "maximum"}:
            return _INVALID if _is_id_bound(part) else _BY_KEYWORD[part.keyword]
    for kind in ("number", "integer"):
        if kind in kinds:
            return _BY_TYPE[kind]
    return _BY_KEYWORD["format"]


def _limit(violation: Violation) -> Any:
    if violation.keyword != "anyOf":
        return violation.limit
    bounds = (
        part.limit
        for branch in violation.limit
        for part in branch
        if part.keyword in {"minimum", "maximum"}
    )
    return next(bounds, None)


def _is_id_bound(violation: Violation) -> bool:
    """Whether a bound is one of a record's number: it begins at 1, or is no exact double."""
    return violation.limit in {1, _LARGEST_ID}


def _kinds(limit: Any) -> list[str]:
    kinds: Iterable[str] = limit if isinstance(limit, list | tuple) else [limit]
    return [kind for kind in kinds if kind != "null"] or ["string"]


def _is_nothing(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
