"""The one clock of a sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: The instants that a sandbox can be at; vendors' formats have no others.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)


class ClockError(ValueError):
    """An instant that no sandbox's clock can show; the message says why, in one line."""


def checked_instant(instant: datetime) -> datetime:
    """Return an instant in UTC; raises ClockError if it is naive or out of the range."""
    if instant.tzinfo is None:
        raise ClockError(f"the clock {instant.isoformat()} has no offset from UTC")
    # Comparing does not overflow where converting would.
    if not EARLIEST <= instant <= LATEST:
        raise ClockError(
            f"the clock {instant.isoformat()} is out of range, {EARLIEST.year} to {LATEST.year}"
        )
    return instant.astimezone(UTC)


class Clock:
    """Tells a sandbox's time: the machine's, shifted by an offset, or frozen at an instant.

    All instants are aware and in UTC, with microseconds. An instant that it cannot show raises
    ClockError and changes nothing.
    """

    def __init__(self, frozen_at: datetime | None = None) -> None:
        self._offset = timedelta()
        self._frozen_at: datetime | None = None
        if frozen_at is not None:
            self.freeze(frozen_at)

    def now(self) -> datetime:
        """Return the present instant of this sandbox."""
        if self._frozen_at is not None:
            return self._frozen_at
        return _machine_time() + self._offset if self._offset else _machine_time()

    @property
    def frozen(self) -> bool:
        """Whether it is frozen."""
        return self._frozen_at is not None

    @property
    def offset(self) -> timedelta:
        """How far a running clock is ahead of the machine's."""
        return self._offset

    def freeze(self, instant: datetime | None = None) -> None:
        """Stop at `instant`, or at the present one."""
        self._frozen_at = self.now() if instant is None else checked_instant(instant)

    def set(self, instant: datetime) -> None:
        """Make it `instant` now; a frozen clock stays frozen, a running one runs on from there."""
        if self._frozen_at is not None:
            self.freeze(instant)
        else:
            self._offset = checked_instant(instant) - _machine_time()

    def advance(self, by: timedelta) -> None:
        """Move forward by `by` (negative: back), frozen or running."""
        try:
            instant = self.now() + by
        except OverflowError as problem:
            raise ClockError("the clock would be out of range") from problem
        checked_instant(instant)
        if self._frozen_at is not None:
            self._frozen_at = instant
        else:
            self._offset += by

    def run(self) -> None:
        """Let a frozen clock run on from its present instant."""
        instant, self._frozen_at = self.now(), None
        self.set(instant)

    def follow_machine(self) -> None:
        """Show the machine's time again."""
        self._offset, self._frozen_at = timedelta(), None

    def copy(self, other: Clock) -> None:
        """Show the same time as another clock, in the same way."""
        self._offset, self._frozen_at = other._offset, other._frozen_at

    @property
    def setting(self) -> tuple[timedelta, datetime | None]:
        """How far ahead of the machine's clock it is, and the instant at which it is frozen."""
        return self._offset, self._frozen_at

    @setting.setter
    def setting(self, setting: tuple[timedelta, datetime | None]) -> None:
        self._offset, self._frozen_at = setting

    def fork(self) -> Clock:
        """Return an independent clock that shows the same time in the same way."""
        copy = Clock()
        copy.copy(self)
        return copy


def _machine_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads the machine's clock
