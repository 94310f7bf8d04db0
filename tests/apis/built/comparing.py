"""Compares what the vendor's page says with what the spec says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mock_server.openapi.document import Json, OperationSpec, SpecIndex
from mock_server.openapi.schema import SchemaCompiler
from tests.apis.built.reading import Section, described_fields

JSON = "application/json"


@dataclass(frozen=True)
class Served:
    """A section of the page together with one operation that the spec gives for it."""

    section: Section
    address: str
    operation: OperationSpec | None


def serve(sections: list[Section], spec: SpecIndex) -> Iterator[Served]:
    """Every address that the page names, in text, calls and samples, with its operation."""
    for section in sections:
        method = section.call.method if section.call else "GET"
        for address in sorted(section.addresses):
            yield Served(section, address, operation_at(spec, method, address))
        if isinstance(section.sample, dict) and "path" in section.sample:
            address = urlsplit(section.sample["path"]).path
            yield Served(section, address, operation_at(spec, method, address))


def operation_at(spec: SpecIndex, method: str, address: str) -> OperationSpec | None:
    """The operation at the address, in which `:id`, `<keyword>`, `{ID}` and numbers vary."""
    for operation in spec.operations.values():
        if operation.method.upper() == method and _same_path(operation.path, address):
            return operation
    return None


def _same_path(template: str, address: str) -> bool:
    parts, pieces = template.split("/"), address.split("/")
    return len(parts) == len(pieces) and all(
        re.match(r"[:<{]|\d+$", piece) is not None if part.startswith("{") else part == piece
        for part, piece in zip(parts, pieces, strict=True)
    )


def differences(sections: list[Section], document: Json, *, validated: bool = True) -> list[str]:
    """Everything that the page says and the spec doesn't, one line each; empty when they agree.

    Without `validated`, keys and types are compared, and no sample goes through its schema.
    """
    spec = SpecIndex("built", document)
    compiler = SchemaCompiler(spec) if validated else None
    found: list[str] = []
    for served in serve(sections, spec):
        where = f"{served.section.heading} ({served.address})"
        if served.operation is None:
            found.append(f"{where}: no operation")
            continue
        found += [
            f"{where}: {difference}"
            for difference in (
                *_answer(served.section, served.operation, spec, compiler),
                *_body(served.section, served.operation, spec, compiler),
                *_query(served.section, served.operation, spec),
            )
        ]
    return found


def _answer(
    section: Section, operation: OperationSpec, spec: SpecIndex, compiler: SchemaCompiler | None
) -> Iterator[str]:
    response = operation.responses.get(200)
    if response is None:
        yield "no answer 200"
    elif section.empty_answer:
        if response.content:
            yield "the answer has a body"
    elif section.has_sample:
        media = response.content.get(JSON, {})
        yield from _media(section.sample, media, spec, compiler, "answer")
        yield from shape_differences(section.sample, media.get("schema", {}), spec, "answer")


def _body(
    section: Section, operation: OperationSpec, spec: SpecIndex, compiler: SchemaCompiler | None
) -> Iterator[str]:
    body = section.call.body if section.call and section.call.method == "POST" else None
    if body is None:
        return
    if operation.request_body is None:
        yield "no request body"
        return
    media = operation.request_body.content.get(JSON, {})
    yield from _media(body, media, spec, compiler, "body")
    schema = media.get("schema", {})
    if body:
        yield from field_differences(body, schema, spec, "body")
    if "data to present in the payload" in section.prose:
        properties = flatten(schema, spec)["properties"]
        for name in described_fields(section.prose, list(body)):
            if "description" not in properties.get(name, {}):
                yield f"body/{name}: not described"
    for name, value in body.items():
        encoded = flatten(schema, spec)["properties"].get(name, {}).get("x-encoded-schema")
        if isinstance(value, str) and value.startswith("["):
            if encoded is None:
                yield f"body/{name}: nothing says what is encoded in it"
                continue
            yield from _media(json.loads(value), {"schema": encoded}, spec, compiler, name, False)
            yield from field_differences(json.loads(value), encoded, spec, name)


def _media(
    value: Any,
    media: Json,
    spec: SpecIndex,
    compiler: SchemaCompiler | None,
    where: str,
    exampled: bool = True,
) -> Iterator[str]:
    errors = compiler.compile(media.get("schema", {}), where).iter_errors(value) if compiler else ()
    for error in errors:
        path = "/".join(map(str, error.instance_path))
        yield f"{where}/{path}: the sample breaks the schema: {error.message}"
    if exampled:
        examples = [spec.resolve(item)["value"] for item in media.get("examples", {}).values()]
        if value not in examples:
            yield f"{where}: the sample is not among the examples"


def _query(section: Section, operation: OperationSpec, spec: SpecIndex) -> Iterator[str]:
    named = set(re.findall(r"<pagenumber> is the (page) number", section.prose))
    named |= set(re.findall(r"\?(\w+)=<", section.prose))
    filters = re.search(r"pass a (\w+) and (\w+) query filter", section.prose)
    named |= set(filters.groups()) if filters else set()
    declared = {item.name for item in operation.parameters if item.location == "query"}
    declared |= {
        scheme.parameter
        for names in operation.security
        for scheme in (spec.security_schemes[name] for name in names)
        if scheme.location == "query"
    }
    for name in sorted(named - declared):
        yield f"no query parameter {name}"


def flatten(schema: Any, spec: SpecIndex) -> Json:
    """A schema with its references and `allOf` parts merged; a later part's keywords win."""
    schema = spec.resolve(schema)
    merged: Json = {"properties": {}, "required": []}
    for part in schema.get("allOf", ()):
        flat = flatten(part, spec)
        merged = {
            **merged,
            **flat,
            "properties": {**merged["properties"], **flat["properties"]},
            "required": [*merged["required"], *flat["required"]],
        }
    own = {key: value for key, value in schema.items() if key != "allOf"}
    return {
        **merged,
        **own,
        "properties": {**merged["properties"], **own.get("properties", {})},
        "required": [*merged["required"], *own.get("required", [])],
    }


