"""Opening the store of a server: which versions wrote it, and whether this one can read it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_args, get_type_hints

from mock_server import __version__
from mock_server.discovery import Vendor, tables_of
from mock_server.state.sandboxes import Sandboxes
from mock_server.store.persistence import Persistence
from mock_server.store.protocol import SharedStore, Store, StoreError
from mock_server.store.shared import SharedPersistence
from mock_server.store.states import UnreadableRecord

P = TypeVar("P", bound=Persistence)


def opened_for(
    store: Store, sandboxes: Sandboxes, vendors: Iterable[Vendor], *, in_thread: bool = False
) -> Persistence:
    """Return what keeps the sandboxes of a server in a store.

    A store that another version wrote, or that was written for other specs, is read as a whole
    first: if all of it fits, it is this version's from now on, and otherwise nothing in it is
    changed. Raises StoreError, and closes the store then.
    """
    return _opened(Persistence, store, sandboxes, list(vendors), in_thread=in_thread)


def opened_for_sharing(
    store: SharedStore, sandboxes: Sandboxes, vendors: Iterable[Vendor], *, in_thread: bool = False
) -> SharedPersistence:
    """Return the same for one of the processes of a server; raises StoreError."""
    return _opened(SharedPersistence, store, sandboxes, list(vendors), in_thread=in_thread)


def _opened(
    kind: Callable[..., P],
    store: Store,
    sandboxes: Sandboxes,
    vendors: list[Vendor],
    *,
    in_thread: bool,
) -> P:
    try:
        about = store.about()
        written, mine = json.loads(about.get("apis", "{}")), fingerprints(vendors)
        lacking = sorted(written.keys() - mine.keys())
        if lacking:
            raise StoreError(
                f"{store.where} has records of {', '.join(lacking)}, which this server does not "
                "serve; serve them too, or name another folder"
            )
        persistence = kind(store, sandboxes, vendors, in_thread=in_thread)
        if any(written[api] != mine[api] for api in written):
            _check(persistence, about["version"])
        if written != mine or about.get("version") != __version__:
            store.note({"apis": json.dumps(mine), "version": __version__})
    except BaseException:
        store.close()
        raise
    return persistence


def _check(persistence: Persistence, version: str) -> None:
    try:
        for name in persistence.names():
            persistence.check(name)
    except UnreadableRecord as problem:
        where = persistence.store.where
        raise StoreError(
            f"{where} was written by version {version}, and not all of it fits version "
            f"{__version__} ({problem}). Nothing was changed. Serve it with {version}, or take "
            f"the records along: mock-server store export {where} SANDBOX --output FILE, and "
            "serve --seed-file FILE"
        ) from problem


def fingerprints(vendors: Iterable[Vendor]) -> dict[str, dict[str, str]]:
    """Return the hashes of each API's spec and of the forms of its records."""
    vendors = list(vendors)
    tables = tables_of(vendors)
    found = {}
    for vendor in vendors:
        spec = json.dumps(vendor.spec.document, sort_keys=True, default=str)
        kinds = {
            table.name: _form(table.record, {})
            for table in sorted(tables[vendor.api.name].values(), key=lambda each: each.name)
        }
        found[vendor.api.name] = {"spec": _hash(spec), "records": _hash(json.dumps(kinds))}
    return found


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _form(kind: Any, seen: Mapping[Any, None]) -> Any:
    """The fields of a record's type with their types, and so on for those."""
    if isinstance(kind, type) and is_dataclass(kind):
        if kind in seen:
            return kind.__name__
        hints, seen = get_type_hints(kind), {**seen, kind: None}
        return {each.name: _form(hints[each.name], seen) for each in fields(kind)}
    arguments = [_form(each, seen) for each in get_args(kind)]
    return [str(kind), arguments] if arguments else str(kind)
