"""The expressions of a rule file: a small part of Python, over JSON values.

Names are answers, what a setup made, and a rule's variables. A dot and a bracket both read a
member of an object; texts have a few of Python's methods, and `FUNCTIONS` are all there is to call.
`every(… for x in …)` is `all`, but an empty list shows nothing instead of being right.
"""

from __future__ import annotations

import ast
import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mock_server.engine.replies import encode_json

_TEXT_METHODS = frozenset(
    {"startswith", "endswith", "lower", "upper", "casefold", "strip", "split", "replace", "count"}
)
_LONGEST_SHOWN = 160
#: What evaluation raises where a value is not of the kind that an expression expects.
_UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class InvalidExpression(Exception):
    """A text is no expression of a rule file; the message says why, in one line."""


class UndefinedValue(Exception):
    """An expression reads what is not there; the message says what."""


class NotShown(Exception):
    """The target has nothing by which a rule could be judged; the message says what is missing."""


def show(value: Any) -> str:
    """Return a value as a reader of a report sees it, shortened."""
    text = value if isinstance(value, datetime) else _as_json(value)
    text = str(text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def same(left: Any, right: Any) -> bool:
    """Say whether two JSON values are equal; true is not 1, and 1.0 is 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


class Expression:
    """One parsed expression; raises InvalidExpression where it is none."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._node = ast.parse(text.strip(), mode="eval").body
        except SyntaxError as problem:
            raise InvalidExpression(f"{text!r} is no expression: {problem.msg}") from problem
        for node in ast.walk(self._node):
            if not isinstance(node, _KNOWN):
                raise InvalidExpression(f"{text!r}: {type(node).__name__} is not known here")

    def value(self, names: Mapping[str, Any]) -> Any:
        """Return what it is worth; raises UndefinedValue, and NotShown from `every`."""
        try:
            return _Evaluation(names).of(self._node)
        except _UNFIT as problem:
            raise UndefinedValue(f"{self.text}: {type(problem).__name__}: {problem}") from problem

    def problem(self, names: Mapping[str, Any]) -> str | None:
        """Return why it does not hold, with the values that show it, or None if it does."""
        evaluation = _Evaluation(names)
        try:
            if evaluation.of(self._node):
                return None
        except UndefinedValue as missing:
            return f"{self.text}: {missing}"
        except _UNFIT as problem:
            return f"{self.text}: {type(problem).__name__}: {problem}"
        sides = []
        if isinstance(self._node, ast.Compare):
            parts = (self._node.left, *self._node.comparators)
            sides = [show(evaluation.of(each)) for each in parts if not _is_constant(each)]
        found = [*evaluation.counterexamples, *sides]
        return f"{self.text}: {', '.join(found)}" if found else self.text


@cache
def expression(text: str) -> Expression:
    """Return the expression of a text, parsed once."""
    return Expression(text)


def filled(value: Any, names: Mapping[str, Any]) -> Any:
    """Return a value with each `${expression}` in its texts replaced by what it is worth.

    A text that is one such expression and no more becomes the value itself. Floats become exact
    decimals. Raises UndefinedValue.
    """
    if isinstance(value, str):
        return _filled_text(value, names)
    if isinstance(value, Mapping):
        return {_filled_text(key, names): filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    return Decimal(repr(value)) if isinstance(value, float) else value


def expressions_in(value: Any) -> Iterator[str]:
    """Yield the text of every `${expression}` in a value."""
    if isinstance(value, str):
        yield from (text for text, is_code in _pieces(value) if is_code)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from expressions_in(key)
            yield from expressions_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from expressions_in(item)


def _filled_text(text: str, names: Mapping[str, Any]) -> Any:
    if "${" not in text:
        return text
    pieces = _pieces(text)
    values = [
        expression(piece).value(names) if is_code else piece for piece, is_code in pieces if piece
    ]
    return values[0] if len(values) == 1 else "".join(map(str, values))


@cache
def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """The parts of a text, and whether each is code; braces within code are counted."""
    pieces, end = [], 0
    while (start := text.find("${", end)) >= 0:
        pieces.append((text[end:start], False))
        depth, end = 1, start + 2
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        if depth:
            raise InvalidExpression(f"{text!r}: a brace is not closed")
        pieces.append((text[start + 2 : end - 1], True))
    return (*pieces, (text[end:], False))


def _as_json(value: Any) -> str:
    try:
        return encode_json(value).decode()
    except TypeError:
        return repr(value)


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def number(value: Any) -> Decimal:
    """Return a number, or a text that has one, as an exact decimal; commas part thousands."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise TypeError(f"{show(value)} is no number")
    try:
        return Decimal(str(value).replace(",", ""))
    except ArithmeticError:
        raise ValueError(f"{show(value)} is no number") from None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace(" ", "T"))


def _matches(text: Any, pattern: str) -> bool:
    return isinstance(text, str) and re.fullmatch(pattern, text, re.DOTALL) is not None


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", Decimal: "number", str: "string"}
    kinds |= {list: "array", dict: "object", type(None): "null"}
    return kinds.get(type(value), "none")


#: Everything that an expression can call.
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "len": len,
    "str": str,
    "int": int,
    "min": min,
    "max": max,
    "sum": lambda values: sum(values, Decimal(0)),
    "sorted": sorted,
    "set": set,
    "list": list,
    "reversed": lambda values: list(reversed(values)),
    "abs": abs,
    "range": range,
    "any": any,
    #: A number, or a text that has one, as an exact decimal.
    "number": number,
    #: A number to so many places, a half away from zero.
    "rounded": lambda value, places: number(value).quantize(
        Decimal(1).scaleb(-places), ROUND_HALF_UP
    ),
    #: Whether a text matches a regular expression from its begin to its end.
    "matches": _matches,
    #: The JSON value of a text, and the JSON text of a value.
    "parsed": lambda text: json.loads(text, parse_float=Decimal),
    "json": lambda value: encode_json(value).decode(),
    #: An instant from ISO 8601, and so many seconds.
    "time": _moment,
    "seconds": lambda count: timedelta(seconds=count),
    #: The JSON type of a value.
    "kind": _kind,
    #: The names of an object's members, and the values.
    "names": lambda value: list(value),
    "values": lambda value: list(value.values()),
    #: The parameters in the query of a URL (the last of a name), its path, and its origin.
    "query": lambda url: dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
    "path": lambda url: urlsplit(url).path,
    "origin": lambda url: "{0.scheme}://{0.netloc}".format(urlsplit(url)),
}  # fmt: skip

_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Eq: same,
    ast.NotEq: lambda left, right: not same(left, right),
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
    ast.Is: lambda left, right: left is right,
    ast.IsNot: lambda left, right: left is not right,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_KNOWN = (
    *_OPERATORS, ast.Attribute, ast.BinOp, ast.BoolOp, ast.And, ast.Or, ast.Call, ast.Compare,
    ast.comprehension, ast.Constant, ast.Dict, ast.GeneratorExp, ast.IfExp, ast.List, ast.ListComp,
    ast.Load, ast.Name, ast.Not, ast.Set, ast.SetComp, ast.Slice, ast.Store, ast.Subscript,
    ast.Tuple, ast.UnaryOp, ast.USub,
)  # fmt: skip


class _Evaluation:
    """One evaluation; `counterexamples` are the members for which an `every` did not hold."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names: dict[str, Any] = dict(names)
        self.counterexamples: list[str] = []

    def of(self, node: ast.AST) -> Any:
        """Return what a node is worth."""
        return getattr(self, f"_{type(node).__name__.lower()}")(node)

    def _constant(self, node: ast.Constant) -> Any:
        return Decimal(repr(node.value)) if isinstance(node.value, float) else node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id not in self._names:
            raise UndefinedValue(f"there is no {node.id}")
        return self._names[node.id]

    def _attribute(self, node: ast.Attribute) -> Any:
        owner = self.of(node.value)
        if isinstance(owner, str) and node.attr in _TEXT_METHODS:
            return getattr(owner, node.attr)
        if isinstance(owner, timedelta) and node.attr == "days":
            return owner.days
        return self._member(owner, node.attr, node)

    def _subscript(self, node: ast.Subscript) -> Any:
        owner = self.of(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = (node.slice.lower, node.slice.upper, node.slice.step)
            return owner[slice(*(None if each is None else self.of(each) for each in bounds))]
        return self._member(owner, self.of(node.slice), node)

    def _member(self, owner: Any, key: Any, node: ast.AST) -> Any:
        if not isinstance(owner, Mapping | list | tuple | str):
            raise UndefinedValue(f"{ast.unparse(node)} cannot be read from {show(owner)}")
        if isinstance(owner, Mapping) and key not in owner:
            raise UndefinedValue(f"there is no {ast.unparse(node)}")
        try:
            return owner[key]
        except (IndexError, TypeError):
            raise UndefinedValue(f"there is no {ast.unparse(node)}") from None

    def _compare(self, node: ast.Compare) -> bool:
        left = self.of(node.left)
        for kind, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.of(right_node)
            if not _OPERATORS[type(kind)](left, right):
                return False
            left = right
        return True

    def _boolop(self, node: ast.BoolOp) -> Any:
        value: Any = None
        for part in node.values:
            value = self.of(part)
            if bool(value) is isinstance(node.op, ast.Or):
                return value
        return value

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.of(node.operand)
        return not value if isinstance(node.op, ast.Not) else -value

    def _binop(self, node: ast.BinOp) -> Any:
        return _OPERATORS[type(node.op)](self.of(node.left), self.of(node.right))

    def _ifexp(self, node: ast.IfExp) -> Any:
        return self.of(node.body if self.of(node.test) else node.orelse)

    def _list(self, node: ast.List | ast.Tuple) -> list[Any]:
        return [self.of(each) for each in node.elts]

    _tuple = _list

    def _set(self, node: ast.Set) -> set[Any]:
        return {self.of(each) for each in node.elts}

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        return {
            self.of(key): self.of(value)
            for key, value in zip(node.keys, node.values, strict=True)
            if key is not None
        }

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        return [self.of(node.elt) for _ in self._bindings(node.generators)]

    _generatorexp = _listcomp

    def _setcomp(self, node: ast.SetComp) -> set[Any]:
        return {self.of(node.elt) for _ in self._bindings(node.generators)}

    def _bindings(self, generators: list[ast.comprehension]) -> Iterator[None]:
        """Bind the names of comprehensions to each of their members in turn."""
        first, *rest = generators
        before = dict(self._names)
        for member in self.of(first.iter):
            self._bind(first.target, member)
            if all(self.of(each) for each in first.ifs):
                if rest:
                    yield from self._bindings(rest)
                else:
                    yield
        self._names = before

    def _bind(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id] = value
        elif isinstance(target, ast.Tuple):
            for part, item in zip(target.elts, value, strict=True):
                self._bind(part, item)

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id == "every":
            return self._every(node)
        if isinstance(node.func, ast.Name):
            if node.func.id not in FUNCTIONS:
                raise UndefinedValue(f"there is no function {node.func.id}")
            called: Any = FUNCTIONS[node.func.id]
        else:
            called = self.of(node.func)
        return called(*(self.of(each) for each in node.args))

    def _every(self, node: ast.Call) -> bool:
        (generator,) = node.args
        if not isinstance(generator, ast.GeneratorExp):
            raise TypeError("every takes `… for x in …`")
        seen = False
        before = dict(self._names)
        for _ in self._bindings(generator.generators):
            seen = True
            if not self.of(generator.elt):
                bound = {k: v for k, v in self._names.items() if before.get(k) is not v}
                self.counterexamples += [f"{name} = {show(value)}" for name, value in bound.items()]
                self._names = before
                return False
        if not seen:
            raise NotShown(f"{ast.unparse(generator.generators[0].iter)} is empty")
        return True
