"""Check a spec as a whole, and everything that must agree with it, before it is served."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from mock_server import __version__
from mock_server.command_line import cache_folder
from mock_server.discovery import Vendor
from mock_server.engine.application import mismatches
from mock_server.engine.errors import NotMocked
from mock_server.openapi.document import BASES, Json, SpecError, SpecIndex, load_document
from mock_server.openapi.schema import SchemaCompiler

#: What the extra `check` brings.
VALIDATOR = "openapi_spec_validator"
Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class SpecProblem:
    """One thing that is wrong, and where: a pointer into the spec and its line in the file."""

    path: Path
    line: int
    pointer: Pointer
    message: str

    def __str__(self) -> str:
        place = "/".join(map(str, self.pointer)) or "the document"
        return f"{shown(self.path)}:{self.line}: {place}: {self.message}"

    def view(self) -> Json:
        """Return it as a JSON object."""
        place = "/".join(map(str, self.pointer))
        return {"file": shown(self.path), "line": self.line, "at": place, "message": self.message}


def shown(path: Path) -> str:
    """Return a path as a person in the working directory would write it."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def check(vendor: Vendor) -> list[SpecProblem]:
    """Return everything that is wrong with an API's spec, in the order of the file."""
    found = [
        *_of_any_document(vendor.spec),
        *_required_responses(vendor),
        *((("paths",), text) for text in mismatches(vendor.api, vendor.spec)),
    ]
    return _placed(vendor.spec_path, found)


def check_file(path: Path) -> list[SpecProblem]:
    """Return what is wrong with an OpenAPI document of whatever API, in the order of the file."""
    try:
        spec = SpecIndex(path.stem, load_document(path))
    except SpecError as problem:
        message = str(problem).removeprefix(f"{path}: ")
        return [SpecProblem(path, 1, (), message)]
    return _placed(path, _of_any_document(spec))


def _of_any_document(spec: SpecIndex) -> list[tuple[Pointer, str]]:
    return [
        *_validity(spec),
        *_examples(spec),
        *_marks(spec.document, (), spec.default_provenance.source),
        *_nullables(spec.document),
        *_references(spec),
    ]


def _placed(path: Path, found: Iterable[tuple[Pointer, str]]) -> list[SpecProblem]:
    """What was found, once each, with its line in the file."""
    lines = _lines(path)
    problems = {
        SpecProblem(path, _line(lines, pointer), pointer, message) for pointer, message in found
    }
    return sorted(problems, key=lambda problem: (problem.line, problem.message))


def check_if_changed(vendor: Vendor) -> list[SpecProblem]:
    """Check a spec unless the same bytes passed before on this machine, or no validator is there.

    The validators take most of a second to import, so an ordinary start should do without. What
    passed is remembered in the user's cache folder; if that cannot be written, every start checks.
    """
    if find_spec(VALIDATOR) is None:
        # The shipped specs have passed before they were shipped.
        return []
    content = vendor.spec_path.read_bytes() + "\n".join(sorted(vendor.api.operations)).encode()
    digest = hashlib.sha256(__version__.encode() + content).hexdigest()
    mark = cache_folder() / f"checked-{vendor.api.name}-{digest[:32]}"
    if mark.exists():
        return []
    problems = check(vendor)
    if not problems:
        try:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        except OSError:
            return problems
    return problems


def _validity(spec: SpecIndex) -> Iterator[tuple[Pointer, str]]:
    from openapi_spec_validator import OpenAPIV30SpecValidator

    for error in OpenAPIV30SpecValidator(spec.document).iter_errors():
        message: Any = getattr(error, "message", str(error))
        yield tuple(getattr(error, "absolute_path", ())), " ".join(str(message).split())[:300]


def _examples(spec: SpecIndex) -> Iterator[tuple[Pointer, str]]:
    """Every example and default against its schema; a schema that cannot be compiled is one too."""
    compiler = SchemaCompiler(spec)
    for pointer, node in _nodes(spec.document, ()):
        if pointer[-1:] and pointer[-1] in {"example", "examples", "default", "enum", "value"}:
            continue
        if "schema" in node and isinstance(node["schema"], dict):
            schema, samples = node["schema"], dict(_samples(node, spec))
        elif _is_schema(pointer):
            schema = node
            samples = {(key,): node[key] for key in ("example", "default") if key in node}
        else:
            continue
        try:
            validator = compiler.compile(schema)
        except SpecError as problem:
            yield pointer, str(problem)
            continue
        for place, sample in samples.items():
            for error in validator.iter_errors(sample):
                inside = "/".join(map(str, error.instance_path))
                yield (*pointer, *place), f"does not fit its schema: {inside}: {error.message}"


