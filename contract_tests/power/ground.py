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


class Ground:
    """One server with one API; each target of it has two accounts that nobody has used before.

    Only the newest target may be used: the accounts of those before it are gone. With `clock`, time
    begins there and goes on by a second with each call, so that every run is the same.
    """

    def __init__(self, api: str, clock: datetime | None = None) -> None:
        self.vendor = load_vendor(api)
        self._server = build_server(vendors=[self.vendor], settings=Settings(clock=clock))
        self._base_url = IN_PROCESS_ORIGIN + self._server.base_path(api)
        self._app: ASGIApp = self._server if clock is None else self._ticking

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
            self._app,
            other,
            mock_parameters(self.vendor),
        )
        planted = defect.site.plant() if defect is not None else None
        if isinstance(planted, Effect):
            self._plant(planted)
        elif planted is not None:
            target = replace(target, app=Between(target, planted))
        return target if variant is None else replace(target, app=Between(target, variant()))

    def watch(self, listener: Callable[[Exchange], None]) -> None:
        """Show a listener every exchange of the newest target's accounts."""
        for sandbox in self._sandboxes():
            sandbox.journal.listen(listener)

    async def _ticking(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, a second later than the one before."""
        for sandbox in self._sandboxes():
            sandbox.clock.advance(timedelta(seconds=1))
        await self._server(scope, receive, send)

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
