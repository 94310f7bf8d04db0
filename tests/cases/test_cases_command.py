"""`mock-server cases`: what the files say, and that they hold against a server."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from mock_server.app import build_server
from mock_server.cases.formats.bruno import as_bruno
from mock_server.cases.formats.curl import as_curl
from mock_server.cases.formats.data import as_csv, as_json, as_junit
from mock_server.cases.formats.http_file import as_http
from mock_server.cases.formats.postman import as_postman
from mock_server.cases.formats.pytest_module import as_pytest
from mock_server.cases.formats.sent import Target
from mock_server.cases.generate import Generator
from mock_server.cli import main
from mock_server.discovery import load_vendor
from mock_server.live import LiveServer

#: Of each API one operation that needs other calls first; of two of them one about a file.
OPERATIONS = {
    "built": "deleteItem",
    "cliniko": "updateTax",
    "exsited": "createItemNote",
    "skhokho": "getProductImage",
}


@pytest.fixture(scope="module")
def made():
    """The cases of one operation of each API, with the schemes of its document."""
    found = {}
    for api, operation in OPERATIONS.items():
        vendor = load_vendor(api)
        generator = Generator(vendor, 1)
        found[api] = (list(generator.cases([operation])), vendor, generator)
    return found


@pytest.fixture(scope="module")
def live(made):
    server = build_server(vendors=[vendor for _, vendor, _ in made.values()])
    with LiveServer(server) as live:
        yield {api: f"{live.url}{server.base_path(api)}" for api in made}


def target_of(made, api, live=None):
    _, vendor, _ = made[api]
    base = live[api] if live else "http://mock"
    return Target(api, base, vendor.spec.security_schemes, 1)


@pytest.mark.parametrize("api", OPERATIONS)
def test_each_declared_status_of_an_operation_is_reached(api, made):
    cases, _, generator = made[api]
    assert generator.unreached == {}
    assert generator.missing == {}
    assert {case.kind for case in cases} >= {"valid", "invalid"}


@pytest.mark.parametrize("api", OPERATIONS)
def test_few_cases_are_left_out(api, made):
    cases, _, generator = made[api]
    assert len(generator.unstable) <= len(cases) / 20


def test_headers_forms_files_and_used_keys_are_tried(made):
    cases, _, _ = made["exsited"]
    rules = {(case.field, case.rule): case.expected.status for case in cases}
    assert rules["header X-Idempotency-Key", "the same request again"] == 201
    assert rules["header X-Idempotency-Key", "a key that another request had"] == 409
    assert rules["body /file", "text in place of a file"] in {201, 400}
    assert rules["body", "as application/x-www-form-urlencoded"] == 201
    images = [case for case in made["skhokho"][0] if case.rule == "as in the example"]
    assert [case.expected.body[:6] for case in images] == ["GIF89a"]


def test_a_name_that_is_taken_and_a_list_that_is_too_long_are_tried():
    vendor = load_vendor("built")
    found = list(Generator(vendor, 1).cases(["createItem", "createItemsInBulk"]))
    statuses = {(case.operation, case.rule): case.expected.status for case in found}
    assert statuses["createItem", "a value that another record has"] == 302
    assert statuses["createItemsInBulk", "a list of 250"] == 302


def test_a_file_for_editors_has_each_case_with_its_answer(made):
    cases, target = made["cliniko"][0], target_of(made, "cliniko")
    text = as_http(cases, target)
    for case in cases:
        if all(count <= 10_000 for count in case.long_texts.values()):
            head = f"### {case.tag} {case.title}\n# Expected: {case.expected.status}\n"
            assert " ".join(head.split()) in " ".join(text.split())
    assert re.search(
        r"^PATCH \{\{base_url\}\}/taxes/\{\{c\d+_1\.response\.body\.\$\.id\}\}$", text, re.MULTILINE
    )


def test_an_environment_for_postman_has_the_variables(capfd):
    assert main(["cases", "cliniko", "getTax", "--format", "postman-environment"]) == 0
    found = {each["key"] for each in json.loads(capfd.readouterr().out)["values"]}
    assert found >= {"base_url", "key", "unknown"}


def test_a_bound_is_tried_below_at_and_above(made):
    cases, _, _ = made["cliniko"]
    rules = {case.rule for case in cases if case.field == "body /name"}
    lengths = {rule.partition(" ")[0] for rule in rules if "maxLength" in rule}
    assert lengths == {"below", "at", "above"}


@pytest.mark.parametrize("api", ["exsited"])
def test_the_pytest_module_passes_against_a_server(api, made, live, tmp_path):
    file = tmp_path / "test_cases.py"
    file.write_text(as_pytest(made[api][0], target_of(made, api, live)), encoding="utf-8")
    done = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", file, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]
    assert f"{len(made[api][0])} passed" in done.stdout


@pytest.mark.skipif(not (shutil.which("jq") and shutil.which("bash")), reason="it needs jq")
def test_the_curl_script_passes_against_a_server_and_fails_if_an_answer_is_another(
    made, live, tmp_path
):
    cases = made["skhokho"][0]
    script = as_curl(cases, target_of(made, "skhokho", live))
    file = tmp_path / "cases.sh"
    file.write_text(script, encoding="utf-8")
    done = run("bash", file)
    assert (done.returncode, done.stdout) == (0, f"{len(cases)} passed, 0 failed\n")
    file.write_text(script.replace("expect 404 ", "expect 410 "), encoding="utf-8")
    wrong = run("bash", file)
    assert wrong.returncode == 1
    assert "FAILED" in wrong.stdout


def run(*command, **options):
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=300, **options
    )


def test_the_same_seed_gives_the_same_files(made):
    cases, vendor, _ = made["skhokho"]
    again = list(Generator(vendor, 1).cases([OPERATIONS["skhokho"]]))
    target = target_of(made, "skhokho")
    assert as_json(again, target) == as_json(cases, target)


def test_every_format_has_every_case(made):
    cases, target = made["cliniko"][0], target_of(made, "cliniko")
    ids = {case.id for case in cases}
    assert {each["id"] for each in json.loads(as_json(cases, target))["cases"]} == ids
    assert {row["id"] for row in csv.DictReader(io.StringIO(as_csv(cases, target)))} == ids
    suite = ET.fromstring(as_junit(cases, target))
    assert len(suite) == len(cases)
    (folder,) = json.loads(as_postman(cases, target))["item"]
    tags = {case.tag for case in cases}
    assert {item["name"].split()[0] for item in folder["item"]} == tags
    names = re.findall(
        r"^  name: (c\d+)", "\n".join(as_bruno(cases, target).values()), re.MULTILINE
    )
    assert set(names) == tags


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clinko"], "did you mean cliniko?"),
        (["cliniko", "createTaxx"], "did you mean createTax"),
        (["cliniko", "--kind", "invald"], "did you mean invalid?"),
        (["cliniko", "--format", "postmn"], "did you mean postman?"),
        (["cliniko", "--format", "bruno"], "name a new one with --output"),
        (["cliniko", "--format", "bruno", "--output", "."], "is there already"),
        (["exsited", "--output", "no-such-folder/cases.json"], "no-such-folder is no folder"),
    ],
)
def test_wrong_use_gets_one_line_that_mends_it(arguments, message, capfd):
    status = main(["cases", *arguments])
    output = capfd.readouterr()
    assert (status, output.out) == (2, "")
    assert message in output.err
    assert output.err.count("\n") == 1


def test_pairs_are_combined_on_demand_and_a_folder_is_written_whole(tmp_path, capfd):
    folder = tmp_path / "collection"
    arguments = ["cliniko", "createTax", "--pairwise", "--kind", "valid", "--format", "bruno"]
    assert main(["cases", *arguments, "--output", str(folder)]) == 0
    assert list(tmp_path.iterdir()) == [folder]
    assert any("pairs: " in file.read_text() for file in folder.glob("createTax/*.bru"))
    assert re.search(r"\d+ cases of 1 operations", capfd.readouterr().err)
