"""Judge saved answers by a claim: what a generated shell script calls at its end.

`python -m contract_tests.reproduction.judge API FOLDER CLAIM` reads `N.status`, `N.headers` and
`N.body` from the folder for each exchange N of the sequence. Exits with 0 if the claim holds, 1 if
not (one line says how), 2 if it cannot be judged.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from contract_tests import claims
from contract_tests.claims import Claim, ClaimContext
from contract_tests.exchange.trace import Answer, Call, Exchange, Trace
from mock_server.discovery import UnknownApi, load_lifecycle, load_vendor
from mock_server.lifecycle.model import Lifecycle, Parts
from mock_server.state.clock import Clock

_DECIMAL = "$decimal"
_BYTES = "$base64"


def as_json(claim: Claim) -> str:
    """Return a claim as JSON that `claim_of` reads."""
    values: dict[str, Any] = asdict(claim)  # type: ignore[call-overload]  # claims are dataclasses
    return json.dumps({"claim": type(claim).__name__, **values}, default=_plain)


def claim_of(text: str) -> Claim:
    """Return the claim that a JSON text spells; raises ValueError."""
    spelled = json.loads(text, object_hook=_rich)
    kind = getattr(claims, str(spelled.pop("claim", "")), None)
    if kind is None or kind in (Claim, ClaimContext):
        raise ValueError("there is no such claim")
    try:
        claim: Claim = kind(
            **{name: tuple(each) if isinstance(each, list) and name in _TUPLES else each
               for name, each in spelled.items()}
        )  # fmt: skip
    except TypeError as problem:
        raise ValueError(str(problem)) from problem
    return claim


_TUPLES = frozenset({"pages", "other_pages", "universe", "before", "statuses"})


def main(arguments: list[str]) -> int:
    """Judge, and print what is wrong; returns the exit status."""
    try:
        api, folder, text = arguments
        vendor = load_vendor(api)
        trace = _read(Path(folder))
        context = ClaimContext(vendor.spec, load_lifecycle(vendor) or Lifecycle(()))
        problem = claim_of(text).violation(context, trace)
    except (ValueError, OSError, IndexError, UnknownApi) as wrong:
        print(f"judge: API FOLDER CLAIM are needed: {wrong}", file=sys.stderr)
        return 2
    if problem is None:
        print("the claim holds")
        return 0
    print(problem)
    return 1


def _read(folder: Path) -> Trace:
    trace = Trace()
    clock = Clock()
    for number in range(len(list(folder.glob("*.status")))):
        operation, method, url, status = (
            (folder / f"{number}.status").read_text(encoding="utf-8").split()
        )
        headers = {}
        for line in (folder / f"{number}.headers").read_text("latin-1").splitlines():
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
        answer = Answer(int(status), headers, (folder / f"{number}.body").read_bytes())
        call = Call(operation, Parts())
        trace.exchanges.append(Exchange(number, call, method, url, answer, clock.now()))
    return trace


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    if isinstance(value, bytes):
        return {_BYTES: b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} is not JSON")


def _rich(value: dict[str, Any]) -> Any:
    if list(value) == [_BYTES]:
        return b64decode(value[_BYTES])
    return Decimal(value[_DECIMAL]) if list(value) == [_DECIMAL] else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
