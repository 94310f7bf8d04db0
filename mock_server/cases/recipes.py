"""A request of each operation that succeeds on a fresh sandbox, with the calls that it needs first.

It is made of the document alone: its examples, its links, and what `x-references` names. Candidates
are sent to a mock, and the first that succeeds is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from mock_server.cases.bodies import IMAGE, content_type, written
from mock_server.cases.model import Call, Step
from mock_server.cases.runner import Mock, SetupFailed, SignIn
from mock_server.discovery import Vendor, load_lifecycle
from mock_server.engine.bodies import FORM, JSON, MULTIPART
from mock_server.openapi.document import Json, OperationSpec
from mock_server.openapi.paths import filled, parameters_of
from mock_server.openapi.pointers import join
from mock_server.openapi.schema import properties_of

_FROM_ANSWER = "$response.body#"
_SAME = "$request.path."
_TAG = "{{tag}}"
_ERROR = 400
NOTHING: Any = object()
_SMALLEST: Mapping[str, Any] = {"integer": 1, "number": 1, "boolean": True}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The parts of a call that succeeds; `values` has one value for each variable in them.

    `body` is NOTHING where there is none, `answer` what the mock answered.
    """

    operation: OperationSpec
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    body: Any
    media_type: str | None
    steps: tuple[Step, ...]
    credential: str | None
    answer: Any
    values: Mapping[str, str]

    def call(self, **changes: Any) -> Call:
        """Return the call, with another `path`, `query`, `headers`, `body` or `credential`."""
        body = changes.get("body", self.body)
        media_type = changes.get("media_type", self.media_type)
        headers = () if media_type is None else (("Content-Type", content_type(media_type)),)
        return Call(
            self.operation.method.upper(),
            filled(self.operation.path, changes.get("path", self.path), str),
            tuple(changes.get("query", self.query)),
            (*headers, *changes.get("headers", ())),
            None if body is NOTHING else written(body, media_type),
            changes.get("credential", self.credential),
            scheme_of(self.operation),
        )


def scheme_of(operation: OperationSpec) -> str:
    """Return the security scheme that an operation is called with: the first that it takes."""
    return next((names[0] for names in operation.security if names), "")


