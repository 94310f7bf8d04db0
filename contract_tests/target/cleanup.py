"""Take away what runs have left on a target, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from contract_tests.exchange.trace import Answer, Call, Trace
from contract_tests.target.ledger import Ledger, Made, ids_of
from contract_tests.target.run_tag import is_made_up
from contract_tests.target.session import Session
from contract_tests.target.target import Account, Target, Unreachable
from contract_tests.target.write_policy import kind_of
from mock_server.lifecycle.model import Lifecycle, Listing, Parts, Query, Removal, Resource
from mock_server.lifecycle.pointers import ABSENT, find

_MOST_PAGES = 10_000
_TOO_MANY = 429
#: The best way to take a record away comes first.
_BEST_FIRST = ("deletes", "archives", "deactivates")
_DONE = {"deletes": "deleted", "archives": "archived", "deactivates": "deactivated"}
#: What became of a record: it was taken away now, it was gone before, the vendor keeps such records
#: by nature, it is another one by now, or it stays although it should not.
Outcome = Literal["removed", "gone", "kept", "foreign", "stays"]


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of one record: `how` in a few words, and the kind of it (`outcome`)."""

    made: Made
    how: str
    outcome: Outcome

    def __str__(self) -> str:
        return f"{self.made.resource} {self.made.id}: {self.how}"


def sweep(target: Target, lifecycle: Lifecycle, ledger: Ledger | None = None) -> Iterator[Swept]:
    """Take away what runs of the suite have left, the newest first, and report each record.

    That is what the ledger knows, and what is listed under a name that it knows of a creation
    without an answer; without a ledger, every record that is listed under a name of the suite's
    own. A record is looked at before it is taken away: what carries no such name stays. Raises
    httpx.HTTPError if the target does not answer, and Unreachable if a list cannot be read.
    """
    session = Session(target, lifecycle)
    try:
        broom = _Broom(session, lifecycle)
        if ledger is None:
            found = broom.listed(is_made_up)
        else:
            lost = ledger.unanswered()
            for made in broom.listed(lost.__contains__) if lost else ():
                ledger.has_made(made)
            found = ledger.left()
        for made in found:
            swept = broom.take_away(made)
            if ledger is not None and swept.outcome in ("removed", "gone", "foreign"):
                ledger.has_removed(made.resource, made.account, made.id)
            yield swept
    finally:
        session.close()


def records_named(
    target: Target, lifecycle: Lifecycle, is_ours: Callable[[str], bool]
) -> list[Made]:
    """Return the records that a target lists under a name of which `is_ours`, the newest first.

    Raises as `sweep` does.
    """
    session = Session(target, lifecycle)
    try:
        return _Broom(session, lifecycle).listed(is_ours)
    finally:
        session.close()


