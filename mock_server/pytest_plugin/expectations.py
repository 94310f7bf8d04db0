"""What a test expects of its mocks: of their calls, their order and their effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from mock_server.control.client.results import Comparison, comparison_from
from mock_server.control.comparison import compared_apis, comparison
from mock_server.control.context import ControlContext
from mock_server.journal.names import check_effect, check_query
from mock_server.journal.search import Query
from mock_server.journal.verify import (
    CallExpectation,
    EffectsExpectation,
    Unmet,
    verify_calls,
    verify_effects,
    verify_order,
)
from mock_server.journal.verify import ExpectedEffect as Effect
from mock_server.pytest_plugin.misuse import without_frames
from mock_server.state.sandbox import Sandbox
from mock_server.usage import suggestion

if TYPE_CHECKING:
    from mock_server.pytest_plugin.home import Home

T = TypeVar("T")
_SHOWN = 30
__tracebackhide__ = True


class Calls(TypedDict, total=False):
    """Which calls are meant; see `mock_server.journal.search.Query`."""

    api: str
    operation: str
    method: str
    path: str
    status: int | str
    verdict: str
    body_contains: str
    json: object


class Expectations:
    """Verifies what a sandbox has seen, at once or when the test has ended."""

    def __init__(self, home: Home, sandbox: Sandbox) -> None:
        self._home = home
        self._sandbox = sandbox
        self._expected: list[Callable[[], None]] = []

    @property
    def _context(self) -> ControlContext:
        return self._home.server.control_context

    def compare(self) -> Comparison:
        """Return where the APIs' goods differ now, by their codes."""

        def compare() -> Comparison:
            vendors = self._home.server.vendors
            whole = self._sandbox.whole(self._sandbox.state, compared_apis(vendors))
            return comparison_from(comparison(whole, vendors))

        return self._do(compare)

    def verify_same_goods(self) -> None:
        """Raise Unmet, with the first differences, unless all APIs have the same goods now."""
        found = self.compare()
        if not found.same:
            shown = [f"{each.code}: {each.part} {dict(each.values)}" for each in found.differences]
            shown += [f"{api}: {n} without a code" for api, n in found.without_code.items() if n]
            more = f"\n… and {len(shown) - _SHOWN} more" if shown[_SHOWN:] else ""
            raise Unmet("\n".join([f"{len(shown)} differences:", *shown[:_SHOWN]]) + more)

    def verify_calls(
        self,
        *,
        exactly: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        since: int = 0,
        **like: Unpack[Calls],
    ) -> None:
        """Raise Unmet unless there were so many calls like this; at least one, if no number is."""
        expected = CallExpectation(self._query(like), exactly, at_least, at_most)
        self._do(partial(verify_calls, self._sandbox.journal, [expected], since))

    def verify_order(self, *queries: Query, since: int = 0) -> None:
        """Raise Unmet unless calls like these came in this order, others between them or not."""
        self._check_order(queries)
        self._do(partial(verify_order, self._sandbox.journal, queries, since))

    def verify_effects(self, *effects: Effect, exclusive: bool = False, since: int = 0) -> None:
        """Raise Unmet unless these are the effects; if `exclusive`, the only ones."""
        self._check_effects(effects)
        expected = EffectsExpectation(effects, exclusive)
        self._do(partial(verify_effects, self._sandbox, expected, since))

    def expect_calls(
        self,
        *,
        exactly: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        since: int = 0,
        **like: Unpack[Calls],
    ) -> None:
        """Fail the test at its end unless `verify_calls` is content then."""
        self._query(like)
        verify = partial(self.verify_calls, exactly=exactly, at_least=at_least, at_most=at_most)
        self._expected.append(partial(verify, since=since, **like))

    def expect_order(self, *queries: Query, since: int = 0) -> None:
        """Fail the test at its end unless `verify_order` is content then."""
        self._check_order(queries)
        self._expected.append(partial(self.verify_order, *queries, since=since))

    def expect_effects(self, *effects: Effect, exclusive: bool = False, since: int = 0) -> None:
        """Fail the test at its end unless `verify_effects` is content then."""
        self._check_effects(effects)
        self._expected.append(
            partial(self.verify_effects, *effects, exclusive=exclusive, since=since)
        )

    def _check_order(self, queries: Sequence[Query]) -> None:
        for index, query in enumerate(queries):
            asked = {name: getattr(query, name) for name in Query.__slots__}
            without_frames(partial(check_query, asked, self._context.specs, (index,)))

    def _check_effects(self, effects: Sequence[Effect]) -> None:
        for index, effect in enumerate(effects):
            tables = self._context.tables
            without_frames(partial(check_effect, effect.table, effect.field, tables, (index,)))

    def _check_apis(self, names: Iterable[str]) -> None:
        for name in names:
            without_frames(partial(check_query, {"api": name}, self._context.specs))

    def _query(self, like: Mapping[str, Any]) -> Query:
        for name in like.keys() - Calls.__annotations__.keys():
            known = suggestion(name, Calls.__annotations__)
            raise TypeError(f"a call has no {name!r} to ask for; {known}")
        without_frames(partial(check_query, like, self._context.specs))
        return Query(**like)

    def _do(self, function: Callable[[], T]) -> T:
        """Return what a function returns that is called between two calls."""
        return without_frames(partial(self._home.loop.do, function))
