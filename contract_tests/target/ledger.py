"""The records that a run makes, written down before they are made, so that none is left behind."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from contract_tests.target.target import Target
from mock_server.usage import UsageError

_AccountName = Literal["first", "other"]
_Key = tuple[str, str, str]
#: Guessing at a credential by its fingerprint must take long.
_ROUNDS = 100_000


@dataclass(frozen=True, slots=True)
class Made:
    """A record that a run has made: what kind, who made it, its id, and the path that leads to it.

    `path` has every path parameter that names it, its own included; `tag` is the name of the run's
    own that it was given.
    """

    resource: str
    account: _AccountName
    id: str
    path: Mapping[str, str]
    tag: str = ""


class LedgerError(UsageError):
    """A ledger is of another target or account; the message says which, in one line."""


class Ledger:
    """An append-only file of one JSON object a line; each line is on the disk when a call returns.

    Without a file it is kept in memory. One that is there already is read, so that a run can be
    taken up where another was killed; a last line that was not written to its end is passed over.
    It is of one target and its accounts, which `belongs_to` writes down. Raises OSError for a file
    that cannot be read or written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._made: dict[_Key, Made] = {}
        self._removed: set[_Key] = set()
        self._intended: dict[str, _AccountName] = {}
        self._target: dict[str, str] = {}
        if path is not None and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._take(line)

    def belongs_to(self, target: Target) -> None:
        """Note which target, and which accounts of it, this ledger is of.

        Raises LedgerError if it is of another one. A fingerprint stands for an account.
        """
        own = {"target": target.base_url, **_accounts_of(target)}
        for name, value in own.items():
            known = self._target.get(name, value)
            if known == value:
                continue
            if name == "target":
                raise LedgerError(f"the ledger is of {known}, not of {value}")
            raise LedgerError(
                f"the ledger is of another account of {target.base_url} ({name}); without a "
                "ledger, records are found by their names"
            )
        if any(name not in self._target for name in own):
            self._target |= own
            self._write({"event": "belongs", **own})

    def intends(self, operation: str, account: _AccountName, tag: str) -> None:
        """Note that a record with a tag is about to be made."""
        self._intended[tag] = account
        self._write({"event": "intends", "operation": operation, "account": account, "tag": tag})

    def was_refused(self, tag: str) -> None:
        """Note that no record with a tag was made."""
        self._intended.pop(tag, None)
        self._write({"event": "refused", "tag": tag})

    def has_made(self, made: Made) -> None:
        """Note that a record was made."""
        self._enter(made)
        self._write({"event": "made", **asdict(made)})

    def has_removed(self, resource: str, account: _AccountName, id_: str) -> None:
        """Note that a record was taken away again."""
        self._removed.add((resource, account, id_))
        self._write({"event": "removed", "resource": resource, "account": account, "id": id_})

    def left(self) -> list[Made]:
        """Return the records that are there still, the newest first."""
        return [made for key, made in reversed(self._made.items()) if key not in self._removed]

    def unanswered(self) -> set[str]:
        """Return the tags of records of which nothing says whether they were made."""
        return set(self._intended)

    def has(self, resource: str, account: str, id_: str) -> bool:
        """Say whether an account has made such a record, removed or not."""
        return (resource, account, id_) in self._made

    def _enter(self, made: Made) -> None:
        key = made.resource, made.account, made.id
        # A service may give an identifier again.
        self._removed.discard(key)
        self._made.pop(key, None)
        self._made[key] = made
        self._intended.pop(made.tag, None)

    def _take(self, line: str) -> None:
        try:
            entry: dict[str, Any] = json.loads(line)
            event = entry.pop("event")
            if event == "belongs":
                self._target |= entry
            elif event == "intends":
                self._intended[entry["tag"]] = entry.get("account", "first")
            elif event == "refused":
                self._intended.pop(entry["tag"], None)
            elif event == "made":
                self._enter(Made(**entry))
            elif event == "removed":
                self._removed.add((entry["resource"], entry["account"], entry["id"]))
        except (ValueError, KeyError, TypeError):
            return

    def _write(self, entry: Mapping[str, Any]) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            # What a killed run may have left of a line must not swallow this one.
            torn = file.tell() > 0 and not _ends_line(self._path)
            file.write(("\n" if torn else "") + json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _accounts_of(target: Target) -> dict[str, str]:
    """A fingerprint of each account: no way back to the credential, and the same every time."""
    fixed = json.dumps([target.base_url, *sorted(target.parameters.items())])
    credentials = {"first": target.credential, "other": target.other_credential}
    return {
        name: hashlib.pbkdf2_hmac("sha256", given.encode(), fixed.encode(), _ROUNDS).hex()[:16]
        for name, given in credentials.items()
        if given is not None
    }


def _ends_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


def ids_of(found: Iterable[Any]) -> list[str]:
    """Return identifiers, numbers or texts, as texts; what can be none is left out."""
    return [
        str(each) for each in found if isinstance(each, int | str) and not isinstance(each, bool)
    ]
