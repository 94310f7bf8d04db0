"""Whether a service takes a run's credentials, at the start and while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx

from contract_tests.exchange.trace import MISSING, Call, Caller, Exchange, Trace
from contract_tests.findings import Run
from contract_tests.properties.oracles.lists import reachable
from contract_tests.target.session import Session
from contract_tests.target.target import Target, Unreachable
from mock_server.discovery import load_lifecycle
from mock_server.lifecycle.model import Lifecycle, Listing, Parts, Source
from mock_server.openapi.document import is_read

_NOT_MODIFIED = 304
_NOT_FOUND = 404
_SERVER_ERROR = 500


class Lapsed(Exception):
    """A credential that was taken at first is refused now; `run` is what was seen until then."""

    def __init__(self, problem: str, run: Run) -> None:
        super().__init__(problem)
        self.run = run


class Preflight:
    """Asks a service for a list, as each of the target's accounts.

    Where paths say whose records are meant, the other account may well be refused, and is not
    asked. Where no lifecycle declares a list that can be asked for without knowing anything, it
    asks nothing and takes every credential for good.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lifecycle = load_lifecycle(target.vendor) or Lifecycle(())

    def require(self) -> None:
        """Raise Unreachable if a credential is refused, nothing answers, or it is not the API.

        What answers with a redirect, a server's error or no JSON is asked no further.
        """
        url = self._target.base_url
        try:
            for account, exchange in self._asked():
                if self._refuses(exchange):
                    raise Unreachable(self._told(account, exchange))
                problem = self._other_than_the_api(exchange) if account == "first" else ""
                if problem:
                    raise Unreachable(f"{url} {problem}")
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise Unreachable(f"{url} does not answer: {problem}") from problem

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
        refused = (self._told(*each) for each in self._asked() if self._refuses(each[1]))
        return next(refused, "")

    def _asked(self) -> Iterator[tuple[Caller, Exchange]]:
        """Ask for the list as one account after the other."""
        listing = self._listing()
        if listing is None:
            return
        parts = Parts(path=dict(listing.path), query=listing.query)
        session = Session(self._target, self._lifecycle)
        accounts: tuple[Caller, ...] = ("first",) if self._target.parameters else ("first", "other")
        try:
            for account in filter(session.has, accounts):
                yield account, session.send(Call(listing.operation, parts, account), Trace())[0]
        finally:
            session.close()

    def _other_than_the_api(self, exchange: Exchange) -> str:
        """How an answer to the list shows that something else than the API answers, if it does."""
        answer = exchange.answer
        if 300 <= answer.status < 400 and answer.status != _NOT_MODIFIED:
            location = answer.headers.get("location", "")
            base, found, _ = location.partition(exchange.url.partition("?")[0])
            place = base if found else location or "another place"
            return f"answers {answer.status} to {place}; give that as --target if the API is there"
        if answer.status == _NOT_FOUND:
            named = "".join(f", --parameter {name}" for name in self._target.parameters)
            return f"has no such list: {exchange}; look at --target{named}"
        if answer.status >= _SERVER_ERROR:
            return f"answers {answer.status}, so there is nothing to test yet: {exchange}"
        if answer.succeeded and (answer.body is MISSING or isinstance(answer.body, str)):
            kind = answer.headers.get("content-type") or "no content type"
            return f"answers with {kind}, so it is not the API: {exchange}; look at --target"
        return ""

    def _refuses(self, exchange: Exchange) -> bool:
        return exchange.answer.status in self._lifecycle.unauthenticated

    def _told(self, account: Caller, exchange: Exchange) -> str:
        option = "--credential" if account == "first" else "--other-credential"
        return f"{self._target.base_url} refuses what {option} gives: {exchange}"

    def _listing(self) -> Listing | None:
        operations = self._target.vendor.spec.operations
        for resource in self._lifecycle.resources:
            for listing in reachable(resource):
                sources = any(isinstance(each, Source) for each in listing.path.values())
                if not sources and is_read(operations[listing.operation]):
                    return listing
        return None
