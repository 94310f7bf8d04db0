"""The cases of an API: what is tried with each operation, and the answer that the mock gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from random import Random
from typing import Any

from mock_server.cases.bodies import IMAGE, multipart, text_of
from mock_server.cases.changes import (
    MANY,
    filled_sample,
    has_value,
    lengthened,
    sampled,
    value_at,
    with_value,
)
from mock_server.cases.model import Call, Case, Expected, Kind, Step
from mock_server.cases.recipes import NOTHING, Recipe, Recipes
from mock_server.cases.runner import (
    RESERVED,
    Mock,
    SetupFailed,
    answered,
    expectation,
)
from mock_server.cases.values import Place, places_in, trials
from mock_server.discovery import Vendor, load_lifecycle
from mock_server.engine.bodies import FORM, JSON, MULTIPART
from mock_server.openapi.casts import Cast, cast_of
from mock_server.openapi.document import METHODS, Json, OperationSpec, Parameter
from mock_server.openapi.pointers import join, resolve
from mock_server.openapi.schema import SchemaCompiler

_ERROR = 400
#: From here on nothing was done; Built refuses with redirects.
_REFUSED = 300
#: What is tried in the place of a file.
_WRONG_FILES: tuple[tuple[Any, str], ...] = (
    ("text", "text in place of a file"),
    (replace(IMAGE, text=""), "an empty file"),
    (replace(IMAGE, text="no image"), "a file that is not what its name says"),
    (replace(IMAGE, name="{{tag}}.exe"), "a file with another ending"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A case before it is checked; `valid` is what the document says (None: nothing)."""

    call: Call
    kind: Kind
    field: str
    rule: str
    spec: str
    node: Any = None
    valid: bool | None = None
    steps: tuple[Step, ...] | None = None