class Recipes:
    """Finds the recipes of one API's operations, each once; `missing` says why there is none."""

    def __init__(self, vendor: Vendor, mock: Mock) -> None:
        self._spec = vendor.spec
        self._mock = mock
        self._numbers = count(1)
        self._known: dict[tuple[str, str | None], Recipe | None] = {}
        self._around: set[tuple[str, str | None]] = set()
        self.missing: dict[str, str] = {}
        self._start: tuple[Step, ...] = ()
        self.credential = "key"
        if vendor.api.sign_in is not None:
            self._start = (SignIn(vendor, mock.client).step,)
            self.credential = "token"
        lifecycle = load_lifecycle(vendor)
        resources = lifecycle.resources if lifecycle is not None else ()
        #: Properties of which no two records have the same value, by the operation that sets it.
        self.unique = {
            (operation, each.field)
            for resource in resources
            for each in resource.unique
            for operation in (
                *([resource.create.operation] if resource.create else []),
                *(update.operation for update in resource.updates),
            )
        }

    def of(self, operation: OperationSpec, media_type: str | None = None) -> Recipe | None:
        """Return an operation's recipe, with a body of a media type; None if none was found."""
        key = (operation.id, media_type)
        if key not in self._known:
            if key in self._around:  # it would need itself first
                return None
            self._around.add(key)
            try:
                self._known[key] = self._found(operation, media_type)
            finally:
                self._around.discard(key)
        return self._known[key]

    def _found(self, operation: OperationSpec, only: str | None) -> Recipe | None:
        why = "no example and no record that it could be about"
        for path, before in self._paths(operation):
            for body, media_type in self._bodies(operation, only):
                steps = list(before)
                variables = self._variables()
                try:
                    self._mock.run(steps, variables)
                    if body is not NOTHING:
                        body = self._with_references(operation, body, steps, variables)
                    recipe = Recipe(
                        operation,
                        path,
                        tuple(self._query(operation)),
                        body,
                        media_type,
                        tuple(steps),
                        self.credential if operation.security else None,
                        None,
                        {},
                    )
                    answer = self._mock.send(recipe.call(), variables)
                except (SetupFailed, LookupError) as problem:
                    why = str(problem)
                    continue
                if answer.is_success:
                    content = None
                    with suppress(ValueError):
                        content = answer.json()
                    return Recipe(
                        operation,
                        path,
                        recipe.query,
                        body,
                        media_type,
                        tuple(steps),
                        recipe.credential,
                        content,
                        variables,
                    )
                why = f"the mock answers {answer.status_code} to what is an example"
        if only is None:
            self.missing[operation.id] = why
        return None

    def _variables(self) -> dict[str, str]:
        number = next(self._numbers)
        return {"key": f"test-recipe-{number}", "tag": f"r{number:04}"}

    def _query(self, operation: OperationSpec) -> Iterator[tuple[str, str]]:
        for parameter in operation.parameters:
            if parameter.location == "query" and parameter.required:
                schema = self._spec.typed(parameter.schema)
                values = schema.get("enum") or [schema.get("example", "1")]
                yield parameter.name, str(values[0])

    def _bodies(
        self, operation: OperationSpec, only: str | None
    ) -> Iterator[tuple[Any, str | None]]:
        if operation.request_body is None:
            yield NOTHING, None
            return
        content = operation.request_body.content
        # A form that can hold a file comes before one that cannot.
        for media_type in (JSON, MULTIPART, FORM):
            if media_type not in content or only not in {None, media_type}:
                continue
            schema = content[media_type].get("schema", {})
            examples = self._examples_in(content[media_type])
            if media_type != JSON:
                examples += [
                    self._as_form(each, schema) for each in self._examples_in(content.get(JSON, {}))
                ]
            # The longest names the most fields.
            for example in sorted(examples, key=lambda each: -len(str(each))):
                yield self._with_tags(operation, example), media_type
            yield self._smallest(schema), media_type

    def _examples_in(self, content: Json) -> list[Any]:
        named = content.get("examples", {}).values()
        examples = [self._spec.resolve(each).get("value") for each in named]
        return examples + ([content["example"]] if "example" in content else [])

    def _as_form(self, example: Any, schema: Json) -> dict[str, Any]:
        """What of an example a form can say, with a file where one may be."""
        made = {}
        for name, node in properties_of(self._spec, schema):
            if self._spec.typed(node).get("format") == "binary":
                made[name] = IMAGE
            elif not isinstance(example.get(name), dict | list | None):
                made[name] = example[name]
        return made

    def _smallest(self, schema: Json) -> Any:
        """A body with what is required and a file, for where there is no example."""
        schema = self._spec.typed(schema)
        names = {
            name
            for part in (schema, *schema.get("allOf", ()))
            for name in self._spec.resolve(part).get("required", ())
        }
        made = {}
        for name, node in properties_of(self._spec, schema):
            node = self._spec.typed(node)
            if node.get("format") == "binary":
                made[name] = IMAGE
            elif name in names:
                kind = node.get("type")
                made[name] = node.get("example", (node.get("enum") or [None])[0])
                if made[name] is None:
                    made[name] = _SMALLEST.get(str(kind), f"{_TAG} x")
        return made

    def _with_tags(self, operation: OperationSpec, body: Any) -> Any:
        """The body with a text of its own in what no two records may share."""
        unique = {name for owner, name in self.unique if owner == operation.id}

        def tagged(schema: Json, value: Any) -> Any:
            if isinstance(value, list):
                items = self._spec.typed(schema).get("items", {})
                return [tagged(items, each) for each in value]
            if not isinstance(value, dict):
                return value
            nodes = dict(properties_of(self._spec, self._spec.typed(schema)))
            made = {}
            for name, item in value.items():
                node = nodes.get(name, {})
                if name in unique and isinstance(item, str):
                    made[name] = f"{_TAG}-{item}"
                elif self._spec.resolve(node).get("x-unique"):
                    made[name] = _TAG
                else:
                    # What is deeper than the record itself belongs to other records.
                    wraps = len(value) == 1 or not unique & value.keys()
                    made[name] = tagged(node, item) if wraps else item
            return made

        return tagged(self._schema(operation), body)

    def _schema(self, operation: OperationSpec) -> Json:
        content = operation.request_body.content if operation.request_body else {}
        found: Json = content.get(JSON, next(iter(content.values()), {})).get("schema", {})
        return found

    def _paths(self, operation: OperationSpec) -> Iterator[tuple[dict[str, str], list[Step]]]:
        """The values that its path can have, with the steps that give them."""
        names = parameters_of(operation.path)
        start = list(self._start) if operation.security else []
        if not names:
            yield {}, start
            return
        for source, links in self._links(operation.path, operation.id, names):
            recipe = self.of(source)
            if recipe is None:
                continue
            path, captures = {}, {}
            for name in names:
                expression = links.get(name, f"{_SAME}{name}")
                if expression.startswith(_FROM_ANSWER):
                    variable = f"{name}_{len(recipe.steps)}"
                    captures[variable] = expression.removeprefix(_FROM_ANSWER)
                    path[name] = f"{{{{{variable}}}}}"
                elif expression.removeprefix(_SAME) in recipe.path:
                    path[name] = recipe.path[expression.removeprefix(_SAME)]
            if len(path) == len(names):
                yield path, [*recipe.steps, Step(recipe.call(), captures)]
        yield from self._from_lists(operation, names, start)
        yield from self._uploads(operation, names, start)
        examples = self._examples(operation)
        if len(examples) == len(names):
            yield examples, start

    def _links(
        self, path: str, wanted: str, names: list[str]
    ) -> Iterator[tuple[OperationSpec, Mapping[str, str]]]:
        """The operations whose answers lead to this one; creations first, then others' links."""
        found: list[tuple[int, OperationSpec, Mapping[str, str]]] = []
        for source in self._spec.operations.values():
            for status, response in source.raw.get("responses", {}).items():
                for link in self._spec.resolve(response).get("links", {}).values():
                    link = self._spec.resolve(link)
                    target = self._spec.operations.get(link.get("operationId", ""))
                    if target is None or source.id == wanted or int(status) >= 400:
                        continue
                    same = target.id == wanted
                    alike = path.startswith(target.path.rpartition("}")[0] + "}")
                    parameters = link.get("parameters", {})
                    if (same or alike) and set(parameters) <= set(names):
                        rank = (not same) * 2 + (source.method == "get")
                        found.append((rank, source, parameters))
        for _, source, parameters in sorted(found, key=lambda each: each[0]):
            yield source, parameters

    def _from_lists(
        self, operation: OperationSpec, names: list[str], start: list[Step]
    ) -> Iterator[tuple[dict[str, str], list[Step]]]:
        """For one parameter at the end: the first record of the list that the path goes on from."""
        above = operation.path.partition("/{")[0]
        for source in self._spec.operations.values():
            if source.method == "get" and source.path == above and len(names) == 1:
                recipe = self.of(source)
                for pointer in _identifiers(recipe.answer if recipe else None):
                    step = Step(recipe.call(), {f"{names[0]}_0": pointer}) if recipe else None
                    if step is not None:
                        yield {names[0]: f"{{{{{names[0]}_0}}}}"}, [*start, step]

    def _uploads(
        self, operation: OperationSpec, names: list[str], start: list[Step]
    ) -> Iterator[tuple[dict[str, str], list[Step]]]:
        """For an answer that is no JSON: the name of a file that is uploaded first."""
        gives_file = any(
            media_type != JSON
            for status, answer in operation.responses.items()
            if status < _ERROR
            for media_type in answer.content
        )
        for source in self._spec.operations.values() if gives_file and len(names) == 1 else ():
            content = source.request_body.content if source.request_body is not None else {}
            recipe = self.of(source, MULTIPART) if MULTIPART in content else None
            if recipe is not None and IMAGE in recipe.body.values():
                steps = recipe.steps or tuple(start)
                yield {names[0]: IMAGE.name}, [*steps, Step(recipe.call())]

    def _examples(self, operation: OperationSpec) -> dict[str, str]:
        raws = [*self._item(operation).get("parameters", ()), *operation.raw.get("parameters", ())]
        found = {}
        for raw in map(self._spec.resolve, raws):
            example = raw.get("example", raw.get("schema", {}).get("example"))
            if raw["in"] == "path" and example is not None:
                found[raw["name"]] = str(example)
            elif raw["in"] == "path" and raw["schema"].get("type") == "string":
                found[raw["name"]] = "a"
        return found

    def _item(self, operation: OperationSpec) -> Json:
        item: Json = self._spec.document["paths"][operation.path]
        return item

    def _with_references(
        self, operation: OperationSpec, body: Any, steps: list[Step], variables: dict[str, str]
    ) -> Any:
        """The body with variables in the place of what names other records."""

        def visit(schema: Json, value: Any) -> Any:
            schema = self._spec.resolve(schema)
            reference = schema.get("x-references")
            if reference is not None and value not in (None, "", 0, []):
                source = self._spec.operations[reference["operation"]]
                found = self._reference(source, reference["field"], steps, variables)
                if found is None:
                    return value
                return f"{{{{#{found}}}}}" if isinstance(value, int) else f"{{{{{found}}}}}"
            if isinstance(value, dict):
                nodes = dict(properties_of(self._spec, schema))
                return {
                    name: visit(nodes[name], item) if name in nodes else item
                    for name, item in value.items()
                }
            if isinstance(value, list):
                items = self._spec.typed(schema).get("items")
                return [visit(items, item) for item in value] if items is not None else value
            return value

        return visit(self._schema(operation), body)

    def _reference(
        self, source: OperationSpec, field: str, steps: list[Step], variables: dict[str, str]
    ) -> str | None:
        """The variable that holds the field of a record that is there, and the step before it."""
        name = f"{source.id}_{field}"
        if name in variables:
            return name
        recipe = self.of(source)
        if recipe is None:
            return None
        pointer = next((at for at in _identifiers(recipe.answer, (field,))), None)
        if pointer is None:
            return None
        known = {each.call for each in steps}
        extra = [each for each in recipe.steps if each.call not in known]
        extra.append(Step(recipe.call(), {name: pointer}))
        self._mock.run(extra, variables)
        steps += extra
        return name


def _identifiers(
    value: Any, names: tuple[str, ...] = ("id", "uuid", "unique_id", "name"), at: str = ""
) -> Iterator[str]:
    """Where the first record of the first list in an answer has such a field."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for name in names:
            if value[0].get(name) not in (None, "", 0):
                yield join(at, 0, name)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _identifiers(item, names, join(at, name))
