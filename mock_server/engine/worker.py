"""Long work beside the event loop, so that calls of other sandboxes do not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Literal, TypeVar

from mock_server.engine.collector import undisturbed

T = TypeVar("T")
#: What a long handler is: it yields work that needs no more than what it holds, or something to
#: wait for, is sent what came of it, and returns its answer. Between two pieces of work nobody
#: else's call runs.
Steps = Generator[Callable[[], Any] | Awaitable[Any], Any, T]
#: Waits until this process may look at sandboxes, and change them, up to the next await.
Enter = Callable[[], Awaitable[None]]


@cache
def _executor(what: str) -> ThreadPoolExecutor:
    """The one thread that does it: with more, the loop would wait for its turn longer."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"mock_server-{what}")


async def in_worker(
    work: Callable[[], T], what: Literal["control", "files", "seeds"] = "control"
) -> T:
    """Return what a function returns in a worker's thread; what it raises is raised.

    It must not touch what calls change: no sandbox, only states and other values. Seeds have a
    thread of their own, for a sandbox's first call waits for them; so have files of cases and data,
    for they take longest.
    """
    return await asyncio.get_running_loop().run_in_executor(_executor(what), _done, work)


def _done(work: Callable[[], T]) -> T:
    with undisturbed():
        return work()


async def carried_out(steps: Steps[T], enter: Enter | None = None) -> T:
    """Return what a long handler returns, having done its work in the worker's thread.

    What it waits for is awaited here, on the loop that calls run on. Before each of the handler's
    own pieces, what `enter` returns is awaited.
    """
    try:
        if enter is not None:
            await enter()
        work = next(steps)
        while True:
            problem, found = None, None
            try:
                found = await (in_worker(work) if callable(work) else work)
            except Exception as raised:  # noqa: BLE001 - it is the handler's own
                problem = raised
            if enter is not None:
                await enter()
            work = steps.send(found) if problem is None else steps.throw(problem)
    except StopIteration as end:
        answer: T = end.value
        return answer
