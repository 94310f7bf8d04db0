"""Golden data sets: a persona's seed records as text, to be reviewed as a diff."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mock_server.state.store import State

#: Of personas whose records are longer than this as text, a digest and a sample are kept.
WHOLE_UP_TO = 200_000
_SAMPLE = 4
_LONGEST_TEXT = 300
_LONGEST_LIST = 10


def golden_text(state: State) -> str:
    """Return the records of a state as JSON: a mapping of tables, each in the order of its keys.

    Decimals and times are strings. Of records that would be longer than `WHOLE_UP_TO` characters,
    each table has the number, a digest and the first few, in which long texts and lists are cut.
    """
    tables: dict[str, Any] = {
        name: [_plain(asdict(record)) for _, record in collection.items()]
        for name, collection in sorted(state.collections.items())
    }
    text = _dumped(tables)
    if len(text) > WHOLE_UP_TO:
        text = _dumped({name: _digest(records) for name, records in tables.items()})
    return text


def _dumped(tables: dict[str, Any]) -> str:
    return json.dumps(tables, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _digest(records: list[Any]) -> dict[str, Any]:
    content = json.dumps(records, ensure_ascii=False, sort_keys=True).encode()
    return {
        "records": len(records),
        "sha256": hashlib.sha256(content).hexdigest(),
        "sample": [_cut(record) for record in records[:_SAMPLE]],
    }


def _cut(value: Any) -> Any:
    """A value as it is shown in a sample, without the middle of what is long."""
    if isinstance(value, dict):
        return {key: _cut(item) for key, item in value.items()}
    if isinstance(value, list):
        shown = [_cut(item) for item in value[:_LONGEST_LIST]]
        return shown if len(shown) == len(value) else [*shown, f"… {len(value)} entries"]
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}… {len(value)} characters"
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"bytes": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    return value
