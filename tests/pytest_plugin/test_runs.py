"""Whole test runs: what passes, what fails, and what the report says."""

from __future__ import annotations

import pytest

from mock_server.app import build_server
from mock_server.settings import Settings


def test_a_test_gets_a_fresh_fork_each_time(run):
    done = run("""
def test_one(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        assert client.post("/products", json={"name": "Balm", "tax_id": "1"}).status_code == 201
        assert client.get("/products").json()["total_entries"] == 57

def test_two(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        assert client.get("/products").json()["total_entries"] == 56
""")
    done.assert_outcomes(passed=2)


def test_the_marker_says_how_it_begins_and_the_nearest_wins(run, pytester):
    (pytester.path / "shop.yaml").write_text("apis: {cliniko: {products: []}}\n")
    done = run("""
import pytest
pytestmark = pytest.mark.mock_inventory(persona="empty", clock="2026-03-01T12:00:00Z")

def test_module(mock_inventory):
    assert mock_inventory.seed == 3
    assert mock_inventory.clock.now().isoformat() == "2026-03-01T12:00:00+00:00"
    with mock_inventory.cliniko.client() as client:
        assert client.get("/products").json()["total_entries"] == 0

@pytest.mark.mock_inventory(persona="typical", seed=5)
def test_nearest(mock_inventory):
    assert mock_inventory.seed == 5
    assert mock_inventory.clock.frozen
    with mock_inventory.cliniko.client() as client:
        assert client.get("/products").json()["total_entries"] > 50

@pytest.mark.mock_inventory(persona="typical", seed_file="shop.yaml")
def test_seed_file(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        assert client.get("/products").json()["total_entries"] == 0
""", "--strict-markers", ini="mock_inventory_seed = 3")  # fmt: skip
    done.assert_outcomes(passed=3)


#: What somebody may type who is mistaken, and the line that helps.
MISTAKES = {
    "clinko": "AttributeError: mock_inventory has no 'clinko'; did you mean cliniko?",
    "cliniko.live_ur": "AttributeError: ApiAccess has no 'live_ur'; did you mean live_url?",
    "rate_limits = True": "AttributeError: mock_inventory.rate_limits cannot be set; call *(…)",
    "clock = 1": "AttributeError: mock_inventory.clock cannot be set; use its methods",
    "faults.stats(429)": "AttributeError: Faults has no 'stats'; did you mean status?",
    "faults.status(429, opertion='x')": "*/match/opertion: * did you mean operation?",
    "calls(opration='x')": "*a call has no 'opration' to ask for; did you mean operation?",
    "verify_calls(operation='createProdct')": "*'createProdct'; did you mean createProduct?",
    "export('clinko')": "*there is no API 'clinko'; did you mean cliniko?",
    "odd_values('clinko')": "*there is no API 'clinko'; did you mean cliniko?",
    "restore('x')": "*there is no snapshot 'x'; there are none",
    "rewind(9)": "*'before:9': there is no such exchange; the last is 0",
    "explain(9)": "*there is no exchange 9; the last is 0",
}


def test_a_mistake_in_a_test_is_answered_with_what_was_meant_and_no_line_of_ours(run):
    done = run(
        "".join(
            f"def test_{number}(mock_inventory):\n    mock_inventory.{line}\n"
            for number, line in enumerate(MISTAKES)
        )
    )
    done.assert_outcomes(failed=len(MISTAKES))
    done.stdout.fnmatch_lines([f"E *{complaint}" for complaint in MISTAKES.values()])
    done.stdout.no_fnmatch_line("*pytest_plugin/*.py*")


@pytest.mark.parametrize(
    ("marker", "complaint"),
    [
        ("seed='x'", "mock_inventory: seed is a whole number, not 'x'"),
        ("clock='noon'", "*or an instant such as 2026-01-01T00:00:00Z, not 'noon'"),
        (
            "clock='0001-01-01'",
            "mock_inventory: the clock 0001-01-01* is out of range, *",
        ),
        ("persna=1", "the marker mock_inventory has no 'persna'; did you mean persona?"),
        ("'empty'", "the marker mock_inventory takes persona, seed, * by name, not 'empty' alone"),
        ("fail_on='all'", "mock_inventory: fail_on is one of none, inferred, not 'all'"),
        ("persona='rich'", "mock_inventory: there is no persona 'rich'; *"),
        ("seed_file='none.yaml'", "mock_inventory: *none.yaml: No such file or directory"),
    ],
)
def test_what_a_marker_cannot_say_is_told_in_one_line(run, marker, complaint):
    done = run(f"""
import pytest

@pytest.mark.mock_inventory({marker})
def test_it(mock_inventory):
    pass
""")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines([complaint])


def test_wrong_ini_options_stop_the_run(run):
    done = run("def test_it(): pass", ini="mock_inventory_clock = noon")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["ERROR: mock_inventory: clock is *"])


