"""Variables in the calls of a script: what an earlier answer gave, or what no record has yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial
from typing import Any

from contract_tests.exchange.trace import Call, Caller, Walk
from contract_tests.reproduction.kinds import is_word_for, sandbox_key_of
from contract_tests.target.run_tag import NAME, PREFIX

#: `{{2/id}}` is what the answer of step 2 has at `/id`, as text; `{{#2/id}}`, as a whole value, the
#: same in its own type; `{{new 1}}` a text that no record has yet.
VARIABLE = re.compile(r"\{\{(#?)(\d+)(/[^{}]*)?\}\}|\{\{new (\d+)\}\}")
#: Names of properties that identify a record.
ID_NAME = re.compile(r"(?:^|_)(?:id|uid|uuid|uniqueId)$|ID$")


def made_up(call: Call) -> list[str]:
    """Return the texts of a call that the run made up, in their order."""
    return NAME.findall(repr(call.parts))


def steps_in(value: Any) -> set[int]:
    """Return the steps whose answers the variables in a value need."""
    return {int(found[2]) for found in VARIABLE.finditer(repr(value)) if found[2] is not None}


def texts(value: Any, change: Callable[[str], Any]) -> Any:
    """Return a value with every text in it changed; names of fields and properties stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: texts(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return type(value)(texts(item, change) for item in value)
    if is_dataclass(value) and not isinstance(value, type | Walk):
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
        """Return a body with variables for the identifiers that its properties' names tell of."""
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
            # A short identifier is told from any number by what stands around it.
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
        if found[4] is not None:
            return found[0]
        return f"{{{{{found[1]}{moved(int(found[2]))}{found[3] or ''}}}}}"

    return VARIABLE.sub(change, text)


def renamed_text(text: str, pages: Sequence[tuple[int, ...]]) -> str:
    """Return a text whose variables name exchanges instead of steps."""
    return renumbered_text(text, lambda step: pages[step][0])


def _is_id(name: str, value: Any) -> bool:
    scalar = isinstance(value, int | str) and not isinstance(value, bool)
    return scalar and value != "" and ID_NAME.search(name) is not None
