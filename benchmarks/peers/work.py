"""The work that every server is given: five kinds of request over 1,000 products of Cliniko's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

PRODUCTS = 1000
PAGE = 50
NEW = {"name": "Bench Balm", "price": 12.5, "price_includes_tax": True, "stock_level": 3}


@dataclass(frozen=True)
class Task:
    """One kind of request: the targets that are asked for in turn, below a base path.

    `ids` says whether an answer must hold the records that the target names.
    """

    name: str
    method: str
    targets: tuple[str, ...]
    status: int
    body: bytes = b""

    def script(self, base_path: str, headers: dict[str, str]) -> str:
        """Return the script that makes `wrk` send this work, each request to another target."""
        paths = ",\n".join(f"  {json.dumps(base_path + each)}" for each in self.targets)
        sent = dict(headers) | ({"Content-Type": "application/json"} if self.body else {})
        fields = ", ".join(f"[{json.dumps(k)}] = {json.dumps(v)}" for k, v in sent.items())
        return f"""
local paths = {{
{paths}
}}
local headers = {{ {fields} }}
local body = {json.dumps(self.body.decode()) if self.body else "nil"}
local requests, at = {{}}, 0
init = function(_)
  for i, path in ipairs(paths) do
    requests[i] = wrk.format({json.dumps(self.method)}, path, headers, body)
  end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
done = function(summary, latency, _)
  io.write(string.format(
    'RESULT {{"requests": %d, "microseconds": %d, "errors": %d, "p50": %.1f, "p99": %.1f}}\\n',
    summary.requests, summary.duration,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


def tasks(ids: list[str]) -> list[Task]:
    """Return the five kinds of request, over the products with these identifiers."""
    pages = range(1, len(ids) // PAGE + 1)
    # A step that has no common factor with their number visits them all, never two in a row.
    mixed = [ids[(place * 617) % len(ids)] for place in range(len(ids))]
    middle = ids[len(ids) // 2 :: 10]
    return [
        Task("get one", "GET", tuple(f"/products/{each}" for each in mixed), 200),
        Task("list 50", "GET", tuple(f"/products?page={n}&per_page={PAGE}" for n in pages), 200),
        Task(
            "filtered list",
            "GET",
            tuple(
                f"/products?per_page={PAGE}&q%5B%5D={quote(f'id:<{each}', safe=':')}"
                for each in middle
            ),
            200,
        ),
        Task(
            "sorted list",
            "GET",
            tuple(f"/products?page={n}&per_page={PAGE}&sort=name:desc" for n in pages),
            200,
        ),
        Task("create", "POST", ("/products",), 201, json.dumps(NEW).encode()),
    ]


def right(task: Task, target: str, body: Any) -> str:
    """Return why an answer to a target of the work is not the right one, or an empty text."""
    if task.name == "get one":
        wanted = target.rpartition("/")[2]
        shown = body.get("id") if isinstance(body, dict) else None
        return "" if str(shown) == wanted else f"asked for {wanted}, it shows {shown}"
    if task.name == "create":
        shown = body.get("name") if isinstance(body, dict) else None
        return "" if shown == NEW["name"] else f"it shows the name {shown!r}"
    records = body.get("products") if isinstance(body, dict) else body
    if not isinstance(records, list) or len(records) != PAGE:
        return f"not {PAGE} products"
    if task.name == "filtered list":
        most = int(target.rpartition("%3C")[2])
        if any(int(each["id"]) >= most for each in records):
            return "products that the filter excludes"
    if task.name == "sorted list":
        names = [each["name"] for each in records]
        if names != sorted(names, reverse=True):
            return "not in the order that was asked for"
    return ""


def written(task: Task, base_path: str, headers: dict[str, str], folder: Path) -> Path:
    """Write the script of a task, and return where it is."""
    path = folder / f"{task.name.replace(' ', '-')}.lua"
    path.write_text(task.script(base_path, headers), encoding="utf-8")
    return path
