"""Compare two answers where values may differ that mean the same.

Identifiers are the same if each stands for the other wherever they are seen; times if both are of
the moment of the call, or neither; links if they lead to the same place below each target. Numbers
and all other texts are compared exactly. What lists show of records that the sequence has not made
is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from contract_tests.differential.orders import follows
from contract_tests.exchange.trace import MISSING, Caller, Exchange, find
from contract_tests.reproduction.variables import ID_NAME
from contract_tests.target.run_tag import NAME, PREFIX
from mock_server.lifecycle.model import Lifecycle, Listing, Query
from mock_server.lifecycle.values import UnparsableValue, instant

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: A code that a service gives a record that came without one.
_COUNTED = re.compile(r"([A-Z]+-?)\d{3,}")
#: A code that a service makes of a sent one.
_PREFIXED = re.compile(r"[A-Za-z0-9]{1,8}-(.+)")
_NOW = timedelta(minutes=5)
_WORD = re.compile(r"[A-Za-z0-9_-]+")
_PIECES = re.compile(r"\d+|\D+")
#: What precedes a number in a link that is no identifier.
_COUNTS = ("page=", "limit=", "offset=", "size=")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """A place in an answer where two targets differ, with what each shows."""

    pointer: str
    left: Any
    right: Any


@dataclass
class Normaliser:
    """Remembers, over one sequence, which values of the two targets stand for each other.

    `sent` are the bodies that were sent; `replaced_by` has the right target's text for each of the
    left one's that differs; `left_out` collects what was not compared, in a few words each.
    """

    lifecycle: Lifecycle
    left_url: str
    right_url: str
    pairs: dict[tuple[str, str], str] = field(default_factory=dict)
    made: set[tuple[str, Caller, str, str]] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    replaced_by: Mapping[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    @cached_property
    def _summed(self) -> frozenset[tuple[str, str]]:
        """What operations show about all records of an account, of which each has others."""
        return frozenset(
            (summary.operation, summary.at)
            for resource in self.lifecycle.resources
            for summary in resource.summaries
        )

    def created(self, resource: str, account: Caller, left: Any, right: Any) -> None:
        """Take two records for each other: those that the same call has made on each side."""
        self.made.add((resource, account, str(left), str(right)))

    def pair(self, space: str, left: Any, right: Any) -> bool:
        """Say whether two identifiers of one kind may stand for each other, and remember it."""
        known = self.pairs.setdefault((space, str(left)), str(right))
        return known == str(right) and not any(
            other == known
            for (kind, one), other in self.pairs.items()
            if kind == space and one != str(left)
        )

    def differences(
        self, left: Exchange, right: Exchange, *, whole: bool = True
    ) -> list[AnswerDifference]:
        """Return where two answers to the same call differ.

        `whole` says that lists have no other page on which a record could be.
        """
        found: list[AnswerDifference] = []
        if left.answer.status != right.answer.status:
            found.append(AnswerDifference("/status", left.answer.status, right.answer.status))
            return found
        kinds = [each.answer.headers.get("content-type", "") for each in (left, right)]
        plain = [kind.partition(";")[0].strip().lower() for kind in kinds]
        if plain[0] != plain[1]:
            return [AnswerDifference("/headers/content-type", plain[0], plain[1])]
        for name in ("allow", "www-authenticate", "location"):
            values = [each.answer.headers.get(name) for each in (left, right)]
            if not self._same_text(values[0], values[1], left, right):
                found.append(AnswerDifference(f"/headers/{name}", *values))
        bodies, where = (left.answer.body, right.answer.body), "/body"
        for resource in self.lifecycle.resources:
            for listing in resource.lists:
                if listing.operation == left.call.operation:
                    made = self._made_as(resource.name, left.call.account)
                    query = left.call.parts.query
                    bodies, where, order = self._own(bodies, listing, query, made, whole)
                    found += order
        found += self._compared(*bodies, where, left, right)
        return found

    def _own(
        self,
        bodies: tuple[Any, Any],
        listing: Listing,
        query: Query,
        made: Mapping[str, str],
        whole: bool,
    ) -> tuple[tuple[Any, Any], str, list[AnswerDifference]]:
        """Two pages of a list with no records but those that the sequence has made, in one order.

        If the accounts hold different numbers of records, nothing else of the pages is the same.
        """
        items = [find(body, listing.items) for body in bodies]
        if not all(isinstance(each, list) for each in items):
            return bodies, "/body", []
        operation = listing.operation
        self.left_out.add(f"{operation}: other records in {listing.items}")
        left = {str(find(each, listing.id)): each for each in items[0]}
        right = {str(find(each, listing.id)): each for each in items[1]}
        if not whole:
            made = {one: other for one, other in made.items() if one in left and other in right}
        names = [known for known in left if known in made]
        theirs = [known for known in right if known in made.values()]
        order = []
        if {made[each] for each in names} == {*theirs}:
            wanted = [made[each] for each in names]
            pairs = [(left[each], right[made[each]]) for each in names]
            if wanted != theirs and not follows(
                listing, query, pairs, [theirs.index(each) for each in wanted]
            ):
                order = [AnswerDifference(f"/body{listing.items}/order", wanted, theirs)]
            theirs = wanted
        own = [left[each] for each in names], [right[each] for each in theirs]
        totals = [find(body, listing.total or "/?") for body in bodies]
        if len(items[0]) == len(items[1]) and totals[0] == totals[1]:
            path = listing.items.split("/")[1:]
            put = _put(bodies[0], path, own[0]), _put(bodies[1], path, own[1])
            return put, "/body", order
        if totals[0] == totals[1] and totals[0] not in (MISSING, None):
            # The same page of two lists of the same length has as many records in both.
            lengths = AnswerDifference(f"/body{listing.items}/length", len(items[0]), len(items[1]))
            return own, f"/body{listing.items}", [lengths]
        self.left_out.add(f"{operation}: all but records, as the accounts' numbers differ")
        return own, f"/body{listing.items}", order

    def _made_as(self, resource: str, account: Caller) -> dict[str, str]:
        """The records that an account has made, those of the right target by those of the left."""
        return {
            left: right
            for kind, owner, left, right in self.made
            if (kind, owner) == (resource, account)
        }

    def _compared(
        self, left: Any, right: Any, where: str, one: Exchange, other: Exchange
    ) -> Iterator[AnswerDifference]:
        place = re.sub(r"/\d+(?=/|$)", "/*", where.removeprefix("/body"))
        if place in self.lifecycle.ignored:
            self.left_out.add(f"{one.call.operation}: {place}, declared as ignored")
            return
        if not one.call.parts.path and (one.call.operation, place) in self._summed:
            self.left_out.add(f"{one.call.operation}: {place}, which sums up all records")
            return
        if isinstance(left, dict) and isinstance(right, dict):
            for name in [*left, *(name for name in right if name not in left)]:
                shown = left.get(name, MISSING), right.get(name, MISSING)
                yield from self._compared(*shown, f"{where}/{name}", one, other)
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                yield AnswerDifference(f"{where}/length", len(left), len(right))
            for number, (here, there) in enumerate(zip(left, right, strict=False)):
                yield from self._compared(here, there, f"{where}/{number}", one, other)
        elif not self._same(left, right, where, one, other):
            yield AnswerDifference(where, left, right)

    def _same(self, left: Any, right: Any, where: str, one: Exchange, other: Exchange) -> bool:
        if left is MISSING or right is MISSING or (left is None) != (right is None):
            return left is right
        name = where.rpartition("/")[2]
        if ID_NAME.search(name) and _ID.fullmatch(str(left)) and _ID.fullmatch(str(right)):
            space = _space_of(where, one)
            return type(left) is type(right) and self.pair(space, left, right)
        if isinstance(left, str) and isinstance(right, str):
            if left != right and self._are_made_up(left, right):
                return self.pair(f"{name} {one.call.account}", left, right)
            return self._same_text(left, right, one, other)
        return type(left) is type(right) and bool(left == right)

    def _are_made_up(self, left: str, right: str) -> bool:
        """Whether two texts are codes that each target makes up, and nobody has sent."""
        if any(left in each for each in self.sent):
            return False
        counted = [_COUNTED.fullmatch(each) for each in (left, right)]
        if counted[0] is not None and counted[1] is not None:
            return counted[0][1] == counted[1][1]
        before = [_PREFIXED.fullmatch(each) for each in (left, right)]
        return (
            before[0] is not None
            and before[1] is not None
            and before[0][1] == before[1][1]
            and any(before[0][1] in each for each in self.sent)
        )

    def _same_text(
        self, left: str | None, right: str | None, one: Exchange, other: Exchange
    ) -> bool:
        if left is None or right is None:
            return left is right
        if _TIME.match(left) and _TIME.match(right):
            return _time(left, one) == _time(right, other)
        left = self._renamed(left)
        if self.left_url in left and self.right_url in right:
            left = _in_order(left.replace(self.left_url, "{target}"))
            right = _in_order(right.replace(self.right_url, "{target}"))
            return self._same_link(left, right, one.call.account)
        return right in (
            left,
            self.replaced_by.get(left),
            self._with_right_ids(left, one.call.account),
        )

    def _same_link(self, left: str, right: str, account: Caller) -> bool:
        """Whether two links differ in no more than the identifiers in them."""
        pieces = [_PIECES.findall(each) for each in (left, right)]
        if len(pieces[0]) != len(pieces[1]):
            return False
        before = ""
        for one, other in zip(*pieces, strict=True):
            known = one.isdigit() and other.isdigit() and not before.endswith(_COUNTS)
            if one != other and not (
                known and self.pair(f"link to {_word(before)} {account}", one, other)
            ):
                return False
            before = one
        return True

    def _with_right_ids(self, text: str, account: Caller) -> str:
        """A text of the left target that names its records, as the right one would put it."""
        ids = {one: other for _, owner, one, other in self.made if owner == account}
        return _WORD.sub(lambda found: ids.get(found[0], found[0]), text)

    def _renamed(self, text: str) -> str:
        """A text of the left target with what the run made up as it was for the right one."""
        return NAME.sub(lambda found: self.pairs.get((PREFIX, found[0]), found[0]), text)


def _in_order(link: str) -> str:
    """A link with the pairs of its query in order."""
    path, mark, query = unquote(link).partition("?")
    return path + mark + "&".join(sorted(query.split("&")))


def _space_of(where: str, exchange: Exchange) -> str:
    """The kind of record that a property names: its own word, that around it, or the path's."""
    *above, parent, name = where.split("/")
    account = exchange.call.account
    if name != "id":
        return f"{name} {account}"
    if len(above) > 2 and not parent.isdigit():
        return f"{parent} {account}"
    parts = exchange.url.partition("?")[0].split("/")
    fixed = [part for part in parts if part and not any(map(str.isdigit, part))]
    return f"{fixed[-1] if fixed else name} {account}"


def _word(text: str) -> str:
    words = re.findall(r"[A-Za-z_]+", text)
    return words[-1] if words else ""


def _put(value: Any, path: list[str], items: list[Any]) -> Any:
    if not path:
        return items
    return {**value, path[0]: _put(value[path[0]], path[1:], items)}


def _time(text: str, exchange: Exchange) -> tuple[str, bool]:
    """How a time is written, and whether it is that of its call."""
    spelled = re.sub(r"\d", "9", text)
    try:
        return spelled, abs(instant(text) - exchange.at) <= _NOW
    except UnparsableValue:
        return spelled, False
