"""Summaries of a list tell what its records make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contract_tests.claims import Summed
from contract_tests.oracles.lists import reachable
from contract_tests.oracles.oracle import Case, oracle
from contract_tests.oracles.stock import request
from contract_tests.world import World
from mock_server.lifecycle.model import Lifecycle, Parts, Resource


@oracle("summaries add up", writes=False)
def summaries_add_up(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """A summary's numbers are what the listed records make."""
    del lifecycle
    for operation, listing in _summed(resource):
        yield Case(operation, partial(_adds_up, resource, operation, listing))


@oracle("summaries follow what was just written", writes=True)
def summaries_follow(lifecycle: Lifecycle, resource: Resource) -> Iterator[Case]:
    """A summary's numbers are right after a creation and a move."""
    del lifecycle
    if resource.create is None:
        return

    def follow(operation: str, listing: str, world: World) -> None:
        record = world.create(resource, full=True)
        for move in resource.moves[:1]:
            world.do(move.operation, request(world, move, record, move.quantities[0]))
        _adds_up(resource, operation, listing, world)

    for operation, listing in _summed(resource):
        yield Case(operation, partial(follow, operation, listing))


def _summed(resource: Resource) -> dict[tuple[str, str], None]:
    """The summaries of a resource, each with the list that it is of."""
    return dict.fromkeys((each.operation, each.listing) for each in resource.summaries)


def _adds_up(resource: Resource, operation: str, name: str, world: World) -> None:
    listing = next(each for each in reachable(resource) if each.operation == name)
    pages = world.pages(listing)
    answer = world.do(operation, Parts(path=listing.path))
    for summary in resource.summaries:
        if (summary.operation, summary.listing) == (operation, name):
            world.hold(Summed(answer, pages, resource.name, operation, summary.at))
