"""Every action as a command, against a server on a real socket."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from mock_server import cli
from mock_server.live import LiveServer
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def live(shared_server):
    with LiveServer(shared_server) as live:
        yield live


@pytest.fixture
def run(server, live, capsys, monkeypatch):
    """A function (arguments, exit code=0) → the lines that a command prints."""
    assert len(server.sandboxes) == 0
    monkeypatch.setenv("MOCK_SERVER_URL", live.url)

    def call(line, code=0):
        assert cli.main(line.split() if isinstance(line, str) else line) == code
        captured = capsys.readouterr()
        lines = (captured.err if code else captured.out).splitlines()
        assert (captured.out if code else captured.err) == ""
        return lines

    return call


@pytest.fixture
def products(live):
    with httpx.Client(base_url=f"{live.url}/cliniko/v1", auth=("test-a", "")) as client:
        yield client


def test_sandboxes(run):
    assert run("create test-a --persona empty --seed 3")[0].startswith(
        "test-a: persona empty; seed 3"
    )
    assert [line.split()[:3] for line in run("sandboxes")] == [
        ["NAME", "PERSONA", "SEED"],
        ["test-a", "empty", "3"],
    ]
    assert run("sandboxes test-a")[0].startswith("test-a: ")
    assert run("reset test-a")[0].startswith("test-a: ")
    assert run("delete test-a") == ["test-a: deleted"]
    assert run("sandboxes") == []


def test_states(run, products):
    run("create test-a --persona empty")
    products.post("/products", json={"name": "Balm", "stock_level": 5})
    assert run("snapshot test-a one") == ["one: revision 1"]
    products.patch("/products/1", json={"stock_level": 3})
    changed = run("diff test-a --from snapshot:one")
    assert changed[0] == "updated cliniko.products 1"
    assert "  stock_level: 5 -> 3" in changed
    assert run("diff test-a --limit 0")[-1].startswith("and ")
    assert run("fork test-a test-b --snapshot one")[0].startswith("test-b: ")
    assert run("restore test-a one")[0].startswith("test-a: ")
    assert products.get("/products/1").json()["stock_level"] == 5
    run("rewind test-a 1")
    assert products.get("/products").json()["total_entries"] == 0
    assert run("snapshot test-a") == ["one"]
    assert run("snapshot test-a one --delete") == ["one: deleted"]
    assert run("snapshot test-a") == []


def test_clock(run):
    run("create test-a")
    assert run("clock test-a")[0].startswith("real 20")
    assert run("clock test-a freeze 2026-03-01T09:00:00Z") == ["frozen 2026-03-01T09:00:00+00:00"]
    assert run("clock test-a advance 90m") == ["frozen 2026-03-01T10:30:00+00:00"]
    assert run(["clock", "test-a", "advance", "--", "-1d"]) == ["frozen 2026-02-28T10:30:00+00:00"]
    assert run("clock test-a set 2027-01-01") == ["frozen 2027-01-01T00:00:00+00:00"]
    assert run("clock test-a run")[0].startswith("shifted 2027-01-01T00:00:")
    assert run("clock test-a real")[0].startswith("real ")
    assert run("clock test-a freeze")[0].startswith("frozen ")


def test_faults_and_limits(run, products):
    run("create test-a")
    rule = '{"effects": [{"kind": "status", "status": 429}], "times": 1}'
    (number,) = run(["fault", "test-a", "add", rule])
    assert products.get("/products").status_code == 429
    assert number in run("fault test-a")[0]
    assert run(f"fault test-a remove {number}") == [f"{number}: removed"]
    assert run("fault test-a clear") == ["test-a: 0 rules removed"]
    assert run("limits test-a") == ["off"]
    assert run("limits test-a on") == ["on"]
    assert run("limits test-a --requests 3") == ["on, 3 requests"]
    assert run("limits test-a") == ["on, 3 requests"]
    assert run("limits test-a off") == ["off"]


def test_csrf_tokens(run):
    run("create test-a")
    assert [run(f"csrf test-a {to}".strip()) for to in ("", "on", "", "off")] == [
        ["off"], ["on"], ["on"], ["off"],
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_export_and_seed(run, products, tmp_path, suffix):
    run("create test-a --persona empty")
    products.post("/products", json={"name": "Balm"})
    path = tmp_path / f"shop.{suffix}"
    assert run(f"export test-a --api cliniko --output {path}") == [f"{path}: 4 records"]
    assert "apis:" in run("export test-a")
    run("reset test-a")
    assert run(f"seed test-a {path}")[0].startswith("test-a: ")
    assert products.get("/products").json()["products"][0]["name"] == "Balm"


def test_the_mistakes_of_a_seed_are_told_with_their_lines(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("create test-a")
    (tmp_path / "bad.yaml").write_text("apis:\n  cliniko:\n    taxes:\n    - id: x\n")
    lines = run("seed test-a bad.yaml", 2)
    assert lines[0] == "mock-server: bad.yaml:4: /apis/cliniko/taxes/0/created_at: is missing"
    assert "bad.yaml:4: /apis/cliniko/taxes/0/id: must be a whole number" in lines


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("sandboxes test-none", "there is no open sandbox 'test-none'; did you mean test-a"),
        ("fault test-a remove rule-9", "there is no fault rule 'rule-9'; there are none"),
        ("create other", "name must begin with `test`"),
        ("restore test-a none", "there is no snapshot 'none'"),
        ("rewind test-a 9", "there is no exchange 9"),
        ("clock test-a set noon", "'noon' is not an instant such as"),
        ("clock test-a set", "clock set: a value is missing"),
        ("clock test-a advance soon", "'soon' is not a time such as 90s"),
        ("clock test-a advance 999999999999d", "is too long"),
        ("fault test-a add", "a rule as JSON is missing"),
        ("fault test-a add {", "the rule is not JSON"),
        ("fault test-a add []", "the rule must be a JSON object"),
        ("fault test-a add {}", "effects"),
        ("fault test-a remove", "the id of a rule is missing"),
        ("export test-a --api nope", "there is no API 'nope'"),
        ("export test-a --output /nowhere/x.yaml", "/nowhere/x.yaml: No such file"),
        ("seed test-a /nowhere/x.yaml", "/nowhere/x.yaml: No such file"),
        ("sandboxes --url http://127.0.0.1:9", "http://127.0.0.1:9 does not answer"),
        ("sandboxes --url nonsense", "nonsense is not a URL such as http://"),
        ("sandboxes --url http://[", "http://["),
    ],
)
def test_what_goes_wrong_is_one_line_and_2(run, line, complaint):
    run("create test-a")
    (error,) = run(line, 2)
    assert error.startswith("mock-server: ")
    assert complaint in error


def test_a_server_of_something_else_is_told(run, live):
    (error,) = run(["sandboxes", "--url", f"{live.url}/cliniko"], 2)
    assert "404" in error


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("clock test-a rum", "there is no 'rum'; did you mean run?"),
        ("clock test-a run 5", "clock run takes no value"),
        ("fault test-a clear rule-1", "fault clear takes no value"),
        ("restore test-a", "missing argument 'NAME'"),
        ("rewind a b", "'b' is not a valid integer"),
        ("export test-a --output shop.csv", "shop.csv must end in .json, .yaml, .yml"),
        ("snapshot test-a --delete", "say which one"),
        ("wait test-a --timeout nan", "--timeout"),
        ("wait test-a --timeout -1", "--timeout"),
        ("sandbox", "there is no command 'sandbox'; did you mean sandboxes?"),
        ("journal test-a --opertion x", "did you mean"),
    ],
)
def test_wrong_use_is_one_line_and_2(run, line, complaint):
    (error,) = run(line, 2)
    assert error.startswith("mock-server: ")
    assert complaint.lower() in error.lower()


JSON_COMMANDS = [
    "create test-b", "sandboxes", "sandboxes test-a", "reset test-a", "snapshot test-a one",
    "snapshot test-a", "restore test-a one", "fork test-a test-c", "diff test-a",
    "snapshot test-a one --delete", "clock test-a", "limits test-a", "fault test-a clear",
    "fault test-a", "journal test-a", "har test-a", "export test-a",
    "messy test-a", "csrf test-a", "actions test-a", "search test-a", "delete test-a", "apis",
]  # fmt: skip


def test_every_command_answers_in_json(run):
    run("create test-a")
    for line in JSON_COMMANDS:
        printed = "\n".join(run(f"{line} --json"))
        assert printed == "" or json.loads(printed) is not None, line


def test_what_is_not_met_or_not_seen_is_json_too(run, capsys):
    run("create test-a")
    assert cli.main(["wait", "test-a", "--timeout", "0", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["seen"] is False
    unmet = '{"calls": [{"operation": "createProduct"}]}'
    assert cli.main(["verify", "test-a", unmet, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["met"] is False


def test_quiet_prints_no_result_and_verbose_each_call(run, capsys, live):
    assert run("create test-a -q") == []
    assert cli.main(["compare", "test-a", "--quiet"]) == 1
    assert capsys.readouterr() == ("", "")
    assert "--quiet excludes --json" in run("sandboxes -q --json", 2)[0]
    for _ in range(2):
        assert cli.main(["reset", "test-a", "-qv"]) == 0
        shown = capsys.readouterr()
        assert shown == ("", f"POST {live.url}/_mock/sandboxes/test-a/reset 200\n")


def test_the_token_comes_from_the_environment(run, monkeypatch):
    monkeypatch.setenv("MOCK_SERVER_TOKEN", "not-wanted-here")
    assert run("sandboxes") == []


@pytest.mark.parametrize("page", ["sandboxes", "snapshots", "clock", "seed-files"])
def test_the_commands_of_the_how_to_pages_work(run, page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "how-to" / f"{page}.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\$ mock-server (.*)$", text, re.MULTILINE)
    assert lines
    for line in lines:
        run(line)


def test_records_and_what_happened_to_them(run):
    run("create test-a --persona empty")
    made = run(["call", "test-a", "cliniko", "POST", "/products", '{"name": "Balm"}'])
    assert made[0].startswith("#1 POST ")
    assert "cliniko.products" in "\n".join(run("records test-a"))
    assert run("records test-a cliniko.products")[0].startswith('1 {"id": 1')
    assert json.loads("\n".join(run("records test-a cliniko.products 1")))["key"] == 1
    assert run("search test-a operation:createProduct") == ["#1 POST /cliniko/v1/products 201"]
    assert "did you mean status" in run("search test-a stat:4xx", code=2)[0]
    assert run("code test-a 1")[0].startswith("curl ")
    assert run("code test-a 1 --pytest")[0].startswith("def test_create_product_answers_201(")
    assert run("replay test-a 1")[0].startswith("#2 POST ")
    assert run(["fault", "test-a", "add", '{"effects": [{"kind": "drop"}]}']) == ["rule-1"]
    assert run("fault test-a pause rule-1") == ["rule-1: paused"]
    assert run("fault test-a resume rule-1") == ["rule-1: resumed"]
    assert [line.partition(": ")[2] for line in run("actions test-a")] == [
        "fault added rule-1: drop",
        "fault paused rule-1",
        "fault resumed rule-1",
    ]
