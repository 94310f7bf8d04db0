"""Write functions and values as Python source that needs the standard library alone.

What a reproduction judges by travels with it: the code of a claim, and of the rules of a lifecycle
that it names. The source runs on Python 3.8 and later; what later versions brought in and this code
base uses is put in other words (`older`).
"""

from __future__ import annotations

import ast
import builtins
import copy
import functools
import inspect
import keyword
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import UTC
from decimal import Decimal
from operator import itemgetter
from types import (
    FunctionType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    SimpleNamespace,
)
from typing import Any

from contract_tests.reproduction import older
from mock_server.lifecycle.pointers import ABSENT

#: The oldest Python that reads what is written.
OLDEST = (3, 8)
_ATTEMPTS = 10
_FIELD = "object"
_OURS = ("contract_tests", "mock_server", "tests")
_NAMED = {id(UTC): "timezone.utc", id(ABSENT): "ABSENT"}


class NotPortable(Exception):
    """Something cannot be written as source; the message names it."""


def standalone(roots: Mapping[str, Any], kept: Callable[[Any], bool] = lambda _: True) -> str:
    """Return source that defines each root under its name, and before it all that it needs.

    Values that are dataclasses become plain objects with those properties that some code asks for,
    but for those that have a `violation`, which stay what they are. In their tuples, only what is
    `kept` is written. Raises NotPortable.
    """
    asked: set[str] = set()
    while True:
        writer = _Writer(asked, kept, roots)
        for name, value in roots.items():
            writer.define(name, value)
        if writer.asked == asked:
            return writer.source()
        asked = writer.asked


