"""The spec of the control API, and what it allows at a place of a body."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from mock_server.data import specs_directory
from mock_server.openapi.document import Json, SpecIndex, load_document
from mock_server.openapi.schema import parts_of, properties_of

NAME = "control"


@cache
def control_spec() -> SpecIndex:
    """Return the spec of the control API."""
    return SpecIndex(NAME, load_document(specs_directory() / f"{NAME}.yaml"))


def properties_at(operation: str, place: Sequence[str | int]) -> list[str]:
    """Return the names that the object at a place of an operation's JSON body may have.

    None are returned where the body has no such place.
    """
    spec = control_spec()
    body = spec.operations[operation].request_body
    schemas: list[Json] = [body.content["application/json"]["schema"]] if body else []
    for step in place:
        schemas = [
            inner
            for schema in schemas
            for inner in (
                [part["items"] for part in _parts(schema) if "items" in part]
                if isinstance(step, int)
                else [node for name, node in properties_of(spec, schema) if name == step]
            )
        ]
    return list(dict.fromkeys(name for each in schemas for name, _ in properties_of(spec, each)))


def _parts(schema: Json) -> list[Json]:
    spec = control_spec()
    return [spec.resolve(parts[-1]) for parts in parts_of(spec, schema)]
