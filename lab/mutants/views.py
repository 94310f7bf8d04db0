"""Views that show something else than what is kept: wrong values, old values, wrong times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from lab.mutants.bodies import edited, looked_up
from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import at, in_answers, on_response
from lab.mutants.messages import Interceptor, Request, Response, Service
from lab.mutants.roles import listings, reads, shown_fields, updates
from mock_server.lifecycle.model import Field, Listing, Read, Resource
from mock_server.lifecycle.pointers import ABSENT, find


def views(scene: Scene) -> Iterator[tuple[Resource, Read | Listing, str]]:
    """Yield each read and list, with the pointer of a record in its answers."""
    for resource, read in reads(scene):
        yield resource, read, read.record
    for resource, listing in listings(scene):
        yield resource, listing, f"{listing.items}/*"


def _shown(
    scene: Scene, fits: Callable[[Field], bool], change: Callable[[Any], Any]
) -> Iterator[Site]:
    """A site for each fitting field in each view; the change is made to what is shown."""
    for resource, view, _ in views(scene):
        for field, pointer in shown_fields(resource, view):
            if fits(field):
                plant = partial(in_answers, view.operation, _plain(pointer), change)
                yield Site(view.operation, field.name, plant)


def _plain(pointer: str) -> str:
    return pointer


def _numeric(field: Field) -> bool:
    return field.kind.name in {"decimal", "whole"}


def _textual(field: Field) -> bool:
    return field.kind.name == "text"


def number_like(old: Any, change: Callable[[Decimal], Decimal]) -> Any:
    """Return a number changed, in the spelling that it had; anything else as it is."""
    if isinstance(old, bool) or not isinstance(old, int | str | Decimal):
        return old
    try:
        new = change(Decimal(old.replace(",", "") if isinstance(old, str) else old))
    except InvalidOperation:
        return old
    if isinstance(old, str):
        return format(new, "f")
    return int(new) if isinstance(old, int) else new


@defects("shows-other-sign", "a view shows a number with the other sign", semantic=True)
def shows_other_sign(scene: Scene) -> Iterator[Site]:
    """Negate a number in one view."""
    return _shown(scene, _numeric, lambda old: number_like(old, lambda number: -number))


@defects("shows-rounded", "a view shows a number without its last digits", semantic=True)
def shows_rounded(scene: Scene) -> Iterator[Site]:
    """Round a number to tens in one view, or a fraction to a whole."""

    def rounded(number: Decimal) -> Decimal:
        whole = number == number.to_integral_value()
        return number // 10 * 10 if whole else number.to_integral_value()

    return _shown(scene, _numeric, lambda old: number_like(old, rounded))


@defects("shows-cut-text", "a view shows the beginning of a text alone", semantic=True)
def shows_cut_text(scene: Scene) -> Iterator[Site]:
    """Cut texts at ten letters in one view."""
    return _shown(scene, _textual, lambda old: old[:10] if isinstance(old, str) else old)


@defects(
    "shows-mangled-text", "a view shows letters beyond ASCII in a wrong encoding", semantic=True
)
def shows_mangled(scene: Scene) -> Iterator[Site]:
    """Read UTF-8 as Latin-1 in one view."""

    def mangled(old: Any) -> Any:
        return old.encode().decode("latin-1") if isinstance(old, str) else old

    return _shown(scene, _textual, mangled)


@defects("shows-other-choice", "a view shows another flag or word", semantic=True)
def shows_other_choice(scene: Scene) -> Iterator[Site]:
    """Show the opposite of a flag, or another word that the field may have."""
    for resource, view, _ in views(scene):
        for field, pointer in shown_fields(resource, view):
            if field.kind.name in {"flag", "choice"}:
                words = _words(field)
                if len(words) > 1:
                    change = partial(_other, words)
                    plant = partial(in_answers, view.operation, pointer, change)
                    yield Site(view.operation, field.name, plant)


def _words(field: Field) -> list[Any]:
    from random import Random

    random = Random(3)  # noqa: S311 - no secret
    return sorted({field.kind.draw(random) for _ in range(60)}, key=str)


def _other(words: list[Any], old: Any) -> Any:
    for each in words:
        if type(each) is type(old) and each != old:
            return each
    return not old if isinstance(old, bool) else old


@defects("cached-view", "a view shows for ever what it showed first", semantic=True)
def cached_view(scene: Scene) -> Iterator[Site]:
    """Remember the first answer to each URL and caller."""
    for _, view, _ in views(scene):

        def plant(operation: str = view.operation) -> Interceptor:
            known: dict[tuple[str, str, str], Response] = {}

            def act(request: Request, service: Service) -> Response:
                key = (request.path, request.query_string, service.who(request))
                if key not in known:
                    given = service.send(request)
                    if not given.succeeded:
                        return given
                    known[key] = given
                return known[key]

            return at(operation, act)

        yield Site(view.operation, "cache", plant)


@defects("one-write-behind", "a view shows what was before the last write", semantic=True)
def one_write_behind(scene: Scene) -> Iterator[Site]:
    """Give the answer from before a write once more, the first time that it is asked for after."""
    for _, view, _ in views(scene):

        def plant(operation: str = view.operation) -> Interceptor:
            known: dict[tuple[str, str, str], Response] = {}
            stale: set[tuple[str, str, str]] = set()

            def intercept(request: Request, service: Service) -> Response:
                if request.operation != operation:
                    if request.writes:
                        stale.update(known)
                    return service.send(request)
                key = (request.path, request.query_string, service.who(request))
                if key in stale:
                    stale.discard(key)
                    return known[key]
                given = service.send(request)
                if given.succeeded:
                    known[key] = given
                return given

            return intercept

        yield Site(view.operation, "cache", plant)


@defects("wrong-record-for-unknown", "an unknown identifier shows another record", semantic=True)
def wrong_record(scene: Scene) -> Iterator[Site]:
    """Show the record that was shown last instead of saying that there is none."""
    for _, read in reads(scene):
        yield Site(read.operation, "unknown", partial(_last_one, read.operation))


def _last_one(operation: str) -> Interceptor:
    last: dict[str, Response] = {}

    def act(request: Request, service: Service) -> Response:
        given = service.send(request)
        who = service.who(request)
        if given.succeeded:
            last[who] = given
        return last.get(who, given) if given.status in {302, 404} else given

    return at(operation, act)


@defects("vanishes-after-reads", "a record is not found after it was read twice", semantic=True)
def vanishes(scene: Scene) -> Iterator[Site]:
    """Answer as for an unknown record from the third time on."""
    for resource, read in reads(scene):

        def plant(resource: Resource = resource, operation: str = read.operation) -> Interceptor:
            times: dict[str, int] = {}

            def act(request: Request, service: Service) -> Response:
                given = service.send(request)
                times[request.path] = times.get(request.path, 0) + given.succeeded
                if times[request.path] < 3 or not given.succeeded:
                    return given
                from random import Random

                nobody = resource.unknown(Random(5))  # noqa: S311 - no secret
                values = {**(request.values or {}), resource.id_in_path: nobody}
                there = service.spec.operations[operation]
                return service.send(request.at(there, values))

            return at(operation, act)

        yield Site(read.operation, "third time", plant)


@defects("identifier-of-another", "a view shows another record's identifier", semantic=True)
def identifier_of_another(scene: Scene) -> Iterator[Site]:
    """Show the identifiers of a list one place on."""
    for _, listing in listings(scene):

        def change(given: Response, listing: Listing = listing) -> Response:
            pointer = f"{listing.items}/*{listing.id}"
            ids = list(looked_up(given.json, pointer)) if given.succeeded else []
            if len(ids) < 2:
                return given
            turned = iter([*ids[1:], ids[0]])
            return given.with_json(edited(given.json, pointer, lambda _: next(turned)))

        yield Site(listing.operation, listing.id, partial(on_response, listing.operation, change))


@defects("answer-shows-old", "the answer to a change shows the record as it was", semantic=True)
def answer_shows_old(scene: Scene) -> Iterator[Site]:
    """Answer an update with what the record was before."""
    for resource, update in updates(scene):
        if update.record is None or not resource.reads:
            continue
        read = resource.reads[0]

        def act(
            request: Request,
            service: Service,
            read: Read = read,
            pointer: str = update.record,
        ) -> Response:
            there = service.spec.operations[read.operation]
            before = service.send(request.at(there, request.values or {}))
            given = service.send(request)
            old = find(before.json, read.record)
            if not given.succeeded or not before.succeeded or old is ABSENT:
                return given
            return given.with_json(edited(given.json, pointer, lambda _: old))

        yield Site(update.operation, "answer", partial(at, update.operation, act))
