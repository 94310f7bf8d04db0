"""Compares the vendor's document with the spec, and lists where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mock_server.openapi.document import Json, OperationSpec, SpecIndex
from tests.apis.skhokho.reading import DocumentedField, DocumentedOperation

JSON_BODY = "application/json"
FORM_BODIES = ("application/x-www-form-urlencoded", "multipart/form-data")


def differences(documented: Iterable[DocumentedOperation], document: Json) -> list[str]:
    """Return one line for each thing that the document says and the spec does not."""
    spec = SpecIndex("skhokho", document)
    found = []
    for wanted in documented:
        where = f"{wanted.method} {wanted.path}"
        operation = next(
            (
                candidate
                for candidate in spec.operations.values()
                if (candidate.method, candidate.path) == (wanted.method, wanted.path)
            ),
            None,
        )
        if operation is None:
            found.append(f"{where}: missing")
        else:
            found += [f"{where}: {line}" for line in _operation(spec, wanted, operation)]
    return found


def _operation(
    spec: SpecIndex, wanted: DocumentedOperation, operation: OperationSpec
) -> Iterator[str]:
    if operation.raw.get("summary") != wanted.summary:
        yield "summary differs"
    schemes = [spec.security_schemes[name] for [name] in operation.security]
    for credential in wanted.credentials:
        if not any(scheme.parameter == credential.name for scheme in schemes):
            yield f"credential {credential.name} missing"
    yield from _parameters(spec, wanted.path_parameters, operation, "path")
    yield from _parameters(spec, wanted.query_parameters, operation, "query")
    for status, media_type in wanted.responses.items():
        response = operation.responses.get(int(status))
        if response is None or media_type not in response.content:
            yield f"response {status} {media_type} missing"
    if wanted.body:
        yield from _body(spec, wanted.body, operation)


def _parameters(
    spec: SpecIndex, wanted: list[DocumentedField], operation: OperationSpec, location: str
) -> Iterator[str]:
    raw = {
        (parameter["in"], parameter["name"]): parameter
        for parameter in map(
            spec.resolve,
            [
                *spec.document["paths"][operation.path].get("parameters", []),
                *operation.raw.get("parameters", []),
            ],
        )
    }
    for one in wanted:
        parameter = raw.get((location, one.name))
        if parameter is None:
            yield f"{location} parameter {one.name} missing"
            continue
        if bool(parameter.get("required")) != one.required:
            yield f"{location} parameter {one.name}: required differs"
        schema = parameter.get("x-documented", parameter["schema"])
        yield from _schema(spec, one, schema, f"{location} parameter {one.name}")
        for member in spec.resolve(schema).get("enum", []):
            if member not in one.description:
                yield f"{location} parameter {one.name}: {member!r} is not in the document"


def _body(
    spec: SpecIndex, wanted: list[DocumentedField], operation: OperationSpec
) -> Iterator[str]:
    content = operation.request_body.content if operation.request_body else {}
    for media_type in (JSON_BODY, *FORM_BODIES):
        if media_type not in content:
            yield f"{media_type} body missing"
            continue
        schema = spec.resolve(content[media_type]["schema"])
        properties = schema["properties"]
        for one in wanted:
            if one.name not in properties:
                yield f"{media_type} property {one.name} missing"
        if extra := properties.keys() - {one.name for one in wanted}:
            yield f"{media_type}: {sorted(extra)} not in the document"
        if set(schema.get("required", ())) != {one.name for one in wanted if one.required}:
            yield f"{media_type}: required properties differ"
    properties = spec.resolve(content.get(JSON_BODY, {}).get("schema", {})).get("properties", {})
    for one in wanted:
        if one.name in properties:
            yield from _schema(spec, one, properties[one.name], f"property {one.name}")


def _schema(spec: SpecIndex, wanted: DocumentedField, schema: Json, where: str) -> Iterator[str]:
    declared = documented_schema(spec, schema)
    expected = {
        "type": wanted.type,
        "minLength": wanted.bound("min"),
        "maxLength": wanted.bound("max"),
        "nullable": wanted.nullable or None,
        "format": wanted.format,
        "pattern": wanted.pattern,
    }
    for keyword, value in expected.items():
        if declared.get(keyword) != value and (keyword != "minLength" or value is not None):
            yield f"{where}: {keyword} is {declared.get(keyword)!r}, documented {value!r}"
    if wanted.enumerated and "enum" not in declared:
        yield f"{where}: enum missing"
    if wanted.labels:
        if declared.get("enum") != list(wanted.labels):
            yield f"{where}: enum members differ"
        if declared.get("x-enum-labels") != wanted.labels:
            yield f"{where}: enum labels differ"
    # Parameters are described in the spec's own words; the few words on a property are kept.
    if (
        where.startswith("property")
        and wanted.description
        and not declared.get("description", "").startswith(wanted.description)
    ):
        yield f"{where}: description differs"


def documented_schema(spec: SpecIndex, schema: Json) -> dict[str, Any]:
    """Return a schema as the document words it: `x-documented` in place of what is taken in."""
    resolved = spec.resolve(schema)
    merged: dict[str, Any] = {}
    for part in resolved.get("allOf", ()):
        merged |= documented_schema(spec, part)
    own = {key: value for key, value in resolved.items() if key != "allOf"}
    description = own.get("description", merged.get("description", ""))
    if "x-documented" in own:
        own = own["x-documented"]
    return {**merged, **own, "description": description}
