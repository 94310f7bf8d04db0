"""Summaries of a list tell what its records make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contract_tests.claims import Summed
from contract_tests.properties.actions import Actions
from contract_tests.properties.oracle import Case, oracle
from contract_tests.properties.oracles.lists import reachable
from contract_tests.properties.oracles.stock import request
from mock_server.lifecycle.model import Parts, Resource


@oracle("summaries_match_lists", "summaries add up", writes=False)
def summaries_add_up(resource: Resource) -> Iterator[Case]:
    """A summary's numbers are what the listed records make."""
    for operation, listing in _summed(resource):
        yield Case(operation, partial(_adds_up, resource, operation, listing))


@oracle("summaries_follow_writes", "summaries follow what was just written", writes=True)
def summaries_follow(resource: Resource) -> Iterator[Case]:
    """A summary's numbers are right after a creation and a move."""
    if resource.create is None:
        return

    def follow(operation: str, listing: str, actions: Actions) -> None:
        record = actions.create(resource, full=True)
        for move in resource.moves[:1]:
            actions.do(move.operation, request(actions, move, record, move.quantities[0]))
        _adds_up(resource, operation, listing, actions)

    for operation, listing in _summed(resource):
        yield Case(operation, partial(follow, operation, listing))


def _summed(resource: Resource) -> dict[tuple[str, str], None]:
    """The summaries of a resource, each with the list that it is of."""
    return dict.fromkeys((each.operation, each.listing) for each in resource.summaries)


def _adds_up(resource: Resource, operation: str, name: str, actions: Actions) -> None:
    listing = next(each for each in reachable(resource) if each.operation == name)
    pages = actions.pages(listing)
    answer = actions.do(operation, Parts(path=listing.path))
    for summary in resource.summaries:
        if (summary.operation, summary.listing) == (operation, name):
            actions.hold(Summed(answer, pages, resource.name, operation, summary.at))
