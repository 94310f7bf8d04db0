"""Differences that somebody has looked at, and lets be for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mock_server.usage import UsageError


class WaiversError(UsageError):
    """The file cannot be used; the message says where and why, in one line."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A difference that is let be: where, why, and until when.

    `operation` is an operationId, `pointer` a place in its answer as findings name it, or `*` for
    any; `verdict` the verdict it is let be with, or empty for any.
    """

    operation: str
    pointer: str
    reason: str
    expires: date
    verdict: str = ""

    def covers(self, operation: str, pointer: str, verdict: str, today: date) -> bool:
        """Say whether the waiver lets a difference be."""
        return (
            self.operation in ("*", operation)
            and self.pointer in ("*", pointer)
            and self.verdict in ("", verdict)
            and today <= self.expires
        )


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a YAML file, a list of mappings; raises WaiversError."""
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise WaiversError(f"{path}: {' '.join(str(problem).split())}") from problem
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise WaiversError(f"{path}: a list of waivers is needed")
    return tuple(_waiver(each, f"{path}: waiver {place}") for place, each in enumerate(listed, 1))


def _waiver(given: Any, where: str) -> Waiver:
    if not isinstance(given, dict):
        raise WaiversError(f"{where}: not a mapping")
    known = {"operation", "pointer", "reason", "expires", "verdict"}
    unknown = sorted(map(str, {*given} - known))
    if unknown:
        raise WaiversError(f"{where}: {unknown[0]} is not known; there are {', '.join(known)}")
    for name in ("operation", "pointer", "reason"):
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise WaiversError(f"{where}: {name} is needed, as a text")
    expires = given.get("expires")
    if not isinstance(expires, date):
        raise WaiversError(f"{where}: expires is needed, as a date like 2027-01-31")
    return Waiver(
        given["operation"],
        given["pointer"],
        given["reason"],
        expires,
        str(given.get("verdict", "")),
    )


def waived(
    waivers: Sequence[Waiver], operation: str, pointer: str, verdict: str, today: date
) -> Waiver | None:
    """Return the first waiver that lets a difference be, or None."""
    fitting = (each for each in waivers if each.covers(operation, pointer, verdict, today))
    return next(fitting, None)