def _samples(node: Json, spec: SpecIndex) -> Iterator[tuple[Pointer, Any]]:
    if "example" in node:
        yield ("example",), node["example"]
    for name, example in node.get("examples", {}).items():
        resolved = spec.resolve(example)
        if "value" in resolved:
            yield ("examples", name), resolved["value"]


def _is_schema(pointer: Pointer) -> bool:
    """Say whether a pointer leads to a schema that is not a media type's or parameter's own."""
    return len(pointer) > 1 and (
        pointer[-2] in {"properties", "schemas", "allOf", "anyOf", "oneOf"}
        or pointer[-1] in {"items", "additionalProperties"}
    )


def _nullables(document: Json) -> Iterator[tuple[Pointer, str]]:
    """What is `nullable` without a `type` beside it: by OpenAPI 3.0.3 that means nothing."""
    for pointer, node in _nodes(document, ()):
        if node.get("nullable") is True and "type" not in node and pointer[-1:] != ("properties",):
            yield pointer, "is nullable without a type beside it, so it does not allow null"


def _marks(node: Any, pointer: Pointer, whole: str) -> Iterator[tuple[Pointer, str]]:
    for place, inner in _nodes(node, pointer):
        if "x-provenance" not in inner:
            continue
        mark, where = inner["x-provenance"], (*place, "x-provenance")
        if not isinstance(mark, dict) or mark.get("basis") not in BASES:
            yield where, f"basis must be one of {', '.join(BASES)}"
        elif mark["basis"] != "documented" and not str(mark.get("source") or "").strip():
            yield where, f"{mark['basis']} needs a source that says why"
        elif mark["basis"] == "documented" and mark.get("source", whole) == whole:
            yield (
                where,
                f"documented needs a source that names a line, as in `{whole}: Get product`",
            )
        elif unknown := set(mark) - {"basis", "source"}:
            yield where, f"unknown keys: {', '.join(sorted(unknown))}"


def _references(spec: SpecIndex) -> Iterator[tuple[Pointer, str]]:
    operations = spec.operations
    for pointer, node in _nodes(spec.document, ()):
        reference = node.get("x-references")
        if reference is not None and (
            not isinstance(reference, dict)
            or reference.get("operation") not in operations
            or not reference.get("field")
        ):
            yield (*pointer, "x-references"), "must name an operation and a field of its records"
        if pointer[-1:] == ("links",):
            for name, link in node.items():
                target = isinstance(link, dict) and link.get("operationId")
                if target and target not in operations:
                    yield (*pointer, name), f"links to {target}, which is no operation"


def _required_responses(vendor: Vendor) -> Iterator[tuple[Pointer, str]]:
    try:
        listed = bool(vendor.spec.not_mocked)
    except SpecError as problem:
        listed = False
        yield ("x-not-mocked",), str(problem).removeprefix("x-not-mocked: ")
    if listed and NotMocked not in vendor.api.errors:
        yield ("x-not-mocked",), "the error table does not render NotMocked"
    for name in ("RouteNotFound", "MethodNotAllowed"):
        try:
            vendor.spec.component_response(name)
        except SpecError:
            yield ("components", "responses"), f"{name} is missing; the engine answers with it"


def _nodes(node: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    """Yield every mapping of the document that is part of it rather than an example's value."""
    if isinstance(node, dict):
        yield pointer, node
        for key, item in node.items():
            if key not in {"example", "value"}:
                yield from _nodes(item, (*pointer, key))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _nodes(item, (*pointer, index))


def _lines(path: Path) -> dict[Pointer, int]:
    """The line of each key and item of a YAML file."""
    lines: dict[Pointer, int] = {}

    def walk(node: yaml.Node, pointer: Pointer) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                lines[(*pointer, str(key.value))] = key.start_mark.line + 1
                walk(value, (*pointer, str(key.value)))
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                lines[(*pointer, index)] = item.start_mark.line + 1
                walk(item, (*pointer, index))

    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    if root is not None:
        walk(root, ())
    return lines


def _line(lines: dict[Pointer, int], pointer: Pointer) -> int:
    """The line of the nearest place above that the file has."""
    while pointer and pointer not in lines:
        pointer = pointer[:-1]
    return lines.get(pointer, 1)
