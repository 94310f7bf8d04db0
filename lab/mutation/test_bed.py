"""Where suites are tried: a mock with fresh accounts, and one defect or variant in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract_tests.target.target import IN_PROCESS_ORIGIN, Target, mock_parameters, signed_in
from lab.mutants.defect import Defect
from lab.mutants.effects import StateDefect
from lab.mutants.messages import Between, Deed
from mock_server.app import build_server
from mock_server.discovery import load_vendor
from mock_server.faults.effects.effect import Effect
from mock_server.faults.matching import Match
from mock_server.faults.matching import Target as MatchTarget
from mock_server.faults.rule import Rule
from mock_server.faults.rules import rules_of
from mock_server.settings import Settings
from mock_server.state.journal import Exchange
from mock_server.state.sandbox import Sandbox

_WORD = "test-power"
#: How long a call takes on a mock's clock; by the machine's, a thousand happen in a second. A run
#: must end before a credential does (an hour), and some wait for a second or two by calling.
_CALL = timedelta(milliseconds=300)


class TestBed:
    """One server with one API; each target of it has two accounts that nobody has used before.

    Only the newest target may be used: the accounts of those before it are gone. Time
    goes on a little with each call, and answers have a `Date`, as those of a server have. With
    `clock` it begins there, so that every run is the same.
    """

    #: A class whose name begins so is no test of pytest's.
    __test__ = False

    def __init__(self, api: str, clock: datetime | None = None) -> None:
        self.vendor = load_vendor(api)
        self._server = build_server(vendors=[self.vendor], settings=Settings(clock=clock))
        self._base_url = IN_PROCESS_ORIGIN + self._server.base_path(api)

    def target(
        self, defect: Defect | None = None, variant: Callable[[], Deed] | None = None
    ) -> Target:
        """Return a target with fresh accounts, and with one defect, or as another service."""
        words = (_WORD, f"{_WORD}-other")
        for word in words:
            if self._server.sandboxes.find(word) is not None:
                self._server.sandboxes.close(word)
        first, other = (
            signed_in(self.vendor, self._base_url, word, self._server) for word in words
        )
        target = Target(
            self.vendor,
            self._base_url,
            first,
            self._server,
            other,
            mock_parameters(self.vendor),
        )
        planted = defect.site.plant() if defect is not None else None
        if isinstance(planted, Effect):
            self._plant(planted)
        elif planted is not None:
            target = replace(target, app=Between(target, planted))
        if variant is not None:
            target = replace(target, app=Between(target, variant()))
        # A defect that asks more than it is asked must not make time pass faster.
        return replace(target, app=self._ticking(target.app))

    def watch(self, listener: Callable[[Exchange], None]) -> None:
        """Show a listener every exchange of the newest target's accounts."""
        for sandbox in self._sandboxes():
            sandbox.journal.listen(listener)

    def _ticking(self, app: ASGIApp) -> ASGIApp:
        """The application, later with each request; its answers tell when they were made."""
        clocks = [sandbox.clock for sandbox in self._sandboxes()]

        async def ticking(scope: Scope, receive: Receive, send: Send) -> None:
            for clock in clocks:
                clock.advance(_CALL)
            date = format_datetime(clocks[0].now(), usegmt=True).encode()

            async def dated(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": [*message["headers"], (b"date", date)]}
                await send(message)

            await app(scope, receive, dated)

        return ticking

    def _sandboxes(self) -> tuple[Sandbox, Sandbox]:
        sandboxes, policy = self._server.sandboxes, self._server.world.policy
        first, other = (sandboxes.open(policy.sandbox(word)) for word in (_WORD, f"{_WORD}-other"))
        return first, other

    def _plant(self, effect: Effect) -> None:
        first, other = self._sandboxes()
        if isinstance(effect, StateDefect):

            def beside(sandbox: Sandbox) -> Sandbox | None:
                return other if sandbox is first else first

            effect = replace(effect, beside=beside)
        spec = self.vendor.spec
        known = MatchTarget(frozenset(spec.operations), spec.base_path)
        for sandbox in (first, other):
            rule = Rule(Match({self.vendor.api.name: known}), (effect,))
            rules_of(sandbox).add(rule)
