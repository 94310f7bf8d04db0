"""The document's samples, sent in their order, get answers with the keys of its samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.data import specs_directory
from mock_server.openapi.document import Json, load_document
from tests.apis.exsited.organisation import Organisation
from tests.apis.exsited.reading import Operation, operations, places

ITEM = "ITEM-CHAIR-9"
#: The order in which one operation finds what another one has left.
IN_ORDER = ("/items", "/sale", "/purchase", "/inventory", "/inventory/add", "/notes")


@pytest.fixture(scope="module")
def documented(document: Callable[[str], str]) -> dict[str, Operation]:
    """The document's operations, by the part of the path that follows the item."""
    found = operations(document("exsited"))
    return {one.path.removeprefix("/items/{item_id}"): one for one in found}


@pytest.fixture(scope="module")
def paths() -> Json:
    found: Json = load_document(specs_directory() / "exsited.yaml")["paths"]
    return found


def example(paths: Json, operation: Operation) -> Any:
    """The example in the spec that has the keys of the document's sample request."""
    described = paths["/api/v3" + operation.path]["post"]["requestBody"]["content"]
    return described["application/json"]["examples"]["document"]["value"]


def test_each_answer_has_the_keys_of_its_sample(
    empty: Organisation, documented: dict[str, Operation], paths: Json
) -> None:
    gst = next(tax for tax in empty.get("/settings/taxes")["taxes"] if tax["code"] == "GST")
    for part in IN_ORDER:
        operation = documented[part]
        path = operation.path.replace("{item_id}", ITEM)
        if part == "/notes":
            form = {row.name: row.name for row in operation.sections["Request Body"].rows}
            answer = empty.client.post(
                f"/api/v3{path}", data={"note": form["note"]}, files={"file": ("f", b"file")}
            )
        else:
            body = example(paths, operation)
            if part == "/sale":
                body["items"]["sale"]["tax_configuration"]["tax_code"]["uuid"] = gst["uuid"]
            answer = empty.send(path, body)
        assert answer.is_success, (part, answer.text)
        lacking = places(operation.sections["Response Body"].sample) - places(answer.json())
        assert not lacking, (part, lacking)


def test_the_switches_answer_without_a_body(
    empty: Organisation, documented: dict[str, Operation]
) -> None:
    empty.item(id=ITEM)
    for part in ("/deactivate", "/reactivate"):
        assert documented[part].sections["Request Body"].sample is None
        answer = empty.send(documented[part].path.replace("{item_id}", ITEM))
        assert (answer.status_code, answer.content) == (204, b"")
