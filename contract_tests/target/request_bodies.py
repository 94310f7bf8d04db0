"""Read what is in the body of a request that is about to be sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from mock_server.openapi.multipart import form_parts


def body_of(content_type: str, body: bytes) -> Any:
    """Return a JSON value, or a form as an object; None if there is no body.

    A field of a form is a text, or a list of texts if it is there several times. Raises
    ValueError, with a message of one line, for anything else.
    """
    if not body:
        return None
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        if media_type == "application/json":
            return json.loads(body)
        if media_type == "application/x-www-form-urlencoded":
            return _grouped(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        if media_type == "multipart/form-data":
            parts = form_parts(body, content_type)
            return _grouped((each.name, each.content.decode("utf-8", "replace")) for each in parts)
    except ValueError as problem:
        raise ValueError("its body is not what its type says") from problem
    raise ValueError("its body cannot be read")


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return {name: given[0] if len(given) == 1 else given for name, given in fields.items()}
