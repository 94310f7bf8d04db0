"""Ctrl-C and SIGTERM: what must not be torn is done first, and the run knows how it was ended."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: What shells add to the number of a signal that has ended a program.
_ENDED = 128


class Interruption:
    """Raises KeyboardInterrupt for SIGINT and SIGTERM while it is entered, after what is `held`.

    `exit_code` is 130 after SIGINT, 143 after SIGTERM, and 0 as long as neither came. A second
    signal is not held up. Outside the main thread it does nothing.
    """

    def __init__(self) -> None:
        self.exit_code = 0
        self._holders = 0
        self._usual: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            self._usual = {each: signal.signal(each, self._came) for each in _SIGNALS}
            _current.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._usual:
            _current.remove(self)
        for each, handler in self._usual.items():
            signal.signal(each, handler)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let the block end before a first signal interrupts."""
        before = self.exit_code
        self._holders += 1
        try:
            yield
        finally:
            self._holders -= 1
        if self.exit_code != before and not self._holders:
            raise KeyboardInterrupt

    def _came(self, number: int, _: FrameType | None) -> None:
        again = self.exit_code != 0
        self.exit_code = _ENDED + number
        if again or not self._holders:
            raise KeyboardInterrupt


_current: list[Interruption] = []


@contextmanager
def held() -> Iterator[None]:
    """Let the block end before a first signal interrupts it, if somebody waits for signals."""
    if not _current:
        yield
        return
    with _current[-1].hold():
        yield
