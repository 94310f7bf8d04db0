"""The document that this server shows of an API: the spec, with what any client can hold it to.

A spec says with keywords of ours what OpenAPI says at more length, and nothing of what this server
answers before an API is asked. Programs that know OpenAPI only (generators, Schemathesis) read
neither, so the served document says both in OpenAPI's own words.
"""

from __future__ import annotations

from typing import Any

from mock_server.discovery import Vendor
from mock_server.openapi.casts import ACCEPTS
from mock_server.openapi.document import METHODS, Json
from mock_server.openapi.schema import FORMAT_BOUNDS, FORMAT_PATTERNS

#: What is refused before an API is asked; see `bounded_http`.
_OF_THE_SERVER = {
    "414": "The target of the request is longer than this server takes.",
    "431": "The headers of the request are longer than this server takes.",
}
#: These belong to numbers; on a text they say what number it may hold.
_OF_NUMBERS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf")
_OF_TEXTS = ("type", "format", "pattern", "minLength", "maxLength", "nullable")


def served_document(vendor: Vendor, base_url: str) -> Json:
    """Return the spec with this server as its first server, in OpenAPI's own words.

    Texts whose format only this project knows get the format's pattern, texts that may come as a
    number (`x-accepts`) the number beside them, and each operation the server's own refusals.
    """
    document = located_document(vendor, base_url)
    paths = {path: _with_refusals(item) for path, item in document["paths"].items()}
    served: Json = _plain({**document, "paths": paths})
    return served


def located_document(vendor: Vendor, base_url: str) -> Json:
    """Return the spec as it is written, with this server as its first server."""
    document = vendor.spec.document
    servers = [{"url": base_url, "description": "this mock"}, *document.get("servers", [])]
    return {**document, "servers": servers}


def _with_refusals(item: Json) -> Json:
    """A path with the server's own refusals among the answers of its operations."""
    refusals = {
        status: {
            "description": description,
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
        for status, description in _OF_THE_SERVER.items()
    }
    return {
        key: {**node, "responses": {**refusals, **node["responses"]}} if key in METHODS else node
        for key, node in item.items()
    }


def _plain(node: Any) -> Any:
    """A part of a document in OpenAPI's own words."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(item) for key, item in node.items()}
    if plain.get("type") != "string":
        return plain
    pattern = FORMAT_PATTERNS.get(plain.get("format", ""))
    if pattern is not None:
        plain.setdefault("pattern", pattern)
    return _with_number(plain) if "number" in plain.get(ACCEPTS, ()) else plain


def _with_number(text: Json) -> Json:
    """A text that may come as a number, as a choice between both."""
    bounds = FORMAT_BOUNDS.get(text.get("format", ""))
    number = {"type": "integer" if bounds else "number"} | {
        key: text[key] for key in _OF_NUMBERS if key in text
    }
    if bounds:
        number = {"minimum": bounds[0], "maximum": bounds[1], **number}
    own = {key: text[key] for key in _OF_TEXTS if key in text}
    around = {key: item for key, item in text.items() if key not in (*_OF_NUMBERS, *_OF_TEXTS)}
    return {**around, "anyOf": [own, number]}
