"""What came to an interception: calls, hosts that were refused, certificates that were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from mock_server.journal.exchange import Exchange
from mock_server.openapi.document import SpecIndex


@dataclass
class InterceptionRecord:
    """Counts by what happened; nothing in it is a secret. `specs` are by API."""

    specs: Mapping[str, SpecIndex] = field(default_factory=dict, repr=False)
    #: Calls by API, operation (or method and path where there is none), and status.
    calls: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    #: Calls of what only the vendor serves, by API and method and path template.
    not_mocked: Counter[tuple[str, str]] = field(default_factory=Counter)
    off_contract: list[str] = field(default_factory=list)
    #: Refused hosts by host and reason.
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: Clients that did not trust the certificate, by host and what the client calls itself.
    distrusted: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: How often a client spoke HTTP/2 alone.
    http_2: int = 0
    #: Says what a client may be that does not name itself, such as `python3.11`; "" if unknown.
    guess_client: Callable[[], str] = field(default=str, repr=False)

    def note_distrust(self, host: str, client: str) -> None:
        """Take note of a client that refused the certificate; `client` is what it calls itself."""
        self.distrusted[host, client or self.guess_client()] += 1

    def note_http_2(self) -> None:
        """Take note of a client that speaks HTTP/2 alone."""
        self.http_2 += 1

    def note(self, _sandbox: str, exchange: Exchange) -> None:
        """Take note of an exchange of whatever sandbox."""
        what = exchange.operation or f"{exchange.method} {exchange.path}"
        if exchange.error == "NotMocked":
            self.not_mocked[exchange.api, self._template_of(exchange)] += 1
            return
        self.calls[exchange.api, what, exchange.status] += 1
        if exchange.verdict == "blocked":
            self.off_contract.append(f"{exchange.api} {what}: {exchange.problem}")

    def _template_of(self, exchange: Exchange) -> str:
        spec = self.specs.get(exchange.api)
        base = spec.base_path if spec else ""
        path = exchange.path.removeprefix(base)
        template = spec.find_not_mocked(exchange.method, path) if spec else None
        return f"{exchange.method} {base}{template or path}"

    def by_operation(self) -> Iterator[tuple[str, str, dict[int, int]]]:
        """Yield the calls of each operation by status, the APIs and operations in order."""
        operations: dict[tuple[str, str], dict[int, int]] = {}
        for (api, what, status), count in sorted(self.calls.items()):
            operations.setdefault((api, what), {})[status] = count
        for (api, what), statuses in operations.items():
            yield api, what, statuses
