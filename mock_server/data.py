"""Where the specs and the shipped fixtures are: in the wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def _directory(name: str) -> Path:
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def specs_directory() -> Path:
    """Return the folder with one `<api>.yaml` per API."""
    return _directory("specs")


def fixtures_directory() -> Path:
    """Return the folder with the personas and the golden data sets."""
    return _directory("fixtures")
