"""An index of one OpenAPI 3.0 document: its operations, resolved, and their provenance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml

from mock_server.openapi.paths import PathTemplates, filled, values_in, with_query
from mock_server.openapi.pointers import split
from mock_server.openapi.security import SecurityScheme, UnsupportedScheme
from mock_server.usage import UsageError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
Basis = Literal["documented", "observed", "inferred"]
BASES: tuple[Basis, ...] = ("documented", "observed", "inferred")
Json = dict[str, Any]


class SpecError(UsageError):
    """The spec cannot be used; the message says where and why, in one line."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads YAML as JSON would be: times stay text, as JSON has no times."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_document(path: Path) -> Json:
    """Read a YAML or JSON document; raises SpecError if it is not a mapping with text keys."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - safe
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise SpecError(f"{path}: {' '.join(str(problem).split())}") from problem
    if not isinstance(document, dict):
        raise SpecError(f"{path}: not a mapping")
    return {str(key): _with_text_keys(value) for key, value in document.items()}


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(item) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a behaviour comes from."""

    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter, with `style` and `explode` as they apply."""

    name: str
    location: Literal["path", "query", "header", "cookie"]
    required: bool
    schema: Json
    style: str
    explode: bool


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The declared body: media type → media type object."""

    required: bool
    content: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class ResponseSpec:
    """One declared response: media type → media type object, header name → header object."""

    content: Mapping[str, Json]
    headers: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class OperationSpec:
    """One operation with every reference on its first level resolved."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    request_body: RequestBody | None
    responses: Mapping[int, ResponseSpec]
    security: tuple[tuple[str, ...], ...]
    raw: Json


_DEFAULT_STYLE = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


class SpecIndex:
    """What the engine, the checks and the contract suite ask of a spec.

    `name` is the API's name; `base_path` the path of the first server, where the vendor serves
    the API; `operations` maps operationId to `OperationSpec`, in the order of the document. Raises
    SpecError where the document is not what the engine can run.
    """

    def __init__(self, name: str, document: Json) -> None:
        self.name = name
        self.document = document
        self.default_provenance = Provenance("documented", f"{name}.txt")
        if not str(document.get("openapi")).startswith("3.0."):
            raise SpecError(f"openapi {document.get('openapi')}: only OpenAPI 3.0 is supported")
        self.operations: dict[str, OperationSpec] = {}
        try:
            self.base_path = self._base_path()
            for path, item, method, raw in self._raw_operations():
                operation = self._operation(path, item, method, raw)
                if operation.id in self.operations:
                    raise SpecError(f"operationId {operation.id!r} occurs twice")
                self.operations[operation.id] = operation
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise SpecError(f"not an OpenAPI document: {problem!r}") from problem

    @cached_property
    def title(self) -> str:
        """`info.title`."""
        return str(self.document["info"]["title"])

    @cached_property
    def security_schemes(self) -> Mapping[str, SecurityScheme]:
        """`components.securitySchemes`; raises SpecError for one that is not supported."""
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        try:
            return {name: SecurityScheme(name, self.resolve(raw)) for name, raw in schemes.items()}
        except UnsupportedScheme as problem:
            raise SpecError(str(problem)) from problem

    def find(self, method: str, path: str) -> tuple[OperationSpec, dict[str, str]] | None:
        """Return the operation of a call, and the values in its path, decoded; or None.

        `path` is what follows the base URL, as it was sent. HEAD is answered by GET's operation. A
        path that is written out goes before one with a parameter in its place.
        """
        asked = method.lower()
        best: tuple[OperationSpec, dict[str, str]] | None = None
        for operation in self._by_path.at(path, decoded=True):
            if operation.method != asked and (operation.method, asked) != ("get", "head"):
                continue
            values = values_in(operation.path, path)
            if values is not None and (best is None or len(values) < len(best[1])):
                best = operation, values
        return best

    def url(
        self,
        operation: OperationSpec,
        values: Mapping[str, object],
        query: Iterable[tuple[str, object]] = (),
    ) -> str:
        """Return path and query of a call, below the base URL.

        Raises LookupError if a path parameter has no value.
        """
        return with_query(filled(operation.path, values), query)

    def resolve(self, node: Any) -> Any:
        """Follow `$ref` until something else comes; raises SpecError if it leads nowhere."""
        seen: set[str] = set()
        while isinstance(node, dict) and "$ref" in node:
            reference = node["$ref"]
            if reference in seen:
                raise SpecError(f"{reference} refers to itself")
            seen.add(reference)
            node = self.at(reference)
        return node

    def typed(self, schema: Json) -> Json:
        """Return a schema resolved; with the type of what it is made of, if it names none."""
        schema = self.resolve(schema)
        parts = [schema, *map(self.typed, schema.get("allOf", ()))]
        return {**next((part for part in parts if "type" in part), schema), **schema}

    def at(self, reference: str) -> Any:
        """Return what a local reference (`#/components/…`) points at."""
        if not reference.startswith("#/"):
            raise SpecError(f"{reference}: only references within the document are followed")
        node: Any = self.document
        for key in split(reference[1:]):
            if not isinstance(node, dict) or key not in node:
                raise SpecError(f"{reference} leads nowhere")
            node = node[key]
        return node

    def component_response(self, name: str) -> ResponseSpec:
        """Return a response of `components.responses`; raises SpecError if there is none."""
        return self._response(self.at(f"#/components/responses/{name}"))

    def provenance_of(self, node: Any, inherited: Provenance | None = None) -> Provenance:
        """Return the node's own mark, or else the inherited one, or else the document's."""
        mark = node.get("x-provenance") if isinstance(node, dict) else None
        if mark is None:
            return inherited or self.default_provenance
        return Provenance(mark["basis"], mark.get("source", self.default_provenance.source))

    @cached_property
    def not_mocked(self) -> Mapping[str, tuple[str, ...]]:
        """`x-not-mocked`: the methods, upper case, of each path that only the vendor serves.

        It maps path templates to lists of methods, as in `GET /bookings`: `/bookings: [get]`.
        Raises SpecError if it is written otherwise or names what `paths` has.
        """
        listed = self.document.get("x-not-mocked", {})
        if not isinstance(listed, dict):
            raise SpecError("x-not-mocked: not a mapping of paths to lists of methods")
        for path, methods in listed.items():
            if not path.startswith("/") or not isinstance(methods, list) or not methods:
                raise SpecError(f"x-not-mocked: {path}: not a path with a list of methods")
            for method in methods:
                if method not in METHODS:
                    raise SpecError(f"x-not-mocked: {path}: {method!r} is no method")
                if method in self.document.get("paths", {}).get(path, {}):
                    raise SpecError(f"x-not-mocked: {method.upper()} {path} is mocked")
        return {path: tuple(each.upper() for each in methods) for path, methods in listed.items()}

    def find_not_mocked(self, method: str, path: str) -> str | None:
        """Return the path that only the vendor has for a method (upper case) of a concrete path.

        Of several, the one with the fewest parameters; None if there is none, or if `paths` has the
        call, which a parameter in the list may stand for too.
        """
        if self.find(method, path) is not None:
            return None
        wanted = "GET" if method == "HEAD" else method
        alike = self._not_mocked_by_path.at(path)
        return next((each for each in alike if wanted in self.not_mocked[each]), None)

    @cached_property
    def _not_mocked_by_path(self) -> PathTemplates[str]:
        """The same, found by their paths; those with the fewest parameters come first."""
        listed = sorted(self.not_mocked, key=lambda template: template.count("{"))
        return PathTemplates((template, template) for template in listed)

    @cached_property
    def _by_path(self) -> PathTemplates[OperationSpec]:
        return PathTemplates((each.path, each) for each in self.operations.values())

    def allowed_methods(self, path: str) -> tuple[str, ...]:
        """Return the methods served at a concrete path, upper case, HEAD and OPTIONS included."""
        return _methods_of(self._by_path.at(path))

    def hiding_paths(self) -> dict[str, tuple[str, ...]]:
        """Return the methods of each path that another path with a parameter would match too."""
        paths = self.document.get("paths", {})
        templates = PathTemplates((path, path) for path in paths)
        return {
            path: _methods_of(
                operation for operation in self.operations.values() if operation.path == path
            )
            for path in paths
            if set(templates.at(path)) - {path}
        }

    def routes(self) -> Json:
        """Return a small document of what routes are made of: operations and their path parameters.

        Its paths are in the order to try: fixed segments come first.
        """
        paths: Json = {
            path: {}
            for path in sorted(
                self.document.get("paths", {}),
                key=lambda path: [part.startswith("{") for part in path.split("/")],
            )
        }
        for operation in self.operations.values():
            paths[operation.path][operation.method] = {
                "operationId": operation.id,
                "parameters": [
                    {
                        "name": parameter.name,
                        "in": "path",
                        "required": True,
                        "schema": {
                            name: value
                            for name, value in self.resolve(parameter.schema).items()
                            if name in {"type", "format"}
                        },
                    }
                    for parameter in operation.parameters
                    if parameter.location == "path"
                ],
                "responses": {"default": {"description": "as the whole document says"}},
            }
        return {"openapi": "3.0.3", "info": self.document["info"], "paths": paths}

    def _base_path(self) -> str:
        servers = self.document.get("servers") or [{"url": ""}]
        variables = {
            name: variable["default"] for name, variable in servers[0].get("variables", {}).items()
        }
        url: str = servers[0]["url"].format(**variables)
        return urlsplit(url).path.rstrip("/")

    def _raw_operations(self) -> Iterator[tuple[str, Json, str, Json]]:
        for path, item in self.document.get("paths", {}).items():
            if "$ref" in item:
                raise SpecError(f"{path}: path items by reference are not supported")
            for method in METHODS:
                if method in item:
                    yield path, item, method, item[method]

    def _operation(self, path: str, item: Json, method: str, raw: Json) -> OperationSpec:
        where = f"{method.upper()} {path}"
        if "operationId" not in raw:
            raise SpecError(f"{where} has no operationId")
        parameters = {
            (parameter["in"], parameter["name"]): self._parameter(parameter, where)
            for parameter in map(
                self.resolve, [*item.get("parameters", []), *raw.get("parameters", [])]
            )
        }
        security: Any = raw.get("security", self.document.get("security", []))
        return OperationSpec(
            id=raw["operationId"],
            method=method,
            path=path,
            parameters=tuple(parameters.values()),
            request_body=self._request_body(raw["requestBody"]) if "requestBody" in raw else None,
            responses={
                self._status(status, where): self._response(response)
                for status, response in raw.get("responses", {}).items()
            },
            security=tuple(tuple(alternative) for alternative in security),
            raw=raw,
        )

    def _request_body(self, node: Json) -> RequestBody:
        body = self.resolve(node)
        content = body.get("content", {})
        if not content or any("*" in media_type for media_type in content):
            raise SpecError("a request body must name its media types, without ranges")
        return RequestBody(bool(body.get("required", False)), content)

    def _parameter(self, raw: Json, where: str) -> Parameter:
        location = raw["in"]
        style = raw.get("style", _DEFAULT_STYLE[location])
        if "schema" not in raw:
            raise SpecError(f"{where}: parameter {raw['name']!r} has no schema")
        return Parameter(
            name=raw["name"],
            location=location,
            required=bool(raw.get("required", False)),
            schema=raw["schema"],
            style=style,
            explode=bool(raw.get("explode", style == "form")),
        )

    def _response(self, node: Json) -> ResponseSpec:
        response = self.resolve(node)
        return ResponseSpec(
            content=response.get("content", {}),
            headers={
                name: self.resolve(header) for name, header in response.get("headers", {}).items()
            },
        )

    @staticmethod
    def _status(status: str, where: str) -> int:
        if not status.isdigit():
            raise SpecError(f"{where}: response {status!r}: name each status, so that all are kept")
        return int(status)


def _methods_of(operations: Iterable[OperationSpec]) -> tuple[str, ...]:
    methods = {operation.method.upper() for operation in operations}
    if not methods:
        return ()
    if "GET" in methods:
        methods.add("HEAD")
    order = [method.upper() for method in METHODS]
    return tuple(sorted({*methods, "OPTIONS"}, key=order.index))


def is_read(operation: OperationSpec) -> bool:
    """Say whether calls of an operation change nothing."""
    return operation.method in {"get", "head"} and not operation.raw.get("x-side-effects")
