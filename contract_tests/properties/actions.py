"""What an oracle works with: records, lists and claims instead of requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import httpx

from contract_tests.claims import Advances, Answers, Claim, ClaimContext, Conforms, Gained
from contract_tests.exchange.trace import MISSING, Answer, Call, Caller, Exchange, Trace, Walk, find
from contract_tests.target.guard import BlockedByGuard
from contract_tests.target.interruption import held
from contract_tests.target.profiles import OutOfTime
from contract_tests.target.run_tag import is_made_up
from contract_tests.target.session import Session
from mock_server.lifecycle.model import (
    Field,
    Json,
    Listing,
    Parts,
    Query,
    Read,
    Resource,
    Source,
    Update,
)
from mock_server.lifecycle.pointers import filled, takes

#: A list that has not ended after so many pages does not end.
MOST_PAGES = 400
_TOO_MANY = 429
_PLAIN = 0.6
#: What may keep a record from being taken away after its case.
_NOT_TIDIED = (httpx.HTTPError, BlockedByGuard, OutOfTime, LookupError)
_TEXTS = 3
_SLACK = 32


class ClaimViolated(Exception):
    """A claim does not hold; the case is over."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach.message)
        self.breach = breach


class CaseNotApplicable(Exception):
    """The records that a target has, or takes, are not those that a case needs."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A claim that does not hold after the exchanges of a trace.

    There is no claim where a call could not be made, or its answer could not be read.
    """

    claim: Claim | None
    operation: str
    message: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class Record:
    """A record that a case made: what was sent, the exchange that made it, and where it is found.

    `path` are the path parameters that name it.
    """

    resource: Resource
    id: str
    sent: Json
    made: int
    path: Mapping[str, str]
    account: Caller = "first"


