"""The instant that seed data is made relative to."""

from __future__ import annotations

from datetime import UTC, datetime

#: The seed records lie in the year before this instant, so that they are the same on every day.
SEED_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
