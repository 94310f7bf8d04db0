"""What judges a finding is written down with all that it needs, and judges as it did."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise

import pytest

from contract_tests import claims
from contract_tests.reproduction.keeping import KeepsTo
from contract_tests.reproduction.portable import NotPortable, standalone
from mock_server.discovery import api_names, load_lifecycle, load_vendor
from mock_server.lifecycle.model import Lifecycle
from mock_server.lifecycle.values import decimal, flag, instant
from tests.contract_tests.toy.target import toy_vendor

VENDORS = [toy_vendor(), *map(load_vendor, api_names())]
RATE = Decimal("1.15")


def written(**roots):
    """What source written for some values makes of them, without anything of ours."""
    names = {}
    exec(compile(standalone(roots), "standalone.py", "exec"), names)
    return names


def rules(lifecycle: Lifecycle):
    """Every rule of a lifecycle by which something is judged."""
    for resource in lifecycle.resources:
        yield from (each.violation for each in (*resource.relations, *resource.outcomes))
        yield from (each.expected for each in resource.summaries)
        yield from (each.marked for each in resource.removals)
        yield from (each.shows for each in resource.moves if each.shows)
        yield from (each.kind.meaning for each in resource.fields)
        taken = (move.taken for move in resource.moves)
        for listing in filter(None, (*resource.lists, resource.history, *taken)):
            yield from (each.holds for each in listing.filters)
            yield from (each.key for each in (*listing.sorts, listing.order) if each)
            if listing.paging is not None:
                paging = listing.paging
                found = (paging.more, paging.next, paging.previous, paging.violation)
                yield from (each for each in found if each is not None)


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.api.name)
def test_every_rule_of_every_api_can_be_taken_along(vendor):
    known = list(rules(load_lifecycle(vendor)))
    assert len(known) > 20
    for rule in known:
        assert callable(written(rule=rule)["rule"])


CLAIMS = [
    each
    for each in (*vars(claims).values(), KeepsTo)
    if isinstance(each, type) and issubclass(each, claims.Claim) and each is not claims.Claim
]


@pytest.mark.parametrize("kind", CLAIMS)
def test_every_claim_can_be_taken_along_but_the_one_that_needs_the_spec(kind):
    if kind is claims.Conforms:
        with pytest.raises(NotPortable):
            standalone({"kind": kind})
    else:
        assert written(kind=kind)["kind"].__name__ == kind.__name__


def _taxed(price):
    return price * RATE


def _later(times):
    return all(one <= next_one for one, next_one in pairwise(map(instant, times)))


def _without(text, prefix="ct-"):
    return text.removeprefix(prefix)


def test_rules_judge_as_they_did():
    by = 3
    found = written(
        taxed=_taxed,
        later=_later,
        without=_without,
        times=lambda value: value * by,
        half=partial(lambda value, by: value / by, by=2),
        amount=decimal(separator=",").meaning,
        is_set=flag("Yes", "No").meaning,
        spelled=str.casefold,
    )
    assert found["taxed"](Decimal(2)) == Decimal("2.30")
    assert found["later"](["2024-01-01T00:00:00Z", "2024-01-01T01:00:00.5+00:00"]) is True
    assert found["without"]("ct-x") == "x"
    assert (found["times"](2), found["half"](3)) == (6, 1.5)
    assert found["amount"]("1,234.50") == Decimal("1234.5")
    assert found["is_set"]("No") is False
    assert found["spelled"]("A") == "a"


@dataclass(frozen=True)
class Thing:
    name: str
    unused: object = object()

    def louder(self):
        return self.name.upper()


def test_of_a_value_only_what_is_asked_for_is_written():
    thing = Thing("soap")
    found = written(said=lambda: thing.louder())
    assert found["said"]() == "SOAP"
    assert "unused" not in standalone({"said": lambda: thing.louder()})


def test_what_cannot_be_written_is_named():
    with pytest.raises(NotPortable, match="thing"):
        standalone({"thing": object()})
    with pytest.raises(NotPortable, match=r"module|SpecIndex|jsonschema_rs"):
        standalone({"kind": claims.Conforms})


def test_a_text_that_python_refuses_for_nothing_is_read_again(monkeypatch):
    parse, refused = ast.parse, []

    def parse_or_refuse(text: str, **options: object) -> ast.AST:
        if text not in refused:
            refused.append(text)
            raise SystemError("AST constructor recursion depth mismatch (before=189, after=170)")
        return parse(text, **options)

    monkeypatch.setattr(ast, "parse", parse_or_refuse)
    assert "VALUE = (1," in standalone({"VALUE": (1, partial(decimal, "1"))})
    assert refused


def test_what_is_written_runs_apart_from_everything(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(f"{standalone({'later': _later})}\nprint(later(['2024-01-01T00:00:00Z']))")
    done = subprocess.run(
        [sys.executable, "-I", "-S", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"
