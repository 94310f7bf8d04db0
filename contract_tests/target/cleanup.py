"""Take away what runs have left on a target, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from contract_tests.exchange.trace import Call, Trace
from contract_tests.target.ledger import Ledger, Made, ids_of
from contract_tests.target.run_tag import is_made_up
from contract_tests.target.session import Session
from contract_tests.target.target import Account, Target
from contract_tests.target.write_policy import kind_of
from mock_server.lifecycle.model import Lifecycle, Listing, Parts, Query, Removal, Resource
from mock_server.lifecycle.pointers import ABSENT, find

_MOST_PAGES = 10_000
#: The best way to take a record away comes first.
_BEST_FIRST = ("deletes", "archives", "deactivates")
_DONE = {"deletes": "deleted", "archives": "archived", "deactivates": "deactivated"}


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of one record: `how` in a word or two, and whether it is dealt with (`gone`)."""

    made: Made
    how: str
    gone: bool

    def __str__(self) -> str:
        return f"{self.made.resource} {self.made.id}: {self.how}"


def sweep(target: Target, lifecycle: Lifecycle, ledger: Ledger | None = None) -> Iterator[Swept]:
    """Take away what runs of the suite have left, the newest first, and tell of each record.

    That is what the ledger knows; without one, every record that is listed under a name of the
    suite's own. Raises httpx.HTTPError if the target does not answer.
    """
    session = Session(target, lifecycle)
    try:
        broom = _Broom(session, lifecycle)
        for made in ledger.left() if ledger is not None else broom.listed():
            swept = broom.take_away(made)
            if swept.gone and ledger is not None:
                ledger.has_removed(made)
            yield swept
    finally:
        session.close()


class _Broom:
    """Finds records and takes them away."""

    def __init__(self, session: Session, lifecycle: Lifecycle) -> None:
        self._session = session
        self._lifecycle = lifecycle
        accounts: tuple[Literal["first", "other"], ...] = ("first", "other")
        self._accounts = [each for each in accounts if session.has(each)]

    def listed(self) -> list[Made]:
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
                    for known in self._tagged(resource, listing, account):
                        named = {**path, resource.id_in_path: known}
                        # The same records may be told of as another resource as well.
                        found[account, kind, known] = Made(kind, account, known, named)
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
        problem = "stays: the vendor has no way to take it away"
        for way in sorted(ways, key=lambda each: _BEST_FIRST.index(each.effect)):
            status, shown = self._shown(made, resource, way)
            if status in resource.absent:
                return Swept(made, "gone already", True)
            # To do it again might bring the record back.
            if shown is not ABSENT and way.marked(shown):
                return Swept(made, f"{_DONE[way.effect]} already", True)
            parts = way.parts(made.id) if way.parts is not None else Parts(path=made.path)
            status, _ = self._answer(way.operation, parts, made.account)
            if 200 <= status < 300:
                return Swept(made, _DONE[way.effect], True)
            problem = f"stays: {way.operation} was answered with {status}"
        return Swept(made, problem, False)

    def _shown(self, made: Made, resource: Resource, way: Removal) -> tuple[int, Any]:
        """How a read is answered, and what the record shows where a removal would be seen."""
        if not resource.reads:
            return 0, ABSENT
        read = resource.reads[0]
        parts = Parts(path=made.path, query=way.reveal_read)
        status, body = self._answer(read.operation, parts, made.account)
        if way.mark is None or status >= 300:
            return status, ABSENT
        return status, find(body, f"{read.record}{way.mark}")

    def _tagged(self, resource: Resource, listing: Listing, account: Account) -> Iterator[str]:
        tag = resource.field(resource.tag or "")
        pointer = listing.at.get(tag.name, tag.shown)
        if pointer is None:
            return
        for body in self._pages(listing, account):
            records = find(body, listing.items)
            for record in records if isinstance(records, list) else ():
                name = find(record, pointer)
                if is_made_up(name):
                    yield from ids_of([find(record, listing.id)])

    def _pages(self, listing: Listing, account: Account) -> Iterator[Any]:
        paging = listing.paging
        for index in range(_MOST_PAGES):
            query: Query = listing.query
            if paging is not None:
                query = (*query, *paging.page(index, paging.fixed or paging.largest))
            _, body = self._answer(listing.operation, Parts(listing.path, query), account)
            yield body
            if paging is None or not paging.more(body):
                return

    def _answer(self, operation: str, parts: Parts, account: Account) -> tuple[int, Any]:
        exchange, _ = self._session.send(Call(operation, parts, account), Trace())
        return exchange.answer.status, exchange.answer.body
