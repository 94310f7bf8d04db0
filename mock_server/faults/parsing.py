"""From the JSON of a rule to the rule, with every mistake named by its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.faults.effects.effect import Effect
from mock_server.faults.effects.kinds import KINDS
from mock_server.faults.effects.status import Status
from mock_server.faults.matching import Match, Target
from mock_server.faults.reading import InvalidRule, Reader, one_of
from mock_server.faults.rule import Rule
from mock_server.openapi.document import METHODS, Operation, SpecIndex, is_read

__all__ = ["InvalidRule", "parse_rule"]

#: From this order on, an effect decides how the body is sent; there can be one such.
_SENDING = 2
_METHODS = [method.upper() for method in METHODS]


def parse_rule(body: Any, specs: Mapping[str, SpecIndex]) -> Rule:
    """Return the rule that a JSON value describes, for the APIs of a server.

    The form is `{"match": {…}, "effects": [{"kind": …}, …], "times": 2, "seconds": 60, "seed": 0}`;
    only `effects` is required. Raises InvalidRule, whose message begins with a JSON pointer.
    """
    reader = Reader(body)
    effects = _effects(reader)
    match = _match(reader, effects, specs)
    rule = Rule(
        match=match,
        effects=tuple(effects),
        times=reader.whole("times"),
        seconds=reader.number("seconds"),
        seed=reader.whole("seed", 0),
    )
    reader.end()
    return rule


def _effects(reader: Reader) -> list[Effect]:
    effects: list[Effect] = []
    for each in reader.objects("effects"):
        kind = each.required("kind", each.choice("kind", list(KINDS)))
        effect = KINDS[kind].read(each)
        each.end()
        if any(other.kind == kind and kind != "latency" for other in effects):
            raise each.wrong("kind", f"{kind} is there already")
        if effect.order >= _SENDING:
            for other in effects:
                if other.order >= _SENDING:
                    raise each.wrong("kind", f"{kind} and {other.kind} exclude each other")
        effects.append(effect)
    return effects


def _match(reader: Reader, effects: list[Effect], specs: Mapping[str, SpecIndex]) -> Match:
    value = reader.take("match")
    if value is None:
        value = {}
    inner = Reader(value, f"{reader.pointer}/match")
    api = inner.choice("api", sorted(specs))
    chosen = {api: specs[api]} if api else dict(specs)
    operation = inner.text("operation")
    known = sorted({name for spec in chosen.values() for name in spec.operations})
    if operation is not None and operation not in known:
        raise inner.wrong(
            "operation", f"there is no operation {operation!r}; {one_of(operation, known)}"
        )
    method = inner.text("method")
    if method is not None and method.upper() not in _METHODS:
        raise inner.wrong("method", f"there is no {method!r}; there are {', '.join(_METHODS)}")
    match = Match(
        targets=_targets(reader, effects, chosen, operation),
        api=api,
        operation=operation,
        method=method.upper() if method else None,
        path=_path(inner),
        body_contains=inner.text("body_contains"),
        json=inner.take("json"),
        header=_header(inner),
        nth=_nth(inner),
        share=inner.number("share", 0, 1),
    )
    inner.end()
    return match


def _targets(
    reader: Reader, effects: list[Effect], specs: Mapping[str, SpecIndex], operation: str | None
) -> dict[str, Target]:
    """The operations that can be meant: a status must be declared, and some effects need a read."""
    meant = {
        name: [each for each in spec.operations.values() if operation in {None, each.id}]
        for name, spec in specs.items()
    }
    for index, effect in enumerate(effects):
        candidates = [each for operations in meant.values() for each in operations]
        if not any(_suits(effect, each) for each in candidates):
            place = f"{reader.pointer}/effects/{index}"
            raise InvalidRule(f"{place}/{_unsuitable(effect, candidates, operation)}")
    targets = {
        name: Target(frozenset(found), specs[name].base_path)
        for name, operations in meant.items()
        if (
            found := [
                each.id for each in operations if all(_suits(effect, each) for effect in effects)
            ]
        )
    }
    if not targets:
        raise reader.wrong("effects", "no operation can have all of these at once")
    return targets


def _unsuitable(effect: Effect, candidates: list[Operation], operation: str | None) -> str:
    if not isinstance(effect, Status):
        return f"kind: {effect.kind} is for reads, and {operation} is none"
    if operation is None:
        return f"status: no operation declares {effect.status}"
    known = sorted({status for each in candidates for status in each.responses})
    listed = ", ".join(map(str, known))
    return f"status: {operation} does not answer {effect.status}; it declares {listed}"


def _suits(effect: Effect, operation: Operation) -> bool:
    if isinstance(effect, Status):
        return effect.status in operation.responses
    return not effect.reads_only or is_read(operation)


def _path(reader: Reader) -> str | None:
    path = reader.text("path")
    if path is not None and not path.startswith(("/", "*")):
        raise reader.wrong("path", "must begin with a slash, or with `*`")
    return path


def _header(reader: Reader) -> dict[str, str]:
    value = reader.take("header")
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise reader.wrong("header", "must be an object of names and patterns")
    for name, pattern in value.items():
        if not isinstance(pattern, str):
            raise Reader(value, f"{reader.pointer}/header").wrong(name, "must be a text")
    return {name.lower(): pattern for name, pattern in value.items()}


def _nth(reader: Reader) -> tuple[int, ...]:
    value = reader.take("nth")
    if value is None:
        return ()
    numbers = value if isinstance(value, list) else [value]
    wrong = any(isinstance(each, bool) or not isinstance(each, int) or each < 1 for each in numbers)
    if wrong or not numbers:
        raise reader.wrong("nth", "must be a whole number of at least 1, or a list of such")
    return tuple(numbers)
