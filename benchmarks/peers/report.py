"""What was measured: as JSON, as a table and a chart, and beside the goals."""

from __future__ import annotations

import json
import platform
import statistics
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.peers.servers import NPM, OURS
from mock_server.state.clock import Clock

DOCS = Path(__file__).parents[2] / "docs"
_PAGE = DOCS / "performance.md"
_BEGIN, _END = "<!-- results: begin -->", "<!-- results: end -->"
#: At least so many times the rate of a peer, for a kind of request (docs/performance.md).
GOALS = [
    ("get one", "bare Starlette route", 0.8),
    ("get one", "Prism, static", 8.0),
    ("get one", "WireMock", 4.0),
    ("get one", "Connexion FlaskApp", 15.0),
    ("list 50", "Connexion AsyncApp, validate_responses", 40.0),
    ("list 50", "Prism, static", 4.0),
    ("list 50", "WireMock", 3.0),
    ("create", "Prism, static", 6.0),
]


def summary(found: list[Any], rounds: int, seconds: int) -> dict[str, Any]:
    """Return everything that was measured as JSON values: medians, and the spread of the rates."""
    servers = [
        {
            "name": each.name,
            "validates": each.validates,
            "keeps state": each.state,
            "absent": each.absent,
            "ready s": _median(each.ready),
            "idle MB": _median(each.idle),
            "loaded MB": _median(each.loaded),
            "not what was asked for": each.wrong,
            "work": {
                name: {
                    "requests/s": _median(rates),
                    "least": min(rates),
                    "most": max(rates),
                    "p50 ms": _median(each.p50[name]),
                    "p99 ms": _median(each.p99[name]),
                }
                for name, rates in each.rates.items()
            },
        }
        for each in found
    ]
    return {
        "made": Clock().now().date().isoformat(),
        "rounds": rounds,
        "seconds": seconds,
        "machine": f"{_processor()}, {platform.system()} {platform.release()}",
        "versions": {
            "Python": platform.python_version(),
            **{name: version(name) for name in ("connexion", "starlette", "uvicorn")},
            **NPM,
        },
        "servers": servers,
    }


def server_lines(results: dict[str, Any]) -> list[str]:
    """Return a line for each server: requests a second by task, or why there are none."""
    lines = []
    for each in results["servers"]:
        rates = [f"{name} {work['requests/s']:,.0f}" for name, work in each["work"].items()]
        lines.append(f"{each['name']}: {each['absent'] or ', '.join(rates)}")
        lines += [f"  {name}: {why}" for name, why in each["not what was asked for"].items()]
    return lines


def goal_lines(results: dict[str, Any]) -> list[str]:
    """Return a line for each goal: met, missed, or not measured, with the ratio."""
    rates = {
        (each["name"], name): work["requests/s"]
        for each in results["servers"]
        for name, work in each["work"].items()
    }
    lines = []
    for task, peer, least in GOALS:
        ours, theirs = rates.get((OURS, task)), rates.get((peer, task))
        if not ours or not theirs:
            lines.append(f"not measured: {task} against {peer}")
            continue
        ratio = ours / theirs
        lines.append(
            f"{'met' if ratio >= least else 'missed'}: {task} is {ratio:.2f} of {peer}"
            f" (goal {least:g})"
        )
    return lines


