"""Where `contract-tests` begins."""

from __future__ import annotations

from mock_server.start import start


def main() -> int:
    """Run `contract-tests`."""
    return start("contract_tests.cli.main")
