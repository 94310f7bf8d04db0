"""Multipart forms: RFC 7578, in the encapsulation of RFC 2046."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value

#: RFC 2046 allows 70 characters; the frameworks behind these vendors allow more.
_BOUNDARY = re.compile(r"[ -~]{0,200}[!-~]")
_HEADERS_END = b"\r\n\r\n"
#: The longest header of which parameters are read, and the longest headers of a part, in bytes:
#: what reads parameters takes a time that grows with the square of their length.
_LONGEST = 4_096
#: The fields and files that a form has at most, as in Django and PHP (`max_input_vars`).
MOST_FIELDS = 1_000
#: The headers of parts that say something of them.
_OF_PARTS = frozenset({"content-disposition", "content-transfer-encoding", "content-type"})


class NotMultipart(ValueError):
    """A body that is not what its media type says; the message says how."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: a field, or a file, which has a name (`filename`)."""

    name: str
    filename: str | None
    media_type: str
    content: bytes


def header_parameters(line: str) -> tuple[str, Mapping[str, str]]:
    """Return the value of a header like `Content-Type` in lower case, and its parameters.

    Parameters may come in the extended form of RFC 2231 (`filename*=utf-8''caf%C3%A9.png`), which
    wins over the plain one. Of a line that is longer than 4,096 characters no parameter is read.
    """
    plain, semicolon, _ = line.partition(";")
    if not semicolon or len(line) > _LONGEST:
        return plain.strip().lower(), {}
    message = Message()
    message["content-type"] = line.replace("\r", " ").replace("\n", " ")
    (value, _), *parameters = message.get_params() or [("", "")]
    return value.lower(), {name: collapse_rfc2231_value(text) for name, text in parameters if name}


def is_boundary(text: str | None) -> bool:
    """Say whether a text can be the boundary of a form."""
    return text is not None and _BOUNDARY.fullmatch(text) is not None


def form_parts(content: bytes, content_type: str) -> list[Part]:
    """Return the named parts of a form whose boundary its content type has; raises NotMultipart."""
    boundary = header_parameters(content_type)[1].get("boundary")
    if boundary is None or not is_boundary(boundary):
        raise NotMultipart("the multipart body has no boundary")
    return read_multipart(content, boundary)


def read_multipart(content: bytes, boundary: str, *, lenient: bool = False) -> list[Part]:
    """Return the named parts of a form, in their order.

    What comes before the first delimiter and after the closing one is ignored, and so are parts
    without a name. Raises NotMultipart for more than 1,000 parts, for a body without an end, for
    headers that are not UTF-8, and for broken base64. If `lenient` (Django), whatever comes before,
    between and after delimiters is a part if it has the headers of one; a file without an end is
    left out, such a header passed over, and a field in broken base64 left as it is.
    """
    parts: list[Part] = []
    start = 0
    for number, (end, after, closing) in enumerate(_delimiters(content, boundary)):
        if number > MOST_FIELDS:
            raise NotMultipart(f"the form has more than {MOST_FIELDS} parts")
        if number or lenient:
            parts += _parts(content[start:end], lenient=lenient)
        start = after
        if closing and not lenient:
            return parts
    if not lenient:
        raise NotMultipart("the multipart body breaks off, or is none")
    unfinished = _parts(content[start:], lenient=lenient)
    return [*parts, *(part for part in unfinished if part.filename is None)]


def _delimiters(content: bytes, boundary: str) -> Iterator[tuple[int, int, bool]]:
    """Where each delimiter begins and ends, and whether it closes the form.

    The end of the line before is a part of it. The search is for a fixed text, as one for the ends
    of lines takes fifty times as long where a file has none.
    """
    dashed = b"--" + re.escape(boundary.encode("ascii"))
    for match in re.finditer(dashed + rb"(--)?[ \t]*(?=\r?\n|\Z)", content):
        start = match.start()
        if content.endswith(b"\n", 0, start):
            start -= 2 if content.endswith(b"\r\n", 0, start) else 1
        elif start:
            continue
        yield start, match.end(), match[1] is not None


def _parts(section: bytes, *, lenient: bool) -> Iterator[Part]:
    """The part that a stretch between delimiters is, or none."""
    head, end, content = section.partition(_HEADERS_END)
    headers = _headers(head, lenient=lenient) if end else {}
    _, disposition = headers.get("content-disposition", ("", {}))
    if "name" not in disposition:
        return
    filename = disposition.get("filename") or None
    if headers.get("content-transfer-encoding", ("", {}))[0] == "base64":
        content = _decoded(content, lenient=lenient and filename is None)
    media_type, _ = headers.get("content-type", ("", {}))
    yield Part(
        disposition["name"].strip(), filename, media_type or "application/octet-stream", content
    )


def _headers(head: bytes, *, lenient: bool) -> dict[str, tuple[str, Mapping[str, str]]]:
    """The headers of a part that say something of it, by name; other lines are passed over."""
    headers = {}
    if len(head) > _LONGEST:
        if lenient:
            return {}
        raise NotMultipart(f"the headers of a part are longer than {_LONGEST} bytes")
    for line in head.split(b"\r\n"):
        try:
            text = line.decode()
        except UnicodeDecodeError as problem:
            if lenient:
                continue
            raise NotMultipart("a header of a part is not valid UTF-8") from problem
        if text.partition(":")[0].strip().lower() in _OF_PARTS:
            value, parameters = header_parameters(text)
            name, colon, value = value.partition(":")
            if colon:
                headers[name] = value.strip(), parameters
    return headers


def _decoded(content: bytes, *, lenient: bool) -> bytes:
    try:
        return base64.b64decode(b"".join(content.split()), validate=not lenient)
    except binascii.Error as problem:
        if lenient:
            return content
        raise NotMultipart("Could not decode base64 data.") from problem