def test_an_api_that_is_not_there_is_told_in_one_line(run):
    done = run("def test_it(mock_inventory): pass", "-o", "mock_inventory_apis=shopify")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["mock_inventory: there is no API 'shopify'; there are *"])


def test_a_failure_shows_the_seeds_and_what_was_called(run):
    done = run("""
import httpx

def test_sync(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        client.get("/products/999")
        httpx.Client(transport=mock_inventory.transport).get(mock_inventory.cliniko.base_url)
    assert False
""", ini="mock_inventory_seed = 11")  # fmt: skip
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([
        "*- mock_inventory -*",
        "sandbox test.typical-sync-*, persona typical, seed 11, clock real",
        "#1 GET http://mock.test/cliniko/v1/products/999 404 (refused)",
        "opened no sandbox: #1 GET http://mock.test/cliniko/v1 *",
    ])  # fmt: skip
    done.stdout.no_fnmatch_line("*Basic *")


def test_unmet_expectations_fail_the_test_at_its_end(run):
    done = run("""
import pytest
from mock_server.pytest_plugin.inventory import Effect, Query

def test_calls(mock_inventory):
    mock_inventory.expect_calls(operation="createProduct", exactly=1)

def test_effects(mock_inventory):
    mock_inventory.expect_effects(
        Effect("cliniko.products", 1, field="stock_level", before=5, after=3)
    )

def test_order(mock_inventory):
    mock_inventory.expect_order(Query(operation="listProducts"))

def test_met(mock_inventory):
    mock_inventory.expect_calls(operation="listProducts", exactly=1)
    mock_inventory.expect_effects(exclusive=True)
    with mock_inventory.cliniko.client() as client:
        client.get("/products")

@pytest.fixture
def shop(mock_inventory):
    mock_inventory.expect_calls(operation="createProduct", exactly=1)
    # What a test that never began was to do is not asked of it.
    pytest.skip("not today")

def test_that_did_not_begin(shop):
    pass

def test_that_broke_off(mock_inventory):
    mock_inventory.expect_calls(operation="createProduct", exactly=1)
    assert False, "the only complaint"
""")
    done.assert_outcomes(passed=4, failed=1, errors=3, skipped=1)
    done.stdout.fnmatch_lines(
        [
            "expected exactly 1 call with operation='createProduct'; there were 0; there was no *",
            "*expected cliniko.products 1 updated: stock_level from 5 to 3; there is no *",
            "*expected, as number 1 of 1 in order, a call with operation='listProducts'*",
            "*the only complaint*",
        ]
    )


def test_an_unmet_expectation_shows_the_test_and_a_few_lines_of_ours(run):
    done = run("""
from mock_server.pytest_plugin.inventory import Effect, Query

def test_calls(mock_inventory):
    mock_inventory.verify_calls(operation="createProduct", exactly=1)

def test_order(mock_inventory):
    mock_inventory.verify_order(Query(operation="createProduct"))

def test_effects(mock_inventory):
    mock_inventory.verify_effects(Effect("cliniko.products", 1, field="name", after="y"))

def test_wait(mock_inventory):
    mock_inventory.wait_for(operation="createProduct", timeout=0.01)
""")
    done.assert_outcomes(failed=4)
    shown = done.stdout.lines
    assert not [line for line in shown if "mock_server/" in line]
    failures = "\n".join(shown).split("____ test_")[1:]
    assert [each for each in failures if each.count("\n") > 20] == []


def test_an_unmet_expectation_names_the_closest_of_many_calls_in_few_lines(run):
    done = run("""
def test_sells(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        client.post("/stock_adjustments", json={"product_id": "1", "quantity": -3,
                                                "adjustment_type": "Item Sold"})
        for _ in range(50):
            client.get("/products/1")
    mock_inventory.verify_calls(operation="createStockAdjustment", json={"quantity": -2})
""")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([
        "E  *expected a call with operation=*; the closest call is #1 * 201 *: /quantity is -3, *",
        "E *… 45 earlier calls …",
        "*- mock_inventory -*",
        "sandbox test.typical-sells-*",
    ])  # fmt: skip
    ours = [each for each in done.stdout.lines if "GET" in each or "E  " in each]
    assert len(ours) <= 12


def test_an_answer_off_the_contract_fails_the_test(run):
    done = run("""
from dataclasses import replace
from mock_server.apis.cliniko.models import PRODUCTS

def test_corrupt(mock_inventory):
    sandbox = mock_inventory._home.server.sandbox(mock_inventory.name)
    with mock_inventory.cliniko.client() as client:
        client.get("/products")
        transaction = sandbox.begin()
        transaction.put(PRODUCTS, replace(transaction.get(PRODUCTS, 1), name=5))
        sandbox.commit(transaction)
        assert client.get("/products/1").status_code == 500
        mock_inventory.reset()
        assert client.get("/products/1").status_code == 200
""")
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(
        ["an answer was off the contract: #2 GET */cliniko/v1/products/1 500 (blocked): *name*"]
    )


