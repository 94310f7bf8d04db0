"""What a test's mocks notice by themselves: answers off the contract, guesses, what was ignored."""

from __future__ import annotations

from collections.abc import Mapping

from mock_server.journal.exchange import Exchange
from mock_server.journal.explain import used_parts
from mock_server.journal.ignored import ignored
from mock_server.journal.views import line
from mock_server.openapi.document import SpecIndex


class Witness:
    """Listens to journals; what it has noted stays, whatever a journal drops or forgets.

    `specs` are those of the APIs by their names. `guesses` and `ignored` say whether to look for
    them; what is off the contract is always noted.
    """

    def __init__(
        self, specs: Mapping[str, SpecIndex], *, guesses: bool = False, ignored: bool = False
    ) -> None:
        self._specs = specs
        self._looks_for_guesses = guesses
        self._looks_for_ignored = ignored
        #: The answers that were blocked, a text for each.
        self.blocked: list[str] = []
        #: What no document says and was used: each part with its source, and the first call's line.
        self.guesses: dict[str, str] = {}
        #: What was sent and no operation has, and the first call's line.
        self.ignored: dict[str, str] = {}

    def note_unattributed(self, exchange: Exchange) -> None:
        """Take note of an exchange that opened no sandbox, whoever's it was."""
        if exchange.verdict == "blocked":
            self.blocked.append(f"{line(exchange)}: {exchange.problem}")

    def note(self, exchange: Exchange) -> None:
        """Take note of an exchange of the test's sandbox."""
        self.note_unattributed(exchange)
        spec = self._specs.get(exchange.api)
        if spec is None:
            return
        if self._looks_for_ignored:
            for what in ignored(exchange, spec):
                named = f"{exchange.api} {exchange.operation}: {what}"
                self.ignored.setdefault(named, line(exchange))
        if not self._looks_for_guesses:
            return
        for used in used_parts(exchange, spec):
            if used.provenance.basis == "inferred":
                guess = (
                    f"{exchange.api} {exchange.operation}: {used.part} ({used.provenance.source})"
                )
                self.guesses.setdefault(guess, line(exchange))
