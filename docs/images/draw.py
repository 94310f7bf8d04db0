"""Draw the logo, the badges and the recording of a terminal that the README shows.

    python docs/images/draw.py

The recording is of real commands: they are run against a server that this program starts.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from mock_server import __version__
from mock_server.app import build_server
from mock_server.live import LiveServer
from mock_server.settings import Settings

HERE = Path(__file__).parent
#: What is shown, and the port that is shown in place of the free one.
SHOWN_PORT = 8080
BALM = '{"name": "Cedar Balm", "price": 12.10, "price_includes_tax": true, "tax_id": "1"}'
COMMANDS = (
    "curl -s -u test: '{url}/cliniko/v1/products/999'",
    "curl -s -u test: --json @balm.json '{url}/cliniko/v1/products' | cut -c1-70",
    "mock-server snapshot test before --url {url}",
    "curl -s -u test: --json '{{}}' '{url}/cliniko/v1/products' | cut -c1-70",
    "curl -s -u sk_live_1234: '{url}/cliniko/v1/products'",
    "mock-server journal test --url {url}",
)
LINE_SECONDS = 0.35
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 64" role="img">
<title>inventory-mock-server</title>
<g fill="none" stroke="#3f51b5" stroke-width="4" stroke-linejoin="round">
<path d="M8 20 32 8l24 12v24L32 56 8 44z"/><path d="M8 20l24 12 24-12M32 32v24"/>
<path d="M20 14l24 12" stroke-dasharray="4 4"/></g>
<text x="72" y="41" font-family="Helvetica, Arial, sans-serif" font-size="28" fill="#3f51b5"
>inventory-mock-server</text></svg>
"""
BADGE = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img">
<title>{label}: {value}</title><rect width="{width}" height="20" rx="3" fill="#3f51b5"/>
<rect width="{left}" height="20" rx="3" fill="#555"/>
<g fill="#fff" font-family="Verdana, sans-serif" font-size="11" text-anchor="middle">
<text x="{label_x}" y="14">{label}</text><text x="{value_x}" y="14">{value}</text></g></svg>
"""
BADGES = {
    "version": __version__,
    "python": "3.11 or later",
    "licence": "MIT",
    "types": "strict",
}


def badge(label: str, value: str) -> str:
    """Return a badge of two words."""
    left, right = 7 * len(label) + 12, 7 * len(value) + 12
    return BADGE.format(
        label=label, value=value, left=left, width=left + right, label_x=left / 2,
        value_x=left + right / 2,
    )  # fmt: skip


def recording() -> str:
    """Return the terminal as SVG, its lines coming one after the other."""
    console = Console(record=True, width=76, file=io.StringIO(), force_terminal=True)
    settings = Settings(clock=datetime(2026, 1, 2, 9, 30, tzinfo=UTC))
    with (
        TemporaryDirectory() as folder,
        LiveServer(build_server(settings=settings)) as live,
    ):
        (Path(folder) / "balm.json").write_text(BALM, encoding="utf-8")
        port = live.url.rpartition(":")[2]
        for command in COMMANDS:
            line = command.format(url=live.url)
            shown = line.replace(port, str(SHOWN_PORT))
            console.print(f"[bold green]$[/] {shown}", highlight=False)
            done = subprocess.run(
                line, shell=True, capture_output=True, text=True, check=True,
                cwd=folder, env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
            )  # fmt: skip
            console.print(
                done.stdout.strip().replace(port, str(SHOWN_PORT)), highlight=False, markup=False
            )
    # Rich's own form loads a font from elsewhere.
    form = re.sub(r"@font-face \{\{.*?\n    \}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    svg = console.export_svg(title="inventory-mock-server", code_format=form, unique_id="recorded")
    svg = svg.replace("<style>", "<style>@keyframes come{from{opacity:0}to{opacity:1}}", 1)

    def coming(match: re.Match[str]) -> str:
        delay = int(match[1]) * LINE_SECONDS
        return f'{match[0]} style="animation:come .2s {delay:.2f}s backwards"'

    return re.sub(r'clip-path="url\(#recorded-line-(\d+)\)"', coming, svg)


def main() -> None:
    """Write the pictures beside this file."""
    (HERE / "logo.svg").write_text(LOGO, encoding="utf-8")
    for label, value in BADGES.items():
        (HERE / f"{label}.svg").write_text(badge(label, value), encoding="utf-8")
    (HERE / "terminal.svg").write_text(recording(), encoding="utf-8")


if __name__ == "__main__":
    main()
