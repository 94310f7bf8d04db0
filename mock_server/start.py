"""Where the commands begin: an interrupt while they are imported prints no traceback."""

from __future__ import annotations

from importlib import import_module

_INTERRUPTED = 130


def start(module: str) -> int:
    """Return the exit code of a module's `main`, and that of an interrupt while it is imported."""
    try:
        status: int = import_module(module).main()
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def main() -> int:
    """Run `mock-server`."""
    return start("mock_server.cli")
