"""Whether the reproduction of every finding says what is so: the fault is there, or it is not.

    python benchmarks/reproductions.py [--defect NAME] [--shell sh] [--python FOLDER]

Each of the stand-in's defects is searched for, over HTTP, by one round of all properties and by the
conformance checks. What is written down for each finding, the shell script and the pytest module,
is then run against a fresh stand-in with the defect (1, and the module fails), one without it (0,
and it passes), nobody (2, and it is skipped), and with a wrong credential (2, and it is skipped).
`--shell` may be given several times; `--python` is the folder of the `python3` that scripts find.
Prints a line for each that is not so, and a table; ends with 1 if there is any.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from _pytest.outcomes import Skipped

from benchmarks.standin import KEYS, standin
from contract_tests.findings import Finding
from contract_tests.fuzzing.config import LEVELS
from contract_tests.fuzzing.run import run_conformance
from contract_tests.properties.run import Plan, run_properties
from lab.standin.switches import StandInDefect

_NOBODY = "http://127.0.0.1:1/v1"
_WANTED = {"with the defect": 1, "without it": 0, "nobody": 2, "wrong credential": 2}


def findings_of(defect: StandInDefect) -> Iterator[Finding]:
    """Yield what is found of a defect."""
    with standin(defect) as target:
        yield from run_properties(target, plan=Plan(rounds=1)).findings
    with standin(defect) as target:
        yield from run_conformance(target, level=LEVELS["smoke"]).findings


def by_script(
    finding: Finding, shell: str, folder: Path, environment: Mapping[str, str]
) -> tuple[int, str]:
    """Return how a finding's script ends, and its last line."""
    script = folder / "again.sh"
    script.write_text(finding.reproduction, encoding="utf-8")
    done = subprocess.run(
        [shutil.which(shell) or shell, str(script)],
        env=dict(environment), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    lines = (done.stdout + done.stderr).strip().splitlines()
    return done.returncode, lines[-1] if lines else ""


def by_test(finding: Finding, environment: Mapping[str, str]) -> tuple[int, str]:
    """Return how a finding's module ends, as its script would, and what it says."""
    names: dict[str, object] = {}
    exec(compile(finding.test, "test_again.py", "exec"), names)
    (test,) = (each for name, each in names.items() if name.startswith("test_"))
    kept = dict(os.environ)
    os.environ.update(environment)
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            test()  # type: ignore[operator]  # it is a function
    except AssertionError as problem:
        return 1, str(problem).partition("\n")[0]
    except Skipped as reason:
        return 2, str(reason)
    finally:
        os.environ.clear()
        os.environ.update(kept)
    return 0, ""


def main() -> int:
    """Run, and print what is not so."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--defect", action="append", choices=[each.word for each in StandInDefect])
    parser.add_argument("--shell", action="append", choices=["sh", "dash", "bash", "zsh", "ksh"])
    parser.add_argument("--python", default=str(Path(sys.executable).parent))
    given = parser.parse_args()
    counted: Counter[tuple[str, str]] = Counter()
    wrong = 0
    for defect in StandInDefect:
        if given.defect is None or defect.word in given.defect:
            wrong += _tried(defect, given.shell or ["sh"], given.python, counted)
    for (by, case), number in sorted(counted.items()):
        print(f"{by}, {case}: {number} as wanted")
    print(f"{wrong} not as wanted")
    return 1 if wrong else 0


def _tried(
    defect: StandInDefect, shells: Sequence[str], python: str, counted: Counter[tuple[str, str]]
) -> int:
    findings = list(findings_of(defect))
    lacking = [each for each in findings if not each.reproduction]
    wrong = 0
    with (
        standin(defect, limit=0) as bad,
        standin(limit=0) as good,
        tempfile.TemporaryDirectory() as folder,
    ):
        urls = [bad.base_url, good.base_url, _NOBODY, good.base_url]
        for finding in findings:
            if finding in lacking:
                print(f"{defect.word}: no script: {finding.check}: {finding.message}")
                continue
            for (case, wanted), url in zip(_WANTED.items(), urls, strict=True):
                keys = KEYS if case != "wrong credential" else ("wrong:", "wrong:")
                environment = {
                    "PATH": f"{python}{os.pathsep}/usr/bin{os.pathsep}/bin",
                    "CONTRACT_TESTS_TARGET": url,
                    "CONTRACT_TESTS_CREDENTIAL": keys[0],
                    "CONTRACT_TESTS_OTHER_CREDENTIAL": keys[1],
                }
                outcomes = {
                    shell: by_script(finding, shell, Path(folder), environment) for shell in shells
                }
                outcomes["pytest"] = by_test(finding, environment)
                for by, (status, said) in outcomes.items():
                    if status == wanted or _needs_none(finding, case, status):
                        counted[by, case] += 1
                    else:
                        wrong += 1
                        summary = f"{finding.check}: {finding.operation} {finding.subject}"
                        print(f"{defect.word}: {summary}: {by}, {case}: {status}: {said}")
    summary = f"{len(findings)} findings, {len(lacking)} without a script, {wrong} not as wanted"
    print(f"{defect.word}: {summary}", flush=True)
    return wrong


def _needs_none(finding: Finding, case: str, status: int) -> bool:
    """Whether a wrong credential changes nothing, as no call has one."""
    return case == "wrong credential" and "--config" not in finding.reproduction and status == 0


if __name__ == "__main__":
    assert pytest  # the modules skip by it
    sys.exit(main())
