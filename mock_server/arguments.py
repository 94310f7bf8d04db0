"""Command lines whose misuse is answered in one line."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

WRONG_USE = 2


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong, and where help is, without the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with 2."""
        print(f"{self.prog}: {message} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(WRONG_USE)