def write(results: dict[str, Any]) -> None:
    """Write docs/performance.json, and the results' part of docs/performance.md."""
    (DOCS / "performance.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    text = _PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _PAGE.write_text(f"{before}{_BEGIN}\n\n{_results(results)}\n{_END}{after}", encoding="utf-8")
    (DOCS / "performance.svg").write_text(_chart(results), encoding="utf-8")


def _results(results: dict[str, Any]) -> str:
    present = [each for each in results["servers"] if not each["absent"]]
    names = list(present[0]["work"])
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    how = (
        f"{results['rounds']} interleaved rounds of {results['seconds']} s for each kind of request"
    )
    lines = [
        f"Measured on {results['made']}: {how}; {results['machine']}; {versions}.",
        "Requests a second, median of the rounds; in brackets how many times ours is as fast.",
        "",
        f"| server | validates | {' | '.join(names)} | ready, s | memory idle / loaded, MB |",
        f"|---|---|{'---:|' * len(names)}---:|---:|",
    ]
    ours = next((each for each in present if each["name"] == OURS), None)
    for each in present:
        cells = []
        for name in names:
            work = each["work"].get(name)
            if work is None:
                cells.append("-")
                continue
            rate, mark = work["requests/s"], "*" if name in each["not what was asked for"] else ""
            own = ours["work"][name]["requests/s"] if ours else 0
            cells.append(f"{rate:,.0f}{mark}" + ("" if each is ours else f" ({own / rate:.1f}x)"))
        lines.append(
            f"| {each['name']} | {each['validates']} | {' | '.join(cells)} | {each['ready s']:.1f}"
            f" | {each['idle MB']:.0f} / {each['loaded MB']:.0f} |"
        )
    lines += ["", "`*` The answer keeps to the document, but is not what was asked for:", ""]
    for each in present:
        for name, why in each["not what was asked for"].items():
            lines.append(f"- {each['name']}, {name}: {why}.")
    for each in results["servers"]:
        if each["absent"]:
            lines.append(f"- {each['name']} was left out: {each['absent'].splitlines()[0]}.")
    lines += ["", "Latency of ours and spread of the rounds:", ""]
    lines += ["| request | p50, ms | p99, ms | least - most, requests/s |", "|---|---:|---:|---:|"]
    for name, work in (ours or {"work": {}})["work"].items():
        lines.append(
            f"| {name} | {work['p50 ms']:.1f} | {work['p99 ms']:.1f}"
            f" | {work['least']:,.0f} - {work['most']:,.0f} |"
        )
    lines += ["", "Goals:", "", *(f"- {line}" for line in goal_lines(results)), ""]
    lines += ["![Requests a second for each server](performance.svg)", ""]
    return "\n".join(lines)


def _chart(results: dict[str, Any]) -> str:
    """A bar for each server's get-one and list, as one SVG."""
    present = [each for each in results["servers"] if each["work"]]
    row, left, width = 34, 300, 520
    tasks = ("get one", "list 50")
    most = max(
        (each["work"][task]["requests/s"] for each in present for task in tasks
         if task in each["work"]), default=1.0,
    )  # fmt: skip
    bars = []
    for place, each in enumerate(present):
        top = 40 + place * row
        bars.append(f'<text x="{left - 8}" y="{top + 15}" text-anchor="end">{each["name"]}</text>')
        for index, task in enumerate(tasks):
            rate = each["work"].get(task, {}).get("requests/s", 0)
            y = top + index * 13
            bars.append(
                f'<rect x="{left}" y="{y}" width="{rate / most * width:.1f}" height="11"'
                f' class="c{index}"/><text x="{left + rate / most * width + 5:.1f}" y="{y + 9}"'
                f' class="n">{rate:,.0f}</text>'
            )
    height = 50 + len(present) * row
    style = (
        "text{font:12px sans-serif;fill:#333}.n{font-size:10px}.c0{fill:#2563eb}.c1{fill:#93c5fd}"
    )
    legend = "".join(
        f'<rect x="{left + i * 110}" y="14" width="11" height="11" class="c{i}"/>'
        f'<text x="{left + 16 + i * 110}" y="24">{task}</text>'
        for i, task in enumerate(tasks)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 80} {height}"'
        f' role="img" aria-label="Requests a second"><style>{style}</style>'
        f"{legend}{''.join(bars)}</svg>\n"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    found = next((line for line in lines if line.startswith("model name")), ": unknown")
    return found.partition(":")[2].strip()


def _median(values: list[float]) -> float:
    return statistics.median(values) if values else 0.0
