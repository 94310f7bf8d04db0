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
    "maxItems": "The {attribute} must not have more than {limit} items.",
    "pattern": "The {attribute} format is invalid.",
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
_INT64 = {-(2**63), 2**63 - 1}
_LARGER = re.compile(r"(.)(?=[A-Z])")


def attribute_name(field: str) -> str:
    """Return a field as Laravel names it in a text: `unit price`; one within a list as it is."""
    if "." in field:
        return field
    words = "".join(word[:1].upper() + word[1:] for word in field.split(" "))
    snake = field if field.islower() and field.isalpha() else _LARGER.sub(r"\1_", words).lower()
    return snake.replace("_", " ")


def text_of(violation: Violation, *, required: bool) -> str:
    """Return Laravel's text for one violation of a field that is `required` or not."""
    template = _template(violation, required=required)
    limit = _limit(violation)
    return template.format(attribute=attribute_name(violation.field), limit=limit)


def _template(violation: Violation, *, required: bool) -> str:
    if violation.keyword == "exists":
        return _INVALID
    if violation.value is None or (required and violation.value == []):
        return _REQUIRED
    if violation.keyword == "anyOf":
        return _template_of_choice(violation)
    if violation.keyword == "type":
        return _BY_TYPE[_kinds(violation.limit)[0]]
    return _BY_KEYWORD.get(violation.keyword, _INVALID)


def _template_of_choice(violation: Violation) -> str:
    """The text for a value of which several forms are taken: its kind's, or that of a bound."""
    parts = [part for branch in violation.limit for part in branch]
    kinds = {kind for part in parts if part.keyword == "type" for kind in _kinds(part.limit)}
    if "boolean" in kinds:
        return _BY_TYPE["boolean"]
    for part in parts:
        if part.keyword in {"minimum", "maximum"}:
            return _BY_TYPE["integer"] if part.limit in _INT64 else _BY_KEYWORD[part.keyword]
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


def _kinds(limit: Any) -> list[str]:
    kinds: Iterable[str] = limit if isinstance(limit, list | tuple) else [limit]
    return [kind for kind in kinds if kind != "null"] or ["string"]
