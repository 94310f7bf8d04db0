"""Variables in the calls of a script: what an earlier answer gave, or what no record has yet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from contract_tests.exchange.trace import Call, Caller
from contract_tests.reproduction.kinds import is_word_for, sandbox_key_of
from contract_tests.target.run_tag import NAME, PREFIX

#: `{{2/id}}` is what the answer of step 2 has at `/id`, as text (`{{2.1/id}}`: that of its second
#: page, if it is a walk). `{{#2/id}}` is the same as a whole value, in its own type; `{{?2/next}}`,
#: as the name of a parameter, all parameters of that link; `{{<2/file}}` the last part of its path;
#: `{{new 1}}` a text that no record has.
VARIABLE = re.compile(
    r"\{\{(?P<kind>[#?<]?)(?P<step>\d+)(?:\.(?P<page>\d+))?(?P<at>/[^{}]*)?\}\}"
    r"|\{\{new (?P<new>\d+)\}\}"
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
#: Names of properties that identify a record.
ID_NAME = re.compile(r"(?:^|_)(?:id|uid|uuid|uniqueId)$|ID$")


def made_up(call: Call) -> list[str]:
    """Return the texts of a call that the run made up, in their order."""
    return NAME.findall(repr(call.parts))


def steps_in(value: Any) -> set[int]:
    """Return the steps whose answers the variables in a value need."""
    return {int(found["step"]) for found in VARIABLE.finditer(repr(value)) if found["step"]}


def without_controls(text: str) -> str:
    """Return a target's text with all that ends a line, or that a terminal obeys, replaced."""
    return _CONTROLS.sub("\ufffd", text)


def plain(value: Any) -> str:
    """Return what a value is within a text."""
    return str(value) if isinstance(value, str | Decimal) else json.dumps(value, default=str)


def last_part(link: str) -> str:
    """Return the last part of the path of a link."""
    return link.partition("?")[0].rstrip("/").rpartition("/")[2]


def texts(value: Any, change: Callable[[str], Any]) -> Any:
    """Return a value with every text in it changed; names of fields and properties stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: texts(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return type(value)(texts(item, change) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {each.name: texts(getattr(value, each.name), change) for each in fields(value)}
        return type(value)(**parts)
    return value


def identifiers(body: Any, pointer: str = "") -> Iterator[tuple[str, int | str]]:
    """Yield every identifier in a body, after the pointer to it."""
    items = enumerate(body) if isinstance(body, list) else ()
    for name, item in body.items() if isinstance(body, Mapping) else items:
        where = f"{pointer}/{name}"
        if _is_id(str(name), item):
            yield where, item
        yield from identifiers(item, where)


@dataclass
class Identifiers:
    """Those that answers have given, with the variables that stand for them.

    The same number may identify records of several kinds, and one of each account, so that each is
    known with its kind: the name of a resource, or the word of the property that showed it.
    """

    account: Caller = "first"
    _known: dict[str, dict[tuple[str, Caller], str]] = field(default_factory=dict)

    def learn(self, value: Any, kind: str, variable: str) -> None:
        """Take in an identifier that `account` was given, unless it knows one of this kind."""
        self._known.setdefault(str(value), {}).setdefault((kind, self.account), variable)

    def learn_from(self, step: int, body: Any, kind: str) -> None:
        """Take in all identifiers in an answer that shows a record of a kind."""
        for pointer, value in identifiers(body):
            above, _, name = pointer.rpartition("/")
            around = [part for part in above.split("/") if part and not part.isdigit()]
            own = around[-1] if above.count("/") > 1 and around else kind
            self.learn(value, sandbox_key_of(name) or own, f"{{{{{step}{pointer}}}}}")

    def of_kind(self, value: str, is_kind: Callable[[str], bool]) -> str:
        """Return the variable for an identifier of a kind, or the value as it is.

        If several accounts were given the same, it is that of `account`.
        """
        fitting = {
            account: variable
            for (kind, account), variable in reversed(self._known.get(value, {}).items())
            if is_kind(kind)
        }
        return fitting.get(self.account) or next(reversed(fitting.values()), value)

    def put_into(self, body: Any) -> Any:
        """Return a body with variables for the identifiers that its properties' names point to."""
        if isinstance(body, Mapping):
            return {
                name: self._variable(name, item) if _is_id(name, item) else self.put_into(item)
                for name, item in body.items()
            }
        return [self.put_into(item) for item in body] if isinstance(body, list) else body

    def _variable(self, name: str, value: Any) -> Any:
        variable = self.of_kind(str(value), partial(is_word_for, sandbox_key_of(name)))
        return value if variable == str(value) else f"{{{{#{variable[2:]}"


def with_variables(known: Mapping[str, str]) -> Callable[[str], str]:
    """Return what puts the variables of known values into a text."""

    def change(text: str) -> str:
        if text in known:
            return known[text]
        for value, variable in known.items():
            # A short identifier is distinguished from any number by what is around it.
            long = len(value) > 2 or value.startswith(PREFIX)
            around = (
                ("(?<![0-9A-Za-z])", "(?![0-9A-Za-z])") if long else ("(?<=[=:,<>])", "(?=[,/]|$)")
            )
            # A variable has no backslash, so it can stand as what replaces.
            text = re.sub(re.escape(value).join(around), variable, text)
        return text

    return change


def renumbered_text(text: str, moved: Callable[[int], int]) -> str:
    """Return a text whose variables name other steps."""

    def change(found: re.Match[str]) -> str:
        if found["step"] is None:
            return found[0]
        page = f".{found['page']}" if found["page"] else ""
        return f"{{{{{found['kind']}{moved(int(found['step']))}{page}{found['at'] or ''}}}}}"

    return VARIABLE.sub(change, text)


def _is_id(name: str, value: Any) -> bool:
    scalar = isinstance(value, int | str) and not isinstance(value, bool)
    return scalar and value != "" and ID_NAME.search(name) is not None
