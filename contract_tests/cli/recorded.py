"""What the command `recorded` does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from contract_tests.cli.options import Options, read_options, report_options, waivers_option
from contract_tests.cli.run import reported
from contract_tests.differential.waivers import read_waivers
from contract_tests.findings import Run
from contract_tests.recorded.check import check_recording, replay_recording
from contract_tests.recorded.har import read_document, recording_of, without_secrets
from contract_tests.target.mock import mock_target
from mock_server.command_line import path_option, write_output
from mock_server.control.cli.options import complete_api
from mock_server.discovery import load_vendor
from mock_server.state.clock import Clock
from mock_server.usage import UsageError


@click.command()
@click.argument("api", shell_complete=complete_api)
@click.argument("har", type=click.Path(path_type=Path), metavar="FILE.har")
@click.option("--replay", is_flag=True, help="Send the calls to a fresh mock, and compare.")
@path_option("--cleaned", metavar="FILE", help="Write the HAR file again without its secrets.")
@waivers_option
@report_options
def recorded(api: str, har: Path, **given: Any) -> int:
    """Check recorded traffic (a HAR file) against the spec, and with --replay against a mock."""
    options = read_options({**given, "api": (api,)})
    chosen = {name: given[name] for name in ("replay", "cleaned", "waivers")}
    return reported(options, lambda: _runs(options, har, **chosen))


def _runs(
    options: Options, har: Path, *, replay: bool, cleaned: Path | None, waivers: Path | None
) -> list[tuple[Run, str]]:
    """What is wrong with the calls of a HAR file, and on demand what a mock does otherwise."""
    vendor = load_vendor(options.names[0])
    document = without_secrets(read_document(har), vendor.spec)
    recording = recording_of(document, vendor.spec)
    if cleaned is not None:
        write_output(json.dumps(document, indent=1) + "\n", cleaned)
    if not recording.calls:
        raise UsageError(f"{har}: none of its calls is one of {vendor.api.name}")
    run = check_recording(recording, vendor)
    if replay:
        accepted = read_waivers(waivers) if waivers is not None else ()
        mock = mock_target(vendor.api.name, "test.empty-recorded")
        run.take(replay_recording(recording, mock, today=Clock().now().date(), waivers=accepted))
    return [(run, "")]
