"""What was written is read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from contract_tests.claims import Answers, Differs, Follows, Gained, Lists, SameAs, Shows, Single
from contract_tests.exchange.trace import find
from contract_tests.properties.actions import Actions, Record
from contract_tests.properties.oracle import Case, oracle
from mock_server.lifecycle.model import Field, Json, Listing, Parts, Read, Resource

_UNUSUAL = "Käse für 漢字"
#: Texts that are drawn until one has such letters.
_DRAWS = 20


def pointer_of(field: Field, at: Mapping[str, str | None]) -> str | None:
    """Return where a view shows a field, or None if it doesn't."""
    return at.get(field.name, field.shown)


def shown(
    answer: int, record: str, resource: Resource, sent: Json, at: Mapping[str, str | None]
) -> Iterator[Shows]:
    """Yield that a record in an answer shows what was sent."""
    for field in resource.fields:
        pointer = pointer_of(field, at)
        if field.name in sent and pointer is not None:
            value = sent[field.name]
            yield Shows(answer, record + pointer, value, resource.name, field.name)


def outcomes(answer: int, resource: Resource, sent: Json) -> Iterator[Follows]:
    """Yield what a record in an answer of the first read must be because of what was sent."""
    for outcome in resource.outcomes:
        if all(name in sent for name in outcome.needs):
            record = resource.reads[0].record
            yield Follows(answer, record, sent, resource.name, outcome.name)


def item_pointer(
    actions: Actions,
    pages: tuple[int, ...],
    listing: Listing,
    id: str,  # noqa: A002
) -> tuple[int, str] | None:
    """Return the page, and the pointer in it, at which a list shows a record."""
    for page in pages:
        for place, item in enumerate(actions.records((page,), listing)):
            if str(find(item, listing.id)) == id:
                name = listing.id[1:]
                plain = "/" not in f"{name}{id}" and "~" not in id
                return page, f"{listing.items}/{f'{name}={id}' if plain else place}"
    return None


def listed(actions: Actions, record: Record, listing: Listing, sent: Json) -> tuple[int, ...]:
    """Hold that a list shows a record as it was sent, once, and return the list's pages.

    No other record was given its tag, so no other may have been made with it.
    """
    resource = record.resource
    pages = actions.pages(listing, path=record.path, account=record.account)
    actions.hold(Lists(pages, resource.name, listing.operation, record.id))
    tag = resource.field(resource.tag) if resource.tag is not None else None
    pointer = pointer_of(tag, listing.at) if tag is not None else None
    if tag is not None and pointer is not None and isinstance(record.sent.get(tag.name), str):
        text = record.sent[tag.name]
        actions.hold(Single(pages, resource.name, listing.operation, pointer, text))
    found = item_pointer(actions, pages, listing, record.id)
    if found is not None:
        page, pointer = found
        actions.hold(*shown(page, pointer, resource, sent, listing.at))
    return pages


@oracle("read_after_create", "what is created reads back as it was sent", writes=True)
def created_reads_back(resource: Resource) -> Iterator[Case]:
    """Every read shows a new record with every field that was sent."""
    if resource.create is None:
        return
    create = resource.create

    def answered(actions: Actions) -> None:
        record = actions.create(resource, full=actions.random.random() < 0.5)
        if create.record is not None:
            actions.hold(*shown(record.made, create.record, resource, record.sent, create.at))

    yield Case(create.operation, answered)

    def reads(read: Read, actions: Actions) -> None:
        record = actions.create(resource, full=actions.random.random() < 0.7)
        answer = actions.show(record, read)
        actions.hold(*shown(answer, read.record, resource, record.sent, read.at))
        if read is resource.reads[0]:
            actions.hold(*outcomes(answer, resource, record.sent))
        if create.record is not None and create.id is not None and read is resource.reads[0]:
            actions.hold(SameAs(answer, read.record + resource.id, record.made, create.id))

    for read in resource.reads:
        yield Case(read.operation, partial(reads, read))


def unusual(actions: Actions, resource: Resource) -> Json:
    """Draw texts with letters beyond ASCII, of which one is the tag's."""
    texts = [each for each in resource.fields if each.create and each.kind.name == "text"]
    drawn: Json = {}
    for field in texts:
        if field.name == resource.tag:
            drawn[field.name] = f"{actions.session.name()} {_UNUSUAL}"
        elif field.source is None and field.name not in {each.field for each in resource.unique}:
            tries = (actions.value(field) for _ in range(_DRAWS))
            found = next((each for each in tries if not str(each).isascii()), None)
            drawn |= {field.name: found} if found is not None else {}
    return drawn


@oracle("listed_after_create", "every list shows what was created", writes=True)
def created_is_listed(resource: Resource) -> Iterator[Case]:
    """Every list shows a new record, once, with every field that was sent."""
    if resource.create is None:
        return

    def lists(listing: Listing, actions: Actions) -> None:
        record = actions.create(resource, unusual(actions, resource), full=True)
        if listing.shows is not None:
            seen = actions.at(actions.show(record), resource.reads[0].record)
            if not listing.shows(seen):
                pages = actions.pages(listing, path=record.path)
                name, operation = resource.name, listing.operation
                actions.hold(Lists(pages, name, operation, record.id, present=False))
                return
        listed(actions, record, listing, record.sent)

    for listing in resource.lists:
        yield Case(listing.operation, partial(lists, listing))


@oracle("identifiers_are_unique", "each record has an identifier of its own", writes=True)
def identifiers_differ(resource: Resource) -> Iterator[Case]:
    """Two new records have two identifiers, and each reads back as itself."""
    create = resource.create
    if create is None or create.id is None:
        return
    pointer = create.id

    def two(actions: Actions) -> None:
        one = actions.create(resource)
        other = actions.create(resource, beside=one)
        actions.hold(Differs(other.made, pointer, one.made, pointer))
        for view in resource.reads[:1]:
            for record in (one, other):
                answer = actions.show(record)
                actions.hold(*shown(answer, view.record, resource, record.sent, view.at))

    yield Case(create.operation, two)


@oracle("duplicates_are_rejected", "a value that must be unique is taken once", writes=True)
def duplicates_are_refused(resource: Resource) -> Iterator[Case]:
    """A second record with a used value of a unique field is answered so, and is not there."""
    create = resource.create
    if create is None:
        return

    def again(name: str, statuses: tuple[int, ...], actions: Actions) -> None:
        # Null is no value, so it may be there as often as one likes.
        given = {} if name == resource.tag else {name: actions.value(resource.field(name))}
        record = actions.create(resource, given, full=True)
        values = {**actions.first_values(resource), name: record.sent[name]}
        if resource.tag is not None and resource.tag != name:
            values[resource.tag] = actions.session.name()
        parts = Parts(path=record.path, headers=create.headers, body=create.body(values))
        before = [actions.pages(listing, path=record.path) for listing in resource.lists[:1]]
        refused = actions.send(create.operation, parts)
        actions.hold(Answers(refused, statuses, f"{name} is used"))
        for listing, pages in zip(resource.lists, before, strict=False):
            after = actions.pages(listing, path=record.path)
            actions.hold(Gained(after, pages, listing.items, 0))
            listed(actions, record, listing, {name: record.sent[name]})

    for unique in resource.unique:
        yield Case(create.operation, partial(again, unique.field, unique.statuses))
