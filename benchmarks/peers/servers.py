"""The servers that are compared: how each is had, started, and where its products are."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

#: The versions of the peers that npm brings.
NPM = {
    "@stoplight/prism-cli": "5.16.0",
    "@mockoon/cli": "9.9.0",
    "json-server": "0.17.4",
    "wiremock": "3.13.2",
    "specmatic": "2.55.1",
}
CREDENTIAL = "test.empty-bench"
_START = 90.0


class NotHere(Exception):
    """A peer that cannot be had on this machine; the message says why."""


@dataclass(frozen=True)
class Place:
    """What a server needs: a folder of its own, the documents, the products, and a port."""

    folder: Path
    spec: Path
    products: Path
    port: int
    npm: Path


@dataclass(frozen=True)
class Server:
    """One server of the comparison.

    `command` makes the command line, `base_path` leads to the products, `validates` says what of a
    call it validates, `state` whether it keeps what is written, `dialect` turns a target of the
    work into the server's own way to ask for the same.
    """

    name: str
    command: Callable[[Place], list[str]]
    base_path: str = "/v1"
    validates: str = ""
    state: bool = True
    needs: tuple[str, ...] = ()
    dialect: Callable[[str], str] = str


def _module(kind: str) -> Callable[[Place], list[str]]:
    return lambda place: [
        sys.executable, "-m", "benchmarks.peers.python_servers",
        kind, str(place.port), str(place.products),
    ]  # fmt: skip


def _ours(place: Place) -> list[str]:
    return [sys.executable, "-m", "mock_server", "serve", "cliniko", "--port", str(place.port)]


def _npm(place: Place, name: str) -> str:
    return str(place.npm / "node_modules" / ".bin" / name)


def _prism(*options: str) -> Callable[[Place], list[str]]:
    return lambda place: [
        _npm(place, "prism"), "mock", *options, "--host", "127.0.0.1",
        "--port", str(place.port), str(place.spec),
    ]  # fmt: skip


def _mockoon(place: Place) -> list[str]:
    return [
        _npm(place, "mockoon-cli"), "start", "--data", str(place.spec), "--port", str(place.port),
        "--hostname", "127.0.0.1", "--disable-log-to-file", "--max-transaction-logs", "1",
    ]  # fmt: skip


def _json_server(place: Place) -> list[str]:
    data = place.folder / "db.json"
    products = json.loads(place.products.read_text(encoding="utf-8"))
    data.write_text(json.dumps({"products": products}), encoding="utf-8")
    # It numbers by counting up; what has a text for a number keeps it.
    return [
        _npm(place, "json-server"), "--quiet", "--host", "127.0.0.1",
        "--port", str(place.port), str(data),
    ]  # fmt: skip


def _wiremock(place: Place) -> list[str]:
    products = json.loads(place.products.read_text(encoding="utf-8"))
    mappings = place.folder / "mappings"
    mappings.mkdir(exist_ok=True)
    size = 50
    by_name = sorted(products, key=lambda each: each["name"], reverse=True)
    stubs: list[dict[str, Any]] = [
        _stub("GET", f"/v1/products/{each['id']}", {}, each) for each in products
    ]
    for number in range(len(products) // size):
        part = slice(number * size, (number + 1) * size)
        query = {"page": {"equalTo": str(number + 1)}}
        page = {"products": products[part], "total_entries": len(products)}
        stubs.append(_stub("GET", "/v1/products", {**query, "sort": {"absent": True}}, page))
        page = {"products": by_name[part], "total_entries": len(products)}
        stubs.append(
            _stub("GET", "/v1/products", {**query, "sort": {"equalTo": "name:desc"}}, page)
        )
    filtered = {"products": products[:size], "total_entries": len(products) // 2}
    stubs.append(_stub("GET", "/v1/products", {"q[]": {"matches": "id:<.*"}}, filtered))
    stubs.append(_stub("POST", "/v1/products", {}, {**products[0], "name": "Bench Balm"}, 201))
    content = json.dumps({"mappings": stubs})
    (mappings / "all.json").write_text(content, encoding="utf-8")
    return [
        _npm(place, "wiremock"), "--port", str(place.port), "--bind-address", "127.0.0.1",
        "--root-dir", str(place.folder), "--no-request-journal", "--disable-banner",
    ]  # fmt: skip


def _as_json_server(target: str) -> str:
    own = target.replace("per_page=", "_limit=").replace("?page=", "?_page=")
    own = own.replace("&sort=name:desc", "&_sort=name&_order=desc")
    # Its `lte` includes the bound.
    path, _, most = own.partition("&q%5B%5D=id:%3C")
    return f"{path}&id_lte={int(most) - 1}" if most else own


def _stub(
    method: str, path: str, query: dict[str, Any], body: Any, status: int = 200
) -> dict[str, Any]:
    request: dict[str, Any] = {"method": method, "urlPath": path}
    if query:
        request["queryParameters"] = query
    answer = {
        "status": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
    }
    return {"request": request, "response": answer}


def _specmatic(place: Place) -> list[str]:
    return [
        _npm(place, "specmatic"), "stub", str(place.spec),
        "--host", "127.0.0.1", "--port", str(place.port),
    ]  # fmt: skip


OURS = "inventory-mock-server"
SERVERS = [
    Server(OURS, _ours, validates="requests and responses"),
    Server("bare Starlette route", _module("starlette"), validates="nothing"),
    Server("Connexion AsyncApp", _module("asyncapp"), validates="requests"),
    Server("Connexion AsyncApp, validate_responses", _module("asyncapp-validated"),
           validates="requests and responses"),
    Server("Connexion FlaskApp", _module("flaskapp"), validates="requests"),
    Server("Connexion FlaskApp, validate_responses", _module("flaskapp-validated"),
           validates="requests and responses"),
    Server("Prism, static", _prism(), base_path="", validates="requests", state=False,
           needs=("@stoplight/prism-cli",)),
    Server("Prism, dynamic", _prism("--dynamic"), base_path="", validates="requests", state=False,
           needs=("@stoplight/prism-cli",)),
    Server("Mockoon CLI", _mockoon, base_path="/v1", validates="nothing", state=False,
           needs=("@mockoon/cli",)),
    Server("json-server", _json_server, base_path="", validates="nothing", needs=("json-server",),
           dialect=_as_json_server),
    Server("WireMock", _wiremock, validates="nothing", state=False, needs=("wiremock", "java")),
    Server("Specmatic stub", _specmatic, base_path="", validates="requests", state=False,
           needs=("specmatic", "java")),
]  # fmt: skip


def install(server: Server, npm: Path) -> None:
    """Get what a server needs into a folder; raises NotHere."""
    for need in server.needs:
        if need == "java":
            if shutil.which("java") is None:
                raise NotHere("java is not installed")
            continue
        if shutil.which("npm") is None:
            raise NotHere("npm is not installed")
        if (npm / "node_modules" / need / "package.json").exists():
            continue
        npm.mkdir(parents=True, exist_ok=True)
        package = f"{need}@{NPM[need]}"
        done = subprocess.run(
            [
                "npm",
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--prefix",
                str(npm),
                package,
            ],
            capture_output=True,
            text=True,
            timeout=600,
        )
        if done.returncode != 0:
            raise NotHere(f"npm install {package} failed: {done.stderr.strip()[-200:]}")


@dataclass
class Running:
    """A server that answers: where, its process, and the seconds until its first answer."""

    url: str
    process: subprocess.Popen[bytes]
    ready: float

    def memory(self) -> float:
        """The resident memory of the process and its children, in MB."""
        return sum(map(_resident, _family(self.process.pid))) / 1000


@contextmanager
def running(server: Server, place: Place, core: int) -> Iterator[Running]:
    """Start a server on one core, wait until its list answers, and end it afterwards."""
    command = ["taskset", "-c", str(core), *server.command(place)]
    log = place.folder / "log"
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=Path.cwd(), start_new_session=True
        )
    url = f"http://127.0.0.1:{place.port}"
    try:
        _wait(f"{url}{server.base_path}/products", process, log)
        yield Running(url, process, time.perf_counter() - started)
    finally:
        # What it has started may outlive the process itself.
        for how in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, how)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)


def headers_of() -> dict[str, str]:
    """The headers that every request carries: the credential of the document."""
    token = "Basic " + base64.b64encode(f"{CREDENTIAL}:".encode()).decode()
    return {"Authorization": token, "Accept": "application/json"}


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotHere(f"it ended: {log.read_text(errors='replace').strip()[-300:]}")
        try:
            if httpx.get(url, headers=headers_of(), timeout=5).status_code < 500:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise NotHere(f"no answer in {_START:.0f} s")


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [pid]
    if children.exists():
        for child in children.read_text().split():
            found += _family(int(child))
    return found


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
