"""Send a found sequence again: what the pytest modules of a report call."""

from __future__ import annotations

from collections.abc import Sequence

from contract_tests.claims import Claim, ClaimContext
from contract_tests.exchange.trace import Call, Walk
from contract_tests.reproduction.replays.running import CannotReplay, replay_target
from contract_tests.reproduction.script import Script, Step, run_script
from contract_tests.target.run_tag import RunTag
from contract_tests.target.session import Session
from mock_server.discovery import load_lifecycle, load_vendor
from mock_server.lifecycle.model import File, Lifecycle, Listing, Parts
from mock_server.state.clock import Clock

__all__ = ["Call", "File", "Parts", "Step", "reproduce", "walk"]


def reproduce(
    api: str,
    steps: Sequence[Step],
    claim: Claim,
    *,
    url: str | None = None,
    places: Sequence[tuple[int, int]] = (),
) -> None:
    """Send the steps, and raise AssertionError if the claim does not hold after them.

    They go to a fresh mock of this process without a URL; see `replaying` for the environment.
    """
    target = replay_target(api, url)
    lifecycle = load_lifecycle(target.vendor) or Lifecycle(())
    session = Session(target, lifecycle, RunTag(f"again{Clock().now():%y%m%d%H%M%S%f}"))
    try:
        ran = run_script(Script(tuple(steps), claim, tuple(places)), session)
    except LookupError as lacking:
        raise CannotReplay(str(lacking)) from lacking
    else:
        problem = ran.claim.violation(ClaimContext.of(session), ran.trace)
    finally:
        session.close()
    calls = "\n".join(f"  {exchange}" for exchange in ran.trace)
    assert problem is None, f"{problem}\n{calls}"  # noqa: S101 - this is what a test asserts


def walk(api: str, call: Call, *, size: int, most: int) -> Step:
    """Return a walk through a list, from a call for its first page."""
    lifecycle = load_lifecycle(load_vendor(api)) or Lifecycle(())
    for listing in _listings(lifecycle):
        if listing.operation == call.operation and listing.paging is not None:
            return Step(call, Walk((0,), listing.paging, size, most))
    raise LookupError(f"{call.operation} lists nothing in pages")


def _listings(lifecycle: Lifecycle) -> list[Listing]:
    return [
        listing
        for resource in lifecycle.resources
        for listing in (*resource.lists, *([resource.history] if resource.history else ()))
    ]
