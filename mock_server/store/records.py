"""The records of a log as a seed file, without the types of any version.

A store of a version that this one cannot read can be exported all the same: what is in a log is in
the form of seed files already.
"""

from __future__ import annotations

from typing import Any

from mock_server.store.protocol import Log, Store, StoreError
from mock_server.store.states import decode


class _Tables:
    """Records and sequences by their full names, as JSON."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.records: dict[str, dict[Any, Any]] = {}
        self.sequences: dict[str, int] = {}
        self.seeded: set[str] = set()
        self.revision = 0

    def apply(self, difference: dict[str, Any] | None) -> None:
        """Do to them what a difference says."""
        if difference is None:
            return
        if "from" in difference:
            self.records, self.sequences, self.seeded = {}, {}, set()
        for api, digest in difference.get("seeds", {}).items():
            seed = self._store.seed(digest)
            if seed is None:
                raise StoreError(f"{self._store.where} lacks the seed records {digest}")
            for name in [name for name in self.records if name.startswith(f"{api}.")]:
                del self.records[name]
            self.apply(decode(seed))
            self.seeded.add(api)
        for name, key, record in difference.get("changes", ()):
            table = self.records.setdefault(name, {})
            if record is None:
                table.pop(key, None)
            else:
                table[key] = record
        for name, number in difference.get("sequences", {}).items():
            if number is None:
                self.sequences.pop(name, None)
            else:
                self.sequences[name] = number
        self.revision = difference["revision"]


def exported(store: Store, name: str) -> dict[str, Any]:
    """Return the newest records of a sandbox in the form of a seed file.

    Raises StoreError if there is no such sandbox, and StoreUnavailable.
    """
    log = store.read(name)
    if log is None:
        raise StoreError(f"{store.where} has no sandbox {name!r}")
    tables = _Tables(store)
    for entry in _entries(log):
        tables.apply(entry.get("state"))
        for exchange in entry.get("exchanges", ()):
            tables.apply(exchange.get("state"))
            tables.apply(exchange.get("then"))
        tables.apply(entry.get("then"))
    apis: dict[str, Any] = {api: {} for api in sorted(tables.seeded)}
    for full, records in sorted(tables.records.items()):
        api, _, table = full.partition(".")
        if records:
            found = sorted(records.items(), key=lambda item: item[0])
            apis.setdefault(api, {})[table] = [record for _, record in found]
    for api, content in apis.items():
        content["sequences"] = {
            full.partition(".")[2]: number
            for full, number in sorted(tables.sequences.items())
            if full.partition(".")[0] == api
        }
    return {"apis": apis, "revision": tables.revision}


def _entries(log: Log) -> list[dict[str, Any]]:
    return [decode(content) for content in (log.checkpoint, *log.entries)]
