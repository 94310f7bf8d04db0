"""Instants as text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.openapi.instants import instant_text, parse_instant


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_read_as_it_was_written(instant):
    assert parse_instant(instant_text(instant)) == instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31t12:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31 12:00:00.25Z", datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_the_forms_of_rfc_3339_are_read(text, expected):
    assert parse_instant(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        None, 5, "", "now", "20260131T120000Z", "2026-W05-6", "0000-01-01T00:00:00Z", "2026-01-31",
        "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "2026-01-31T12:00:00", "-001-01-01",
        "\uff12026-01-31T12:00:00Z",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text)


def test_a_person_may_leave_the_offset_out():
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert parse_instant("2026-01-31T12:00", assume_utc=True) == noon
    assert parse_instant("2026-01-31", assume_utc=True) == noon.replace(hour=0)
