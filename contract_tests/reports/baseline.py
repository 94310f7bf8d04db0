"""The findings that are known, so that a run fails only for new ones."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from contract_tests.findings import NOT_TESTED, Finding, Run
from mock_server.usage import UsageError

VERSION = 1
_REQUIRED = ("api", "check", "fingerprint", "first_seen")
#: Where the subject of a finding says all that does not vary from seed to seed.
_BY_SUBJECT = frozenset({"properties", "differential", "recorded"})
#: What varies from seed to seed in a message about one fault, in the order to look for it.
_VARYING = (
    (re.compile(r"^Hint: .*$", re.MULTILINE), ""),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "#"),
    (re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`"""), "#"),
    (re.compile(r"\b(?:true|false|null|none)\b", re.IGNORECASE), "#"),
    (re.compile(r"[-+]?\d(?:[\d.,:_eE+TZ/-]*\d)?Z?"), "#"),
)
_INNERMOST = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")


class BaselineError(UsageError):
    """A baseline cannot be read or written; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that is known since `first_seen`, and why it is put up with until `expires`.

    `message` is one that it came with; the fingerprint is what it is recognised by.
    """

    api: str
    check: str
    operation: str
    fingerprint: str
    first_seen: date
    subject: str = ""
    message: str = ""
    reason: str = ""
    expires: date | None = None

    def expired(self, today: date) -> bool:
        """Say whether its last day is over."""
        return self.expires is not None and today > self.expires


def fingerprint_of(api: str, finding: Finding) -> str:
    """Return what stays the same of a finding when values in its message change: 16 hex digits.

    Identifiers, quoted words, numbers, constants, objects and lists are evened out. What comes
    after a message's second paragraph, where schemas and values are shown, is left out; and all of
    the message where the subject says what is wrong.
    """
    by_subject = finding.phase in _BY_SUBJECT and finding.subject
    message = "" if by_subject else _evened(finding.message)
    parts = (api, finding.check, finding.operation, finding.subject, message)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _evened(message: str) -> str:
    text = "\n\n".join(re.split(r"\n\s*\n", message.strip())[:2])
    for pattern, sign in _VARYING:
        text = pattern.sub(sign, text)
    before = ""
    while before != text:
        before, text = text, _INNERMOST.sub("#", text)
    return " ".join(text.split())


class Baseline:
    """Known findings by their fingerprints."""

    def __init__(self, entries: Iterable[Known] = ()) -> None:
        self._entries = {entry.fingerprint: entry for entry in entries}

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Read a file, YAML or JSON; raises BaselineError."""
        try:
            # JSON is YAML too.
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as problem:
            raise BaselineError(f"{path}: {problem.strerror}") from problem
        except (UnicodeDecodeError, yaml.YAMLError) as problem:
            raise BaselineError(f"{path}: {' '.join(str(problem).split())}") from problem
        if not isinstance(document, dict) or document.get("version") != VERSION:
            raise BaselineError(f"{path}: a baseline begins with `version: {VERSION}`")
        listed = document.get("known")
        if not isinstance(listed, list):
            raise BaselineError(f"{path}: `known` must be a list")
        return cls(_entry(path, number, item) for number, item in enumerate(listed, 1))

    def write(self, path: Path) -> None:
        """Write to a file, JSON if its name ends so and YAML otherwise; raises BaselineError."""
        known = [_plain(entry, as_text=path.suffix == ".json") for entry in self._sorted()]
        document = {"version": VERSION, "known": known}
        if path.suffix == ".json":
            text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        else:
            text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as problem:
            raise BaselineError(f"{path}: {problem.strerror}") from problem

    def entry(self, fingerprint: str) -> Known | None:
        """Return the known finding with this fingerprint."""
        return self._entries.get(fingerprint)

    def gone(self, runs: Iterable[Run]) -> tuple[Known, ...]:
        """Return the entries that these runs looked for and did not find."""
        by_api = {run.api: run for run in runs}
        return tuple(
            entry
            for entry in self._sorted()
            if entry.api in by_api and _looked_for(entry, by_api[entry.api])
        )

    def updated(self, runs: Iterable[Run], gone: Iterable[Known], today: date) -> Baseline:
        """Return a baseline without what is gone, and with what these runs found.

        Entries that are there already stay as they are, with their reasons and last days. What says
        that nothing was tested is no fault of a service, and never known.
        """
        left = {entry.fingerprint for entry in gone}
        entries = {key: entry for key, entry in self._entries.items() if key not in left}
        for run in runs:
            for finding in run.findings:
                if finding.check in NOT_TESTED:
                    continue
                entry = _first_seen(run.api, finding, today)
                entries.setdefault(entry.fingerprint, entry)
        return Baseline(entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def _sorted(self) -> list[Known]:
        return sorted(
            self._entries.values(),
            key=lambda each: (each.api, each.operation, each.check, each.subject, each.fingerprint),
        )


def _first_seen(api: str, finding: Finding, today: date) -> Known:
    return Known(
        api,
        finding.check,
        finding.operation,
        fingerprint_of(api, finding),
        today,
        finding.subject,
        finding.message.strip().partition("\n")[0],
    )


def _looked_for(entry: Known, run: Run) -> bool:
    """Whether a run would have found it, and did not."""
    if any(fingerprint_of(run.api, each) == entry.fingerprint for each in run.findings):
        return False
    tried = {each.name for each in run.properties if each.tried}
    counted = (entry.operation, entry.check) in run.checked or entry.check in tried
    return counted or (entry.check in NOT_TESTED and run.requests > 0)


def _entry(path: Path, number: int, item: Any) -> Known:
    where = f"{path}: entry {number}"
    if not isinstance(item, dict):
        raise BaselineError(f"{where} is not a mapping")
    missing = [name for name in _REQUIRED if not item.get(name)]
    if missing:
        raise BaselineError(f"{where} lacks {', '.join(missing)}")
    unknown = sorted(str(name) for name in set(item) - set(Known.__slots__))
    if unknown:
        raise BaselineError(
            f"{where} has {', '.join(unknown)}; there are {', '.join(Known.__slots__)}"
        )
    dates = {name: _date(where, name, item) for name in ("first_seen", "expires") if name in item}
    texts = {name: str(value or "") for name, value in item.items() if name not in dates}
    return Known(**{"operation": "", **texts, **dates})  # type: ignore[arg-type]  # checked above


def _date(where: str, name: str, item: Mapping[str, Any]) -> date | None:
    value = item[name]
    if value is None and name == "expires":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as problem:
        raise BaselineError(
            f"{where}: {name} must be a day like 2026-01-31, not {value!r}"
        ) from problem


def _plain(entry: Known, *, as_text: bool) -> dict[str, Any]:
    """An entry as it is written, without what is empty."""
    found = {name: value for name, value in asdict(entry).items() if value not in ("", None)}
    if not as_text:
        return found
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.items()
    }
