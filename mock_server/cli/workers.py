"""Processes that serve one socket: begun by a parent, begun again if they die, ended with it."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

from mock_server.live import ENDING
from mock_server.usage import UsageError

#: A worker that ends sooner than so many seconds did not serve; so many in a row are enough.
_SOON, _MOST = 2.0, 5
#: Seconds that workers have to end.
_LAST_SECONDS = 10
_log = logging.getLogger("mock_server")


class WorkersFailed(UsageError):
    """The workers of a server end as soon as they begin."""


def serve_with(workers: int, serve: Callable[[], object]) -> None:
    """Serve in so many processes until this one is asked to stop, and end when they have.

    `serve` serves in a process of its own, a fork of this one, until that is asked to stop. One
    that dies is begun again, and all end when this one dies. The signals that end a server are held
    back when this is called (`hold_signals`). Raises WorkersFailed.
    """
    handled = {*ENDING, signal.SIGCHLD}
    before = signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    # Its other end is closed when this process dies, however that happens.
    alive, life = os.pipe()
    begun = {_fork(serve, alive, life): time.monotonic() for _ in range(workers)}
    try:
        failed = 0
        while True:
            if signal.sigwait(handled) != signal.SIGCHLD:
                return
            for worker, status in _ended(begun):
                lived = time.monotonic() - begun.pop(worker)
                # One that was killed may be as good as any.
                if os.WIFEXITED(status):
                    failed = failed + 1 if lived < _SOON else 0
                _log.warning("worker %d ended (%s)", worker, _why(status))
                if failed >= _MOST:
                    raise WorkersFailed("the workers end as soon as they begin; see above why")
                begun[_fork(serve, alive, life)] = time.monotonic()
    finally:
        _end(begun)
        os.close(alive)
        os.close(life)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        signal.signal(signal.SIGCHLD, before)


def _fork(serve: Callable[[], object], alive: int, life: int) -> int:
    """Begin a worker; returns its process id to the parent, and does not return in the worker."""
    worker = os.fork()
    if worker:
        return worker
    code = 1
    try:
        os.close(life)
        threading.Thread(target=_end_with_parent, args=(alive,), daemon=True).start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        serve()
        code = 0
    except SystemExit:
        code = 0
    except BaseException:  # noqa: BLE001 - a worker ends here, whatever happened
        _log.exception("a worker crashed")
    finally:
        # Nothing of the parent's is to be done at the end of a worker.
        os._exit(code)


def _end_with_parent(alive: int) -> None:
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _ended(begun: dict[int, float]) -> list[tuple[int, int]]:
    """The workers that have ended by now, with how."""
    found = []
    for worker in list(begun):
        ended, status = os.waitpid(worker, os.WNOHANG)
        if ended:
            found.append((worker, status))
    return found


def _why(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _end(begun: dict[int, float]) -> None:
    for worker in begun:
        os.kill(worker, signal.SIGTERM)
    end = time.monotonic() + _LAST_SECONDS
    while begun:
        for worker, _ in _ended(begun):
            del begun[worker]
        if begun and time.monotonic() > end:
            for worker in begun:
                os.kill(worker, signal.SIGKILL)
        time.sleep(0.02 if begun else 0)