class _Broom:
    """Finds records and takes them away."""

    def __init__(self, session: Session, lifecycle: Lifecycle) -> None:
        self._session = session
        self._lifecycle = lifecycle
        accounts: tuple[Literal["first", "other"], ...] = ("first", "other")
        self._accounts = [each for each in accounts if session.has(each)]

    def listed(self, is_ours: Callable[[str], bool]) -> list[Made]:
        """Return the records that a list shows under a name of ours, the newest first."""
        found: dict[tuple[str, str, str], Made] = {}
        for account in self._accounts:
            for resource in self._lifecycle.resources:
                if resource.create is None or resource.tag is None or resource.parent is not None:
                    continue
                kind = kind_of(resource, self._lifecycle)
                for listing in resource.lists[:1]:
                    path = {n: value for n, value in listing.path.items() if isinstance(value, str)}
                    # What is listed below other records is not looked for.
                    if len(path) < len(listing.path):
                        continue
                    for known, name in self._named(resource, listing, account):
                        if is_ours(name):
                            where = {**path, resource.id_in_path: known}
                            # The same records may be described as another resource as well.
                            found[account, kind, known] = Made(kind, account, known, where, name)
        return list(reversed(found.values()))

    def take_away(self, made: Made) -> Swept:
        """Take a record away in the best way that the vendor lets it."""
        resource = self._lifecycle.resource(made.resource)
        ways = [
            way
            for other in self._lifecycle.resources
            if kind_of(other, self._lifecycle) == kind_of(resource, self._lifecycle)
            for way in other.removals
        ]
        if not ways:
            return Swept(made, "the vendor keeps such records", "kept")
        problem = "not deleted: the vendor has no way to do it"
        for way in sorted(ways, key=lambda each: _BEST_FIRST.index(each.effect)):
            before = self._before(made, resource, way)
            if before is not None:
                return before
            parts = way.parts(made.id) if way.parts is not None else Parts(path=made.path)
            status = self._answer(way.operation, parts, made.account).status
            if 200 <= status < 300:
                return Swept(made, _DONE[way.effect], "removed")
            problem = f"not deleted: {way.operation} was answered with {status}"
        if any(way.hidden for way in ways) and self._is_listed(made, resource) is False:
            # Some are shown afterwards as they were, and are listed no more.
            return Swept(made, "already gone from the list", "gone")
        return Swept(made, problem, "stays")

    def _is_listed(self, made: Made, resource: Resource) -> bool | None:
        """Whether the resource's list shows a record; None if it has none to look at."""
        for listing in resource.lists[:1]:
            if all(isinstance(value, str) for value in listing.path.values()):
                return any(
                    each == made.id for each, _ in self._named(resource, listing, made.account)
                )
        return None

    def _before(self, made: Made, resource: Resource, way: Removal) -> Swept | None:
        """What keeps a record from being taken away so, if anything does."""
        if not resource.reads or resource.tag is None:
            return Swept(made, "not deleted: nothing shows whether a run has made it", "stays")
        read = resource.reads[0]
        parts = Parts(path=made.path, query=way.reveal_read)
        answer = self._answer(read.operation, parts, made.account)
        if answer.status in resource.absent:
            return Swept(made, "already gone", "gone")
        if not answer.succeeded:
            return Swept(
                made, f"not deleted: {read.operation} was answered with {answer.status}", "stays"
            )
        # To do it again might bring the record back.
        if way.mark is not None:
            shown = answer.at(f"{read.record}{way.mark}")
            if shown is not ABSENT and way.marked(shown):
                return Swept(made, f"already {_DONE[way.effect]}", "gone")
        tag = resource.field(resource.tag)
        pointer = read.at.get(tag.name, tag.shown)
        name = answer.at(f"{read.record}{pointer}") if pointer is not None else ABSENT
        if not is_made_up(name):
            return Swept(made, f"left alone: it is {name!r}, which no run has made", "foreign")
        return None

    def _named(
        self, resource: Resource, listing: Listing, account: Account
    ) -> Iterator[tuple[str, str]]:
        """The identifier and the name of each record that a list shows."""
        tag = resource.field(resource.tag or "")
        pointer = listing.at.get(tag.name, tag.shown)
        if pointer is None:
            return
        for body in self._pages(listing, account):
            for record in find(body, listing.items):
                name = find(record, pointer)
                for known in ids_of([find(record, listing.id)]) if isinstance(name, str) else ():
                    yield known, name

    def _pages(self, listing: Listing, account: Account) -> Iterator[Any]:
        paging = listing.paging
        before: Any = None
        seen = 0
        for index in range(_MOST_PAGES):
            query: Query = listing.query
            if paging is not None:
                query = (*query, *paging.after(index, seen, paging.fixed or paging.largest))
            answer = self._answer(listing.operation, Parts(listing.path, query), account)
            records = answer.at(listing.items)
            if not answer.succeeded or not isinstance(records, list):
                raise Unreachable(
                    f"{listing.operation} was answered with {answer.status} and no list, so "
                    "what is left there is unknown"
                )
            if records and records == before:
                raise Unreachable(f"{listing.operation} gives the same page again and again")
            before = records
            seen += len(records)
            yield answer.body
            if paging is None or not paging.more(answer.body):
                return

    def _answer(self, operation: str, parts: Parts, account: Account) -> Answer:
        call = Call(operation, parts, account)
        answer = self._session.send(call, Trace())[0].answer
        if answer.status == _TOO_MANY:
            # The guard before the target waits as long as it asks for.
            answer = self._session.send(call, Trace())[0].answer
        return answer
