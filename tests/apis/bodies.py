"""The properties of request bodies, as specs have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.data import specs_directory
from mock_server.openapi.document import SpecIndex, load_document
from mock_server.openapi.schema import properties_of


def properties_with_effect(api: str, operation: str) -> set[str]:
    """The properties that an operation's JSON body may have, without those marked `x-no-effect`."""
    spec = SpecIndex(api, load_document(specs_directory() / f"{api}.yaml"))
    body = spec.operations[operation].request_body
    assert body is not None
    return effective(spec, body.content["application/json"]["schema"])


def effective(spec: SpecIndex, schema: Mapping[str, Any]) -> set[str]:
    """The properties of a schema without those marked `x-no-effect`."""
    found = properties_of(spec, dict(schema))
    return {name for name, node in found if not spec.resolve(node).get("x-no-effect")}
