"""What the fixture `mock_inventory` gives to a test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, Unpack

from mock_server.control.api.points import state_at
from mock_server.control.context import NoSuchName
from mock_server.control.odd_values import odd_value_view, odd_values_shown
from mock_server.control.seed_files.records import exported
from mock_server.engine.errors import Conflict, RecordNotFound
from mock_server.journal.exchange import Exchange
from mock_server.journal.explain import Explanation, explain
from mock_server.journal.journal import EvidenceDropped
from mock_server.journal.names import UnknownName
from mock_server.journal.search import Query, find_calls
from mock_server.journal.verify import ExpectedEffect as Effect
from mock_server.journal.verify import (
    Unmet,
    seen_instead,
)
from mock_server.journal.views import line
from mock_server.pytest_plugin.access import ApiAccess
from mock_server.pytest_plugin.exchange import SeenExchange
from mock_server.pytest_plugin.expectations import Calls, Expectations
from mock_server.pytest_plugin.faults import Faults
from mock_server.pytest_plugin.misuse import NoSuchPoint
from mock_server.pytest_plugin.options import PluginOptions
from mock_server.pytest_plugin.witness import Witness
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Change, State
from mock_server.usage import suggestion

if TYPE_CHECKING:
    from mock_server.pytest_plugin.home import Home
    from mock_server.server_loop import LoopTransport

__all__ = ["ApiAccess", "Effect", "MockInventory", "Query", "SeenExchange", "UnknownName", "Unmet"]

__tracebackhide__ = True
_SHOWN = 30
_POINT = re.compile(r"seed|now|snapshot:.+|(?:before|after):[1-9][0-9]*")


class MockInventory(Expectations):
    """Fresh mocks of the APIs for one test; each API is an attribute, such as `.cliniko`.

    They share a sandbox, a fork that no other test sees. Everything here happens between two calls,
    whichever threads call. What is expected is verified when the test has ended; an answer off the
    contract fails the test in any case.
    """

    if TYPE_CHECKING:
        # For completion, and so that a typing error is one for the type checker; an API that is
        # not among these is in `apis`.
        built: ApiAccess
        cliniko: ApiAccess
        exsited: ApiAccess
        skhokho: ApiAccess

    def __init__(self, home: Home, sandbox: Sandbox, options: PluginOptions, node_id: str) -> None:
        super().__init__(home, sandbox)
        self._node_id = node_id
        self._accounts: dict[str, MockInventory] = {}
        self._options = options
        self._start = sandbox.state
        specs = self._context.specs
        self.apis = {
            vendor.api.name: ApiAccess(vendor, home, sandbox.name) for vendor in home.server.vendors
        }
        self.faults = Faults(sandbox, home.loop, specs)
        self._unattributed = home.server.sandboxes.unattributed.journal
        self._unattributed_before = self._unattributed.last
        self._witness = Witness(
            specs, guesses=options.fail_on == "inferred", ignored=options.fail_on_ignored
        )
        self._stop_listening = [
            sandbox.journal.listen(self._witness.note),
            self._unattributed.listen(self._witness.note_unattributed),
        ]
        self._ready = True

    def __repr__(self) -> str:
        calls = self._sandbox.journal.last
        return f"<mock_inventory {self.name!r}: {', '.join(self.apis)}; {calls} calls>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> ApiAccess:
            __tracebackhide__ = True
            apis: dict[str, ApiAccess] = self.__dict__.get("apis", {})
            if name not in apis:
                known = [*apis, *(each for each in dir(type(self)) if not each.startswith("_"))]
                raise AttributeError(f"mock_inventory has no {name!r}; {suggestion(name, known)}")
            return apis[name]

        def __setattr__(self, name: str, value: object) -> None:
            # `mock_inventory.rate_limits = True` would take a method's place and switch nothing.
            __tracebackhide__ = True
            if not name.startswith("_") and "_ready" in self.__dict__:
                there = getattr(self, name)
                known = f"call mock_inventory.{name}(…)" if callable(there) else "use its methods"
                raise AttributeError(f"mock_inventory.{name} cannot be set; {known}")
            super().__setattr__(name, value)

    @property
    def name(self) -> str:
        """The name of the sandbox, which is the word that opens it in every API."""
        return self._sandbox.name

    @property
    def seed(self) -> int:
        """The seed of its data and of everything random."""
        return self._sandbox.seed

    @property
    def transport(self) -> LoopTransport:
        """An `httpx` transport to all APIs in process, for both kinds of clients."""
        return self._home.transport

    @property
    def live_url(self) -> str:
        """The origin of a live server on a free port, for what is not `httpx`; starts on use."""
        return self._home.live_url

    @property
    def clock(self) -> Clock:
        """The sandbox's clock: `set`, `freeze`, `advance`, `run`."""
        return self._sandbox.clock

    def rate_limits(self, enabled: bool = True, *, requests: int | None = None) -> None:
        """Switch the vendors' rate limits; `requests` in a window, or as many as each allows."""

        def switch() -> None:
            self._sandbox.rate_limited = enabled
            self._sandbox.rate_limit_requests = requests

        self._do(switch)

    def csrf(self, enabled: bool = True) -> None:
        """Switch whether the writes of a session need a CSRF token."""

        def switch() -> None:
            self._sandbox.csrf = enabled

        self._do(switch)

    def account(self, name: str) -> MockInventory:
        """Return another account: mocks with a key and records of their own, as fresh as these.

        The same name is the same account for as long as the test runs. What is expected of it is
        verified with the rest.
        """
        if name not in self._accounts:
            self._accounts[name] = self._open(name, None)
        return self._accounts[name]

    def fork(self, name: str) -> MockInventory:
        """Return another account that begins with these records as they are now.

        Raises ValueError if there is an account of that name.
        """
        if name in self._accounts:
            raise ValueError(f"there is an account {name!r} already")
        self._accounts[name] = self._open(name, self._sandbox)
        return self._accounts[name]

    def _open(self, name: str, origin: Sandbox | None) -> MockInventory:
        return self._home.open(f"{self._node_id}[{name}]", self._options, origin)

    @property
    def accounts(self) -> Mapping[str, MockInventory]:
        """The other accounts that the test has asked for, by their names."""
        return self._accounts

    def export(self, apis: Iterable[str] = ()) -> dict[str, Any]:
        """Return the records, or those of one or some APIs, in the form of a seed file."""
        names = [apis] if isinstance(apis, str) else list(apis) or list(self.apis)
        self._check_apis(names)
        return self._do(lambda: exported(self._sandbox.whole(self._sandbox.state, names), names))

    def wait_for(
        self, *, since: int = 0, timeout: float = 10.0, **like: Unpack[Calls]
    ) -> SeenExchange:
        """Return the first exchange after `since` that is like this, as soon as there is one.

        For programs that run beside the test. Raises Unmet after `timeout` seconds.
        """
        query, came = self._query(like), Event()
        found: list[Exchange] = []

        def look(exchange: Exchange) -> None:
            if exchange.number > since and query.matches(exchange):
                found.append(exchange)
                came.set()

        stop = self._do(partial(self._sandbox.journal.listen, look))
        try:
            earlier = self._do(partial(find_calls, self._sandbox.journal, query, since))
            if not earlier and not came.wait(timeout):
                seen = self._do(partial(self._sandbox.journal.since, since))
                instead = seen_instead(query, seen)
                raise Unmet(f"no call with {query} came within {timeout:g} seconds{instead}")
        finally:
            self._do(stop)
        return self._seen((earlier or found)[0])

    def snapshot(self, name: str) -> None:
        """Keep the records as they are under a name, in place of what was there before."""
        self._do(partial(self._sandbox.snapshot, name))

    def restore(self, name: str) -> None:
        """Go back to a snapshot; raises ValueError if there is none of that name."""
        self._do(lambda: self._sandbox.go_to(self._state_at(f"snapshot:{name}")))

    def rewind(self, number: int) -> None:
        """Go back to before an exchange, by its number; raises ValueError if there is none."""
        self._do(lambda: self._sandbox.go_to(self._state_at(f"before:{number}")))

    def reset(self) -> None:
        """Make everything but the snapshots as it was when the test began."""

        def reset() -> None:
            self._sandbox.reset()
            # What is a fork of other mocks began with their records.
            self._sandbox.go_to(self._start)

        self._do(reset)

    @property
    def journal(self) -> tuple[SeenExchange, ...]:
        """The exchanges so far, the oldest first."""
        return tuple(map(self._seen, self._do(lambda: tuple(self._sandbox.journal))))

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is different now from the beginning of the test."""

        def changes() -> tuple[Change, ...]:
            # Another API's records come in with its first call, and are no change.
            now = self._sandbox.state
            return self._sandbox.whole(self._start, now.seeded).difference(now)

        return self._do(changes)

    def difference(self, start: str = "seed", end: str = "now") -> tuple[Change, ...]:
        """Return what is different between two points of the sandbox.

        Points are `seed`, `now`, `snapshot:NAME`, `before:N` and `after:N` (exchange N of the
        journal). Raises ValueError for what is none of them.
        """

        def difference() -> tuple[Change, ...]:
            # An API's seed records come in with its first call; they are no change.
            earlier, later = (
                self._sandbox.whole(self._state_at(point), self._sandbox.state.seeded)
                for point in (start, end)
            )
            return earlier.difference(later)

        return self._do(difference)

    def _state_at(self, point: str) -> State:
        if _POINT.fullmatch(point) is None:
            raise NoSuchPoint(
                f"{point!r} is none of seed, now, snapshot:NAME, before:N and after:N"
            )
        try:
            return state_at(self._sandbox, point)
        except NoSuchName as problem:
            raise NoSuchPoint(str(problem)) from problem
        except RecordNotFound as problem:
            raise NoSuchPoint(
                f"{point!r}: there is no such {problem.kind}; the last is "
                f"{self._sandbox.journal.last}"
            ) from problem
        except Conflict as problem:
            raise NoSuchPoint(f"{point!r}: {problem}") from problem

    def calls(self, *, since: int = 0, **like: Unpack[Calls]) -> list[SeenExchange]:
        """Return the exchanges after number `since` that are like this, the oldest first."""
        found = self._do(partial(find_calls, self._sandbox.journal, self._query(like), since))
        return list(map(self._seen, found))

    def explain(self, number: int) -> Explanation:
        """Return what an exchange was taken for, and why it was answered so, as JSON.

        Raises ValueError if the journal does not have it.
        """
        exchange = self._do(partial(self._exchange, number))
        odd = self._do(partial(odd_values_shown, exchange, self._sandbox))
        return explain(exchange, self._context.specs[exchange.api], odd)

    def _exchange(self, number: int) -> Exchange:
        try:
            return self._sandbox.journal.get(number)
        except LookupError as problem:
            raise NoSuchPoint(str(problem)) from problem

    def odd_values(self, api: str | None = None) -> list[dict[str, Any]]:
        """Return the odd values of the seed records, as JSON: where each is, and why.

        `dimension` and `note` say what is odd, `seed` with which it was drawn, `present` whether
        the record still has it.
        """
        apis = list(self.apis) if api is None else [api]
        self._check_apis(apis)

        def look() -> list[dict[str, Any]]:
            state = self._sandbox.whole(self._sandbox.state, apis)
            return [
                odd_value_view(odd, state)
                for each in apis
                for odd in self._sandbox.odd_values(each)
            ]

        return self._do(look)

    def problems(self) -> list[str]:
        """Return what the test fails for at its end, a text for each; hears nothing afterwards."""
        self._do(self._end_listening)
        problems = [f"an answer was off the contract: {each}" for each in self._witness.blocked]
        for verify in self._expected:
            try:
                verify()
            except (Unmet, EvidenceDropped) as problem:
                problems.append(str(problem))
        for name, account in self._accounts.items():
            problems += [f"account {name}: {each}" for each in account.problems()]
        problems += [
            f"used behaviour that no document of the vendor's has (inferred): {guess}, "
            f"first in {call}"
            for guess, call in self._witness.guesses.items()
        ]
        problems += [
            f"was ignored: {what}, first in {call}" for what, call in self._witness.ignored.items()
        ]
        return problems

    def _end_listening(self) -> None:
        while self._stop_listening:
            self._stop_listening.pop()()

    def summary(self, *, calls: bool = True) -> str:
        """Return how the mocks began and, with `calls`, what they saw, for a failure's report."""
        options, seen = self._options, self._do(lambda: tuple(self._sandbox.journal))
        specs = self._context.specs
        clock = options.clock.isoformat() if options.clock else "real"
        lines = [
            f"sandbox {self.name}, persona {options.persona}, seed {self.seed}, clock {clock}"
            + (f", seed file {options.seed_file}" if options.seed_file else "")
        ]
        if not calls:
            return lines[0]
        if len(seen) > _SHOWN:
            lines.append(f"… {len(seen) - _SHOWN} earlier calls …")
        lines += [line(each, specs.get(each.api)) for each in seen[-_SHOWN:]] or ["no call"]
        others = self._do(
            lambda: [e for e in self._unattributed if e.number > self._unattributed_before]
        )
        lines += [f"opened no sandbox: {line(exchange)}" for exchange in others[-_SHOWN:]]
        lines += [f"off the contract: {each}" for each in self._witness.blocked]
        for name, account in self._accounts.items():
            lines += [f"account {name}: {each}" for each in account.summary().splitlines()]
        return "\n".join(lines)

    def _seen(self, exchange: Exchange) -> SeenExchange:
        specs = self._context.specs
        return SeenExchange(exchange, specs.get(exchange.api))
