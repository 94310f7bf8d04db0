"""A fixed script of calls that looks at all that can be seen of a service from outside.

It judges nothing. Two services that give the same transcript cannot be told apart by it; a defect
that changes the transcript can be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

from contract_tests.defects.defect import Scene, Written
from contract_tests.defects.effects import field_names
from contract_tests.oracles.changes import change
from contract_tests.oracles.removals import parts_of
from contract_tests.power.ground import Ground
from contract_tests.session import Session
from contract_tests.targets import Target
from contract_tests.traces import Caller, Exchange, Trace
from contract_tests.world import Record, Unfit, Violated, World
from mock_server.discovery import load_lifecycle
from mock_server.lifecycle.model import Create, Json, Lifecycle, Parts, Resource
from mock_server.lifecycle.values import Meaningless
from mock_server.state.journal import Exchange as Journaled

#: The clock of a mock that is probed begins here, after what its records tell of.
NOON = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)
#: What a step may raise when a service does not answer as it should.
_TROUBLE = (
    Violated, Unfit, Meaningless, LookupError, ValueError, TypeError, AttributeError,
    ArithmeticError,
)  # fmt: skip

Line = tuple[Any, ...]


class Differs(Exception):
    """The transcript is another one than was expected."""


def probed(target: Target, lifecycle: Lifecycle, expected: list[Line] | None = None) -> list[Line]:
    """Return the transcript of a target: each call with its answer, a line each.

    With `expected`, raises Differs at the first line that is another one.
    """
    transcript: list[Line] = []

    def note(line: Line) -> None:
        if expected is not None and expected[len(transcript) : len(transcript) + 1] != [line]:
            raise Differs
        transcript.append(line)

    session = _Recorder(target, lifecycle, note)
    world = World(session, Random(1))  # noqa: S311 - no secret
    try:
        for resource in lifecycle.resources:
            for step in _steps(world, resource):
                # A long trace would be walked through again and again.
                world.trace = Trace()
                try:
                    step()
                except _TROUBLE as trouble:
                    note((type(trouble).__name__,))
    finally:
        session.close()
    if expected is not None and len(transcript) != len(expected):
        raise Differs
    return transcript


class _Recorder(Session):
    """A session that notes what it sends and what is answered."""

    def __init__(self, target: Target, lifecycle: Lifecycle, note: Callable[[Line], None]) -> None:
        super().__init__(target, lifecycle, "probe")
        self._note = note

    def send(self, call: Any, trace: Any) -> tuple[Exchange, list[str]]:
        exchange, _ = super().send(call, trace)
        answer = exchange.answer
        headers = tuple(sorted(answer.headers.items()))
        self._note((str(exchange), headers, answer.content))
        return exchange, []


def _steps(world: World, resource: Resource) -> Iterator[Callable[[], Any]]:
    """The steps of the script for one kind of record; each may fail without ending it."""
    made: list[Record] = []
    yield partial(_views, world, resource, made, "first")
    for account, full in (("first", True), ("first", True), ("other", True), ("first", False)):
        yield partial(_create, world, resource, made, account, full)
    yield partial(_views, world, resource, made, "first")
    yield partial(_views, world, resource, made, "other")
    for round_ in range(3):
        yield partial(_changes, world, resource, made, round_)
        yield partial(_moves, world, resource, made)
        yield partial(_views, world, resource, made, "first")
    yield partial(_lists, world, resource, made)
    yield partial(_wrong, world, resource, made)
    yield partial(_retries, world, resource, made)
    yield partial(_strangers, world, resource, made)
    yield partial(_unknown, world, resource)
    yield partial(_removals, world, resource, made)
    yield partial(_views, world, resource, made, "first")
    yield partial(_views, world, resource, made, "other")
    yield partial(_create, world, resource, made, "first", True)


def _create(
    world: World, resource: Resource, made: list[Record], account: Caller, full: bool
) -> None:
    if resource.create is not None:
        made.append(world.create(resource, account=account, full=full))


def _views(world: World, resource: Resource, made: list[Record], who: Caller) -> None:
    """Every read of the first and of the newest records, and every list, as one account."""
    for record in (*made[:3], *made[-2:]):
        for read in resource.reads:
            world.send(read.operation, Parts(path=record.path), who)
    for listing in (*resource.lists, *((resource.history,) if resource.history else ())):
        for index in range(30):
            query = listing.paging.page(index, listing.paging.largest) if listing.paging else ()
            path = {**listing.path, **(made[0].path if made else {})}
            parts = Parts(path=path, query=(*listing.query, *query))
            page = world.send(listing.operation, parts, who)
            body = world.trace.exchanges[-1].answer.body
            if not listing.paging or page < 0 or not listing.paging.more(body):
                break
    for summary in resource.summaries:
        world.send(summary.operation, Parts(), who)
    if not made and resource.reads and resource.lists and not resource.lists[0].path:
        for item in world.records((len(world.trace) - 1,), resource.lists[-1])[:4]:
            known = str(item.get(resource.lists[-1].id[1:]))
            for read in resource.reads:
                world.send(read.operation, Parts(path={resource.id_in_path: known}), who)


def _changes(world: World, resource: Resource, made: list[Record], round_: int) -> None:
    for update in resource.updates:
        for record in made[round_ % 2 : round_ % 2 + 3]:
            values = change(world, resource, update)
            parts = Parts(path=record.path, body=update.body(values))
            world.send(update.operation, parts, "first")
            for field in resource.fields:
                if field.clearable and field.name in values and round_ == 1:
                    cleared = Parts(
                        path=record.path, body=update.body({**values, field.name: None})
                    )
                    world.send(update.operation, cleared, "first")


def _moves(world: World, resource: Resource, made: list[Record]) -> None:
    for move in resource.moves:
        for record in made[:3]:
            quantity = world.random.choice(move.quantities)
            world.send(move.operation, move.parts(record.id, quantity), "first")
        for wrong in move.wrong:
            world.send(move.operation, move.parts(made[0].id, wrong), "first")


def _lists(world: World, resource: Resource, made: list[Record]) -> None:
    """Every list in pages of every size, filtered and sorted."""
    if resource.parent is not None:
        return
    for listing in resource.lists:
        paging = listing.paging
        queries = [()] if paging is None else []
        for size in (paging.sizes[:4] or (paging.fixed or 1,)) if paging else ():
            queries += [paging.page(index, size) for index in (0, 1, 2, 40, 5000) if paging]
        queries += [sort.query for sort in listing.sorts]
        if paging is not None:
            queries += [(*sort.query, *paging.page(1, 3)) for sort in listing.sorts]
        operation = world.session.spec.operations[listing.operation]
        names = [each.name for each in operation.parameters if each.location == "query"]
        queries += [((name, value),) for name in names for value in ("-1", "x~y")]
        for query in queries:
            parts = Parts(path=listing.path, query=(*listing.query, *query))
            world.send(listing.operation, parts, "first")
        for chosen in listing.filters:
            page = world.send(
                listing.operation,
                Parts(path=listing.path, query=(*listing.query, *chosen.universe)),
            )
            del page
            body = world.trace.exchanges[-1].answer.at(listing.items)
            value = chosen.value(world.random, body if isinstance(body, list) else [])
            if value is not None:
                path = {**listing.path, **(chosen.path(value) if chosen.path else {})}
                query = (*listing.query, *chosen.query(value))
                world.send(listing.operation, Parts(path=path, query=query))
    del made


def _wrong(world: World, resource: Resource, made: list[Record]) -> None:
    """Every wrong value of every field, and bodies that are none."""
    writers: list[tuple[Any, Json]] = []
    create: Create | None = resource.create
    path = dict(made[0].path) if made else {}
    if create is not None:
        writers.append((create, world.first_values(resource, full=True)))
    writers += [(update, change(world, resource, update)) for update in resource.updates]
    for writer, values in writers:
        bodies = [
            {**values, field.name: wrong}
            for field in resource.fields
            for wrong in (*field.wrong, *((None,) if not field.clearable else ()))
        ]
        bodies += [
            {name: value for name, value in values.items() if name != field.name}
            for field in resource.fields
            if field.required
        ]
        headers = dict(create.headers) if writer is create and create is not None else {}
        for body in bodies:
            world.send(writer.operation, Parts(path=path, headers=headers, body=writer.body(body)))
        for other in ({}, [], "text", None):
            world.send(writer.operation, Parts(path=path, headers=headers, body=other))
        plain = {**headers, "content-type": "text/plain"}
        body = writer.body(values)
        world.send(writer.operation, Parts(path=path, headers=plain, body=body))
    for listing in resource.lists:
        for method in ("PATCH", "PUT", "DELETE"):
            _odd(world, method, listing.operation, {**listing.path, **path})


def _odd(world: World, method: str, operation: str, path: Any) -> None:
    """Call a path with a method that may not be declared there."""
    session = world.session
    spec = session.spec.operations
    there = replace(spec[operation], method=method.lower())
    if any(each.path == there.path and each.method == there.method for each in spec.values()):
        return
    spec[operation], kept = there, spec[operation]
    try:
        world.send(operation, Parts(path=path))
    finally:
        spec[operation] = kept


def _retries(world: World, resource: Resource, made: list[Record]) -> None:
    """The same request again, with the same key and with another one."""
    idempotency = world.session.lifecycle.idempotency
    if idempotency is None or not made:
        return
    create = resource.create
    todo: list[tuple[str, Parts]] = []
    if create is not None and create.operation in idempotency.operations:
        values = {**world.first_values(resource), **_tagged(world, resource)}
        parts = Parts(path=made[0].path, headers=create.headers, body=create.body(values))
        todo.append((create.operation, parts))
    todo += [
        (
            update.operation,
            Parts(path=made[0].path, body=update.body(change(world, resource, update))),
        )
        for update in resource.updates
    ]
    todo += [
        (move.operation, move.parts(made[0].id, move.quantities[0])) for move in resource.moves
    ]
    for operation, parts in todo:
        for key in ("one", "one", "two"):
            headers = {**parts.headers, idempotency.header: f"{operation}-{key}"}
            world.send(operation, replace(parts, headers=headers))
            for read in resource.reads[:1]:
                world.send(read.operation, Parts(path=made[0].path))


def _tagged(world: World, resource: Resource) -> Json:
    return {} if resource.tag is None else {resource.tag: world.session.name()}


def _strangers(world: World, resource: Resource, made: list[Record]) -> None:
    """Every call by the other account, by nobody, and with a wrong credential."""
    path = dict(made[0].path) if made else {}
    calls: list[tuple[str, Parts]] = [
        *((read.operation, Parts(path=path)) for read in resource.reads if made),
        *(
            (listing.operation, Parts(path={**listing.path, **path}, query=listing.query))
            for listing in resource.lists
        ),
        *((each.operation, Parts()) for each in resource.summaries),
    ]
    calls += [
        (update.operation, Parts(path=path, body=update.body(change(world, resource, update))))
        for update in resource.updates
        if made
    ]
    calls += [
        (move.operation, move.parts(made[0].id, move.quantities[0]))
        for move in resource.moves
        if made
    ]
    if resource.create is not None:
        values = {**world.first_values(resource), **_tagged(world, resource)}
        body = resource.create.body(values)
        calls.append(
            (
                resource.create.operation,
                Parts(path=path, headers=resource.create.headers, body=body),
            )
        )
    for removal in resource.removals if made else ():
        calls.append((removal.operation, parts_of(made[0], removal)))
    for who in (None, "stranger", "other"):
        for operation, parts in calls:
            caller: Any = who
            world.send(operation, parts, caller)
    for read in resource.reads if made else ():
        world.send(read.operation, Parts(path=path))


def _unknown(world: World, resource: Resource) -> None:
    path = {resource.id_in_path: resource.unknown(world.random)}
    if resource.parent is not None:
        path = {**world.create(resource).path, **path}
    for read in resource.reads:
        world.send(read.operation, Parts(path=path))
    for update in resource.updates:
        body = update.body(change(world, resource, update))
        world.send(update.operation, Parts(path=path, body=body))
    for removal in resource.removals:
        if removal.parts is None:
            world.send(removal.operation, Parts(path=path))


def _removals(world: World, resource: Resource, made: list[Record]) -> None:
    for removal in resource.removals:
        if resource.create is None:
            return
        record = world.create(resource, dict(removal.given))
        made.append(record)
        for read in resource.reads:
            world.send(read.operation, Parts(path=record.path))
        for _ in range(2):
            world.send(removal.operation, parts_of(record, removal))
        for read in resource.reads:
            world.send(read.operation, Parts(path=record.path))
            world.send(read.operation, Parts(path=record.path, query=removal.reveal_read))
        _views(world, resource, made, "first")
        if removal.undo is not None:
            undo = removal.undo_parts(record.id) if removal.undo_parts else Parts(path=record.path)
            world.send(removal.undo, undo)
            _views(world, resource, made, "first")


def observed(ground: Ground) -> tuple[Scene, list[Line]]:
    """Return the scene of a mock, with what its operations write, and its transcript."""
    lifecycle = load_lifecycle(ground.vendor)
    if lifecycle is None:
        raise LookupError(f"{ground.vendor.api.name} declares no lifecycle")
    seen: dict[tuple[str, str, str], dict[str, Any]] = {}

    def listen(exchange: Journaled) -> None:
        for changed in exchange.changes:
            how = (
                "created"
                if changed.before is None
                else "removed"
                if changed.after is None
                else "changed"
            )
            fields = seen.setdefault((exchange.operation or "", changed.table, how), {})
            if changed.after is None:
                continue
            for name in field_names(changed.after):
                value = getattr(changed.after, name)
                if changed.before is None or getattr(changed.before, name) != value:
                    fields[name] = _more_telling(fields.get(name), value)

    target = ground.target()
    ground.watch(listen)
    transcript = probed(target, lifecycle)
    written: list[Any] = [Written(*key, fields) for key, fields in sorted(seen.items())]  # type: ignore[arg-type]
    return Scene(ground.vendor, lifecycle, tuple(written)), transcript


def _more_telling(one: Any, other: Any) -> Any:
    """Which of two values says more about its field."""
    return other if one is None or (not one and other) or len(str(one)) < len(str(other)) else one


def is_visible(ground: Ground, scene: Scene, defect: Any, transcript: list[Line]) -> bool:
    """Say whether a defect changes the transcript of a mock."""
    try:
        probed(ground.target(defect), scene.lifecycle, transcript)
    except Differs:
        return True
    return False
