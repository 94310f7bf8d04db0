"""Turn what a lifecycle gives as a body into bytes: JSON, or a form with its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from mock_server.engine.replies import encode_json
from mock_server.lifecycle.model import File

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
#: The same parts are always the same bytes.
_BOUNDARY = "contract-tests-7d1c1f0a5c0e4c55"


def encoded(body: Any, media_type: str) -> tuple[bytes, str]:
    """Return a body as bytes, and its content type with what that needs to be read.

    Bytes are a body that somebody else has written, and stay as they are.
    """
    if isinstance(body, bytes):
        return body, media_type
    if media_type == URLENCODED:
        return urlencode({name: str(value) for name, value in body.items()}).encode(), media_type
    if media_type == MULTIPART:
        return _multipart(body), f"{MULTIPART}; boundary={_BOUNDARY}"
    return encode_json(body), media_type


def _multipart(body: Mapping[str, Any]) -> bytes:
    parts: list[tuple[str, Any]] = []
    for name, value in body.items():
        if isinstance(value, File):
            parts.append((name, (value.name, value.content, value.media_type)))
        else:
            parts.append((name, (None, str(value).encode())))
    headers = {"content-type": f"{MULTIPART}; boundary={_BOUNDARY}"}
    return httpx.Request("POST", "http://form", headers=headers, files=parts).read()
