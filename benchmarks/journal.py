"""Memory over many requests: the journal is bounded in bytes, so it must stay flat.

    python -m benchmarks.journal [--requests 1000000]

Reads, writes and refusals, one after the other, in one sandbox of Cliniko in this process. Prints
the resident set ten times. The change log and the memory of serializers fill up first, so the
last figure is compared with that after a fifth: exits with 1 if it is more than a tenth above.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.engine import call
from benchmarks.steps import scope_for
from mock_server.app import build_server


def resident() -> float:
    """The resident set of this process, in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


async def run(requests: int) -> bool:
    """Send the requests and say whether memory stayed flat."""
    server = build_server(["cliniko"])
    base = server.base_path("cliniko")
    change = b'{"stock_level": %d}'
    steps: list[Callable[[int], tuple[dict, bytes]]] = [
        lambda number: (scope_for(f"{base}/products/{number % 50 + 1}"), b""),
        lambda _: (scope_for(f"{base}/products", b"per_page=5"), b""),
        lambda _: (scope_for(f"{base}/products/999999"), b""),
        lambda number: _patch(f"{base}/products/1", change % (number % 1000)),
    ]
    figures = []
    started = time.perf_counter()
    for number in range(1, requests + 1):
        scope, body = steps[number % len(steps)](number)
        await call(server, scope, body)
        if number % (requests // 10) == 0:
            figures.append(resident())
            sandbox = server.sandbox("test")
            assert sandbox is not None
            print(
                f"{number:>9} requests  {figures[-1]:7.1f} MB  journal {len(sandbox.journal)} "
                f"exchanges, {sandbox.journal.size / 1e6:.1f} MB  "
                f"{number / (time.perf_counter() - started):,.0f}/s",
                flush=True,
            )
    return figures[-1] <= figures[1] * 1.1


def _patch(path: str, body: bytes) -> tuple[dict, bytes]:
    return scope_for(path, method="PATCH", body=body), body


def main() -> int:
    """Run, and return 1 if memory grew."""
    parser = argparse.ArgumentParser(description="Memory over many requests.")
    parser.add_argument("--requests", type=int, default=1_000_000)
    flat = asyncio.run(run(parser.parse_args().requests))
    print("flat" if flat else "it grew")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
