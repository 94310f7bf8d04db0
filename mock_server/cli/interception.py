"""The commands `run` and `ca`: programs at the vendors' own host names."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from mock_server.cli.serve import ca_option, sandbox_options, settings_from, with_log
from mock_server.command_line import path_option, say
from mock_server.control.cli.options import complete_api
from mock_server.usage import UsageError, needs_extra

#: Where the other command is in the context.
COMMAND = "mock_server.command"


class BeforeCommand(click.Command):
    """A command whose arguments end at `--`; what follows is another command with its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the other command, and parse the rest."""
        if "--" in args:
            place = args.index("--")
            ctx.meta[COMMAND], args = args[place + 1 :], args[:place]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the usage, with the other command at its end."""
        return [*super().collect_usage_pieces(ctx), "--", "COMMAND", "[ARG]..."]


@click.command(cls=BeforeCommand)
@click.argument("api", nargs=-1, shell_complete=complete_api)
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST",
    help="A host that the program may call for real, such as db.example.com or *.example.com.",
)
@ca_option
@path_option("--report", metavar="DIR", help="Write the journal there, as HAR and as JSON.")
@path_option(
    "--expect",
    metavar="FILE",
    help="Expected calls and effects, in the form of `verify`; fails if they are not met.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="The proxy's port; 0 chooses a free one.",
)
@click.option(
    "-v", "--verbose", is_flag=True, help="Print a line for each request, as `serve` does."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but what the program prints.")
@sandbox_options
@click.pass_context
def run(
    context: click.Context,
    /,
    api: tuple[str, ...],
    allow_hosts: tuple[str, ...],
    ca: Path | None,
    report: Path | None,
    expect: Path | None,
    port: int,
    verbose: bool,
    quiet: bool,
    **given: Any,
) -> int:
    """Run a program whose calls to the vendors' own hosts are answered by the mock.

    It needs no change, no certificate and no account; it can call no other host. At its end what
    was called is printed, and its exit code is passed on.

    \b
    mock-server run -- python sync.py
    mock-server run cliniko --allow-host db.example.com --report out -- npm test
    """
    command = context.meta.get(COMMAND)
    if not command:
        raise UsageError("run needs a command after `--`, such as `mock-server run -- pytest`")
    if verbose and quiet:
        raise UsageError("--verbose and --quiet exclude each other")
    needs_extra("run", "trustme", "run")
    # Connexion takes most of a second to import; wrong use is reported before.
    from mock_server.check import check_if_changed
    from mock_server.discovery import load_vendors
    from mock_server.interception.running import ProgramRun
    from mock_server.interception.running import run as run_program

    settings = settings_from(given)
    vendors = load_vendors(api)
    problems = [problem for vendor in vendors for problem in check_if_changed(vendor)]
    if problems:
        raise UsageError("\n".join(["the specs have problems:", *map(str, problems)]))
    return run_program(
        ProgramRun(
            command,
            vendors,
            settings,
            allow_hosts=allow_hosts,
            ca=ca,
            port=port,
            report=report,
            expect=expect,
            quiet=quiet,
            log=with_log if verbose else None,
        )
    )


@click.command()
@ca_option
def ca(ca: Path | None) -> None:
    """Print the certificate of the authority of `serve --tls`, and how to trust it.

    The certificate goes to standard output, the rest to standard error.
    """
    needs_extra("run", "trustme", "ca")
    from mock_server.interception.certificates import CERTIFICATE, Authority, default_folder
    from mock_server.interception.environment import TRUST_VARIABLES

    folder = (ca or default_folder()).absolute()
    authority = Authority.kept_in(folder)
    say(authority.certificate_pem.decode().rstrip())
    variables = "".join(f"  {runtime:8} {name}\n" for runtime, name in TRUST_VARIABLES.items())
    sys.stderr.write(
        f"It is in {folder / CERTIFICATE}. Tell one program of it, not the whole system:\n"
        f"{variables}"
        "`mock-server run` does so by itself.\n"
    )