def shape_differences(sample: Any, schema: Any, spec: SpecIndex, where: str) -> Iterator[str]:
    """Where a sample of an answer and its schema have other keys or other JSON types."""
    flat = flatten(schema, spec)
    if sample is None:
        if not flat.get("nullable"):
            yield f"{where}: null in the sample, not nullable in the schema"
        return
    kinds = json_types(sample)
    if flat.get("type") not in kinds:
        yield f"{where}: {'/'.join(sorted(kinds))} in the sample, {flat.get('type')} in the schema"
        return
    if isinstance(sample, list):
        for index, entry in enumerate(sample):
            yield from shape_differences(entry, flat.get("items", {}), spec, f"{where}/{index}")
    elif isinstance(sample, dict):
        properties, required = flat["properties"], set(flat["required"])
        for name in sorted(set(sample) ^ set(properties)):
            yield f"{where}/{name}: only in the {'sample' if name in sample else 'schema'}"
        for name in sorted(set(sample) & set(properties)):
            if name not in required:
                yield f"{where}/{name}: always there in the sample, not required in the schema"
            yield from shape_differences(sample[name], properties[name], spec, f"{where}/{name}")


def field_differences(sample: Any, schema: Any, spec: SpecIndex, where: str) -> Iterator[str]:
    """Keys of a sample call that its schema lacks, and what the schema adds without a mark."""
    flat = flatten(schema, spec)
    if isinstance(sample, list):
        for index, entry in enumerate(sample):
            yield from field_differences(entry, flat.get("items", {}), spec, f"{where}/{index}")
    elif isinstance(sample, dict):
        for name in sample:
            if name not in flat["properties"]:
                yield f"{where}/{name}: only in the sample"
            else:
                part = flat["properties"][name]
                yield from field_differences(sample[name], part, spec, f"{where}/{name}")
        for name in flat["properties"]:
            mark = flat["properties"][name].get("x-provenance", {})
            if name not in sample and mark.get("basis") != "inferred":
                yield f"{where}/{name}: not in the sample, and not marked"


def json_types(value: Any) -> set[str]:
    """The JSON Schema types that a value of a sample shows; 18 is an integer and a number."""
    if isinstance(value, bool):
        return {"boolean"}
    if isinstance(value, int):
        return {"integer", "number"}
    if isinstance(value, float):
        return {"number"}
    names: dict[type, str] = {str: "string", list: "array", dict: "object"}
    return {names[type(value)]}
