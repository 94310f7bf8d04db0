"""Where suites are tried: a mock with fresh accounts, and one defect or variant in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx

from contract_tests.target.mock import signed_in
from contract_tests.target.target import IN_PROCESS_ORIGIN, Target, mock_parameters
from lab.mutants.defect import Defect
from lab.mutants.effects import StateDefect
from lab.mutants.messages import InterceptingTransport, Interceptor
from mock_server.app import build_server
from mock_server.discovery import load_vendor
from mock_server.faults.effects.effect import Effect
from mock_server.faults.matching import FaultTarget, Match
from mock_server.faults.rule import Rule
from mock_server.faults.rules import rules_of
from mock_server.in_process import InProcessTransport
from mock_server.journal.exchange import Exchange
from mock_server.openapi.document import is_read
from mock_server.settings import Settings
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox

_WORD = "test-mutation"
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
        self._transport = InProcessTransport(self._server)

    def target(
        self,
        defect: Defect | None = None,
        variant: Callable[[], Interceptor | Effect] | None = None,
    ) -> Target:
        """Return a target with fresh accounts, and with one defect, or as another service."""
        words = (_WORD, f"{_WORD}-other")
        for word in words:
            if self._server.sandboxes.find(word) is not None:
                self._server.sandboxes.close(word)
        first, other = (
            signed_in(self.vendor, self._base_url, word, self._transport) for word in words
        )
        target = Target(
            self.vendor,
            self._base_url,
            first,
            self._transport,
            other,
            mock_parameters(self.vendor),
        )
        planted = defect.site.plant() if defect is not None else None
        if isinstance(planted, Effect):
            self._plant(planted)
        elif planted is not None:
            target = replace(target, transport=InterceptingTransport(target, planted))
        other_service = variant() if variant is not None else None
        if isinstance(other_service, Effect):
            self._plant(other_service)
        elif other_service is not None:
            target = replace(target, transport=InterceptingTransport(target, other_service))
        # A defect that asks more than it is asked must not make time pass faster.
        clocks = [sandbox.clock for sandbox in self._sandboxes()]
        return replace(target, transport=_Ticking(target.transport, clocks))

    def watch(self, listener: Callable[[Exchange], None]) -> None:
        """Show a listener every exchange of the newest target's accounts."""
        for sandbox in self._sandboxes():
            sandbox.journal.listen(listener)

    def _sandboxes(self) -> tuple[Sandbox, Sandbox]:
        sandboxes, policy = self._server.sandboxes, self._server.control_context.policy
        first, other = (sandboxes.open(policy.sandbox(word)) for word in (_WORD, f"{_WORD}-other"))
        return first, other

    def _plant(self, effect: Effect) -> None:
        first, other = self._sandboxes()
        if isinstance(effect, StateDefect):

            def beside(sandbox: Sandbox) -> Sandbox | None:
                return other if sandbox is first else first

            effect = replace(effect, beside=beside)
        spec = self.vendor.spec
        met = [
            name for name, each in spec.operations.items() if is_read(each) or not effect.reads_only
        ]
        known = FaultTarget(frozenset(met), spec.base_path)
        for sandbox in (first, other):
            rule = Rule(Match(), (effect,), {self.vendor.api.name: known})
            rules_of(sandbox).add(rule)


class _Ticking(httpx.BaseTransport):
    """A transport on which it is later with each request; answers tell when they were made."""

    def __init__(self, transport: httpx.BaseTransport, clocks: Sequence[Clock]) -> None:
        self._transport = transport
        self._clocks = clocks

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for clock in self._clocks:
            clock.advance(_CALL)
        date = format_datetime(self._clocks[0].now(), usegmt=True)
        response = self._transport.handle_request(request)
        response.headers["date"] = date
        return response

    def close(self) -> None:
        self._transport.close()
