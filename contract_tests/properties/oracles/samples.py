"""Which of the listed records are looked at, where there are too many for all."""

from __future__ import annotations

from typing import Any

from contract_tests.exchange.trace import find
from contract_tests.properties.actions import Actions
from mock_server.lifecycle.model import Listing, Resource
from mock_server.lifecycle.values import UnparsableValue, instant

_NEWEST = 3
_STRANGEST = 2
_OTHERS = 3


def telling(actions: Actions, resource: Resource, listing: Listing, items: list[Any]) -> list[Any]:
    """Draw some of the records that a list shows, those first that are likeliest to be wrong.

    These are the last created or changed (the first ones of a list that tells no times), as views
    fall behind there, and those with the most letters beyond ASCII, as their texts are lost there;
    then any others.
    """
    newest = sorted(items, key=lambda item: _last_time(resource, listing, item), reverse=True)
    strangest = sorted(items, key=_strange, reverse=True)
    chosen = newest[:_NEWEST]
    chosen += [each for each in strangest if each not in chosen][:_STRANGEST]
    rest = [each for each in items if each not in chosen]
    return chosen + actions.random.sample(rest, min(_OTHERS, len(rest)))


def _last_time(resource: Resource, listing: Listing, item: Any) -> float:
    """When a record was last touched, as far as a list tells it."""
    times = []
    for name, time in (("created", resource.created), ("updated", resource.updated)):
        pointer = listing.at.get(name, time)
        try:
            times.append(instant(find(item, pointer)).timestamp() if pointer else 0.0)
        except (UnparsableValue, OverflowError):
            continue
    return max(times, default=0.0)


def _strange(item: Any) -> int:
    """By how many bytes a record is longer than its letters are many."""
    text = str(item)
    return len(text.encode(errors="surrogatepass")) - len(text)
