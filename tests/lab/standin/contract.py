"""Answers held to the spec by a validator that is not the mock's."""

from __future__ import annotations

import re
from functools import cache

import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from tests.conftest import ROOT


@cache
def spec():
    """The document, with each reference replaced by what it names."""
    text = (ROOT / "specs" / "cliniko.yaml").read_text(encoding="utf-8")
    document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def inlined(node):
        if isinstance(node, list):
            return [inlined(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            found = document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            return inlined(found)
        return {name: inlined(item) for name, item in node.items()}

    return inlined(document)


def operation_of(method, path):
    """The operation of a request, or None if the document has none there."""
    for template, item in spec()["paths"].items():
        if re.fullmatch("/v1" + re.sub(r"\{\w+\}", "[^/]+", template), path):
            return item.get(method.lower()), True
    return None, False


def hold_to_the_spec(response):
    """Assert that an answer has a status, headers and a body that the spec declares for it."""
    response.read()
    operation, known = operation_of(response.request.method, response.request.url.path)
    status = str(response.status_code)
    if operation is not None:
        assert status in operation["responses"], f"{operation['operationId']} answers {status}"
        declared = operation["responses"][status]
    else:
        declared = spec()["components"]["responses"][
            "MethodNotAllowed" if known else "RouteNotFound"
        ]
        assert status == ("405" if known else "404")
    for name, header in declared.get("headers", {}).items():
        assert not header.get("required") or name in response.headers, f"{name} is missing"
    if "content" not in declared:
        assert response.content == b""
        return
    ((media_type, content),) = declared["content"].items()
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    body = response.json() if media_type == "application/json" else response.text
    OAS30Validator(content["schema"], format_checker=oas30_format_checker).validate(body)
