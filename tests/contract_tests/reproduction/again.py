"""Run what was written down for a finding, as a user would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from _pytest.outcomes import Skipped

#: Nothing of this project can be imported by the `python3` that a script finds there.
PATHS = f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"


def ends(script, folder, url, *credentials, shell="sh", path=PATHS):
    """How a shell script ends on a target, and what it says."""
    written = folder / "again.sh"
    written.write_text(script, encoding="utf-8")
    environment = {"PATH": path, "CONTRACT_TESTS_TARGET": url}
    names = ("CONTRACT_TESTS_CREDENTIAL", "CONTRACT_TESTS_OTHER_CREDENTIAL")
    environment |= dict(zip(names, credentials, strict=False))
    done = subprocess.run(
        [shutil.which(shell.split()[0]), *shell.split()[1:], str(written)],
        env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).strip()


def module_ends(source, url, *credentials):
    """How a pytest module ends on a target: as the script would, and what it says."""
    names = {}
    exec(compile(source, "test_again.py", "exec"), names)
    (test,) = (each for name, each in names.items() if name.startswith("test_"))
    kept = dict(os.environ)
    os.environ["CONTRACT_TESTS_TARGET"] = url
    variables = ("CONTRACT_TESTS_CREDENTIAL", "CONTRACT_TESTS_OTHER_CREDENTIAL")
    os.environ.update(zip(variables, credentials, strict=False))
    try:
        test()
    except AssertionError as problem:
        return 1, str(problem)
    except Skipped as reason:
        return 2, str(reason)
    finally:
        os.environ.clear()
        os.environ.update(kept)
    return 0, ""
