"""Hold Prism, another mock of the same documents, to the rules that ours keeps.

    python -m benchmarks.prism [--npm FOLDER]

Installs Prism by npm into a temporary folder (or FOLDER, which is kept), starts it for each API on
a free loopback port, tries every rule with the profile `full`, and writes `benchmarks/prism.json`,
from which `docs/fidelity.md` has its table. A rule counts as kept if Prism's answers meet it,
whatever it answers by.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.peers.servers import NPM, SERVERS, NotHere, Place, free_port, install, running
from contract_tests.fidelity.model import load_rules
from contract_tests.fidelity.runner import run_rules
from contract_tests.target.mock import mock_target
from contract_tests.target.service import url_target
from mock_server.data import specs_directory
from mock_server.discovery import load_vendors

_WRITTEN = Path(__file__).with_name("prism.json")
_NAME = f"Prism {NPM['@stoplight/prism-cli']}"


def main() -> int:
    """Run the comparison; returns 2 if Prism cannot be had here."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--npm", type=Path, help="where Prism is installed, or will be")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        try:
            apis = _compared(options.npm or Path(temporary) / "npm", Path(temporary))
        except NotHere as problem:
            print(f"benchmarks.prism: {problem}", file=sys.stderr)
            return 2
    report = {"target": _NAME, "apis": apis}
    _WRITTEN.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def _compared(npm: Path, folder: Path) -> list[dict[str, Any]]:
    prism = next(each for each in SERVERS if each.name == "Prism, static")
    install(prism, npm)
    apis = []
    for vendor in load_vendors():
        rules = load_rules(vendor)
        if rules is None:
            continue
        api = vendor.api.name
        own = folder / api
        own.mkdir()
        place = Place(own, specs_directory() / f"{api}.yaml", own / "none", free_port(), npm)
        # Any credential does; those of the mock have the right form.
        mock = mock_target(api)
        with running(prism, place, 0) as started:
            target = url_target(
                api, started.url, mock.credential, mock.other_credential, mock.parameters
            )
            target = replace(target, parameters={**mock.parameters, "bid": mock.credential})
            result = run_rules(rules, rules.rules, target, rules.given)
            target.close()
        kept, broken, unseen = (result.count(each) for each in ("kept", "broken", "not shown"))
        print(f"{api}: kept {kept}, not kept {broken}, not shown {unseen}")
        verdicts = [{"id": each.rule.id, "verdict": each.verdict} for each in result.outcomes]
        apis.append({"api": api, "rules": verdicts})
    return apis


if __name__ == "__main__":
    sys.exit(main())