class _Writer:
    """Writes each object once; `asked` are the names of properties that written code asks for."""

    def __init__(
        self, known: Iterable[str], kept: Callable[[Any], bool], reserved: Iterable[str]
    ) -> None:
        self._known = frozenset(known)
        self._kept = kept
        self.asked: set[str] = set()
        self._imports = {"datetime": {"timezone"}, "types": {"SimpleNamespace"}}
        self._pieces: list[str] = []
        self._names: dict[int, str] = dict(_NAMED)
        self._taken = {"ABSENT", "SimpleNamespace", "timezone", *dir(builtins), *reserved}
        self._held: list[Any] = []

    def define(self, name: str, value: Any) -> None:
        """Write a value down under a name."""
        written = self.of(value, name)
        if written != name:
            self._taken.add(name)
            self._pieces.append(f"{name} = {written}")

    def source(self) -> str:
        """Return all that was written; raises NotPortable if an old Python could not read it."""
        absent = 'ABSENT = type("Absent", (), {"__repr__": lambda _: "ABSENT"})()'
        future = "from __future__ import annotations\n"
        imports = [
            f"from {module} import {', '.join(sorted(names))}" if names else f"import {module}"
            for module, names in sorted(self._imports.items())
        ]
        text = "\n".join([future, *imports, "", absent, "", *self._pieces, ""])
        try:
            _parsed(text, feature_version=OLDEST)
        except SyntaxError as problem:
            raise NotPortable(f"{problem.msg}: {problem.text}") from problem
        return text

    def of(self, value: Any, name: str = "value") -> str:
        """Return an expression for a value."""
        if id(value) in self._names:
            return self._names[id(value)]
        if value is None or isinstance(value, bool | int | float | str | bytes):
            return repr(value)
        if isinstance(value, Decimal):
            return f"{self._imported('decimal', 'Decimal')}({str(value)!r})"
        if isinstance(value, Mapping):
            return f"{{{', '.join(f'{self.of(k)}: {self.of(v)}' for k, v in value.items())}}}"
        if isinstance(value, tuple):
            parts = [self.of(each) for each in value if self._kept(each)]
            return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
        if isinstance(value, list):
            return f"[{', '.join(map(self.of, value))}]"
        if isinstance(value, set | frozenset):
            return f"frozenset([{', '.join(sorted(map(self.of, value)))}])"
        if isinstance(value, functools.partial):
            given = [self.of(each) for each in (value.func, *value.args)]
            given += [f"{key}={self.of(each)}" for key, each in value.keywords.items()]
            return f"{self._imported('functools', 'partial')}({', '.join(given)})"
        if isinstance(value, SimpleNamespace):
            given = [f"{key}={self.of(each, key)}" for key, each in vars(value).items()]
            return f"SimpleNamespace({', '.join(given)})"
        if isinstance(value, re.Pattern):
            self._imports.setdefault("re", set())
            return self._kept_as(value, name, f"re.compile({value.pattern!r}, {value.flags})")
        if isinstance(value, itemgetter):
            return f"{self._imported('operator', 'itemgetter')}{value.__reduce__()[1]!r}"
        if isinstance(value, MethodDescriptorType):
            return f"{value.__objclass__.__name__}.{value.__name__}"
        if isinstance(value, MethodType):
            self.asked.add(value.__name__)
            return f"{self.of(value.__self__)}.{value.__name__}"
        return self._code_or_object(value, name)

    def _code_or_object(self, value: Any, name: str) -> str:
        older_one = older.INSTEAD.get(value) if callable(value) else None
        if older_one is not None:
            return self.of(older_one)
        if isinstance(value, ModuleType) and value.__name__ in sys.stdlib_module_names:
            self._imports.setdefault(value.__name__, set())
            return value.__name__
        value = inspect.unwrap(value) if callable(value) else value
        module = getattr(value, "__module__", None) or ""
        own = getattr(value, "__qualname__", "")
        if module.partition(".")[0] in sys.stdlib_module_names and own and callable(value):
            return own if module == "builtins" else self._imported(module.lstrip("_"), own)
        if isinstance(value, FunctionType) and module.partition(".")[0] in _OURS:
            return self._function(value)
        if isinstance(value, type) and module.partition(".")[0] in _OURS:
            return self._class(value)
        if is_dataclass(value) and not isinstance(value, type):
            return self._object(value, name)
        raise NotPortable(f"{name}: {value!r}")

    def _object(self, value: Any, name: str) -> str:
        """A dataclass' instance: a claim as it is, anything else with what is asked for."""
        kind: Any = type(value)
        if hasattr(kind, "violation"):
            given = {each.name: getattr(value, each.name) for each in fields(value)}
            made = self._class(kind)
        else:
            given = {
                each.name: getattr(value, each.name)
                for each in fields(value)
                if each.name in self._known
            }
            methods = {
                one
                for one, each in vars(kind).items()
                if one in self._known and isinstance(each, FunctionType) and one[:2] != "__"
            }
            made = self._class(kind, frozenset(methods)) if methods else "SimpleNamespace"
        parts = [f"{key}={self.of(each, key)}" for key, each in given.items()]
        return self._kept_as(value, name, f"{made}({', '.join(parts)})")

    def _kept_as(self, value: Any, name: str, written: str) -> str:
        """The name under which an object is written down."""
        self._held.append(value)
        name = self._free(name)
        if not isinstance(value, int | str | bytes | tuple):
            self._names[id(value)] = name
        self._pieces.append(f"{name} = {written}")
        return name

    def _free(self, name: str) -> str:
        free, number = name, 2
        while free in self._taken or keyword.iskeyword(free):
            free, number = f"{name}_{number}", number + 1
        self._taken.add(free)
        return free

    def _imported(self, module: str, name: str) -> str:
        head = name.partition(".")[0]
        self._imports.setdefault(module, set()).add(head)
        self._taken.add(head)
        return name

    def _function(self, function: FunctionType) -> str:
        name = function.__name__ if function.__name__ != "<lambda>" else "rule"
        name = self._names[id(function)] = self._free(name)
        node = _node_of(function)
        code = function.__code__
        cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
        near = {each: cell.cell_contents for each, cell in cells.items()}
        defaults = [self.of(each) for each in function.__defaults__ or ()]
        keywords = {key: self.of(each) for key, each in (function.__kwdefaults__ or {}).items()}
        node = self._rewritten(node, {**function.__globals__, **near})
        node.args.defaults = [_expression(each) for each in defaults]
        node.args.kw_defaults = [
            _expression(keywords[each.arg]) if each.arg in keywords else None
            for each in node.args.kwonlyargs
        ]
        if isinstance(node, ast.Lambda):
            made: Any = _parsed(f"def {name}():\n    return None").body[0]
            made.args, made.body[0].value = node.args, node.body
            node = made
        node.name = name
        self._pieces.append(f"\n{ast.unparse(ast.fix_missing_locations(node))}\n")
        return name

    def _class(self, kind: type, methods: frozenset[str] | None = None) -> str:
        """A class, or with `methods` a plain one that has those of another."""
        if id(kind) in self._names:
            return self._names[id(kind)]
        name = self._names[id(kind)] = self._free(kind.__name__)
        scope = vars(sys.modules[kind.__module__])
        known = _definitions(kind.__module__)
        node = next(
            copy.deepcopy(each)
            for each in known
            if isinstance(each, ast.ClassDef) and each.name == kind.__name__
        )
        if methods is not None:
            node.decorator_list, node.bases = [], [_expression("SimpleNamespace")]
            node.body = [
                each
                for each in node.body
                if isinstance(each, ast.FunctionDef) and each.name in methods
            ]
        node.name = name
        node = self._rewritten(node, scope)
        self._pieces.append(f"\n{ast.unparse(ast.fix_missing_locations(node))}\n")
        return name

    def _rewritten(self, node: Any, scope: Mapping[str, Any]) -> Any:
        """A node in which every name from outside is that under which it is written."""
        node = _Plainer(scope.get("__name__") == older.__name__).visit(node)
        for each in ast.walk(node):
            if isinstance(each, ast.Attribute):
                self.asked.add(each.attr)
        own = _names_within(node)
        outer = {
            each.id
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and each.id not in own
        }
        scope = {**vars(older), **scope}
        renamed = {}
        for name in sorted(outer & scope.keys()):
            written = self.of(scope[name], name)
            if not written.replace(".", "").isidentifier():
                written = self._kept_as(scope[name], name, written)
            if written in own:
                # What it is called here is what another function calls its own.
                free = self._free(written)
                self._pieces.append(f"{free} = {written}")
                written = free
            renamed[name] = written
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and each.id in renamed:
                each.id = renamed[each.id]
        return node


