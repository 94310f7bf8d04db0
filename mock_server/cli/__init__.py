"""The `mock-server` command; each of its commands is imported when it is used."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mock_server import __version__
from mock_server.command_line import CommandGroup, run

_CONTROL = "mock_server.control.cli"
#: Where each command is, below the heading that the help has for it.
SECTIONS = {
    "Serve and check": {
        "serve": "mock_server.cli.serve:serve",
        "run": "mock_server.cli.interception:run",
        "ca": "mock_server.cli.interception:ca",
        "shrink": "mock_server.cli.shrinking:shrink",
        "apis": "mock_server.cli.specs:apis",
        "check": "mock_server.cli.specs:check",
        "store": "mock_server.cli.store:store",
    },
    "Data and cases for testers": {
        "data": "mock_server.datasets.cli:data",
        "cases": "mock_server.cases.cli:cases",
    },
    "Sandboxes of a running server": {
        "sandboxes": f"{_CONTROL}.sandboxes:sandboxes",
        "create": f"{_CONTROL}.sandboxes:create",
        "reset": f"{_CONTROL}.sandboxes:reset",
        "delete": f"{_CONTROL}.sandboxes:delete",
    },
    "Their records": {
        "snapshot": f"{_CONTROL}.states:snapshot",
        "restore": f"{_CONTROL}.states:restore",
        "fork": f"{_CONTROL}.states:fork",
        "rewind": f"{_CONTROL}.states:rewind",
        "diff": f"{_CONTROL}.states:diff",
        "records": f"{_CONTROL}.records:records",
        "messy": f"{_CONTROL}.messy:messy",
        "compare": f"{_CONTROL}.sandboxes:compare",
        "export": f"{_CONTROL}.records:export",
        "seed": f"{_CONTROL}.records:seed",
    },
    "Their time and their faults": {
        "clock": f"{_CONTROL}.clock:clock",
        "fault": f"{_CONTROL}.faults:fault",
        "limits": f"{_CONTROL}.faults:limits",
        "csrf": f"{_CONTROL}.faults:csrf",
    },
    "What happened in them": {
        "journal": f"{_CONTROL}.journal:journal",
        "search": f"{_CONTROL}.journal:search",
        "code": f"{_CONTROL}.journal:code",
        "replay": f"{_CONTROL}.journal:replay",
        "call": f"{_CONTROL}.journal:call",
        "actions": f"{_CONTROL}.journal:actions",
        "har": f"{_CONTROL}.journal:har",
        "explain": f"{_CONTROL}.journal:explain",
        "verify": f"{_CONTROL}.journal:verify",
        "wait": f"{_CONTROL}.journal:wait",
    },
}


@click.group(
    cls=CommandGroup,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 1 problems found, or an expectation not met; 2 wrong use, or the "
    'server could not be reached. Shell completion: eval "$(_MOCK_SERVER_COMPLETE=bash_source '
    'mock-server)" (or zsh_source, fish_source).',
)
@click.version_option(__version__, message="%(version)s")
def mock_server() -> None:
    """Stateful mocks of four vendors' inventory APIs.

    \b
    mock-server serve                        all APIs on http://127.0.0.1:8080
    mock-server run -- pytest                answer a program's calls to the vendors' own hosts
    mock-server journal test --status 4xx    what went wrong in the sandbox `test`
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code, as `command_line.run` says."""
    return run(mock_server, "mock-server", arguments)