def test_a_report_can_be_sent_whatever_was_called(run):
    done = run("""
def test_it(mock_inventory):
    mock_inventory.expect_calls(body_contains="\\ud800")
""", "-n", "1", apart=True)  # fmt: skip
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["expected a call with body_contains=*ud800*"])


GUESS = """
import pytest

def test_uses_a_guess(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        client.post("/products", json={"name": "Balm", "tax_id": "1"})

def test_does_not(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        client.get("/products/1")

@pytest.mark.mock_inventory(fail_on="none")
def test_may(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        client.post("/products", json={"name": "Balm", "tax_id": "1"})
"""


@pytest.mark.parametrize(
    ("ini", "arguments", "errors"),
    [
        ("", [], 0),
        ("", ["--mock-fail-on", "inferred"], 1),
        ("mock_inventory_fail_on = inferred", [], 1),
        ("mock_inventory_fail_on = inferred", ["--mock-fail-on", "none"], 0),
    ],
)
def test_a_test_that_used_a_guess_can_be_made_to_fail(run, ini, arguments, errors):
    done = run(GUESS, *arguments, ini=ini)
    done.assert_outcomes(passed=3, errors=errors)
    if errors:
        done.stdout.fnmatch_lines(
            ["used behaviour * (inferred): cliniko createProduct: property name (*), first in #1 *"]
        )


def test_mocks_can_be_shared_by_the_tests_of_a_module(run):
    run("""
import pytest

@pytest.fixture(scope="module")
def shop(mock_inventory_factory):
    with mock_inventory_factory("shop", persona="empty") as shop:
        yield shop
        shop.verify_calls(operation="createProduct", exactly=1)

def test_one(shop, mock_inventory):
    with shop.cliniko.client() as client:
        client.post("/products", json={"name": "Balm"}).raise_for_status()
    assert shop.name != mock_inventory.name

def test_two(shop):
    with shop.cliniko.client() as client:
        assert client.get("/products").json()["total_entries"] == 1

def test_wrong(mock_inventory_factory):
    with mock_inventory_factory("shop", person="empty"):
        pass
""").assert_outcomes(passed=2, failed=1)  # fmt: skip


def test_under_warnings_as_errors_nothing_warns(run):
    done = run("""
import httpx

def test_it(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        assert client.get("/products").status_code == 200
    api = mock_inventory.cliniko
    assert httpx.get(f"{api.live_url}/products", headers=api.headers).status_code == 200
""", "-W", "error", apart=True)  # fmt: skip
    done.assert_outcomes(passed=1)


def test_who_does_not_use_it_imports_nothing_of_the_server(run):
    done = run("""
import sys

def test_it():
    ours = {name for name in sys.modules if name.split(".")[0] in {"mock_server", "connexion"}}
    assert ours == {
        "mock_server", "mock_server.pytest_plugin", "mock_server.pytest_plugin.options",
        "mock_server.openapi", "mock_server.openapi.instants", "mock_server.state",
            "mock_server.state.variation", "mock_server.usage",
    }
""", apart=True)  # fmt: skip
    done.assert_outcomes(passed=1)


def test_every_worker_answers_with_the_same_bytes(run, pytester):
    module = """
import pathlib, pytest

@pytest.mark.parametrize("number", range(4))
@pytest.mark.mock_inventory(seed=9, clock="2026-03-01T12:00:00Z")
def test_it(mock_inventory, number, worker_id):
    with mock_inventory.cliniko.client() as client:
        made = client.post("/products", json={"name": f"Balm {number}", "tax_id": "1"})
        answers = [made, client.get("/products")]
    content = b"".join(answer.content for answer in answers) + mock_inventory.name.encode()
    pathlib.Path(f"{number}-{worker_id}").write_bytes(content)
"""
    run(module, "-n", "2", "--dist", "load", apart=True).assert_outcomes(passed=4)
    run(module, "-n", "0", apart=True).assert_outcomes(passed=4)
    workers = {file.name.partition("-")[2] for file in pytester.path.glob("[0-3]-*")}
    assert workers == {"gw0", "gw1", "master"}
    for number in range(4):
        contents = {file.read_bytes() for file in pytester.path.glob(f"{number}-*")}
        assert len(contents) == 1


def test_the_sandbox_of_a_failed_test_is_kept_to_be_looked_at(run, pytester):
    module = """
def test_passes(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        client.post("/products", json={"name": "Forgotten"})


def test_fails(mock_inventory):
    with mock_inventory.cliniko.client() as client:
        client.post("/products", json={"name": "Kept"}).raise_for_status()
    assert False
"""
    result = run(module, ini="mock_inventory_data = kept\n")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"*is kept: mock-server serve --data {pytester.path}/kept*"])
    server = build_server(["cliniko"], Settings(data=pytester.path / "kept"))
    (name,) = server.sandboxes.names()
    assert "fails" in name
    assert [each.status for each in server.sandboxes.find(name).journal] == [201]
    server.close()
