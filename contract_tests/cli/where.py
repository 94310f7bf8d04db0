"""The command `where`."""

from __future__ import annotations

from pathlib import Path

import click

from mock_server.command_line import say


@click.command()
def where() -> None:
    """Print the folder that pytest takes as the suite.

    \b
    pytest "$(contract-tests where)" --api cliniko
    """
    say(str(Path(__file__).parents[1]))
