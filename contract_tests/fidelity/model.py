"""The rules of an API as they stand in its `rules.yaml`, and how that file is read.

`RuleFile.model_json_schema()` is the file's JSON schema.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from contract_tests.fidelity.expressions import (
    FUNCTIONS,
    InvalidExpression,
    expression,
    expressions_in,
    filled,
)
from mock_server.discovery import Vendor
from mock_server.openapi.document import METHODS, Basis, SpecIndex, load_document
from mock_server.usage import UsageError

#: What a rule is about.
Kind = Literal[
    "shape",  # which fields an answer has, of which type and form
    "value",  # what a field holds when a call gave it, or did not
    "refusal",  # which call is refused, and in which words
    "list",  # pages, order and filters
    "relation",  # what must agree within an answer, and between answers
    "lifecycle",  # what a call does to a record, and what is seen of it afterwards
    "access",  # credentials, and whose records are seen
    "protocol",  # methods, media types, headers, links
]
#: Who calls: the target's account, a second one, nobody, or one with a credential nobody gave.
Caller = Literal["first", "other", "nobody", "invalid_credential"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: Names that every rule knows besides those it binds: unique texts that carry the run's tag.
UNIQUE_NAMES = ("name", "name2", "name3")


class InvalidRules(UsageError):
    """A rule file cannot be used; the message says where and why, in one line."""


def _words(call: str) -> list[str]:
    return re.findall(r"(?:\$\{[^}]*\}|\S)+", call)


def _is_expression(text: str) -> str:
    expression(text)
    return text


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _templates_are_expressions(self) -> _Model:
        for value in self.__dict__.values():
            for text in expressions_in(value):
                expression(text)
        return self


ExpressionText = Annotated[str, BeforeValidator(_is_expression)]


class RuleStep(_Model):
    """One call, and what its answer must be.

    `call` is an operationId and the values of its path parameters in their order, those that are
    the target's own left out, or `METHOD /path` for what the spec does not declare. Of `body`
    (JSON), `form`, `multipart` and `raw` there is one at most; a file in `multipart` is an object
    with `file` (its name), `text` or `base64`, and `type`. `status` is that of success if it is
    left out. `shows` maps JSON pointers to the values that must be found there, `expect` lists
    what must hold, and `given` what must hold for the rule to be judged at all. `conforms` holds
    the answer to the spec. Expressions know the answer as `it`, and later ones as `as`.
    """

    call: str = ""
    as_: str = Field("it", alias="as")
    by: Caller = "first"
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    body: Any = None
    form: dict[str, Any] | None = None
    multipart: dict[str, Any] | None = None
    raw: str | None = None
    status: int | list[int] | None = None
    conforms: bool = False
    shows: dict[str, Any] = {}
    given: list[ExpressionText] = []
    expect: list[ExpressionText] = []

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @property
    def words(self) -> list[str]:
        """What is called, and the values for its path; an expression is one word."""
        return _words(self.call)

    @property
    def has_body(self) -> bool:
        """Say whether a JSON body is sent; `null` is one if it is written out."""
        return "body" in self.model_fields_set


class Setup(_Model):
    """What a rule needs to be there: calls, and `value`, an expression of their answers.

    A `shared` one is made once for a run; it must change nothing.
    """

    says: str = ""
    uses: list[str] = []
    shared: bool = False
    steps: list[RuleStep] = []
    value: ExpressionText = "it.body"


class FidelityRule(_Model):
    """One behaviour that a program may rely on, where that is known from, and its check."""

    id: str
    says: str
    operation: str
    kind: Kind
    basis: Basis
    source: str
    uses: dict[str, str] = {}
    variables: dict[str, Any] = {}
    steps: list[RuleStep]


_STEP_KEYS = {field.alias or name for name, field in RuleStep.model_fields.items()}
_RULE_KEYS = {"id", "says", "uses", "steps", "each", "kind", "basis", "source", "operation"}


class RuleGroup(_Model):
    """Rules that have an operation, a kind, a basis or a source in common."""

    operation: str = ""
    kind: Kind | None = None
    basis: Basis | None = None
    source: str = ""
    uses: list[str] | dict[str, str] = []
    rules: list[dict[str, Any]]


class Unknown(_Model):
    """What nothing says about an operation, and what the mock does."""

    says: str
    operation: str = ""


class RuleFile(_Model):
    """The rules of one API.

    In a group's rule, the keys of a step stand for its only step, and `each` makes a rule of every
    one of its rows, whose keys are variables, or keys of a rule that it has of its own.
    """

    api: str
    given: dict[str, str] = {}
    rows: dict[str, list[dict[str, Any]]] = {}
    setups: dict[str, Setup] = {}
    groups: list[RuleGroup]
    unknown: list[Unknown] = []


class Rules:
    """The rules of an API, read, with the setups that they use."""

    def __init__(self, api: str, rules: Sequence[FidelityRule], file: RuleFile) -> None:
        self.api = api
        self.rules = tuple(rules)
        self.setups = file.setups
        self.unknown = tuple(file.unknown)
        self.given = file.given


def rules_path(vendor: Vendor) -> Path:
    """Return where the rules of an API are, whether they are there or not."""
    return Path(str(resources.files(vendor.module))) / "rules.yaml"


def load_rules(vendor: Vendor, path: Path | None = None) -> Rules | None:
    """Return the rules of an API, or None if it has none; raises InvalidRules."""
    path = path or rules_path(vendor)
    if not path.is_file():
        return None
    try:
        file = RuleFile.model_validate(load_document(path))
        rules = [rule for group in file.groups for rule in _rules_of(group, file)]
        _check(file, rules, vendor.spec)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = "/".join(map(str, first["loc"]))
        raise InvalidRules(f"{path}: {where}: {first['msg']}") from problem
    except (InvalidExpression, InvalidRules) as problem:
        raise InvalidRules(f"{path}: {problem}") from problem
    return Rules(file.api, rules, file)


def _rules_of(group: RuleGroup, file: RuleFile) -> Iterator[FidelityRule]:
    for raw in group.rules:
        rows = raw.get("each", [{}])
        if isinstance(rows, str):
            if rows not in file.rows:
                raise InvalidRules(f"rule {raw.get('id')}: there are no rows {rows!r}")
            rows = file.rows[rows]
        for row in rows:
            yield _rule(group, {key: value for key, value in raw.items() if key != "each"}, row)


def _rule(group: RuleGroup, raw: Mapping[str, Any], row: Mapping[str, Any]) -> FidelityRule:
    own = {key: value for key, value in row.items() if key in _RULE_KEYS | _STEP_KEYS}
    variables = {key: value for key, value in row.items() if key not in own}
    merged = {**raw, **{key: value for key, value in own.items() if key != "id"}}
    where = f"rule {merged.get('id')}"
    if strange := set(merged) - _RULE_KEYS - _STEP_KEYS:
        raise InvalidRules(f"{where}: {min(strange)!r} is no key of a rule")
    shared = {
        "operation": group.operation,
        "kind": group.kind,
        "basis": group.basis,
        "source": group.source,
    }
    effective = {key: merged.get(key, value) for key, value in shared.items()}
    uses = merged.get("uses", group.uses)
    inline = {key: value for key, value in merged.items() if key in _STEP_KEYS}
    steps = [*merged.get("steps", [])]
    if inline:
        steps.append(inline)
    variables["operation"] = effective["operation"]
    steps = [{"call": effective["operation"], **step} for step in steps]
    if "id" in own:
        merged["id"] = f"{merged['id']}{own['id']}" if "id" in raw else own["id"]
    try:
        text = {key: filled(merged[key], variables) for key in ("id", "says")}
        effective["source"] = filled(effective["source"], variables)
        steps = [{**step, "call": _with_operation(step["call"], variables)} for step in steps]
        return FidelityRule.model_validate(
            {
                **effective,
                **text,
                "uses": uses if isinstance(uses, dict) else {name: name for name in uses},
                "variables": variables,
                "steps": steps,
            }
        )
    except KeyError as problem:
        raise InvalidRules(f"{where} lacks {problem}") from problem
    except LookupError as problem:
        raise InvalidRules(f"{where}: {problem}") from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        place = "/".join(map(str, first["loc"]))
        raise InvalidRules(f"{where}: {place}: {first['msg']}") from problem


def _with_operation(call: str, variables: Mapping[str, Any]) -> str:
    """A step's call with its operation in plain words, so that it can be held to the spec."""
    first = _words(call)[:1]
    return call.replace(first[0], str(filled(first[0], variables)), 1) if first else call


