"""Where suites are tried: a mock with fresh accounts, and one defect or variant in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from starlette.types import ASGIApp, Receive, Scope, Send

from contract_tests.defects.defect import Defect
from contract_tests.defects.effects import StateDefect
from contract_tests.defects.messages import Between, Deed
from contract_tests.targets import IN_PROCESS_ORIGIN, Target, mock_parameters, signed_in
from mock_server.app import build_server
from mock_server.discovery import load_vendor
from mock_server.faults.effect import Effect
from mock_server.faults.matching import Match
from mock_server.faults.matching import Target as MatchTarget
from mock_server.faults.rule import Rule
from mock_server.faults.rules import rules_of
from mock_server.settings import Settings
from mock_server.state.journal import Exchange
from mock_server.state.sandbox import Sandbox

_WORD = "test-power"
_SECOND = timedelta(seconds=1)
#: How long a call takes on a mock's clock; without it, a thousand would happen in a second.
_CALL = timedelta(milliseconds=150)
#: How far that clock may be from the machine's, behind at first and ahead in the end.
_LEEWAY = timedelta(seconds=240)


class Ground:
    """One server with one API; each target of it has two accounts that nobody has used before.

    Only the newest target may be used: the accounts of those before it are gone. With `clock`, time
    begins there and goes on by a second with each call, so that every run is the same. Without, it
    is about that of the machine, and goes on as if calls took as long as they do on a network.
    """

    def __init__(self, api: str, clock: datetime | None = None) -> None:
        self.vendor = load_vendor(api)
        self._server = build_server(vendors=[self.vendor], settings=Settings(clock=clock))
        self._base_url = IN_PROCESS_ORIGIN + self._server.base_path(api)
        self._frozen = clock is not None

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
        """The application, a little later with each request."""
        clocks = [sandbox.clock for sandbox in self._sandboxes()]
        step, left = _SECOND, 1 << 30
        if not self._frozen:
            step, left = _CALL, 2 * _LEEWAY // _CALL
            for clock in clocks:
                clock.advance(-_LEEWAY)

        async def ticking(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal left
            left -= 1
            for clock in clocks if left > 0 else ():
                clock.advance(step)
            await app(scope, receive, send)

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
