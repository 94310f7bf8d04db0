"""Notes keep their text and their file; both can be read back."""

from __future__ import annotations

import pytest

from tests.apis.exsited.organisation import refusal

NOTES = "/api/v3/items/ITEM-0001/notes"


def write(organisation, **options):
    return organisation.client.post(NOTES, **options)


def written(organisation, **options):
    answer = write(organisation, **options)
    assert answer.status_code == 201, answer.text
    assert answer.json().keys() == {"item"}
    return organisation.get(f"/items/ITEM-0001/notes/{answer.json()['item']['notes']['uuid']}")[
        "note"
    ]


@pytest.mark.parametrize("options", [{"files": {}}, {"files": {"other": ("x", b"x")}}])
def test_a_note_keeps_its_text(organisation, options):
    note = written(organisation, data={"note": "Grüße\r\n  *"}, **options)
    assert (note["content"], note["files"], note["version"]) == ("Grüße\r\n  *", [], "1")


def test_the_file_comes_back_as_it_was_sent(organisation):
    content = bytes(range(256)) * 10
    note = written(
        organisation,
        data={"note": "with a file"},
        files={"file": ("Ünï code.png", content, "image/png")},
    )
    [file] = note["files"]
    path = f"/items/ITEM-0001/notes/{note['uuid']}/files/{file['uuid']}"
    described = organisation.get(path)["file"]
    assert described == {
        "uuid": file["uuid"],
        "filename": "Ünï code.png",
        "content_type": "image/png",
        "size": 2560,
        "href": f"http://mock.test/exsited/api/v3{path}/download",
    }
    sent = organisation.client.get(described["href"])
    assert (sent.status_code, sent.content) == (200, content)
    assert sent.headers["content-type"] == "application/octet-stream"
    assert "%C3%9Cn%C3%AF%20code.png" in sent.headers["content-disposition"]


def test_a_file_part_without_a_name_is_a_file_too(organisation):
    note = written(organisation, files={"note": (None, "x"), "file": (None, "text")})
    [file] = note["files"]
    path = f"/api/v3/items/ITEM-0001/notes/{note['uuid']}/files/{file['uuid']}/download"
    assert organisation.client.get(path).content == b"text"


def test_notes_are_listed_oldest_first_in_pages(organisation):
    before = organisation.get("/items/ITEM-0001/notes")["item"]["notes"]["pagination"]["records"]
    uuids = [written(organisation, data={"note": f"note {n}"})["uuid"] for n in range(12)]
    first = organisation.get("/items/ITEM-0001/notes", limit=5)["item"]["notes"]
    assert first["pagination"]["records"] == before + 12
    assert first["pagination"]["previous_page"] == "NULL"
    seen, page = [], first
    while True:
        seen += [note["uuid"] for note in page["notes"]]
        if page["pagination"]["next_page"] == "NULL":
            break
        page = organisation.client.get(page["pagination"]["next_page"]).json()["item"]["notes"]
    assert seen[before:] == uuids


def test_a_note_belongs_to_its_item(organisation):
    note = written(organisation, data={"note": "x"}, files={"file": ("a", b"a")})
    [file] = note["files"]
    for path in (
        f"ITEM-0002/notes/{note['uuid']}",
        f"ITEM-0002/notes/{note['uuid']}/files/{file['uuid']}",
        f"ITEM-0001/notes/{file['uuid']}",
        f"ITEM-0001/notes/{note['uuid']}/files/{note['uuid']}",
        f"ITEM-0001/notes/{note['uuid']}/files/{note['uuid']}/download",
    ):
        answer = organisation.client.get(f"/api/v3/items/{path}")
        assert refusal(answer)[:2] == (404, "resource_not_found")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"files": {"file": ("a", b"a")}}, 400),
        ({"data": {"text": "x"}}, 400),
        ({"data": {"note": "x" * 10_001}}, 400),
        ({"json": {"note": "x"}}, 415),
        ({"data": {"note": "x"}, "files": {"file": ("a", b"a" * (1 << 20))}}, 413),
        ({"content": b"--", "headers": {"Content-Type": "multipart/form-data"}}, 400),
    ],
)
def test_a_bad_form_is_refused(organisation, options, status):
    assert refusal(write(organisation, **options))[0] == status
