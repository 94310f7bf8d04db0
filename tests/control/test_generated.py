"""Cases and data of the control API: to look at, and as files."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from mock_server.cases.cli import cases as cases_command
from mock_server.control.api.spec import control_spec
from mock_server.control.client import ControlError
from mock_server.datasets.cli import data as data_command

FORMATS = {
    "json": "cliniko-cases.json",
    "ndjson": "cliniko-cases.ndjson",
    "csv": "cliniko-cases.csv",
    "http": "cliniko-cases.http",
    "curl": "cliniko-cases.sh",
    "pytest": "test_cliniko_cases.py",
    "postman": "cliniko-cases.postman_collection.json",
    "postman-environment": "cliniko-cases.postman_environment.json",
    "bruno": "cliniko-cases.zip",
    "junit": "cliniko-cases.xml",
}


def formats_of(operation):
    parameters = control_spec().operations[operation].parameters
    return next(each.schema["enum"] for each in parameters if each.name == "format")


def formats_of_command(command):
    return list(next(each.type.choices for each in command.params if "--format" in each.opts))


def test_the_cases_of_an_operation_are_listed_and_no_sandbox_is_touched(server, control):
    listed = control.cases("cliniko", "getProduct")
    assert {each["operation"] for each in listed} == {"getProduct"}
    assert {each["kind"] for each in listed} >= {"valid", "invalid"}
    assert control.cases("cliniko", "getProduct", kind="invalid") == [
        each for each in listed if each["kind"] == "invalid"
    ]
    assert server.sandboxes.names() == []
    file = json.loads(control.export_cases("cliniko", "getProduct"))
    assert file["cases"] == listed
    assert file["variables"]["base_url"].endswith("/cliniko/v1")


def test_every_format_of_the_commands_is_a_file_with_a_name_of_its_own(call):
    assert formats_of("exportCases") == formats_of_command(cases_command) == list(FORMATS)
    assert sorted(formats_of("exportData")) == sorted(formats_of_command(data_command))
    for form, name in FORMATS.items():
        query = {"operation": ["getProduct", "archiveProduct"], "format": form, "kind": "valid"}
        answer = call.get("/_mock/apis/cliniko/cases/file", params=query)
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer.content
    answer = call.get("/_mock/apis/cliniko/cases/file", params={**query, "format": "bruno"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as collection:
        assert "cliniko-cases/bruno.json" in collection.namelist()


def test_data_are_as_many_records_as_are_wanted_and_the_seed_makes_them(control):
    made = control.export_data("cliniko", "products", count=7, format="csv", seed=3)
    rows = list(csv.DictReader(io.StringIO(made.decode())))
    assert [row["id"] for row in rows] == [str(number) for number in range(1, 8)]
    assert control.export_data("cliniko", "products", count=7, format="csv", seed=3) == made
    assert control.export_data("cliniko", "products", count=7, format="csv", seed=4) != made
    assert len(json.loads(control.export_data("cliniko", "products"))) == 100


@pytest.mark.parametrize(
    ("ask", "status", "message"),
    [
        (lambda it: it.cases("clinik", "getProduct"), 404, "did you mean cliniko?"),
        (lambda it: it.cases("cliniko", "getProdct"), 404, "did you mean getProduct?"),
        (lambda it: it.cases("cliniko", "getProduct", kind="vald"), 400, "did you mean valid?"),
        (lambda it: it.export_cases("cliniko"), 400, "operation is missing"),
        (lambda it: it.export_cases("cliniko", "getProduct", "x"), 404, "no operation 'x'; there"),
        (lambda it: it.export_cases("cliniko", "getProduct", format="pytst"), 400, "mean pytest?"),
        (lambda it: it.export_data("clinik", "products"), 404, "did you mean cliniko?"),
        (lambda it: it.export_data("cliniko", "product"), 404, "did you mean products?"),
        (lambda it: it.export_data("cliniko", "products", count=0), 400, "count must be at least"),
        (lambda it: it.export_data("cliniko", "products", count=10_001), 400, "at most 10000"),
        (lambda it: it.export_data("cliniko", "products", persona="tipical"), 404, "mean typical?"),
        (lambda it: it.export_data("cliniko", "products", persona="messy"), 409, "no odd values"),
        (lambda it: it.export_data("cliniko", "taxes", count=9), 409, "ask for 4 at most"),
    ],
)
def test_what_cannot_be_made_is_refused_with_what_was_meant(control, ask, status, message):
    with pytest.raises(ControlError, match=message) as refused:
        ask(control)
    assert refused.value.status == status
