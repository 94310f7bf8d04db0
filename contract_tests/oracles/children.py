"""Records below another record: their lists, and which of them are whose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contract_tests.claims import (
    Answers,
    Distinct,
    Framed,
    Lists,
    Ordered,
    SameMembers,
    Sized,
    Totals,
)
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.world import Record, World
from mock_server.lifecycle.model import Lifecycle, Listing, Parts, Read, Resource

_FEW = 4


@oracle("the records below another are listed in pages, all of them", writes=True)
def children_are_listed(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """The list of what is below a record has all of it and nothing else, however it is cut."""
    del lifecycle
    if resource.create is None or resource.parent is None:
        return

    def pages(listing: Listing, world: World) -> None:
        made, elsewhere = _family(world, resource)
        name, operation, path = resource.name, listing.operation, made[0].path
        whole = world.pages(listing, path=path)
        world.hold(
            Distinct(whole, name, operation),
            *(Lists(whole, name, operation, record.id) for record in made),
            Lists(whole, name, operation, elsewhere.id, present=False),
        )
        if listing.total is not None:
            world.hold(Totals(whole[0], whole, name, operation))
        if listing.order is not None:
            world.hold(Ordered(whole, name, operation))
        for size in listing.paging.sizes if listing.paging else ():
            if size > _FEW:
                continue
            cut = world.pages(listing, path=path, size=size)
            world.hold(SameMembers(cut, whole, name, operation, operation))
            for index, page in enumerate(cut):
                full = page != cut[-1]
                world.hold(
                    Sized(page, listing.items, size, full=full),
                    Framed(page, index, size, name, operation),
                )
            if listing.total is not None:
                world.hold(Totals(cut[-1], cut, name, operation))

    for listing in resource.lists:
        yield Case(listing.operation, partial(pages, listing))


@oracle("a record is not found below another than its own", writes=True)
def children_have_one_parent(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """With another parent in the path, a record is answered as one that is not there."""
    del lifecycle
    if resource.create is None or resource.parent is None:
        return

    def apart(read: Read, world: World) -> None:
        made, elsewhere = _family(world, resource)
        path = {**elsewhere.path, resource.id_in_path: made[0].id}
        answer = world.send(read.operation, Parts(path=path))
        world.hold(Answers(answer, resource.absent, "the record is below another one"))

    for read in resource.reads:
        yield Case(read.operation, partial(apart, read))


def _family(world: World, resource: Resource) -> tuple[list[Record], Record]:
    """Create a few records below one parent, and one below another."""
    made = [world.create(resource)]
    made += [world.create(resource, beside=made[0]) for _ in range(_FEW)]
    return made, world.create(resource)