class Generator:
    """Makes and checks the cases of one API; the same seed gives the same cases.

    After `cases`, `unstable` are those that two sandboxes answer with different statuses (they are
    left out), `unreached` the declared statuses that no case has, and `missing` says of which
    operations no request is known that succeeds, and why.
    """

    def __init__(self, vendor: Vendor, seed: int) -> None:
        self._vendor = vendor
        self._spec = vendor.spec
        self._seed = seed
        self._first, self._second = Mock(vendor, seed), Mock(vendor, seed, second=True)
        self._recipes = Recipes(vendor, self._first)
        self._compiler = SchemaCompiler.of(vendor.spec)
        self._casts: dict[str, Cast | None] = {}
        self._number = 0
        self.unstable: list[Case] = []
        self.unreached: dict[str, list[int]] = {}
        self.missing = self._recipes.missing

    def cases(self, operations: Sequence[str] = (), *, pairwise: bool = False) -> Iterator[Case]:
        """Yield the checked cases of some operations, or of all."""
        for operation in self._chosen(operations):
            reached: set[int] = set()
            for draft in chain(
                self._drafts(operation, pairwise=pairwise),
                self._on_demand(operation, reached),
            ):
                case = self._checked(operation, draft)
                if case is not None:
                    reached.add(case.expected.status)
                    yield case
            left = sorted(set(operation.responses) - reached)
            if left:
                self.unreached[operation.id] = left

    def _chosen(self, operations: Sequence[str]) -> list[OperationSpec]:
        known = self._spec.operations
        return [known[each] for each in operations] or list(known.values())

    def _checked(self, operation: OperationSpec, draft: Draft) -> Case | None:
        self._number += 1
        recipe = self._recipes.of(operation)
        mark = self._spec.provenance_of(draft.node, self._spec.provenance_of(operation.raw))
        steps = draft.steps if draft.steps is not None else recipe.steps if recipe else ()
        case = Case(
            f"c{self._number:04}-{operation.id}",
            self._vendor.api.name,
            operation.id,
            draft.kind,
            draft.field,
            draft.rule,
            draft.spec,
            mark.basis,
            mark.source,
            draft.call,
            steps,
            draft.valid,
        )
        try:
            first = self._first.answer_after_setup(case)
            # What is refused changes nothing; all else is done in one sandbox, as users do it.
            if first.status_code >= _REFUSED:
                second = self._second.answer_after_setup(case)
            else:
                second = answered(self._second, case, "test-cases")
        except SetupFailed:
            self.unstable.append(case)
            return None
        expected = expectation(first, second)
        if expected is None:
            self.unstable.append(case)
            return None
        return replace(case, kind=_kind(draft, expected), expected=expected)

    def _drafts(self, operation: OperationSpec, *, pairwise: bool) -> Iterator[Draft]:
        pointer = _pointer(operation)
        recipe = self._recipes.of(operation)
        if recipe is not None:
            yield Draft(recipe.call(), "valid", "whole request", "as in the example", pointer)
            yield from self._credentials(operation, recipe, pointer)
            yield from self._paths(operation, recipe, pointer)
            for parameter in operation.parameters:
                yield from self._parameter(operation, recipe, parameter)
            if recipe.body is not NOTHING:
                yield from self._bodies(operation, recipe, pointer)
                yield from self._other_forms(operation, recipe, pointer)
            yield from self._again(operation, recipe, pointer)
            yield from self._listings(operation, recipe, pointer)
            if pairwise:
                yield from self._pairs(operation, recipe, pointer)
        yield from self._methods(operation, recipe, pointer)

    def _credentials(self, operation: OperationSpec, recipe: Recipe, at: str) -> Iterator[Draft]:
        at = join(at, "security")
        if operation.security:
            call = recipe.call(credential=None)
            yield Draft(call, "invalid", "credential", "none is sent", at)
            for name in RESERVED if self._recipes.credential == "key" else ("unknown",):
                call = recipe.call(credential=name)
                yield Draft(call, "invalid", "credential", f"the key {RESERVED[name]}", at)

    def _on_demand(self, operation: OperationSpec, reached: set[int]) -> Iterator[Draft]:
        """The declared errors that nothing else brings about, which the mock gives on demand."""
        recipe = self._recipes.of(operation)
        for status in sorted(operation.responses):
            if recipe is not None and status >= _ERROR and status not in reached:
                call = recipe.call(headers=(("Prefer", f"code={status}"),))
                where = join(_pointer(operation), "responses", str(status))
                rule = f"the service answers {status}, which the mock does on demand"
                yield Draft(call, "invalid", "service", rule, where)

    def _paths(self, operation: OperationSpec, recipe: Recipe, at: str) -> Iterator[Draft]:
        names = [each.name for each in operation.parameters if each.location == "path"]
        unknown = str(Random(self._seed).randint(10**8, 10**9))  # noqa: S311 - no secret
        for name in names:
            for value in (unknown, "no-such-id"):
                call = recipe.call(path={**recipe.path, name: value})
                rule = f"another value, {value}"
                yield Draft(call, "invalid", f"path {name}", rule, at)

    def _methods(self, operation: OperationSpec, recipe: Recipe | None, at: str) -> Iterator[Draft]:
        """A method that the path has not, once for each path."""
        here = [each for each in self._spec.operations.values() if each.path == operation.path]
        if recipe is None or here[0] is not operation:
            return
        allowed = {*self._spec.allowed_methods(operation.path), "TRACE", "HEAD", "OPTIONS"}
        for method in METHODS:
            if method.upper() not in allowed:
                call = replace(recipe.call(body=NOTHING, media_type=None), method=method.upper())
                yield Draft(call, "invalid", "method", f"{method.upper()} is not served", at)
                return

    def _parameter(
        self, operation: OperationSpec, recipe: Recipe, parameter: Parameter
    ) -> Iterator[Draft]:
        location = parameter.location
        if location not in {"query", "header"}:
            return
        where, node = self._declared(operation, parameter)
        schema = self._spec.typed(parameter.schema)
        target, at = parameter.schema, join(where, "schema")
        if schema.get("type") == "array":
            target, at = schema.get("items", {}), join(at, "items")
        validator = self._compiler.compile(target)
        kept = tuple(pair for pair in recipe.query if pair[0] != parameter.name)
        field = f"{location} {parameter.name}"
        kind = self._spec.typed(target).get("type")
        if parameter.required:
            yield Draft(
                recipe.call(query=kept),
                "invalid",
                field,
                "missing, but required",
                where,
                node,
                False,
            )
        for trial in trials(self._spec, target, at):
            if isinstance(trial.value, list | dict) or trial.value is None:
                continue
            text = text_of(trial.value)
            if kind == "string" and not isinstance(trial.value, str):
                continue  # any value is text in a query
            valid = validator.is_valid(trial.value if kind != "string" else filled_sample(text))
            if location == "query":
                call = recipe.call(query=(*kept, (parameter.name, text)))
            elif text.isascii() and text:
                call = recipe.call(headers=((parameter.name, text),))
            else:
                continue  # what programs leave out, or encode as they like
            yield Draft(call, trial.kind, field, trial.rule, trial.spec, node, valid)

    def _declared(self, operation: OperationSpec, parameter: Parameter) -> tuple[str, Json]:
        item = self._spec.document["paths"][operation.path]
        places = ((_pointer(operation), operation.raw), (join("#/paths", operation.path), item))
        for base, holder in places:
            for index, raw in enumerate(holder.get("parameters", ())):
                found = self._spec.resolve(raw)
                if (found["name"], found["in"]) == (parameter.name, parameter.location):
                    return raw.get("$ref") or join(base, "parameters", index), found
        return _pointer(operation), operation.raw

    def _bodies(self, operation: OperationSpec, recipe: Recipe, at: str) -> Iterator[Draft]:
        media_type = recipe.media_type or JSON
        where = join(at, "requestBody", "content", media_type, "schema")
        content = operation.request_body.content if operation.request_body is not None else {}
        schema = content[media_type].get("schema", {})
        for text, rule in (("{", "not JSON"), ("", "empty")):
            if media_type == JSON:
                call = replace(recipe.call(), body=text)
                yield Draft(call, "invalid", "body", rule, where)
        wrong = replace(recipe.call(), headers=(("Content-Type", "text/csv"),))
        yield Draft(wrong, "invalid", "header Content-Type", "text/csv", where)
        size = self._first.max_body
        long = f'"{{{{long_{size}}}}}"'
        yield Draft(
            replace(recipe.call(), body=long), "invalid", "body", f"longer than {size} bytes", where
        )
        if media_type != JSON:
            yield from self._fields(recipe, schema, where)
            return
        longer = lengthened(recipe.body)
        if longer is not None:
            call = recipe.call(body=longer)
            yield Draft(call, "boundary", "body", f"a list of {MANY}", where)
        for place in places_in(self._spec, schema, where, recipe.body):
            yield from self._place(operation, recipe, schema, place)

    def _fields(
        self, recipe: Recipe, schema: Json, at: str, *, whole: bool = True
    ) -> Iterator[Draft]:
        """What is tried with the fields of a form, or only its files and what is required."""
        for place in places_in(self._spec, schema, at, recipe.body):
            name, node = place.path[0], self._spec.typed(place.schema)
            field, sent = f"body {place.pointer}", recipe.body
            if node.get("format") == "binary" and name in sent:
                for value, rule in _WRONG_FILES:
                    call = recipe.call(body={**sent, name: value})
                    yield Draft(call, "boundary", field, rule, place.spec, node)
                call = recipe.call(body=multipart(sent, ended=False))
                yield Draft(call, "invalid", "body", "a form without its end", at)
                call = replace(recipe.call(), headers=(("Content-Type", MULTIPART),))
                yield Draft(call, "invalid", "header Content-Type", "without a boundary", at)
            elif whole:
                for trial in trials(self._spec, place.schema, place.spec):
                    if isinstance(trial.value, str):
                        call = recipe.call(body={**sent, name: trial.value})
                        yield Draft(call, trial.kind, field, trial.rule, trial.spec, node)
            if name in sent and (whole or place.required):
                rule = "missing, but required" if place.required else "missing, which is allowed"
                kind: Kind = "invalid" if place.required else "valid"
                call = recipe.call(body=with_value(sent, place.path, NOTHING))
                yield Draft(call, kind, field, rule, place.spec, node, not place.required)

    def _other_forms(self, operation: OperationSpec, recipe: Recipe, at: str) -> Iterator[Draft]:
        """The body in the other media types that the operation takes."""
        content = operation.request_body.content if operation.request_body is not None else {}
        for media_type in (MULTIPART, FORM):
            other = self._recipes.of(operation, media_type) if media_type in content else None
            if other is None or media_type == recipe.media_type:
                continue
            where = join(at, "requestBody", "content", media_type, "schema")
            yield Draft(other.call(), "valid", "body", f"as {media_type}", where, steps=other.steps)
            schema = content[media_type].get("schema", {})
            for draft in self._fields(other, schema, where, whole=False):
                yield replace(draft, steps=other.steps)

    def _again(self, operation: OperationSpec, recipe: Recipe, at: str) -> Iterator[Draft]:
        """What may be there once only: names that are taken, keys that were used."""
        for field in sorted(name for owner, name in self._recipes.unique if owner == operation.id):
            taken = self._taken(operation, recipe, field)
            if taken is not None:
                before, again = taken
                rule = "a value that another record has"
                steps = (*recipe.steps, Step(before))
                yield Draft(again, "invalid", f"body /{field}", rule, at, steps=steps)
        for parameter in operation.parameters:
            node = self._declared(operation, parameter)[1]
            if parameter.location == "header" and node.get("x-unique"):
                header = ((parameter.name, "{{tag}}-key"),)
                field, mine = f"header {parameter.name}", recipe.call(headers=header)
                yield Draft(
                    mine, "valid", field, "the same request again", at, node,
                    steps=(*recipe.steps, Step(mine)),
                )  # fmt: skip
                other = self._user_of(parameter)
                if other is not None:
                    used = other.call(headers=header).renamed("b")
                    known = {each.call for each in recipe.steps}
                    extra = tuple(each for each in other.steps if each.call not in known)
                    yield Draft(
                        mine, "invalid", field, "a key that another request had", at, node,
                        steps=(*recipe.steps, *extra, Step(used)),
                    )  # fmt: skip

    def _taken(
        self, operation: OperationSpec, recipe: Recipe, field: str
    ) -> tuple[Call, Call] | None:
        """A call that takes a value that no two records have, and the call that takes it again."""
        call = recipe.call()
        if operation.method == "post" and not recipe.path:
            return call, call
        creators = [owner for owner, name in sorted(self._recipes.unique) if name == field]
        for creator in map(self._spec.operations.__getitem__, creators):
            other = self._recipes.of(creator)
            if other is None or not isinstance(other.body, dict) or creator is operation:
                continue
            if other.call() in {each.call for each in recipe.steps} and field in other.body:
                value = str(other.body[field]).replace("{{tag}}", "{{tag}}b")
                return other.call().renamed("b"), recipe.call(body={**recipe.body, field: value})
        return None

    def _user_of(self, parameter: Parameter) -> Recipe | None:
        """The first operation that has a parameter."""
        for each in self._spec.operations.values():
            if parameter in each.parameters:
                return self._recipes.of(each)
        return None

    def _place(
        self, operation: OperationSpec, recipe: Recipe, schema: Json, place: Place
    ) -> Iterator[Draft]:
        field = f"body {place.pointer}"
        node = self._spec.resolve(place.schema)
        found = list(trials(self._spec, place.schema, place.spec))
        for trial in found:
            body = with_value(recipe.body, place.path, trial.value)
            valid = self._is_valid(operation, schema, body, recipe)
            yield Draft(
                recipe.call(body=body), trial.kind, field, trial.rule, trial.spec, node, valid
            )
        if has_value(recipe.body, place.path):
            value = value_at(recipe.body, place.path)
            longer = lengthened(value)
            if longer is not None:
                many = recipe.call(body=with_value(recipe.body, place.path, longer))
                yield Draft(many, "boundary", field, f"a list of {MANY}", place.spec, node)
            body = with_value(recipe.body, place.path, NOTHING)
            valid = self._is_valid(operation, schema, body, recipe)
            rule = "missing, but required" if place.required else "missing, which is allowed"
            kind: Kind = "invalid" if place.required else "valid"
            yield Draft(recipe.call(body=body), kind, field, rule, place.spec, node, valid)

    def _is_valid(
        self, operation: OperationSpec, schema: Json, body: Any, recipe: Recipe
    ) -> bool | None:
        """What the document says of a body; None where the vendor's code judges it."""
        if self._vendor.api.operations[operation.id].judges_body:
            return None
        if operation.id not in self._casts:
            self._casts[operation.id] = cast_of(self._spec, schema)
        value, cast = sampled(body, recipe.values), self._casts[operation.id]
        return bool(self._compiler.compile(schema).is_valid(cast(value) if cast else value))

    def _listings(self, operation: OperationSpec, recipe: Recipe, at: str) -> Iterator[Draft]:
        """Each filter and each order that the vendor's lists have."""
        lifecycle = load_lifecycle(self._vendor)
        for resource in lifecycle.resources if lifecycle is not None else ():
            for listing in resource.lists:
                if listing.operation != operation.id:
                    continue
                records = _records(recipe.answer, listing.items)
                random = Random(self._seed)  # noqa: S311 - no secret
                for each in listing.filters:
                    value = each.value(random, records) if each.path is None else None
                    if value is not None:
                        query = (*recipe.query, *each.query(value))
                        call = recipe.call(query=tuple((k, str(v)) for k, v in query))
                        yield Draft(call, "valid", "filter", f"{each.name} {value}", at)
                for order in listing.sorts:
                    query = tuple((k, str(v)) for k, v in (*recipe.query, *order.query))
                    yield Draft(recipe.call(query=query), "valid", "order", order.name, at)

    def _pairs(self, operation: OperationSpec, recipe: Recipe, at: str) -> Iterator[Draft]:
        """Combinations in which every two values of two properties meet, all of them valid."""
        from allpairspy import AllPairs

        if operation.request_body is None or recipe.media_type != JSON:
            return
        schema = operation.request_body.content[JSON].get("schema", {})
        choices: list[list[tuple[Place, Any]]] = []
        for place in places_in(self._spec, schema, "#", recipe.body):
            if len(place.path) > 1:
                continue
            has = has_value(recipe.body, place.path)
            values = [value_at(recipe.body, place.path)] if has else []
            for trial in trials(self._spec, place.schema, place.spec):
                body = with_value(recipe.body, place.path, trial.value)
                if self._is_valid(operation, schema, body, recipe) and trial.value not in values:
                    values.append(trial.value)
            if len(values) > 1:
                choices.append([(place, value) for value in values[:4]])
        if len(choices) < 2:
            return
        for combination in AllPairs(choices):
            body = recipe.body
            for place, value in combination:
                body = with_value(body, place.path, value)
            valid = self._is_valid(operation, schema, body, recipe)
            rule = ", ".join(f"{p.pointer[1:]}={_short(v)}" for p, v in combination)
            yield Draft(recipe.call(body=body), "valid", "body", f"pairs: {rule}", at, None, valid)


def _kind(draft: Draft, expected: Expected) -> Kind:
    """Valid requests are accepted, invalid ones refused; those at a bound are of their own kind."""
    if draft.kind == "boundary":
        return "boundary"
    return "invalid" if expected.status >= _REFUSED or draft.valid is False else "valid"


def _pointer(operation: OperationSpec) -> str:
    return join("#/paths", operation.path, operation.method)


def _records(answer: Any, pointer: str) -> list[Any]:
    try:
        found = resolve(answer, pointer)
    except LookupError:
        return []
    return found if isinstance(found, list) else []


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 20 else f"{text[:17]}…"
