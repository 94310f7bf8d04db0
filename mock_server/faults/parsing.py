"""From the JSON of a rule to the rule, with every mistake at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from mock_server.faults.effects.effect import Effect
from mock_server.faults.effects.status import Status
from mock_server.faults.fields import LARGEST
from mock_server.faults.matching import FaultTarget, Match
from mock_server.faults.rule import Rule
from mock_server.openapi.casts import whole
from mock_server.openapi.document import METHODS, OperationSpec, SpecIndex, is_read
from mock_server.openapi.pointers import join
from mock_server.usage import UsageError, suggestion

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["InvalidRule", "parse_rule"]

#: From this order on, an effect decides how the body is sent; there can be one such.
_SENDING = 2
_METHODS = [method.upper() for method in METHODS]
_NTH = "must be a whole number of at least 1, or a list of such"
Mistake = tuple[str, str]


class InvalidRule(UsageError, ValueError):
    """A rule that cannot be used.

    `problems` has every mistake: a JSON pointer to its place, and what is wrong there. The message
    is one line with all of them.
    """

    def __init__(self, problems: Iterable[Mistake]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{place or '/'}: {text}" for place, text in self.problems))

    @property
    def pointer(self) -> str:
        """Where the first mistake is."""
        return self.problems[0][0] or "/"


def parse_rule(body: Any, specs: Mapping[str, SpecIndex]) -> Rule:
    """Return the rule that a JSON value describes, for the APIs of a server.

    The form is `{"match": {…}, "effects": [{"kind": …}, …], "times": 2, "seconds": 60, "seed": 0}`;
    only `effects` is required. Raises InvalidRule with every mistake.
    """
    # Pydantic takes a while to import, and most servers have no rules.
    from pydantic import ValidationError

    from mock_server.faults.models import RuleModel

    wanted = body["match"].get("json") if _has_match(body) else None
    try:
        model = RuleModel.model_validate(_plain(body))
    except ValidationError as problem:
        errors = problem.errors(include_url=False, include_input=False)
        raise InvalidRule(_mistakes(errors, body)) from None
    if nulls := list(_nulls(body)):
        raise InvalidRule(nulls)
    given = model.match.model_dump(exclude={"json_", "nth"}, exclude_none=True)
    numbers = model.match.nth
    match = Match(
        **given,
        # As it was sent: a float would not have all digits of a decimal.
        json=wanted,
        nth=tuple(numbers) if isinstance(numbers, list) else (numbers,) if numbers else (),
    )
    effects: tuple[Effect, ...] = tuple(model.effects)
    problems = [*_together(effects), *_names(match, specs)]
    if problems:
        raise InvalidRule(problems)
    targets = _targets(match, effects, specs)
    return Rule(match, effects, targets, model.times, model.seconds, model.seed)


def _nulls(body: Mapping[str, Any]) -> Iterator[Mistake]:
    """What is null in a rule: that is no way to leave out a property, though the classes take it.

    In a body that is looked for, null is a value like others.
    """
    places: list[tuple[tuple[str | int, ...], Mapping[str, Any]]] = [
        ((), body),
        (("match",), body.get("match") or {}),
        *((("effects", number), each) for number, each in enumerate(body["effects"])),
    ]
    for place, properties in places:
        for name, value in properties.items():
            if value is None and (*place, name) != ("match", "json"):
                yield join("", *place, name), "must not be null; leave it out instead"


def _has_match(body: Any) -> bool:
    return isinstance(body, Mapping) and isinstance(body.get("match"), Mapping)


def _plain(value: Any) -> Any:
    """A JSON value as Python's own: no decimals, in which bodies are read, and plain objects."""
    if isinstance(value, Decimal):
        number = whole(value)
        return number if isinstance(number, int) else float(number)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _mistakes(errors: Iterable[ErrorDetails], body: Any) -> list[Mistake]:
    """Pydantic's errors in our words, one for each place."""
    found: dict[str, str] = {}
    for error in errors:
        place, text = _mistake(error, body)
        found.setdefault(place, text)
    return list(found.items())


def _mistake(error: ErrorDetails, body: Any) -> Mistake:
    from mock_server.faults.models import EFFECTS, MatchModel, RuleModel

    path = list(error["loc"])
    kind: type = RuleModel
    depth = 0
    if path[:1] == ["match"]:
        kind, depth = MatchModel, 1
    elif path[:1] == ["effects"] and len(path) > 1:
        if len(path) == 2:
            return _unknown_effect(int(path[1]), body["effects"][path[1]])
        kind, depth = EFFECTS[str(path.pop(2))], 2
    name = str(path[depth]) if len(path) > depth else ""
    place = _pointer(path[: depth + 1])
    if error["type"] == "value_error":
        misfit = error["ctx"]["error"]
        return _pointer([*path, misfit.field]), str(misfit)
    if not name:
        return place, "must be an object"
    known = _fields_of(kind)
    if name not in known:
        return place, f"there is no such property; {suggestion(name, known)}"
    if name == "header" and len(path) > depth + 1:
        return _pointer(path[: depth + 2]), "must be a text"
    if error["type"] == "missing" and name != "effects":
        return place, "is required"
    if error["type"] in {"too_long", "string_too_long"}:
        things = "characters" if error["type"] == "string_too_long" else "items"
        return place, f"must have at most {error['ctx']['max_length']} {things}"
    if error["type"] == "literal_error":
        value = body["effects"][path[1]].get(name)
        return place, _no_such(value, map(str, get_args(_bare(known[name]))))
    return place, _expected(known[name])


