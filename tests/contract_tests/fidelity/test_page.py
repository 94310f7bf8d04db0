"""`docs/fidelity.md` is made from the rules, and is current."""

from __future__ import annotations

from contract_tests.cli.main import main
from contract_tests.fidelity.model import load_rules
from contract_tests.fidelity.page import Beside, page
from mock_server.discovery import load_vendors
from tests.conftest import ROOT

BESIDE = ROOT / "benchmarks" / "prism.json"


def test_the_page_is_made_from_the_rules(capsys):
    assert main(["fidelity", "--page", "--beside", str(BESIDE)]) == 0
    made = capsys.readouterr().out
    assert (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8") == made, "run make fidelity"


def test_the_page_has_every_rule_and_what_is_not_known():
    known = [(vendor, load_rules(vendor)) for vendor in load_vendors()]
    text = page(known)
    for _, rules in known:
        assert [rule.id for rule in rules.rules if f"| `{rule.id}` |" not in text] == []
        assert all(unknown.says in text for unknown in rules.unknown)


def test_a_rule_that_another_target_was_not_asked_is_not_shown():
    known = [(vendor, load_rules(vendor)) for vendor in load_vendors()]
    count = sum(len(rules.rules) for _, rules in known)
    assert f"| all | {count} | 0 | 0 | {count} |" in page(known, [Beside("X", {})])
