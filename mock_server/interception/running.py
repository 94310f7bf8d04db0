"""Run a program whose calls to the vendors' hosts are answered by the mock."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

from starlette.types import ASGIApp

from mock_server.app import MockServer, build_server
from mock_server.control.api.spec import control_spec
from mock_server.control.client import Control
from mock_server.control.client.session import ControlError
from mock_server.discovery import Vendor
from mock_server.interception.certificates import Authority
from mock_server.interception.environment import TRUST_VARIABLES, environment
from mock_server.interception.gateway import Gateway
from mock_server.interception.processes import executables
from mock_server.interception.record import InterceptionRecord
from mock_server.journal.exchange import Exchange
from mock_server.journal.har import har
from mock_server.journal.views import exchange_view
from mock_server.openapi.schema import SchemaCompiler, violations_of
from mock_server.settings import Settings
from mock_server.usage import UsageError

#: As shells have it: a command that cannot be executed, and one that is not there.
CANNOT_EXECUTE, NOT_FOUND = 126, 127
#: What is added to the number of the signal that ended a program.
BY_SIGNAL = 128
#: The program did well, and what was expected did not happen.
UNMET = 1
#: Enough that the report of a long run is whole.
_JOURNAL_BYTES = 256 << 20
_PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
#: What a terminal sends to the program as well, not only to us.
_FROM_TERMINALS = frozenset({"SIGINT", "SIGQUIT"})


class CannotRun(UsageError):
    """The run cannot begin, or its report not be written."""


@dataclass(frozen=True)
class ProgramRun:
    """How a program is run: the command, and the options around it.

    `ca` is the folder of an authority that is kept; `port` is the proxy's, 0 chooses a free one.
    `report` is a folder for the journal, `expect` a file of expectations. `log` puts what logs the
    requests to a server in front of an application.
    """

    command: Sequence[str]
    vendors: list[Vendor]
    settings: Settings = field(default_factory=Settings)
    allow_hosts: Sequence[str] = ()
    ca: Path | None = None
    port: int = 0
    report: Path | None = None
    expect: Path | None = None
    quiet: bool = False
    log: Callable[[ASGIApp, MockServer], ASGIApp] | None = None


def run(options: ProgramRun) -> int:
    """Run the program, print what was called, and return the exit code.

    It is the program's own (126 and 127 for one that cannot be executed or is not there), 128 and
    the signal's number if a signal ended it, or 1 if the program did well and what was expected did
    not happen. Raises CannotRun, BadAuthority, BadHost, PortUnavailable, SpecError, PersonaError
    and SeedFileError.
    """
    reason = _not_executable(options.command)
    if reason is not None:
        code, text = reason
        _say(f"mock-server run: {text}")
        return code
    expectations = _read_expectations(options.expect) if options.expect else None
    if options.report:
        _prepare(options.report)
    authority = Authority.kept_in(options.ca) if options.ca else Authority.new()
    settings = replace(options.settings, hide_keys=True, journal_bytes=_JOURNAL_BYTES)
    server = build_server(settings=settings, vendors=options.vendors)
    log = options.log
    with (
        Gateway(
            server,
            authority,
            allow_hosts=options.allow_hosts,
            port=options.port,
            wrap=lambda app: log(app, server) if log else app,
        ) as gateway,
        tempfile.TemporaryDirectory(prefix="mock-server-") as folder,
    ):
        variables = environment(gateway, authority, Path(folder), os.environ)
        if not options.quiet:
            _say(_beginning(gateway))
        code = _run_command(options.command, variables, gateway.record)
    if not options.quiet:
        _say(summary(gateway.record, options.command[0]))
    if options.report:
        write_report(options.report, server, gateway.record)
    if expectations is not None:
        problem = unmet(server, expectations)
        if problem:
            _say(f"mock-server run: {problem}")
            return code or UNMET
    return code


def _say(text: str) -> None:
    """Print beside what the program prints: its output stays its own."""
    print(text, file=sys.stderr, flush=True)


def _not_executable(command: Sequence[str]) -> tuple[int, str] | None:
    """Return the exit code of a command that cannot be run, and why; None if it can."""
    if shutil.which(command[0]) is not None:
        return None
    if Path(command[0]).exists():
        return CANNOT_EXECUTE, f"{command[0]} cannot be executed"
    return NOT_FOUND, f"there is no command {command[0]!r}"


def _run_command(
    command: Sequence[str], variables: Mapping[str, str], record: InterceptionRecord
) -> int:
    try:
        process = subprocess.Popen(command, env=dict(variables))  # noqa: S603 - asked for
    except OSError as problem:
        _say(f"mock-server run: {command[0]}: {problem.strerror}")
        return CANNOT_EXECUTE
    record.guess_client = lambda: " ".join(sorted(executables(process.pid)))
    with _signals_passed_to(process):
        code = process.wait()
    return BY_SIGNAL - code if code < 0 else code


@contextmanager
def _signals_passed_to(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass signals on to a program, as if it had been called without us."""

    def pass_on(number: int, _: FrameType | None) -> None:
        if signal.Signals(number).name in _FROM_TERMINALS and _has_terminal():
            return
        process.send_signal(number)

    if threading.current_thread() is not threading.main_thread():
        # Python handles signals in the main thread alone.
        yield
        return
    numbers = [getattr(signal, name) for name in _PASSED_ON if hasattr(signal, name)]
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _has_terminal() -> bool:
    """Whether what is pressed on a terminal reaches us and the program alike."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def _beginning(gateway: Gateway) -> str:
    hosts = ", ".join(host.example for host in gateway.hosts.hosts)
    return f"mock-server run: answering for {hosts}; control at {gateway.url}/_mock/docs"


def summary(record: InterceptionRecord, command: str) -> str:
    """Return what was called, in lines of text; `command` is what ran."""
    lines = [
        f"  {api:10} {what:40} {sum(statuses.values()):5}  "
        + ", ".join(f"{status}: {count}" for status, count in statuses.items())
        for api, what, statuses in record.by_operation()
    ]
    lines += [
        f"  {api:10} {what:40} {count:5}  not mocked (501)"
        for (api, what), count in sorted(record.not_mocked.items())
    ]
    calls = sum(record.calls.values()) + sum(record.not_mocked.values())
    head = [f"mock-server run: {calls} call{'s' * (calls != 1)}"]
    lines += [f"  off the contract: {each}" for each in record.off_contract]
    lines += [
        f"  refused{_times(count)}: {why}" for (_, why), count in sorted(record.refused.items())
    ]
    lines += [
        f"  a client refused the certificate of {host}{_times(count)}: it ignored "
        + ignored_variable(client, command)
        for (host, client), count in sorted(record.distrusted.items())
    ]
    if record.http_2:
        lines.append(
            f"  a client spoke HTTP/2 alone{_times(record.http_2)}: HTTP/1.1 is served, as the "
            "handshake of TLS says"
        )
    return "\n".join(head + lines)


def _times(count: int) -> str:
    return f" {count} times" if count > 1 else ""


def ignored_variable(client: str, command: str) -> str:
    """Say which variable would have shown a client the certificate.

    `client` is what it calls itself, or what it may be; `command` is what ran.
    """
    for name in (client, Path(command).name):
        found = [
            variable
            for word, variable in TRUST_VARIABLES.items()
            if re.search(rf"(?<![a-z]){word}(?![a-z])", name.lower())
        ]
        if found:
            return " or ".join(dict.fromkeys(found))
    return "the variable of its runtime: " + "; ".join(
        f"{word}: {variable}" for word, variable in TRUST_VARIABLES.items()
    )


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotRun(f"--report {folder}: {problem.strerror}") from problem


def write_report(folder: Path, server: MockServer, record: InterceptionRecord) -> None:
    """Write the journal as `journal.har` and `journal.json`; raises CannotRun.

    Secrets are redacted. The JSON has all exchanges by sandbox, those that opened none under "",
    and what is in the summary.
    """
    sandboxes = server.sandboxes
    journals = {
        name: sandbox.journal for name in sandboxes.names() if (sandbox := sandboxes.find(name))
    }
    journals[""] = sandboxes.unattributed.journal
    specs = server.control_context.specs
    exchanges: list[Exchange] = sorted(
        (each for journal in journals.values() for each in journal), key=lambda each: each.at
    )
    document = {
        "sandboxes": {
            name: {
                "dropped": journal.dropped,
                "exchanges": [exchange_view(each, specs.get(each.api)) for each in journal],
            }
            for name, journal in journals.items()
        },
        "not_mocked": _counted(record.not_mocked, "api", "call"),
        "off_contract": record.off_contract,
        "refused": _counted(record.refused, "host", "reason"),
        "distrusted": _counted(record.distrusted, "host", "client"),
    }
    texts = {"journal.har": har(exchanges, specs), "journal.json": document}
    try:
        for name, content in texts.items():
            text = json.dumps(content, ensure_ascii=False, indent=1)
            (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as problem:
        raise CannotRun(f"--report {folder}: {problem.strerror}") from problem


def _counted(counts: Mapping[tuple[str, str], int], *names: str) -> list[dict[str, Any]]:
    return [
        {**dict(zip(names, parts, strict=True)), "times": times}
        for parts, times in sorted(counts.items())
    ]


def _read_expectations(path: Path) -> dict[str, Any]:
    """Read expectations in the form of `mock-server verify`, with the `sandbox` beside them."""
    try:
        expectations = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CannotRun(f"--expect {path}: {problem}") from problem
    if not isinstance(expectations, dict) or not isinstance(expectations.get("sandbox", ""), str):
        raise CannotRun(f"--expect {path}: not an object with expectations")
    asked = {name: value for name, value in expectations.items() if name != "sandbox"}
    schema = SchemaCompiler.of(control_spec()).component("Expectations")
    for violation in violations_of(schema.iter_errors(asked), "body", ()):
        raise CannotRun(f"--expect {path}: {str(violation).removeprefix('body ')}")
    return expectations


def unmet(server: MockServer, expectations: Mapping[str, Any]) -> str | None:
    """Return what did not happen of what was expected, or None.

    Without `sandbox`, the only one that was called is meant.
    """
    asked = {name: value for name, value in expectations.items() if name != "sandbox"}
    name = expectations.get("sandbox")
    if name is None:
        opened = server.sandboxes.names()
        if len(opened) != 1:
            said = f"{len(opened)} sandboxes ({', '.join(opened)})" if opened else "no sandbox"
            return f"the program called {said}, so `sandbox` must name the one that is meant"
        name = opened[0]
    elif server.sandbox(name) is None:
        return f"the program did not call the sandbox {name!r}"
    try:
        with Control(app=server) as control:
            control.sandbox(name).evidence.verify(**asked)
    except (AssertionError, ControlError) as problem:
        return str(problem)
    return None
