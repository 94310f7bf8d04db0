"""Compares the vendor's document with the spec, and lists where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.openapi.document import Json, OperationSpec, Parameter, SpecError, SpecIndex
from mock_server.openapi.schema import SchemaCompiler
from tests.apis.cliniko.reading import Document, DocumentedField, DocumentedOperation

JSON_TYPE = "application/json"
#: A value of a filter's format, with an operator that goes with it.
_FILTER_SAMPLES = {
    "date-time": ">=2014-03-04T19:11:30Z",
    "int64": "=9007199254740993",
    "string": "=Oil",
}
#: Keywords that narrow what a value may be, and that the document has no words for.
_NARROWING = ("pattern", "minLength", "multipleOf", "not", "allOf", "anyOf", "oneOf")


def differences(document: Document, specification: Json) -> list[str]:
    """Return one line for each thing that the document says and the spec does not.

    What the spec adds to the document's operations, fields and statuses has to carry a mark that
    names another source, and is listed if it does not.
    """
    try:
        spec = SpecIndex("cliniko", specification)
        return list(_Comparison(spec).lines(document))
    except (SpecError, KeyError) as problem:
        return [f"the spec cannot be read: {problem!r}"]


class _Comparison:
    def __init__(self, spec: SpecIndex) -> None:
        self._spec = spec
        self._compiler = SchemaCompiler(spec)

    def lines(self, document: Document) -> Iterator[str]:
        schema = self._spec.at("#/components/schemas/Product")
        yield from self._properties(document.product, schema, "product")
        served = {(each.method, each.path): each for each in self._spec.operations.values()}
        for wanted in document.operations:
            where = f"{wanted.method} {wanted.path}"
            operation = served.pop((wanted.method, wanted.path), None)
            if operation is None:
                yield f"{where}: missing"
            else:
                yield from self._operation(wanted, operation, document, where)
        for operation in served.values():
            if not self._marked(operation.raw):
                yield f"{operation.method} {operation.path}: neither documented nor marked"

    def _operation(
        self, wanted: DocumentedOperation, operation: OperationSpec, document: Document, where: str
    ) -> Iterator[str]:
        if operation.raw.get("summary") != wanted.title:
            yield f"{where}: summary"
        if bool(operation.raw.get("deprecated")) != wanted.deprecated:
            yield f"{where}: deprecated"
        scheme = self._spec.security_schemes.get(wanted.security)
        if scheme is None or scheme.kind != "basic":
            yield f"{where}: security scheme"
        if operation.security != ((wanted.security,),):
            yield f"{where}: security"
        yield from self._parameters(wanted, operation, where)
        yield from self._body(wanted, operation, where)
        yield from self._answers(wanted, operation, document, where)

    def _parameters(
        self, wanted: DocumentedOperation, operation: OperationSpec, where: str
    ) -> Iterator[str]:
        declared = {(each.location, each.name): each for each in operation.parameters}
        raw = self._raw_parameters(operation)
        for location, one in wanted.parameters:
            at = f"{where}: parameter {one.name}"
            parameter = declared.pop((location, one.name), None)
            if parameter is None:
                yield f"{at}: missing"
                continue
            node = raw[location, one.name]
            if parameter.required != one.required:
                yield f"{at}: required"
            if bool(node.get("deprecated")) != one.deprecated:
                yield f"{at}: deprecated"
            yield from self._schema(one, node["schema"], at, marked=self._marked(node))
            yield from self._filters(one, parameter, at)
            yield from self._example(one, parameter, node, at)
        for place in declared:
            if not self._marked(raw[place]):
                yield f"{where}: parameter {place[1]}: neither documented nor marked"

    def _filters(self, wanted: DocumentedField, parameter: Parameter, where: str) -> Iterator[str]:
        if not wanted.filters:
            return
        if not parameter.explode:
            yield f"{where}: is one value, documented as repeated"
        accepts = self._compiler.compile(parameter.schema).is_valid
        for name, kind in wanted.filters.items():
            if not accepts([f"{name}:{_FILTER_SAMPLES[kind]}"]):
                yield f"{where}: filter {name} missing"
            for other, sample in _FILTER_SAMPLES.items():
                if kind != "string" and other != kind and accepts([f"{name}:{sample}"]):
                    yield f"{where}: filter {name} takes {other}, documented {kind}"
        properties = self._spec.at("#/components/schemas/Product")["properties"]
        for name in {*properties, "price", "colour"} - set(wanted.filters):
            if any(accepts([f"{name}:{sample}"]) for sample in _FILTER_SAMPLES.values()):
                yield f"{where}: filter {name} undocumented"

    def _example(
        self, wanted: DocumentedField, parameter: Parameter, node: Json, where: str
    ) -> Iterator[str]:
        if wanted.example is None:
            return
        name, _, value = wanted.example.partition("=")
        if name != parameter.name or node.get("example") != value.split(","):
            yield f"{where}: example"
        if parameter.explode:
            yield f"{where}: is repeated, documented as separated by commas"
        if not self._compiler.compile(parameter.schema).is_valid(value.split(",")):
            yield f"{where}: refuses the document's example"

    def _body(
        self, wanted: DocumentedOperation, operation: OperationSpec, where: str
    ) -> Iterator[str]:
        if (operation.request_body is not None) != bool(wanted.body):
            yield f"{where}: body"
        elif operation.request_body is not None:
            if list(operation.request_body.content) != [wanted.body_type]:
                yield f"{where}: body's media type"
                return
            media = operation.request_body.content[str(wanted.body_type)]
            yield from self._properties(wanted.body, media["schema"], where)
            samples = [
                self._spec.resolve(one)["value"] for one in media.get("examples", {}).values()
            ]
            # The document's sample has the word `string` where a decimal stands.
            sample = {**wanted.sample, "cost_price": "0.0"}
            if sample not in samples:
                yield f"{where}: sample missing"

    def _answers(
        self, wanted: DocumentedOperation, operation: OperationSpec, document: Document, where: str
    ) -> Iterator[str]:
        for status, meaning in wanted.answers.items():
            node = self._spec.resolve(operation.raw["responses"].get(status))
            if node is None:
                yield f"{where}: status {status} missing"
            elif node.get("description") != meaning:
                yield f"{where}: status {status}: description"
            elif status.startswith("2"):
                content = node.get("content", {})
                if list(content) != ([wanted.answer_type] if wanted.answer_type else []):
                    yield f"{where}: status {status}: media type"
                elif wanted.answer_type:
                    schema = self._spec.resolve(content[wanted.answer_type]["schema"])
                    if wanted.path == "/products" and wanted.method == "get":
                        rows = schema.get("properties", {}).get("products", {})
                        schema = self._spec.resolve(rows.get("items", {}))
                    yield from self._properties(document.product, schema, f"{where}: {status}")
        for status, raw in operation.raw["responses"].items():
            if status not in wanted.answers and not self._marked(self._spec.resolve(raw)):
                yield f"{where}: status {status}: neither documented nor marked"

    def _properties(self, wanted: list[DocumentedField], schema: Json, where: str) -> Iterator[str]:
        schema = self._spec.resolve(schema)
        properties = schema.get("properties", {})
        for one in wanted:
            if one.name not in properties:
                yield f"{where}: {one.name} missing"
            else:
                yield from self._schema(one, properties[one.name], f"{where}: {one.name}")
        for name in properties.keys() - {one.name for one in wanted}:
            if not self._marked(self._spec.resolve(properties[name])):
                yield f"{where}: {name}: neither documented nor marked"
        # A property whose mark says so may be left out of answers.
        always = [
            name
            for name in sorted(properties)
            if "$ref" not in properties[name]
            or not self._marked(self._spec.resolve(properties[name]))
        ]
        if schema.get("required") and schema["required"] != always and not self._marked(schema):
            yield f"{where}: required, neither documented nor marked"

    def _schema(
        self, wanted: DocumentedField, schema: Json, where: str, *, marked: bool = False
    ) -> Iterator[str]:
        declared = self._spec.resolve(schema)
        marked = marked or self._marked(declared)
        if declared.get("type") != wanted.type:
            yield f"{where}: type"
        if wanted.items and self._spec.resolve(declared.get("items", {})).get("type") != "string":
            yield f"{where}: items"
        if bool(declared.get("nullable")) < wanted.nullable:
            yield f"{where}: nullable"
        elif bool(declared.get("nullable")) > wanted.nullable and not (
            marked and wanted.type == "object"
        ):
            yield f"{where}: nullable, neither documented nor marked"
        if declared.get("enum", []) != wanted.enum:
            yield f"{where}: enum"
        if declared.get("maxLength") != wanted.longest:
            yield f"{where}: maxLength"
        if declared.get("format") != wanted.format:
            yield f"{where}: format"
        if wanted.type == "string" and wanted.low and wanted.high:
            yield from self._bounds(wanted, declared, where, marked=False)
            yield from self._decimal_bounds(wanted, declared, where)
        else:
            yield from self._bounds(wanted, declared, where, marked=marked)
            if not marked and not declared.keys().isdisjoint(_NARROWING):
                yield f"{where}: narrowed, neither documented nor marked"

    def _bounds(
        self, wanted: DocumentedField, declared: Json, where: str, *, marked: bool
    ) -> Iterator[str]:
        for keyword, exclusive, bound in (
            ("minimum", "exclusiveMinimum", wanted.low),
            ("maximum", "exclusiveMaximum", wanted.high),
        ):
            own = None
            if keyword in declared:
                own = (declared[keyword], not declared.get(exclusive, False))
            if own != bound and (bound is not None or not marked):
                yield f"{where}: {keyword}"

    def _decimal_bounds(self, wanted: DocumentedField, declared: Json, where: str) -> Iterator[str]:
        """Validators pass over bounds of a string, so what it takes has to show them."""
        accepts = self._compiler.compile(declared).is_valid
        low, high = wanted.low, wanted.high
        if low is None or high is None:
            return
        for number, inside in (low, high):
            if accepts(f"{number}.0") != inside:
                yield f"{where}: takes {number}.0 is {not inside}"
        for number in (low[0], low[0] + 1, high[0] // 2, high[0] - 1):
            if not accepts(f"{number}.5"):
                yield f"{where}: refuses {number}.5"
        for text in ("-0.5", f"{high[0]}.5", f"{high[0]}0.0", "", "ten", "1.", "1,5", "0x1", "1e3"):
            if accepts(text):
                yield f"{where}: takes {text!r}"

    def _raw_parameters(self, operation: OperationSpec) -> dict[tuple[str, str], Any]:
        item = self._spec.document["paths"][operation.path]
        nodes = [*item.get("parameters", []), *operation.raw.get("parameters", [])]
        return {(node["in"], node["name"]): node for node in map(self._spec.resolve, nodes)}

    def _marked(self, node: Json) -> bool:
        """Whether a mark on the node says that it comes from elsewhere than the document alone."""
        mark = node.get("x-provenance")
        return mark is not None and (
            mark["basis"] != "documented" or not mark["source"].startswith("cliniko.txt:")
        )
