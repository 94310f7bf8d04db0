"""Files that records carry are those that were sent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import unquote, urlsplit

from contract_tests.claims import Answers, Carries, Gained, Refuses, Shows
from contract_tests.exchange.bodies import MULTIPART
from contract_tests.exchange.trace import Caller
from contract_tests.properties.actions import Actions, CaseNotApplicable, Record
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.changes import change, same_record
from contract_tests.properties.oracles.spellings import as_texts, untagged
from mock_server.lifecycle.files import Attachment, File
from mock_server.lifecycle.model import Json, Lifecycle, Parts, Resource, Update

_FORM = {"content-type": MULTIPART}


@oracle("files_read_back", "files read back as they were sent", writes=True)
def files_read_back(resource: Resource) -> Iterator[Case]:
    """Each record's file is its own, byte for byte, until it is replaced or taken away."""
    create = resource.create
    if create is None or not resource.reads:
        return

    def created(attachment: Attachment, actions: Actions) -> None:
        made = [_with_file(actions, resource, attachment) for _ in range(3)]
        for record, file in made:
            _carries(actions, record, attachment, file)

    def replaced(attachment: Attachment, update: Update, actions: Actions) -> None:
        one, _ = _with_file(actions, resource, attachment)
        other, kept = _with_file(actions, resource, attachment)
        file = attachment.draw(actions.random)
        _send(actions, one, update, {attachment.field: file})
        _carries(actions, one, attachment, file)
        _carries(actions, other, attachment, kept)

    def cleared(attachment: Attachment, update: Update, actions: Actions) -> None:
        record, _ = _with_file(actions, resource, attachment)
        values = {**change(actions, resource, update), attachment.field: None}
        actions.update(record, update, values)
        view = resource.reads[0]
        pointer = view.record + attachment.shown
        actions.hold(Shows(actions.show(record), pointer, None, resource.name, attachment.field))

    clearable = {each.name for each in resource.fields if each.clearable and each.update}
    for attachment in resource.attachments:
        yield Case(create.operation, partial(created, attachment))
        for update in resource.updates:
            if MULTIPART in update.forms:
                yield Case(update.operation, partial(replaced, attachment, update))
            if attachment.field in clearable:
                yield Case(update.operation, partial(cleared, attachment, update))


@oracle("files_are_private", "files are given to nobody else", writes=True)
def files_are_ones_own(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """Without a right credential, or as another account, no file is given and none described.

    What the document opens to everybody may be had by everybody.
    """
    if resource.create is None or not resource.reads:
        return

    def kept_from(attachment: Attachment, operation: str, who: Caller, actions: Actions) -> None:
        if not actions.session.spec.operations[operation].security:
            raise CaseNotApplicable(f"{operation} is open to everybody")
        record, _ = _with_file(actions, resource, attachment)
        answer = actions.send(operation, _file_of(actions, record, attachment), who)
        if who == "other":
            actions.hold(Refuses(answer, "the file is another account's"))
        else:
            why = "the credential is missing or wrong"
            actions.hold(Answers(answer, lifecycle.unauthenticated, why))

    callers: tuple[Caller, ...] = (None, "invalid_credential", "other")
    for attachment in resource.attachments:
        described = attachment.description
        for operation in (attachment.operation, *((described.operation,) if described else ())):
            for who in callers:
                run = partial(kept_from, attachment, operation, who)
                yield Case(operation, run, other=who == "other", touches_foreign_data=True)


@oracle("rejected_files_change_nothing", "a rejected file has no side effect", writes=True)
def wrong_files_are_refused(resource: Resource) -> Iterator[Case]:
    """A creation with a wrong file adds no record; an update with one leaves the record alone."""
    create = resource.create
    if create is None or not resource.reads or not resource.lists:
        return
    listing = resource.lists[0]

    def created(attachment: Attachment, actions: Actions) -> None:
        before = actions.pages(listing)
        for file in attachment.wrong:
            values = as_texts(actions.first_values(resource, null=False))
            if resource.tag is not None:
                values[resource.tag] = actions.session.name()
            body = create.body({**values, attachment.field: file})
            actions.hold(
                Refuses(actions.send(create.operation, Parts(headers=_FORM, body=body)), file.name)
            )
        actions.hold(Gained(actions.pages(listing), before, listing.items, 0))

    def updated(attachment: Attachment, update: Update, actions: Actions) -> None:
        record, _ = _with_file(actions, resource, attachment)
        before = actions.show(record)
        wrong = actions.random.choice(attachment.wrong)
        values = {**as_texts(change(actions, resource, update)), attachment.field: wrong}
        parts = Parts(path=record.path, headers=_FORM, body=update.body(values))
        actions.hold(Refuses(actions.send(update.operation, parts), wrong.name))
        same_record(actions, record, before)

    for attachment in resource.attachments:
        if attachment.wrong and resource.parent is None:
            yield Case(create.operation, partial(created, attachment))
        for update in resource.updates:
            if attachment.wrong and MULTIPART in update.forms:
                yield Case(update.operation, partial(updated, attachment, update))


def _with_file(actions: Actions, resource: Resource, attachment: Attachment) -> tuple[Record, File]:
    file = attachment.draw(actions.random)
    drawn = as_texts(actions.first_values(resource, null=False))
    values = {**untagged(resource, drawn), attachment.field: file}
    return actions.create(resource, values, headers=_FORM, exactly=True), file


def _send(actions: Actions, record: Record, update: Update, values: Json) -> None:
    values = {**as_texts(change(actions, record.resource, update)), **values}
    parts = Parts(path=record.path, headers=_FORM, body=update.body(values))
    actions.do(update.operation, parts)


def _file_of(actions: Actions, record: Record, attachment: Attachment) -> Parts:
    """Read a record, and return what is sent for the file that it shows."""
    shown = actions.at(actions.show(record), record.resource.reads[0].record + attachment.shown)
    name = unquote(urlsplit(str(shown)).path.rpartition("/")[2])
    return Parts(path={**record.path, attachment.in_path: name})


def _carries(actions: Actions, record: Record, attachment: Attachment, file: File) -> None:
    """Hold that the URL that a record shows leads to the file, and that all tell its name."""
    parts = _file_of(actions, record, attachment)
    read, view = len(actions.trace) - 1, record.resource.reads[0].record
    actions.hold(Carries(actions.do(attachment.operation, parts), file.content))
    if attachment.name is not None:
        actions.hold(Shows(read, view + attachment.name, file.name, "", "exact"))
    described = attachment.description
    if described is not None:
        answer = actions.do(described.operation, parts)
        shown = ((described.name, file.name), (described.media_type, file.media_type))
        for pointer, wanted in (*shown, (described.size, len(file.content))):
            actions.hold(Shows(answer, pointer, wanted, "", "exact"))
