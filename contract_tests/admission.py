"""Whether a service takes a run's credentials, at the start and while it goes on."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from contract_tests.findings import Run
from contract_tests.oracles.lists import reachable
from contract_tests.profiles import is_safe
from contract_tests.session import Session
from contract_tests.targets import Target, Unreachable
from contract_tests.traces import Call, Caller, Trace
from mock_server.discovery import load_lifecycle
from mock_server.lifecycle.model import Lifecycle, Listing, Parts, Source

_ACCOUNTS: tuple[Caller, ...] = ("first", "other")


class Lapsed(Exception):
    """A credential that was taken at first is refused now; `run` is what was seen until then."""

    def __init__(self, problem: str, run: Run) -> None:
        super().__init__(problem)
        self.run = run


class Admission:
    """Asks a service for a list, as each of the target's accounts.

    Where no lifecycle declares a list that can be asked for without knowing anything, it asks
    nothing and takes every credential for good.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lifecycle = load_lifecycle(target.vendor) or Lifecycle(())

    def require(self) -> None:
        """Raise Unreachable if a credential is refused, or nothing answers."""
        try:
            refused = self.refused()
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise Unreachable(f"{self._target.base_url} does not answer: {problem}") from problem
        if refused:
            raise Unreachable(refused)

    def watch(self, then: Callable[[Run], None]) -> Callable[[Run], None]:
        """Return what is to be shown a run after every few requests; `then` is shown it first.

        When something new was found, it asks again: whoever is no longer let in finds fault with
        everything. Then it takes that out of the run and raises Lapsed.
        """
        good = 0

        def tick(run: Run) -> None:
            nonlocal good
            then(run)
            if len(run.findings) <= good:
                return
            try:
                refused = self.refused()
            except httpx.HTTPError:
                refused = ""
            if refused:
                del run.findings[good:]
                raise Lapsed(f"{refused}; it was taken before, and what follows is not tested", run)
            good = len(run.findings)

        return tick

    def refused(self) -> str:
        """Return, in one line, which credential is refused and how; empty if none is."""
        listing = self._listing()
        if listing is None:
            return ""
        session = Session(self._target, self._lifecycle, "")
        try:
            for account in _ACCOUNTS:
                if not session.has(account):
                    continue
                parts = Parts(path=dict(listing.path), query=listing.query)
                exchange, _ = session.send(Call(listing.operation, parts, account), Trace())
                if exchange.answer.status in self._lifecycle.unauthenticated:
                    option = "--credential" if account == "first" else "--other-credential"
                    return f"{self._target.base_url} refuses what {option} gives: {exchange}"
        finally:
            session.close()
        return ""

    def _listing(self) -> Listing | None:
        operations = self._target.vendor.spec.operations
        for resource in self._lifecycle.resources:
            for listing in reachable(resource):
                sources = any(isinstance(each, Source) for each in listing.path.values())
                if not sources and is_safe(operations[listing.operation]):
                    return listing
        return None