def _unknown_effect(index: int, effect: Any) -> Mistake:
    """What is wrong with an effect of which pydantic knows no class."""
    from mock_server.faults.models import DISTRIBUTIONS, KINDS

    place = join("", "effects", index)
    if not isinstance(effect, Mapping):
        return place, "must be an object"
    if effect.get("kind") is None:
        return join(place, "kind"), "is required"
    if effect["kind"] == "latency":
        return join(place, "distribution"), _no_such(effect.get("distribution"), DISTRIBUTIONS)
    return join(place, "kind"), _no_such(effect["kind"], KINDS)


def _no_such(value: Any, known: Iterable[str]) -> str:
    if not isinstance(value, str) or not value:
        return "must be a text that is not empty"
    return f"there is no {value!r}; {suggestion(value, known)}"


def _fields_of(kind: type) -> dict[str, Any]:
    """The properties of a class with their types."""
    hints = get_type_hints(kind, include_extras=True)
    if is_dataclass(kind):
        return {"kind": hints["kind"]} | {each.name: hints[each.name] for each in fields(kind)}
    names: Mapping[str, Any] = kind.model_fields  # type: ignore[attr-defined]  # a model
    return {each.alias or name: hints[name] for name, each in names.items()}


def _bare(hint: Any) -> Any:
    """A type without the None that stands for its absence."""
    kinds = [each for each in get_args(hint) if each is not type(None)]
    optional = type(None) in get_args(hint)
    return kinds[0] if optional and len(kinds) == 1 else hint


def _expected(hint: Any) -> str:
    """What a value of a type must be."""
    hint = _bare(hint)
    kind = hint
    bounds: dict[str, float] = {}
    if hasattr(hint, "__metadata__"):
        kind = hint.__origin__
        for each in hint.__metadata__:
            bounds |= {name: getattr(each, name) for name in ("ge", "le") if hasattr(each, name)}
    if kind in {int, float}:
        least, most = bounds["ge"], bounds["le"]
        number = "a whole number" if kind is int else "a number"
        open_ended = most == LARGEST
        return f"must be {number} " + (
            f"of at least {least:g}" if open_ended else f"from {least:g} to {most:g}"
        )
    if kind is bool:
        return "must be true or false"
    if kind is str:
        return "must be a text that is not empty"
    origin = get_origin(kind)
    if origin is dict:
        return "must be an object of names and patterns"
    if origin is list:
        return "must be a list of at least one object"
    return _NTH


def _pointer(path: Iterable[str | int]) -> str:
    """A JSON pointer in one line."""
    return join("", *path).encode("unicode_escape").decode("ascii")


def _together(effects: Iterable[Effect]) -> Iterator[Mistake]:
    """What effects cannot be there together."""
    before: list[Effect] = []
    for index, effect in enumerate(effects):
        place = join("", "effects", index, "kind")
        if any(other.kind == effect.kind != "latency" for other in before):
            yield place, f"{effect.kind} is there already"
        elif effect.order >= _SENDING:
            sending = [other.kind for other in before if other.order >= _SENDING]
            if sending:
                yield place, f"{effect.kind} and {sending[0]} exclude each other"
        before.append(effect)


def _names(match: Match, specs: Mapping[str, SpecIndex]) -> Iterator[Mistake]:
    """The names in a match of what is not there."""
    if match.api is not None and match.api not in specs:
        yield "/match/api", f"there is no {match.api!r}; {suggestion(match.api, sorted(specs))}"
    elif match.operation is not None:
        known = sorted(
            {name for spec in _chosen(match, specs).values() for name in spec.operations}
        )
        if match.operation not in known:
            yield (
                "/match/operation",
                f"there is no operation {match.operation!r}; {suggestion(match.operation, known)}",
            )
    if match.method is not None and match.method.upper() not in _METHODS:
        yield "/match/method", f"there is no {match.method!r}; there are {', '.join(_METHODS)}"
    if match.path is not None and not match.path.startswith(("/", "*")):
        yield "/match/path", "must begin with a slash, or with `*`"


def _chosen(match: Match, specs: Mapping[str, SpecIndex]) -> Mapping[str, SpecIndex]:
    return specs if match.api is None else {match.api: specs[match.api]}


def _targets(
    match: Match, effects: Iterable[Effect], specs: Mapping[str, SpecIndex]
) -> dict[str, FaultTarget]:
    """The operations that can be meant: a status must be declared, and some effects need a read."""
    specs, operation = _chosen(match, specs), match.operation
    meant = {
        name: [each for each in spec.operations.values() if operation in {None, each.id}]
        for name, spec in specs.items()
    }
    candidates = [each for operations in meant.values() for each in operations]
    problems = [
        _unsuitable(index, effect, candidates, operation)
        for index, effect in enumerate(effects)
        if not any(_suits(effect, each) for each in candidates)
    ]
    if problems:
        raise InvalidRule(problems)
    targets = {}
    for name, operations in meant.items():
        found = [each.id for each in operations if all(_suits(effect, each) for effect in effects)]
        if found:
            targets[name] = FaultTarget(frozenset(found), specs[name].base_path)
    if not targets:
        raise InvalidRule([("/effects", "no operation can have all of these at once")])
    return targets


def _unsuitable(
    index: int, effect: Effect, candidates: list[OperationSpec], operation: str | None
) -> Mistake:
    place = join("", "effects", index)
    if not isinstance(effect, Status):
        return join(place, "kind"), f"{effect.kind} is for reads, and {operation} is none"
    place = join(place, "status")
    if operation is None:
        return place, f"no operation declares {effect.status}"
    known = sorted({status for each in candidates for status in each.responses})
    listed = ", ".join(map(str, known))
    return place, f"{operation} does not answer {effect.status}; it declares {listed}"


def _suits(effect: Effect, operation: OperationSpec) -> bool:
    if isinstance(effect, Status):
        return effect.status in operation.responses
    return not effect.reads_only or is_read(operation)
