"""Attack the server, and say what each attack costs it: processor time, memory, and the answers.

    python -m benchmarks.bounds [--only WORD] [--against FOLDER] [--json FILE] [--write]

Each attack is made on a server of its own, which is ended when an attack has cost it 20 seconds of
processor time or 900 MiB. `--against` is another checkout, with its environment in `.venv`: its
figures come first in each line. With `--write`, the table goes to docs/limits.md. Processor times
and memory hardly depend on what else the machine does; nothing else is measured. Linux only. Ends
with 1 if this checkout breaks a bound. All attacks take about ten minutes, with `--against` twice
as long.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path

from benchmarks.bounds.attacks import ATTACKS, Attack
from benchmarks.bounds.victim import Stopped, Victim

HERE = Path(__file__).parents[2]
PAGE = HERE / "docs" / "limits.md"
_BEGIN, _END = "<!-- attacks: begin -->", "<!-- attacks: end -->"
#: What a call of another sandbox may wait, in milliseconds of processor time: p99 and most.
_WAIT = 100.0


@dataclass(frozen=True)
class Outcome:
    """What an attack cost a server, and what came of it; `stopped` if it was ended."""

    seconds: float
    memory: float
    answer: str
    stopped: bool = False

    def line(self) -> str:
        """Return it for a table."""
        return f"{self.seconds:.2f} s, {max(0.0, self.memory):.0f} MiB, {self.answer}"


def attacked(folder: Path, attack: Attack) -> Outcome:
    """Make an attack on a server of a checkout."""
    options = _known(folder, attack.options)
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "log"
        with Victim(folder, log, options, attack.descriptors) as victim:
            try:
                answer, stopped = attack.run(victim), False
            except Stopped as why:
                answer, stopped = str(why), True
            except (OSError, HTTPException, ValueError, KeyError) as problem:
                answer, stopped = f"no answer that fits: {problem!r}"[:100], True
            if victim.process.poll() is not None:
                return Outcome(0.0, 0.0, answer, stopped)
            return Outcome(victim.spent, victim.grown, answer, stopped)


def _known(folder: Path, options: tuple[str, ...]) -> tuple[str, ...]:
    """The options that a checkout's `serve` has: an older one may lack them."""
    if not options:
        return options
    command = [str(folder / ".venv/bin/python"), "-m", "mock_server", "serve", "--help"]
    page = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return options if options[0] in page else ()


def broken(attack: Attack, outcome: Outcome) -> str:
    """Return which bound an outcome breaks, an empty text if none."""
    wait = re.search(r"p99 (\d+) ms", outcome.answer)
    if outcome.stopped:
        return "stopped"
    if outcome.seconds > attack.seconds:
        return f"more than {attack.seconds} s"
    if outcome.memory > attack.memory:
        return f"more than {attack.memory} MiB"
    if attack.right and outcome.answer != attack.right:
        return f"should be {attack.right}"
    if attack.meanwhile and wait and float(wait[1]) > _WAIT:
        return f"others wait more than {_WAIT:.0f} ms"
    return "a 500" if re.search(r"\b500\b", outcome.answer) else ""


def table(rows: list[tuple[Attack, Outcome | None, Outcome]]) -> str:
    """Return the outcomes as a table in Markdown."""
    before = any(row[1] is not None for row in rows)
    lines = (
        ["| attack | before | now |", "|---|---|---|"]
        if before
        else ["| attack | now |", "|---|---|"]
    )
    for attack, other, ours in rows:
        cells = [attack.name, *([other.line() if other else ""] if before else []), ours.line()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _keep(rows: list[tuple[Attack, Outcome | None, Outcome]], path: Path) -> None:
    shown = [
        {"attack": attack.name, "before": other and asdict(other), "now": asdict(ours)}
        for attack, other, ours in rows
    ]
    path.write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Make the attacks, print what came of them, and return 1 if a bound is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", default=[], help="attacks whose name has this")
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--write", action="store_true", help="write the table to docs/limits.md")
    options = parser.parse_args()
    rows: list[tuple[Attack, Outcome | None, Outcome]] = []
    problems = 0
    began = time.monotonic()
    for attack in ATTACKS:
        if options.only and not any(word in attack.name for word in options.only):
            continue
        print(attack.name, flush=True)
        other = None
        if options.against is not None:
            other = attacked(options.against, attack)
            print(f"  before: {other.line()}", flush=True)
        ours = attacked(HERE, attack)
        problem = broken(attack, ours)
        problems += bool(problem)
        print(f"  now:    {ours.line()}{f'  BROKEN: {problem}' if problem else ''}", flush=True)
        rows.append((attack, other, ours))
        if options.json is not None:
            _keep(rows, options.json)
    if options.write:
        head, rest = PAGE.read_text(encoding="utf-8").split(_BEGIN)
        tail = rest.split(_END)[1]
        PAGE.write_text(f"{head}{_BEGIN}\n{table(rows)}\n{_END}{tail}", encoding="utf-8")
    minutes = (time.monotonic() - began) / 60
    print(f"{len(rows)} attacks in {minutes:.1f} minutes, {problems} bounds broken")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
