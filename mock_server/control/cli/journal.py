"""The commands about what happened in a sandbox: journal, har, explain, verify and wait."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mock_server.command_line import path_option, say, say_json, takes_unicode, write_output
from mock_server.control.cli.options import complete_api, control_command, sandbox_argument
from mock_server.control.cli.reading import json_object
from mock_server.control.cli.views import show_done
from mock_server.control.client import Control
from mock_server.control.client.journal import NotMet, NotSeen
from mock_server.usage import UsageError

NOT_MET = 1
#: A day; who waits longer is not testing anything.
_LONGEST_WAIT = 86400.0
F = TypeVar("F", bound=Callable[..., Any])
_FILTERS = {
    "api": "The API that was called.",
    "operation": "The operationId.",
    "method": "The HTTP method.",
    "path": "The path, exact or with `*`.",
    "status": "A status such as 404, or a class such as 4xx.",
    "verdict": "What became of the call, such as answered or refused.",
}
_since = click.option(
    "--since",
    type=click.IntRange(0, (1 << 53) - 1),
    metavar="N",
    help="Only what came after exchange N.  [default: from the first]",
)


def _filters(act: F) -> F:
    """Give a command the options of a query, as one mapping `query`."""

    @functools.wraps(act)
    def command(*arguments: Any, **options: Any) -> Any:
        wanted = {name: options.pop(name) for name in _FILTERS}
        query = {name: value for name, value in wanted.items() if value is not None}
        return act(*arguments, query=query, **options)

    for name, about in reversed(_FILTERS.items()):
        complete = complete_api if name == "api" else None
        command = click.option(f"--{name}", shell_complete=complete, help=about)(command)
    return command  # type: ignore[return-value]  # click calls it with the options as keywords


@click.command()
@sandbox_argument
@_filters
@_since
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="At most so many exchanges.",
)
@click.option("--follow", is_flag=True, help="Go on with the exchanges to come, until Ctrl-C.")
@control_command
def journal(
    control: Control,
    sandbox: str,
    query: dict[str, str],
    since: int | None,
    limit: int,
    follow: bool,
    as_json: bool,
) -> None:
    """List the exchanges of a sandbox.

    With --json each is an object on a line of its own.
    """
    from mock_server.journal.views import line_of

    evidence = control.sandbox(sandbox).evidence
    if follow:
        if query:
            raise UsageError("journal: --follow shows every exchange and takes no filter")
        found = evidence.follow(since=since)
    else:
        found = iter(evidence.exchanges(query, since=since or 0, limit=limit))
    for exchange in found:
        text = json.dumps(exchange, ensure_ascii=not takes_unicode())
        say(text if as_json else line_of(exchange))
        sys.stdout.flush()


@click.command()
@sandbox_argument
@click.argument("words", nargs=-1)
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=100,
    show_default=True,
    help="At most so many exchanges.",
)
@control_command
def search(
    control: Control, sandbox: str, words: tuple[str, ...], limit: int, as_json: bool
) -> None:
    """Find exchanges by words, the newest first.

    \b
    mock-server search test status:4xx operation:createProduct
    mock-server search test changed:cliniko.products/12 has:fault
    mock-server search test -- -status:2xx balm
    """
    found = control.sandbox(sandbox).evidence.search(" ".join(words), limit=limit)
    if as_json:
        say_json(found)
        return
    for each in found["exchanges"]:
        say(f"#{each['number']} {each['method']} {each['path']} {each['status']}")
    if left := found["total"] - len(found["exchanges"]):
        say(f"and {left} more")


@click.command()
@sandbox_argument
@click.argument("number", type=click.IntRange(1))
@click.option("--pytest", "as_test", is_flag=True, help="A test, instead of a line of curl.")
@control_command
def code(control: Control, sandbox: str, number: int, as_test: bool, as_json: bool) -> None:
    """Show exchange NUMBER as code that makes its call again."""
    found = control.sandbox(sandbox).evidence.code(number)
    if as_json:
        say_json(found)
    else:
        say(found["pytest" if as_test else "curl"].rstrip())


@click.command()
@sandbox_argument
@click.argument("number", type=click.IntRange(1))
@control_command
def replay(control: Control, sandbox: str, number: int, as_json: bool) -> None:
    """Send the request of exchange NUMBER again."""
    _show_exchange(control.sandbox(sandbox).evidence.replay(number), as_json=as_json)


@click.command()
@sandbox_argument
@click.argument("api", shell_complete=complete_api)
@click.argument("method")
@click.argument("path")
@click.argument("body", required=False)
@control_command
def call(
    control: Control,
    sandbox: str,
    api: str,
    method: str,
    path: str,
    body: str | None,
    as_json: bool,
) -> None:
    """Call an API in a sandbox, signed in; PATH is below the API's base URL.

    \b
    mock-server call test cliniko GET /products/1
    mock-server call test cliniko POST /products '{"name": "Balm"}'
    mock-server call test cliniko POST /products @balm.json
    """
    value = None if body is None else json_object(body, "call: the body")
    found = control.sandbox(sandbox).call(api, method, path, body=value)
    _show_exchange(found, as_json=as_json)


def _show_exchange(found: dict[str, Any], *, as_json: bool) -> None:
    from mock_server.journal.views import line_of

    if as_json:
        say_json(found)
        return
    say(line_of(found))
    if found["response"]["body"]:
        say(found["response"]["body"])


@click.command()
@sandbox_argument
@control_command
def actions(control: Control, sandbox: str, as_json: bool) -> None:
    """List what control did to a sandbox: snapshots, faults, its clock."""
    found = control.sandbox(sandbox).actions()
    if as_json:
        say_json(found)
        return
    for each in found:
        say(f"{each['at']} after #{each['after']}: {each['kind']} {each['text']}")


@click.command()
@sandbox_argument
@_since
@path_option("--output", metavar="FILE", help="A file, instead of standard output.")
@control_command
def har(
    control: Control, sandbox: str, since: int | None, output: Path | None, as_json: bool
) -> None:
    """Write the journal as an HTTP archive (HAR)."""
    document = control.sandbox(sandbox).evidence.har(since=since or 0)
    ascii_only = output is None and not takes_unicode()
    write_output(json.dumps(document, ensure_ascii=ascii_only, indent=1) + "\n", output)
    if output is not None:
        count = len(document["log"]["entries"])
        show_done(
            f"{output}: {count} exchanges", as_json=as_json, file=str(output), exchanges=count
        )


@click.command()
@sandbox_argument
@click.argument("number", type=click.IntRange(1))
@control_command
def explain(control: Control, sandbox: str, number: int, as_json: bool) -> None:  # noqa: ARG001
    """Explain why exchange NUMBER was answered as it was, as JSON."""
    say_json(control.sandbox(sandbox).evidence.explain(number))


@click.command()
@sandbox_argument
@click.argument("expectations")
@control_command
def verify(control: Control, sandbox: str, expectations: str, as_json: bool) -> int:
    """Verify calls and effects; ends with 1 if an expectation is not met.

    \b
    mock-server verify test '{"calls": [{"operation": "createProduct", "exactly": 1}]}'
    mock-server verify test @expectations.json
    """
    wanted = json_object(expectations, "verify: the expectation")
    try:
        control.sandbox(sandbox).evidence.check(wanted)
    except NotMet as unmet:
        if as_json:
            show_done("", as_json=True, met=False, message=str(unmet))
        else:
            sys.stderr.write(f"mock-server: {unmet}\n")
        return NOT_MET
    show_done("met", as_json=as_json, met=True)
    return 0


@click.command()
@sandbox_argument
@_filters
@_since
@click.option(
    "--timeout",
    type=click.FloatRange(0, _LONGEST_WAIT),
    default=10.0,
    show_default=True,
    help="Seconds.",
)
@control_command
def wait(
    control: Control,
    sandbox: str,
    query: dict[str, str],
    since: int | None,
    timeout: float,
    as_json: bool,
) -> int:
    """Wait for an exchange; ends with 1 if none comes in time.

    With --json it prints the exchange, or `seen` as false and why.
    """
    if timeout != timeout:
        raise UsageError("wait: --timeout must be a number of seconds")
    from mock_server.journal.views import line_of

    evidence = control.sandbox(sandbox).evidence
    try:
        found = evidence.wait_for(query, since=since or 0, timeout=timeout)
    except NotSeen as problem:
        if as_json:
            say_json({"seen": False, "message": str(problem)})
        else:
            sys.stderr.write(f"mock-server: {problem}\n")
        return NOT_MET
    if as_json:
        say_json(found)
    else:
        say(line_of(found))
    return 0