@dataclass(slots=True)
class Actions:
    """One case's view of a target: it sends, remembers what was answered, and judges.

    It creates and changes records, reads them, and walks through lists.
    """

    session: Session
    random: Random
    trace: Trace = field(default_factory=Trace)
    #: Answers off the contract, which end no case.
    breaches: list[Breach] = field(default_factory=list)
    made: list[Record] = field(default_factory=list)
    #: The value that stands for a source in the paths of this case.
    chosen: dict[Source, str] = field(default_factory=dict)
    owner: Caller = "first"  # whose records a drawn reference names

    @property
    def context(self) -> ClaimContext:
        """What claims are judged by."""
        return ClaimContext.of(self.session)

    def send(self, operation: str, parts: Parts | None = None, account: Caller = "first") -> int:
        """Send a call and return the number of its exchange.

        What its body takes from the record that its path names is asked for first. A call that
        comes too soon for a rate limit is sent once more; the pace before a target waits for that.
        """
        call = Call(operation, self.completed(operation, parts or Parts(), account), account)
        exchange = self._exchanged(call)
        if exchange.answer.status == _TOO_MANY:
            self.trace.exchanges.pop()
            exchange = self._exchanged(call)
        return exchange.number

    def _exchanged(self, call: Call) -> Exchange:
        exchange, pointers = self.session.send(call, self.trace)
        for pointer in pointers:
            claim = Conforms(exchange.number, pointer)
            message = claim.violation(self.context, self.trace) or f"{exchange}: {pointer}"
            self.breaches.append(Breach(claim, call.operation, message, self._so_far()))
        return exchange

    def do(self, operation: str, parts: Parts | None = None, account: Caller = "first") -> int:
        """Send a call that must succeed, and return the number of its exchange."""
        sent = self.send(operation, parts, account)
        self.hold(Answers(sent, why="the request is valid"))
        return sent

    def hold(self, *claims: Claim) -> None:
        """Judge claims; raises ClaimViolated for the first one that does not hold."""
        for claim in claims:
            self.session.checks += 1
            message = claim.violation(self.context, self.trace)
            if message is not None:
                if self._changed_meanwhile(claim):
                    raise CaseNotApplicable("others changed the account meanwhile")
                judged = self.trace[claim.judged]
                raise ClaimViolated(Breach(claim, judged.call.operation, message, self._so_far()))

    def _changed_meanwhile(self, claim: Claim) -> bool:
        """Whether others changed a list that a claim is about, since it was asked for.

        It is asked for twice more: one that differs each time is the service's own doing. What the
        case has changed itself, nobody can tell from that.
        """
        if self.session.target.in_process:
            return False
        if isinstance(claim, Gained) and self._others_made(claim):
            return True
        writes = [each.number for each in self.trace if each.method not in ("GET", "HEAD")]
        for number in sorted(claim.exchanges):
            exchange = self.trace[number]
            listing = self._listing(exchange.call.operation)
            if listing is None or (writes and number < writes[-1]):
                continue
            with suppress(httpx.HTTPError):
                again = [self.session.send(exchange.call, Trace())[0].answer for _ in range(2)]
                was, now, still = (_shown_by(each, listing) for each in (exchange.answer, *again))
                if was != now and now == still:
                    return True
        return False

    def _others_made(self, claim: Gained) -> bool:
        """Whether a list gained and lost nothing but what other runs of the suite have made."""
        listing = self._listing(self.trace[claim.pages[0]].call.operation)
        if listing is None:
            return False
        before, after = (
            sum(not self._is_of_another_run(each) for each in self.records(pages, listing))
            for pages in (claim.before, claim.pages)
        )
        return after - before == claim.by

    def _is_of_another_run(self, record: Any) -> bool:
        values = record.values() if isinstance(record, Mapping) else ()
        return any(is_made_up(each) and not self.session.tag.owns(each) for each in values)

    def _listing(self, operation: str) -> Listing | None:
        lists = (each for one in self.session.lifecycle.resources for each in one.lists)
        return next((each for each in lists if each.operation == operation), None)

    def at(self, answer: int, pointer: str) -> Any:
        """Return what a pointer leads to in an answer, or MISSING."""
        return self.trace.answer(answer).at(pointer)

    def first_values(self, resource: Resource, *, full: bool = False, null: bool = True) -> Json:
        """Draw values to create a record with, as `values` does."""
        fields = [each for each in resource.fields if each.create]
        always = resource.create.always if resource.create else ()
        return self.values(fields, full=full, null=null, always=always)

    def values(
        self,
        fields: Iterable[Field],
        *,
        full: bool = False,
        null: bool = True,
        always: Sequence[str] = (),
    ) -> Json:
        """Draw values: of the required fields and some others, or of all of them (`full`)."""
        fields = list(fields)
        chosen = {
            each.name
            for each in fields
            if each.required or each.name in always or full or self.random.random() < 0.6
        }
        for each in fields:
            if each.name in chosen:
                chosen |= {*each.needs} & {other.name for other in fields}
        values: Json = {}
        for each in fields:
            if each.name not in chosen:
                continue
            if null and each.clearable and self.random.random() < 0.1 and not self._marks(each):
                values[each.name] = None
                continue
            drawn = self.value(each)
            if drawn is not MISSING:
                values[each.name] = drawn
        return values

    def value(self, drawn: Field) -> Any:
        """Draw a value of a field; MISSING for a reference to what there is nothing of."""
        # Calls are sent again to find the shortest ones, with another text for each made-up one.
        if drawn.kind.name == "text" and any(drawn is each for each in self.session.unique):
            return self.session.name()
        if self._marks(drawn):
            return self.tagged(drawn)
        if drawn.source is None:
            return drawn.kind.draw(self.random)
        existing = self.existing(drawn.source, self.owner)
        if not existing and drawn.required:
            existing = self._supplied(drawn.source)
        return self.random.choice(existing) if existing else MISSING

    def _marks(self, drawn: Field) -> bool:
        """Whether a field's value must say that a record is one of the run's."""
        own = self.session.target.profile.writes == "own"
        return own and any(drawn is each for each in self.session.tags)

    def _supplied(self, source: Source) -> list[Any]:
        """The value of a reference to a record that is made for it, if the suite can make one."""
        for resource in self.session.lifecycle.resources:
            listed = source.operation in [listing.operation for listing in resource.lists]
            if listed and resource.create is not None and resource.create.id is not None:
                record = self.create(resource, account=self.owner)
                shown = find(self.at(record.made, resource.create.record or ""), source.value)
                return [] if shown is MISSING else [shown]
        return []

    def existing(self, source: Source, account: Caller = "first") -> list[Any]:
        """Return the existing values of a reference, asked for once in a run."""
        key = (account, f"{source.operation}{source.items}{source.value}")
        known = self.session.existing
        if key not in known:
            answer = self.do(source.operation, account=account)
            listed = self.at(answer, source.items)
            found = [find(each, source.value) for each in listed] if listed is not MISSING else []
            known[key] = [each for each in found if each is not MISSING]
        return known[key]

    def create(
        self,
        resource: Resource,
        values: Json | None = None,
        *,
        account: Caller = "first",
        beside: Record | None = None,
        full: bool = False,
        exactly: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Record:
        """Create a record that carries the run's tag, below the parent of `beside` or a new one.

        What `values` do not name is drawn, unless they are `exactly` what is sent besides the tag.
        A signal interrupts it when it is known what was made.
        """
        with held():
            return self._created(
                resource, values, account, beside, headers, full=full, exactly=exactly
            )

    def _created(
        self,
        resource: Resource,
        values: Json | None,
        account: Caller,
        beside: Record | None,
        headers: Mapping[str, str] | None,
        *,
        full: bool,
        exactly: bool,
    ) -> Record:
        if resource.create is None:
            raise LookupError(f"{resource.name} cannot be created")
        create = resource.create
        path = dict(self._parents(resource, account, beside))
        self.owner = account
        drawn = {} if exactly else self.first_values(resource, full=full)
        self.owner = "first"
        sent = {**drawn, **(values or {})}
        if resource.tag is not None and resource.tag not in (values or {}):
            sent[resource.tag] = self.tagged(resource.field(resource.tag))
        given = {**create.headers, **(headers or {})}
        parts = Parts(path=path, headers=given, body=create.body(sent))
        made = self.do(create.operation, parts, account)
        found = self.at(made, create.id) if create.id is not None else MISSING
        if found is MISSING:
            found = self._found_by_tag(resource, sent, path, account)
        if found is MISSING:
            self.hold(Conforms(made, f"/body{create.id or ''}"), Answers(made, (), "it has no id"))
            raise LookupError(f"{self.trace[made]} does not say which record it made")
        ids = {**path, resource.id_in_path: str(found)}
        record = Record(resource, str(found), sent, made, ids, account)
        self.made.append(record)
        return record

    def tidy(self) -> None:
        """Take away what the case has made, as far as the vendor lets it, the newest first.

        What is wrong with the answers is not looked at: an oracle does that.
        """
        with held():
            for record in reversed(self.made):
                hiding = (each for each in record.resource.removals if each.hidden)
                removal = next(hiding, None)
                if removal is not None:
                    given = removal.parts(record.id) if removal.parts else Parts(path=record.path)
                    with suppress(*_NOT_TIDIED, CaseNotApplicable):
                        self.send(removal.operation, given, record.account)

    def tagged(self, tag: Field) -> str:
        """Return a text of a new record that starts with the run's tag; some are long.

        It stays short of the longest by what another run's tag may be longer.
        """
        name, texts = self.session.name(), [tag.kind.draw(self.random) for _ in range(_TEXTS)]
        if self.random.random() < _PLAIN or not all(isinstance(each, str) for each in texts):
            return name
        # One text in four is long, and whoever cuts it is only seen where the longest is shown.
        drawn = max(texts, key=len)
        words = "".join(one if one.isascii() and one.isalnum() else " " for one in drawn)
        return f"{name} {words}"[: max(len(name), len(drawn) - _SLACK)].rstrip()

    def show(self, record: Record, read: Read | None = None, account: Caller | str = "") -> int:
        """Read a record, by its first read if none is named; it must be there."""
        read = read or record.resource.reads[0]
        who: Any = record.account if account == "" else account
        return self.do(read.operation, Parts(path=record.path), who)

    def update(self, record: Record, update: Update, values: Json) -> int:
        """Change a record; it must succeed."""
        parts = Parts(path=record.path, body=update.body(values))
        return self.do(update.operation, parts, record.account)

    def pages(
        self,
        listing: Listing,
        query: Query = (),
        *,
        size: int | None = None,
        path: Mapping[str, str] | None = None,
        account: Caller = "first",
        most: int = MOST_PAGES,
    ) -> tuple[int, ...]:
        """Walk through a list, and return the numbers of its pages' exchanges."""
        paging = listing.paging
        fixed = Parts(path={**listing.path, **(path or {})}, query=(*listing.query, *query))
        if paging is None:
            return (self.do(listing.operation, fixed, account),)
        pages: list[int] = []
        records = size or paging.fixed or paging.largest
        for index in range(most):
            page = paging.after(index, len(self.records(pages, listing)), records)
            parts = Parts(fixed.path, (*fixed.query, *page))
            pages.append(self.do(listing.operation, parts, account))
            if not paging.more(self.trace.answer(pages[-1]).body):
                break
            if len(pages) > 1 and self._repeats(pages, listing):
                break
        walk = Walk(tuple(pages), paging, records, most)
        self.trace.walks.append(walk)
        if len(pages) >= MOST_PAGES or (len(pages) > 1 and self._repeats(pages, listing)):
            self.hold(Advances(walk.pages, listing.items, MOST_PAGES))
        return walk.pages

    def _repeats(self, pages: Sequence[int], listing: Listing) -> bool:
        """Whether a page shows the very records of the one before."""
        last, before = (self.records(pages[place:][:1], listing) for place in (-1, -2))
        return bool(last) and last == before

    def records(self, pages: Sequence[int], listing: Listing) -> list[Any]:
        """Return the records on these pages."""
        found: list[Any] = []
        for page in pages:
            listed = self.at(page, listing.items)
            found += listed if isinstance(listed, list) else []
        return found

    def completed(self, operation: str, parts: Parts, account: Caller) -> Parts:
        """The parts with an existing value for each `Source`, and what is shown for each `Shown`.

        The record is the one that the path names; if there is none, a new one stands in for it.
        Raises CaseNotApplicable.
        """
        path: dict[str, Any] = dict(parts.path)
        for name, source in path.items():
            if isinstance(source, Source):
                path[name] = self.chosen.get(source) or self._choose(source)
        parts = replace(parts, path=path)
        if not takes(parts.body):
            return parts
        resource = self._resource_of(operation)
        view = resource.reads[0]
        answer = self.send(view.operation, Parts(path=parts.path))
        if account == "other" and not self.trace.answer(answer).succeeded:
            answer = self.send(view.operation, Parts(path=parts.path), account)
        if not self.trace.answer(answer).succeeded:
            answer = self.show(self.create(resource))
        try:
            return replace(parts, body=filled(parts.body, self.at(answer, view.record)))
        except LookupError as problem:
            raise CaseNotApplicable(str(problem)) from problem

    def _so_far(self) -> Trace:
        trace = Trace()
        trace.exchanges = list(self.trace.exchanges)
        trace.walks = [walk for walk in self.trace.walks if walk.pages[-1] < len(trace)]
        return trace

    def _choose(self, source: Source) -> str:
        existing = self.existing(source)
        if not existing:
            raise CaseNotApplicable(f"{source.operation} lists nothing")
        return self.chosen.setdefault(source, str(self.random.choice(existing)))

    def _resource_of(self, operation: str) -> Resource:
        for resource in self.session.lifecycle.resources:
            updated = {each.operation for each in resource.updates}
            if operation in updated | {each.operation for each in resource.moves}:
                return resource
        raise LookupError(f"{operation} changes no record")

    def _parents(
        self, resource: Resource, account: Caller, beside: Record | None
    ) -> Mapping[str, str]:
        if resource.parent is None:
            return {}
        if beside is not None:
            return {k: v for k, v in beside.path.items() if k != resource.id_in_path}
        owner = self.create(self.session.lifecycle.resource(resource.parent), account=account)
        return {**owner.path, resource.parent_in_path: owner.id}

    def _found_by_tag(
        self, resource: Resource, sent: Json, path: Mapping[str, str], account: Caller
    ) -> Any:
        if resource.tag is None or not resource.lists:
            return MISSING
        listing = resource.lists[0]
        tag = resource.field(resource.tag)
        pointer = listing.at.get(tag.name, tag.shown) or ""
        pages = self.pages(listing, path=path, account=account)
        for record in reversed(self.records(pages, listing)):
            if find(record, pointer) == sent[resource.tag]:
                return find(record, listing.id)
        return MISSING


def _shown_by(answer: Answer, listing: Listing) -> tuple[Any, list[Any]]:
    """The total and the identifiers that a page of a list shows."""
    listed = answer.at(listing.items)
    total = answer.at(listing.total) if listing.total is not None else None
    return total, [find(each, listing.id) for each in listed] if isinstance(listed, list) else []
