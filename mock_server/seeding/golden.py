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

#: Of personas with more records than this, only a digest is kept.
WHOLE_UP_TO = 1000


def golden_text(state: State) -> str:
    """Return the records of a state as JSON: a mapping of tables, each in the order of its keys.

    Decimals and times are strings. A state of more than `WHOLE_UP_TO` records is given as the
    number of records and a digest of each table.
    """
    tables: dict[str, Any] = {
        name: [_plain(asdict(record)) for _, record in collection.items()]
        for name, collection in sorted(state.collections.items())
    }
    if sum(map(len, tables.values())) > WHOLE_UP_TO:
        tables = {name: _digest(records) for name, records in tables.items()}
    return json.dumps(tables, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _digest(records: list[Any]) -> dict[str, Any]:
    content = json.dumps(records, ensure_ascii=False, sort_keys=True).encode()
    return {"records": len(records), "sha256": hashlib.sha256(content).hexdigest()}


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
