"""The `contract-tests` command; each of its commands is imported when it is used."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from mock_server import __version__
from mock_server.command_line import CommandGroup, cache_folder, run
from mock_server.usage import needs_extra

#: Where each command is, below the heading that the help has for it.
SECTIONS = {
    "Test": {
        "run": "contract_tests.cli.run:run",
        "diff": "contract_tests.cli.diff:diff",
        "recorded": "contract_tests.cli.recorded:recorded",
        "fidelity": "contract_tests.cli.fidelity:fidelity",
    },
    "Tools": {
        "replay": "contract_tests.cli.replay:replay",
        "sweep": "contract_tests.cli.sweep:sweep",
        "check-answer": "contract_tests.cli.check_answer:check_answer",
        "where": "contract_tests.cli.where:where",
    },
}


class _Group(CommandGroup):
    """The commands, or one line about what they need and is not installed."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; raises UsageError where the extra is missing."""
        needs_extra("contract", "schemathesis", "contract-tests")
        return super().get_command(ctx, cmd_name)


@click.group(
    cls=_Group,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 no new findings; 1 findings; 2 wrong use; 3 the target could not be "
    "reached or refused the credential, and nothing was found elsewhere. Shell completion: eval "
    '"$(_CONTRACT_TESTS_COMPLETE=bash_source contract-tests)" (or zsh_source, fish_source).',
)
@click.version_option(__version__, message="%(version)s")
def contract_tests() -> None:
    """Test a mock or a real service against its OpenAPI document.

    \b
    contract-tests run                    all mocks
    contract-tests run cliniko --target https://api.au1.cliniko.com/v1 --credential env:KEY
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code, as `command_line.run` says."""
    # What Hypothesis keeps between runs is not left behind where the command is used.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(cache_folder() / "hypothesis"))
    return run(contract_tests, "contract-tests", arguments)