def _check(file: RuleFile, rules: Sequence[FidelityRule], spec: SpecIndex) -> None:
    """Hold the rules to the spec and to each other."""
    seen: set[str] = set()
    for rule in rules:
        where = f"rule {rule.id}"
        if rule.id in seen:
            raise InvalidRules(f"{where} is there twice")
        seen.add(rule.id)
        if not _NAME.fullmatch(rule.id.replace(".", "_").replace("-", "_").lower()):
            raise InvalidRules(f"{where}: an id has letters, digits, dots and underscores")
        if rule.operation not in spec.operations:
            raise InvalidRules(f"{where}: there is no operation {rule.operation!r}")
        if not rule.steps:
            raise InvalidRules(f"{where} checks nothing")
        for used in rule.uses.values():
            if used not in file.setups:
                raise InvalidRules(f"{where}: there is no setup {used!r}")
        known = {*rule.variables, *rule.uses, *UNIQUE_NAMES}
        _check_steps(rule.steps, known, spec, where)
    for name, setup in file.setups.items():
        known = {*setup.uses, *UNIQUE_NAMES}
        for used in setup.uses:
            if used not in file.setups:
                raise InvalidRules(f"setup {name}: there is no setup {used!r}")
        _check_steps(setup.steps, known, spec, f"setup {name}")


def _check_steps(steps: Sequence[RuleStep], known: set[str], spec: SpecIndex, where: str) -> None:
    known = {*known, *FUNCTIONS, "every", "parameters", "given", "it", "True", "False", "None"}
    for step in steps:
        words = step.words
        first = words[0] if words else ""
        if first.lower() in METHODS:
            if len(words) != 2:
                raise InvalidRules(f"{where}: {step.call!r} is no METHOD /path")
        elif first not in spec.operations:
            raise InvalidRules(f"{where}: there is no operation {first!r}")
        sent = [step.call, step.query, step.headers, step.body, step.form, step.multipart, step.raw]
        for text in expressions_in([each for each in sent if each is not None]):
            _check_names(text, known, where)
        known = {*known, step.as_}
        for text in (*step.given, *step.expect, *expressions_in(step.shows)):
            _check_names(text, known, where)


def _check_names(text: str, known: set[str], where: str) -> None:
    tree = ast.parse(text.strip(), mode="eval")
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for node in names:
        if node.id not in known | bound:
            raise InvalidRules(f"{where}: {text!r} names {node.id}, which nothing binds")
