"""What the command `recorded` does."""

from __future__ import annotations

import argparse
import json

from contract_tests.cli.options import Options, WrongUse
from contract_tests.differential.waivers import read_waivers
from contract_tests.findings import Run
from contract_tests.recorded.check import check_recording, replay_recording
from contract_tests.recorded.har import read_document, recording_of, without_secrets
from contract_tests.target.mock import mock_target
from mock_server.discovery import load_vendor
from mock_server.state.clock import Clock


def run_recorded(options: Options, given: argparse.Namespace) -> list[tuple[Run, str]]:
    """Return what is wrong with a HAR file's calls, and with `--replay` what a mock does otherwise.

    Raises WrongUse, WrongHar, WrongWaivers, UnknownApi and SpecError.
    """
    vendor = load_vendor(options.names[0])
    document = without_secrets(read_document(given.har), vendor.spec)
    recording = recording_of(document, vendor.spec)
    if given.cleaned is not None:
        try:
            given.cleaned.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        except OSError as problem:
            raise WrongUse(f"--cleaned: {given.cleaned}: {problem.strerror}") from problem
    if not recording.calls:
        raise WrongUse(f"{given.har}: none of its calls is one of {vendor.api.name}")
    run = check_recording(recording, vendor)
    if given.replay:
        waivers = read_waivers(given.waivers) if given.waivers is not None else ()
        mock = mock_target(vendor.api.name, "test.empty-recorded")
        run.take(replay_recording(recording, mock, today=Clock().now().date(), waivers=waivers))
    return [(run, "")]
