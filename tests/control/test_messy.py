"""Messy data on the wire: switched for a sandbox, listed with reasons, and explained."""

from __future__ import annotations

import httpx
import pytest

from mock_server.app import build_server
from mock_server.cli import main
from mock_server.control.client import ControlError
from mock_server.in_process import InProcessTransport
from mock_server.seeding.odd_values import DIMENSIONS
from mock_server.settings import Settings
from mock_server.state.variation import Variation


def names(client):
    return [each["name"] for each in client.get("/products?per_page=100").json()["products"]]


def test_a_sandbox_is_made_messy_in_some_dimensions(control, cliniko):
    control.create("test-plain")
    made = control.create("test-a", messy=["emoji"])
    assert made.messy() == ("emoji",)
    assert control.sandbox("test-plain").messy() == ()
    odd = made.odd_values(table="products", limit=1000)
    assert {each.dimension for each in odd} == {"emoji"}
    assert all(each.present and each.seed == 0 for each in odd)
    shown = names(cliniko("test-a"))
    assert {each.value for each in odd if each.field == "name"} & set(shown)
    assert shown != names(cliniko("test-plain"))


def test_the_switch_makes_the_records_anew_and_none_makes_them_plain(control, cliniko):
    sandbox = control.create("test-a")
    plain = names(cliniko("test-a"))
    assert set(sandbox.messy("all")) == set(DIMENSIONS)
    assert names(cliniko("test-a")) != plain
    assert sandbox.messy(["none"]) == ()
    assert names(cliniko("test-a")) == plain
    assert sandbox.odd_values() == []


def test_a_key_chooses_the_messy_persona(control, cliniko):
    names(cliniko("test.messy-1"))
    sandbox = control.sandbox("test.messy-1")
    assert set(sandbox.messy()) == set(DIMENSIONS)
    copy = sandbox.fork("test-copy")
    assert copy.odd_values(limit=5) == sandbox.odd_values(limit=5)


def test_an_odd_value_that_was_overwritten_is_no_longer_present(control, cliniko):
    sandbox = control.create("test-a", messy=["html"])
    odd = next(each for each in sandbox.odd_values(table="products") if each.field == "name")
    client = cliniko("test-a")
    assert client.patch(f"/products/{odd.key}", json={"name": "Plain"}).status_code in {200, 404}
    client.post("/products", json={"name": "Other"})
    again = sandbox.odd_values(table="products", key=odd.key)
    assert [each.present for each in again if each.field == "name"] == [False]


def test_an_explanation_says_which_odd_values_an_answer_has(control, cliniko):
    sandbox = control.create("test-a", messy=["sql", "absent"])
    client = cliniko("test-a")
    client.get("/products?per_page=5")
    listed = sandbox.evidence.explain(1)["odd_values"]
    held = {each["id"] for each in client.get("/products?per_page=5").json()["products"]}
    assert listed
    assert {str(each["key"]) for each in listed if each["table"] == "products"} <= held
    one = next(each for each in listed if each["table"] == "products")
    client.get(f"/products/{one['key']}")
    assert one in sandbox.evidence.explain(3)["odd_values"]
    client.get("/products/999999")
    assert sandbox.evidence.explain(4)["odd_values"] == []


@pytest.mark.parametrize("wrong", [["emojy"], ["emoji", "sequel"]])
def test_an_unknown_dimension_is_refused_with_one_that_is_there(control, wrong):
    sandbox = control.create("test-a")
    with pytest.raises(ControlError, match=r"no dimension '.*' of messy data; (did you|there are)"):
        sandbox.messy(wrong)
    with pytest.raises(ControlError, match="no dimension"):
        control.create("test-b", messy=wrong)
    assert [each.name for each in control.sandboxes()] == ["test-a"]


def test_a_server_makes_all_its_sandboxes_messy():
    variation = Variation(messy=frozenset({"long-text"}))
    server = build_server(["skhokho"], Settings(variation=variation))
    with httpx.Client(transport=InProcessTransport(server), base_url="http://localhost") as client:
        url = "/skhokho/api/v1.0/organisation/organisation-1/inventory/"
        found = client.get(url, auth=("test", "x"))
    assert max(len(each["name"]) for each in found.json()["results"]) >= 299


def test_wrong_use_of_the_options_is_one_line(capsys):
    assert main(["serve", "--messy", "emojy"]) == 2
    assert main(["messy"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert "there is no dimension 'emojy' of messy data; did you mean emoji?" in lines[0]
    assert "needs a SANDBOX" in lines[1]
    assert main(["messy", "--dimensions"]) == 0
    assert "right-to-left" in capsys.readouterr().out
