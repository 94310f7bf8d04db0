"""Files that records carry are those that were sent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import unquote, urlsplit

from contract_tests.bodies import MULTIPART
from contract_tests.claims import Answers, Carries, Gained, Refuses, Shows
from contract_tests.oracles.changes import change, same_record
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.oracles.spellings import as_texts, untagged
from contract_tests.traces import Caller
from contract_tests.world import Record, Unfit, World
from mock_server.lifecycle.files import Attachment, File
from mock_server.lifecycle.model import Json, Lifecycle, Parts, Resource, Update

_FORM = {"content-type": MULTIPART}


@oracle("files read back as they were sent", writes=True)
def files_read_back(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Each record's file is its own, byte for byte, until it is replaced or taken away."""
    del lifecycle
    create = resource.create
    if create is None or not resource.reads:
        return

    def created(attachment: Attachment, world: World) -> None:
        made = [_with_file(world, resource, attachment) for _ in range(3)]
        for record, file in made:
            _carries(world, record, attachment, file)

    def replaced(attachment: Attachment, update: Update, world: World) -> None:
        one, _ = _with_file(world, resource, attachment)
        other, kept = _with_file(world, resource, attachment)
        file = attachment.draw(world.random)
        _send(world, one, update, {attachment.field: file})
        _carries(world, one, attachment, file)
        _carries(world, other, attachment, kept)

    def cleared(attachment: Attachment, update: Update, world: World) -> None:
        record, _ = _with_file(world, resource, attachment)
        values = {**change(world, resource, update), attachment.field: None}
        world.update(record, update, values)
        view = resource.reads[0]
        pointer = view.record + attachment.shown
        world.hold(Shows(world.show(record), pointer, None, resource.name, attachment.field))

    clearable = {each.name for each in resource.fields if each.clearable and each.update}
    for attachment in resource.attachments:
        yield Case(create.operation, partial(created, attachment))
        for update in resource.updates:
            if MULTIPART in update.forms:
                yield Case(update.operation, partial(replaced, attachment, update))
            if attachment.field in clearable:
                yield Case(update.operation, partial(cleared, attachment, update))


@oracle("files are given to nobody else", writes=True)
def files_are_ones_own(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Without a right credential, or as another account, no file is given and none described.

    What the document opens to everybody may be had by everybody.
    """
    if resource.create is None or not resource.reads:
        return

    def kept_from(attachment: Attachment, operation: str, who: Caller, world: World) -> None:
        if not world.session.spec.operations[operation].security:
            raise Unfit(f"{operation} is open to everybody")
        record, _ = _with_file(world, resource, attachment)
        answer = world.send(operation, _file_of(world, record, attachment), who)
        if who == "other":
            world.hold(Refuses(answer, "the file is another account's"))
        else:
            why = "the credential is missing or wrong"
            world.hold(Answers(answer, lifecycle.unauthenticated, why))

    callers: tuple[Caller, ...] = (None, "stranger", "other")
    for attachment in resource.attachments:
        described = attachment.description
        for operation in (attachment.operation, *((described.operation,) if described else ())):
            for who in callers:
                run = partial(kept_from, attachment, operation, who)
                yield Case(operation, run, other=who == "other", wild=True)


@oracle("files that are refused change nothing", writes=True)
def wrong_files_are_refused(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """A creation with a wrong file adds no record; an update with one leaves the record alone."""
    del lifecycle
    create = resource.create
    if create is None or not resource.reads or not resource.lists:
        return
    listing = resource.lists[0]

    def created(attachment: Attachment, world: World) -> None:
        before = world.pages(listing)
        for file in attachment.wrong:
            values = as_texts(world.first_values(resource, null=False))
            if resource.tag is not None:
                values[resource.tag] = world.session.name()
            body = create.body({**values, attachment.field: file})
            world.hold(
                Refuses(world.send(create.operation, Parts(headers=_FORM, body=body)), file.name)
            )
        world.hold(Gained(world.pages(listing), before, listing.items, 0))

    def updated(attachment: Attachment, update: Update, world: World) -> None:
        record, _ = _with_file(world, resource, attachment)
        before = world.show(record)
        wrong = world.random.choice(attachment.wrong)
        values = {**as_texts(change(world, resource, update)), attachment.field: wrong}
        parts = Parts(path=record.path, headers=_FORM, body=update.body(values))
        world.hold(Refuses(world.send(update.operation, parts), wrong.name))
        same_record(world, record, before)

    for attachment in resource.attachments:
        if attachment.wrong and resource.parent is None:
            yield Case(create.operation, partial(created, attachment))
        for update in resource.updates:
            if attachment.wrong and MULTIPART in update.forms:
                yield Case(update.operation, partial(updated, attachment, update))


def _with_file(world: World, resource: Resource, attachment: Attachment) -> tuple[Record, File]:
    file = attachment.draw(world.random)
    drawn = as_texts(world.first_values(resource, null=False))
    values = {**untagged(resource, drawn), attachment.field: file}
    return world.create(resource, values, headers=_FORM, exactly=True), file


def _send(world: World, record: Record, update: Update, values: Json) -> None:
    values = {**as_texts(change(world, record.resource, update)), **values}
    parts = Parts(path=record.path, headers=_FORM, body=update.body(values))
    world.do(update.operation, parts)


def _file_of(world: World, record: Record, attachment: Attachment) -> Parts:
    """Read a record, and return what is sent for the file that it shows."""
    shown = world.at(world.show(record), record.resource.reads[0].record + attachment.shown)
    name = unquote(urlsplit(str(shown)).path.rpartition("/")[2])
    return Parts(path={**record.path, attachment.in_path: name})


def _carries(world: World, record: Record, attachment: Attachment, file: File) -> None:
    """Hold that the URL that a record shows leads to the file, and that all tell its name."""
    parts = _file_of(world, record, attachment)
    read, view = len(world.trace) - 1, record.resource.reads[0].record
    world.hold(Carries(world.do(attachment.operation, parts), file.content))
    if attachment.name is not None:
        world.hold(Shows(read, view + attachment.name, file.name, "", "exact"))
    described = attachment.description
    if described is not None:
        answer = world.do(described.operation, parts)
        told = ((described.name, file.name), (described.media_type, file.media_type))
        for pointer, wanted in (*told, (described.size, len(file.content))):
            world.hold(Shows(answer, pointer, wanted, "", "exact"))
