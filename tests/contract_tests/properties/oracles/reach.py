"""Which properties come upon which of the toy's switches.

`python -m tests.contract_tests.properties.oracles.reach` writes it anew where oracles changed.
"""

from __future__ import annotations

import json
from pathlib import Path

from contract_tests.properties.run import Plan, run_properties
from tests.contract_tests.properties.oracles.switches import SWITCHES
from tests.contract_tests.toy.target import toy_target

PATH = Path(__file__).with_name("reach.json")
#: So many seeds tell what is always found from what depends on the values that are drawn.
_SEEDS = range(1, 4)
#: One switch for each property, for the sake of time.
NAMES = sorted({*{each.check: each.name for each in reversed(SWITCHES)}.values()})


def reported_for(switch: str, seed: int) -> set[str]:
    """Return the names of the properties that one round with a switch shows to be broken."""
    plan = Plan(rounds=1, shortest=False)
    return {
        each.check for each in run_properties(toy_target(switch), seed=seed, plan=plan).findings
    }


def written_down() -> dict[str, dict[str, list[str]]]:
    """Return, for each switch, what is `always` told and what is told `sometimes`."""
    return json.loads(PATH.read_text(encoding="utf-8"))


def _measured(switch: str) -> dict[str, list[str]]:
    told = [reported_for(switch, seed) for seed in _SEEDS]
    always = set.intersection(*told)
    return {"always": sorted(always), "sometimes": sorted(set.union(*told) - always)}


if __name__ == "__main__":
    found = {name: _measured(name) for name in NAMES}
    PATH.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
