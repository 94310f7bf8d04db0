"""The gate in front of every operation."""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.engine.api import Api
from mock_server.engine.fault import Fault
from mock_server.engine.messages import Request
from mock_server.faults.effects.effect import Drawn, EffectsFault
from mock_server.faults.effects.later import hides_records
from mock_server.faults.effects.records import HiddenRecords
from mock_server.faults.reserved import RESERVED_WORDS, RefusedCredential, preferred, reserved_word
from mock_server.faults.rules import rules_in
from mock_server.openapi.document import SpecIndex, is_read
from mock_server.state.sandbox import Sandbox

_HIDDEN = Drawn(HiddenRecords())


class FaultGate:
    """Decides by the sandbox's name, the header `Prefer`, and the sandbox's rules.

    A reserved credential is refused; else a preferred status is given; else all rules that match
    act at once. Where credentials are obtained (operations without a security scheme), the
    reserved ones can be.
    """

    def __init__(self, apis: Iterable[tuple[Api, SpecIndex]]) -> None:
        apis = list(apis)
        self._apis = {api.name: api for api, _ in apis}
        self._open = {
            (spec.name, operation.id)
            for _, spec in apis
            for operation in spec.operations.values()
            if not operation.security
        }
        self._reads = {
            (spec.name, operation.id)
            for _, spec in apis
            for operation in spec.operations.values()
            if is_read(operation)
        }

    def decide(self, sandbox: Sandbox, api: str, request: Request, content: bytes) -> Fault | None:
        """Return the fault for a call that is about to be performed."""
        # What follows is all that a call costs where there are no faults.
        if sandbox.name.startswith(RESERVED_WORDS):
            word = reserved_word(sandbox.name)
            if word is not None and (api, request.operation_id) not in self._open:
                return RefusedCredential(word, self._apis[api])
        if "prefer" in request.headers:
            fault = preferred(request.headers["prefer"])
            if fault is not None:
                return fault
        if not sandbox.attachments:
            return None
        return self._by_rules(sandbox, api, request, content)

    def _by_rules(
        self, sandbox: Sandbox, api: str, request: Request, content: bytes
    ) -> Fault | None:
        names: list[str] = []
        drawn: list[Drawn] = []
        rules = rules_in(sandbox)
        if rules is not None:
            for firing in rules.decide(api, request, content):
                names.append(str(firing.rule))
                drawn += firing.drawn
        if hides_records(sandbox) and (api, request.operation_id) in self._reads:
            names.append("records that do not show yet")
            drawn.append(_HIDDEN)
        return EffectsFault("; ".join(names), tuple(drawn)) if drawn else None