class _Plainer(ast.NodeTransformer):
    """Leaves out what only readers and checkers need, and says the rest for an old Python."""

    def __init__(self, is_plain: bool) -> None:
        self._is_plain = is_plain

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.returns = None
        kept = ("property", "cached_property", "staticmethod", "classmethod")
        node.decorator_list = [each for each in node.decorator_list if ast.unparse(each) in kept]
        return self._without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        unneeded = ("Protocol", "ABC", "Claim")
        node.bases = [each for each in node.bases if ast.unparse(each) not in unneeded]
        node.decorator_list = [_decorator(each) for each in node.decorator_list]
        body = [self._as_field(each) for each in node.body]
        node.body = body
        return self._without_docstring(node)

    def visit_arg(self, node: ast.arg) -> Any:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if ast.unparse(node.annotation) == _FIELD:
            return self.generic_visit(node)
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign([node.target], node.value))

    def visit_Call(self, node: ast.Call) -> Any:
        if self._is_plain:
            return self.generic_visit(node)
        called = ast.unparse(node.func)
        if called == "isinstance" and isinstance(node.args[1], ast.BinOp):
            node.args[1] = ast.Tuple(list(_alternatives(node.args[1])), ast.Load())
        if called == "zip" and any(each.arg == "strict" for each in node.keywords):
            node.func, node.keywords = _expression("zip_strict"), []
        if called == "datetime.fromisoformat":
            node.func = _expression("read_time")
        if isinstance(node.func, ast.Attribute) and node.func.attr in (
            "removeprefix",
            "removesuffix",
        ):
            node.args.insert(0, node.func.value)
            node.func = _expression(node.func.attr)
        return self.generic_visit(node)

    @staticmethod
    def _as_field(node: ast.stmt) -> ast.stmt:
        """A field of a dataclass; that it has a type is all that counts."""
        if isinstance(node, ast.AnnAssign):
            node.annotation = _expression(_FIELD)
        return node

    def _without_docstring(self, node: Any) -> Any:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)


def _decorator(node: ast.expr) -> ast.expr:
    """A decorator without what older dataclasses do not take."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "dataclass":
        node.keywords = [each for each in node.keywords if each.arg != "slots"]
    return node


def _alternatives(node: ast.expr) -> Iterable[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _alternatives(node.left)
        yield from _alternatives(node.right)
    elif isinstance(node, ast.Tuple):
        yield from node.elts
    else:
        yield node


def _parsed(text: str, **options: Any) -> Any:
    """Return the syntax tree of a text.

    With several threads, Python 3.11 and 3.12 may refuse a valid text with a SystemError about
    their own count of depth (CPython's issue 106905): such a text is read again.
    """
    for _ in range(_ATTEMPTS - 1):
        with suppress(SystemError):
            return ast.parse(text, **options)
    return ast.parse(text, **options)


def _expression(text: str) -> ast.expr:
    expression: ast.expr = _parsed(text, mode="eval").body
    return expression


def _names_within(node: ast.AST) -> set[str]:
    """The names that a function or class gives to values of its own."""
    found: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.arg):
            found.add(each.arg)
        elif isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load):
            found.add(each.id)
        elif isinstance(each, ast.FunctionDef | ast.ExceptHandler) and each is not node:
            found |= {each.name} if each.name else set()
    return found


@functools.cache
def _definitions(module: str) -> tuple[Any, ...]:
    """Every function, lambda and class of a module, which nobody may change."""
    tree = _parsed(inspect.getsource(sys.modules[module]))
    kinds = ast.FunctionDef | ast.Lambda | ast.ClassDef
    return tuple(each for each in ast.walk(tree) if isinstance(each, kinds))


def _node_of(function: FunctionType) -> Any:
    """The definition of a function or lambda, by where its code is."""
    code = function.__code__
    known: tuple[Any, ...] = _definitions(function.__module__)
    nodes: list[Any]
    if code.co_name == "<lambda>":
        places = [(line, at) for line, _, at, _ in code.co_positions() if line and at] or [(0, 0)]
        nodes = [
            each
            for each in known
            if isinstance(each, ast.Lambda)
            and _bounds(each.body)[0] == min(places)
            and max(places) < _bounds(each.body)[1]
        ]
    else:
        nodes = [
            each
            for each in known
            if isinstance(each, ast.FunctionDef)
            and each.name == code.co_name
            and _first_line(each) == code.co_firstlineno
        ]
    if not nodes:
        raise NotPortable(f"{function.__qualname__}: its source is not known")
    return copy.deepcopy(min(nodes, key=lambda each: _bounds(each)[1]))


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _bounds(node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """The lines and columns between which a node is."""
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
