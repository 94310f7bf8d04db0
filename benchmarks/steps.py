"""What a call costs in each step of the pipeline, counted in instructions of Python's interpreter.

    python -m benchmarks.steps [--write]

Counts are the same on every machine with the same version of Python, however busy it is. What is
done in C is not counted: the schema's validation, JSON, the persistent map. With `--write` the
counts go to benchmarks/steps.json, to which `tests/engine/test_cost.py` holds every change. For
Python 3.11 and 3.12; later ones do not report instructions to a trace function as these do.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import json
import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from mock_server.app import MockServer, build_server
from mock_server.engine import pipeline

KEPT = Path(__file__).with_name("steps.json")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
#: How far a count may be from the one that is kept.
MARGIN = 0.10
_STEPS: dict[CodeType, str] = {
    step.__code__: step.__name__  # type: ignore[attr-defined]  # they are functions
    for step in (*pipeline.ARRIVAL, *pipeline.ACTION, *pipeline.END, *pipeline.UNROUTED_ACTION)
}
_NEW = json.dumps({"name": "Balm", "price": 12.5, "price_includes_tax": True, "tax_id": "1"})
#: The calls: method, path below the base path, query, body.
CALLS: dict[str, tuple[str, str, bytes, bytes]] = {
    "get one": ("GET", "/products/7", b"", b""),
    "list 50": ("GET", "/products", b"", b""),
    "sorted list": ("GET", "/products", b"sort=name:desc", b""),
    "filtered list": ("GET", "/products", b"q%5B%5D=id:%3C40", b""),
    "create": ("POST", "/products", b"", _NEW.encode()),
    "not found": ("GET", "/products/999", b"", b""),
}


def scope_for(
    path: str, query: bytes = b"", method: str = "GET", body: bytes = b""
) -> dict[str, Any]:
    """Return the ASGI scope of a call, as httptools makes it."""
    key = b"Basic " + base64.b64encode(b"test:")
    headers = [(b"host", b"127.0.0.1:8080"), (b"authorization", key), (b"accept", b"*/*")]
    if body:
        length = (b"content-length", str(len(body)).encode())
        headers += [(b"content-type", b"application/json"), length]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": headers,
        "server": ("127.0.0.1", 8080),
        "client": ("127.0.0.1", 1),
    }


class _Counting:
    """Counts instructions by the step in which they are executed."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._steps = ["around"]

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "call":
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
            step = _STEPS.get(frame.f_code)
            if step is not None:
                self._steps.append(step)
        elif event == "opcode":
            self.counts[self._steps[-1]] += 1
        elif event == "return" and frame.f_code in _STEPS:
            self._steps.pop()
        return self.trace


async def _call(server: MockServer, call: tuple[str, str, bytes, bytes]) -> int:
    method, path, query, body = call
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    await server(scope_for(server.base_path("cliniko") + path, query, method, body), receive, send)
    return status


def _counted(server: MockServer, call: tuple[str, str, bytes, bytes]) -> Counter[str]:
    """The instructions of one call; its data is there, so nothing awaits."""
    counting = _Counting()
    running = _call(server, call)
    # From Python 3.12 on, this is what makes the next `settrace` tell of instructions.
    sys._getframe().f_trace_opcodes = True  # noqa: SLF001 - there is no other way
    before = sys.gettrace()
    # What others do when the collector runs (Hypothesis measures it) is no part of the call.
    gc.disable()
    sys.settrace(counting.trace)
    try:
        running.send(None)
    except StopIteration:
        pass
    finally:
        sys.settrace(before)
        gc.enable()
    return counting.counts


def counts() -> dict[str, dict[str, int]]:
    """Return the instructions of each call, step by step; `around` is what is no step."""
    server = build_server(["cliniko"])
    found = {}
    for name, call in CALLS.items():
        # What is remembered is remembered by then.
        for _ in range(3):
            asyncio.run(_call(server, call))
        found[name] = dict(_counted(server, call))
    return found


def kept() -> dict[str, dict[str, int]] | None:
    """Return the counts that are kept for this version of Python, None if there are none."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    return found.get(VERSION)


def main() -> None:
    """Count, print and keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep the counts")
    options = parser.parse_args()
    if sys.version_info >= (3, 13):
        parser.error("it needs Python 3.11 or 3.12")
    found, before = counts(), kept() or {}
    steps = list(dict.fromkeys(step for each in found.values() for step in each))
    print(f"{'':16}" + "".join(f"{name:>15}" for name in found))
    for step in steps:
        print(f"{step:16}" + "".join(f"{each.get(step, 0):15}" for each in found.values()))
    print(f"{'all':16}" + "".join(f"{sum(each.values()):15}" for each in found.values()))
    if before:
        ratios = [sum(found[name].values()) / sum(before[name].values()) for name in found]
        print(f"{'to those kept':16}" + "".join(f"{ratio:15.2f}" for ratio in ratios))
    if options.write:
        versions = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
        KEPT.write_text(json.dumps({**versions, VERSION: found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
