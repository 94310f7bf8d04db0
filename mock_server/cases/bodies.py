"""Bodies of cases as they are sent: JSON, and forms, whose files are texts.

All formats of cases are texts, and so are the files: an image of printable characters is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mock_server.cases.model import text_of_body
from mock_server.engine.bodies import FORM, JSON, MULTIPART

#: Is in no value of a case.
_BOUNDARY = "end-of-part"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a form, its content a text in ASCII."""

    name: str
    media_type: str
    text: str


#: A GIF whose numbers are all written as tabs: 2,313 pixels wide and high, without a palette.
IMAGE = File("{{tag}}.gif", "image/gif", "GIF89a" + 7 * "\t" + "," + 21 * "\t" + ";")


def content_type(media_type: str) -> str:
    """Return the header that a body of a media type is sent with."""
    return f"{MULTIPART}; boundary={_BOUNDARY}" if media_type == MULTIPART else media_type


def written(body: Any, media_type: str | None) -> str:
    """Return a body as it is sent; a text stays as it is, but for JSON."""
    if isinstance(body, str) and media_type != JSON:
        return body
    if media_type == FORM:
        return "&".join(f"{quote(name)}={quote(text, '{}')}" for name, text in fields_of(body))
    if media_type == MULTIPART:
        return multipart(body)
    return text_of_body(body)


def multipart(body: Mapping[str, Any], *, ended: bool = True) -> str:
    """Return a form with its files as RFC 7578 has it, or without its end."""
    lines: list[str] = []
    for name, item in body.items():
        if isinstance(item, File):
            lines += [
                f"--{_BOUNDARY}",
                f'Content-Disposition: form-data; name="{name}"; filename="{item.name}"',
                f"Content-Type: {item.media_type}",
                "",
                item.text,
            ]
    texts = {name: item for name, item in body.items() if not isinstance(item, File)}
    for name, text in fields_of(texts):
        lines += [f"--{_BOUNDARY}", f'Content-Disposition: form-data; name="{name}"', "", text]
    return "\r\n".join([*lines, f"--{_BOUNDARY}--" if ended else "", ""])


def fields_of(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a form with their texts; null is an empty text, a list has many."""
    for name, value in body.items():
        for item in value if isinstance(value, list) else [value]:
            yield name, text_of(item)


def text_of(value: Any) -> str:
    """Return a value as it is written in a query, a header or a form."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace("{{#", "{{")
