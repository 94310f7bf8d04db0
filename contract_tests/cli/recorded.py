"""What the command `recorded` does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from contract_tests.cli.options import read_options, report_options, waivers_option
from contract_tests.cli.run import reported
from contract_tests.differential.waivers import read_waivers
from contract_tests.findings import Run
from contract_tests.options import Options
from contract_tests.recorded.check import check_recording
from contract_tests.recorded.cleaning import document_of, read_entries
from contract_tests.recorded.har import read_document, recording_of
from contract_tests.recorded.replay import replay_recording
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
@click.option(
    "--base-url",
    metavar="URL",
    help="What the spec's paths were appended to.  [default: found in the file]",
)
@path_option("--cleaned", metavar="FILE", help="Write the HAR file again without its secrets.")
@waivers_option
@report_options
def recorded(api: str, har: Path, **given: Any) -> int:
    """Check recorded traffic (a HAR file) against the spec, and with --replay against a mock."""
    options = read_options({**given, "api": (api,)})
    chosen = {name: given[name] for name in ("replay", "base_url", "cleaned", "waivers")}
    return reported(options, lambda: _runs(options, har, **chosen))


def _runs(
    options: Options,
    har: Path,
    *,
    replay: bool,
    base_url: str | None,
    cleaned: Path | None,
    waivers: Path | None,
) -> list[tuple[Run, str]]:
    """What is wrong with the calls of a HAR file, and on demand what a mock does otherwise."""
    vendor = load_vendor(options.names[0])
    accepted = read_waivers(waivers) if waivers is not None else ()
    entries, left_out = read_entries(read_document(har), vendor.spec)
    if cleaned is not None:
        text = json.dumps(document_of(entries.values()), indent=1, allow_nan=False)
        write_output(text + "\n", cleaned)
    recording = recording_of(entries, vendor.spec, base_url)
    if not recording.calls:
        seen = "; ".join([*left_out, *recording.others][:3])
        raise UsageError(
            f"{har}: none of its calls is one of {vendor.api.name}" + (f" ({seen})" if seen else "")
        )
    recording = replace(recording, others=(*left_out, *recording.others))
    run = check_recording(recording, vendor)
    if replay:
        mock = mock_target(vendor.api.name, "test.typical-recorded")
        run.take(replay_recording(recording, mock, today=Clock().now().date(), waivers=accepted))
    return [(run, "")]
