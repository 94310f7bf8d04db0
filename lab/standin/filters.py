"""The `q[]` parameter: `FIELD:OPERATORVALUE`, as SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from lab.standin.database import Condition
from lab.standin.refusals import malformed
from lab.standin.switches import StandInDefect, Switches, Variation


class FilterKind(Enum):
    """What a field holds; the values are the operators it knows, the longer ones first."""

    TIME = ("!?", "?", "*", ">=", "<=", ">", "<")
    NUMBER = ("!?", "?", "!=", ">=", "<=", "=", ">", "<")
    TEXT = ("!?", "?", "!=", "~~", "=", "~")


_NEED_NO_VALUE = {"?": "IS NOT NULL", "!?": "IS NULL", "*": None}
_TIME = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
)
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_ARCHIVED = "archived_at"


def condition(
    fields: Mapping[str, FilterKind],
    filters: Sequence[str],
    switches: Switches,
    forgets: StandInDefect,
) -> Condition:
    """Return the condition that the filters make together.

    Where rows can be archived, those that are do not meet it unless a filter is on when they were;
    `forgets` is the defect of leaving that out. Raises Refused with 400 for a filter that makes no
    sense.
    """
    join = Condition.any if StandInDefect.FILTERS_JOINED_BY_OR in switches else Condition.all
    asked = join(*(_one(fields, text, switches) for text in filters))
    hidden = _ARCHIVED in fields and not any(_field(text) == _ARCHIVED for text in filters)
    if hidden and forgets not in switches:
        return Condition.all(asked, Condition.of(archived_at=None))
    return asked


def _field(text: str) -> str:
    return text.partition(":")[0]


def _one(fields: Mapping[str, FilterKind], text: str, switches: Switches) -> Condition:
    field, _, rest = text.partition(":")
    kind = fields.get(field)
    if kind is None:
        raise malformed(f"{field} is not filterable")
    operator = next((each for each in kind.value if rest.startswith(each)), None)
    if operator is None:
        raise malformed(f"Filter for {field} has no operator that it knows")
    value = rest.removeprefix(operator)
    if operator in _NEED_NO_VALUE:
        if value:
            raise malformed(f"Filter {operator} for {field} takes no value")
        test = _NEED_NO_VALUE[operator]
        return Condition(f"{field} {test}") if test else Condition.all()
    if kind is FilterKind.TEXT:
        return _on_text(field, operator, value, switches)
    if StandInDefect.AT_LEAST_AS_MORE_THAN in switches and operator == ">=":
        operator = ">"
    if kind is FilterKind.NUMBER:
        return _on_numbers(field, operator, value, switches)
    if not _TIME.fullmatch(value):
        raise malformed(f"Filter value for {field} must be a date and time")
    return Condition(f"{field} {operator} ?", (value,))


def _on_numbers(field: str, operator: str, value: str, switches: Switches) -> Condition:
    values = value.split(",") if operator == "=" else [value]
    if not all(_NUMBER.fullmatch(each) for each in values):
        raise malformed(f"Filter value for {field} must be a number")
    if StandInDefect.ID_LIST_TAKES_FIRST in switches:
        values = values[:1]
    numbers = tuple(int(each) for each in values)
    if operator == "=":
        return Condition(f"{field} IN ({', '.join('?' * len(numbers))})", numbers)
    return Condition(f"{field} {operator} ?", numbers)


def _on_text(field: str, operator: str, value: str, switches: Switches) -> Condition:
    if operator in {"=", "!="}:
        collation = "NOCASE" if Variation.TEXT_IGNORES_CASE in switches else "BINARY"
        return Condition(f"{field} {operator} ? COLLATE {collation}", (value,))
    fold = "" if Variation.CONTAINS_HEEDS_CASE in switches else "fold"
    if operator == "~" and StandInDefect.WILDCARDS_NOT_ESCAPED not in switches:
        return Condition(f"instr({fold}({field}), {fold}(?)) > 0", (value,))
    # LIKE folds ASCII alone, so both sides are folded before; GLOB's own wildcards are escaped.
    pattern = re.sub("%+", "*", re.sub(r"[*?\[]", r"[\g<0>]", value))
    if operator == "~":
        pattern = f"*{pattern.replace('_', '?')}*"
    return Condition(f"{fold}({field}) GLOB {fold}(?)", (pattern,))
