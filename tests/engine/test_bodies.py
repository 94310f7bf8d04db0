"""Form, multipart, text and binary bodies; bodies that are empty, too long or of no known type."""

from __future__ import annotations

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from mock_server.engine.parameters import BooleanWords
from mock_server.settings import Settings
from tests.engine.toy import KEY, echo_operations, toy_server

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "count": {"type": "integer", "minimum": 1},
        "price": {"type": "number"},
        "active": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "integer"}},
        "rank": {"allOf": [{"$ref": "#/components/schemas/Rank"}]},
    },
}
RANK = {"Rank": {"type": "integer", "nullable": True}}


@pytest.fixture
def post(client_of):
    """A function (content, content type, **request body object) → the answer."""

    def send(content, media_type, *, types=None, settings=None, options=None, **body):
        types = types or {
            "application/json": SCHEMA,
            FORM: SCHEMA,
            "multipart/form-data": {
                **SCHEMA,
                "properties": {
                    **SCHEMA["properties"],
                    "photo": {"type": "string", "format": "binary"},
                },
            },
        }
        body["content"] = {name: {"schema": schema} for name, schema in types.items()}
        server = toy_server(
            {"/x": {"post": {"operationId": "echo", "requestBody": body}}},
            echo_operations("echo"),
            settings=settings,
            document={"components": {"schemas": RANK}},
            **(options or {}),
        )
        headers = {**KEY, "Content-Type": media_type} if media_type is not None else KEY
        return client_of(server, "toy").post("/x", content=content, headers=headers)

    return send


def part(name, content, *headers):
    """One part of a multipart body."""
    lines = [f'Content-Disposition: form-data; name="{name}"', *headers]
    return b"--b\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n"


def photo(content, filename="a.png"):
    """A part with a file."""
    head = f'--b\r\nContent-Disposition: form-data; name="photo"; filename="{filename}"\r\n'
    return head.encode() + b"Content-Type: image/png\r\n\r\n" + content + b"\r\n"


@pytest.mark.parametrize("media_type", [FORM, MULTIPART])
def test_form_fields_become_what_their_schemas_say(post, media_type):
    fields = [
        ("name", "Zoë"), ("count", "3"), ("price", "1.10"), ("active", "true"), ("tags", "1"),
        ("tags", "2"), ("rank", "7"), ("other", "5"),
    ]  # fmt: skip
    if media_type == FORM:
        content = b"name=Zo%C3%AB&count=3&price=1.10&active=true&tags=1&tags=2&rank=7&other=5"
    else:
        content = b"".join(part(name, text.encode()) for name, text in fields) + b"--b--\r\n"
    answer = post(content, media_type)
    assert answer.json()["body"] == {
        "name": "Zoë", "count": 3, "price": 1.1, "active": True, "tags": [1, 2], "rank": 7,
        "other": "5",
    }  # fmt: skip
    assert '"price":1.10,' in answer.text


def test_a_list_may_be_sent_under_a_name_with_brackets(post):
    assert post(b"name=a&tags[]=1&tags%5B%5D=2", FORM).json()["body"]["tags"] == [1, 2]


def test_a_vendors_words_for_booleans_count_in_forms(post):
    words = {"boolean_words": BooleanWords(frozenset({"on"}), frozenset({"off"}))}
    assert post(b"name=a&active=on", FORM, options=words).json()["body"]["active"] is True
    assert post(b"name=a&active=true", FORM, options=words).status_code == 422


def test_of_several_values_for_one_field_the_last_one_counts(post):
    assert post(b"name=a&name=b", FORM).json()["body"] == {"name": "b"}


def test_what_is_wrong_with_a_form_is_reported_field_by_field(post):
    answer = post(b"name=toolong&count=0&price=cheap&tags=1&tags=x&active=maybe", FORM)
    assert answer.status_code == 422
    assert sorted(answer.json()["fields"]) == ["active", "count", "name", "price", "tags.1"]
    assert post(b"count=1", FORM).json()["violations"] == [
        ["body", ["name"], "required", None, None]
    ]


@pytest.mark.parametrize(
    "sent",
    [b"\x89\x00\xff\r\n--not the end", b"mid-line --b\r\n", b"x--b", b"\r\n--bc\r\n--b-c", b"\n\r"],
)
def test_a_file_arrives_with_its_name_its_type_and_its_bytes(post, sent):
    content = part("name", b"a") + photo(sent, "ph\u00f6to.png")
    body = post(content + b"--b--\r\n", MULTIPART).json()["body"]
    assert body["photo"] == ["phöto.png", "image/png", sent.hex()]


def test_a_large_file_arrives_whole(post):
    content = part("name", b"a") + photo(b"\xff" * 300_000) + b"--b--\r\n"
    assert len(post(content, MULTIPART).json()["body"]["photo"][2]) == 600_000


@pytest.mark.parametrize(
    ("content", "media_type", "problem"),
    [
        (b"x", "multipart/form-data", "no boundary"),
        (b"x", "multipart/form-data; boundary=", "no boundary"),
        (b"x", "multipart/form-data; boundary=" + "b" * 300, "no boundary"),
        (b"x", "multipart/form-data" + ';a="\\"' * 1_000 + "; boundary=b", "no boundary"),
        (b"nonsense", MULTIPART, "breaks off"),
        (part("name", b"a"), MULTIPART, "breaks off"),
        (part("name", b"a") + photo(b"half")[:-6], MULTIPART, "breaks off"),
        (part("name", b"\xff") + b"--b--\r\n", MULTIPART, "not valid UTF-8"),
        (part("name", b"a\x00") + b"--b--\r\n", MULTIPART, "NUL"),
        (photo(b"").replace(b"a.png", b"\xff.png") + b"--b--\r\n", MULTIPART, "not valid UTF-8"),
        (
            part("name", b"a", "X-More: " + "b;" * 2_500) + b"--b--\r\n",
            MULTIPART,
            "longer than 4096 bytes",
        ),
        (
            part("name", b"!", "Content-Transfer-Encoding: base64") + b"--b--\r\n",
            MULTIPART,
            "base64",
        ),
        (part("name", b"a") * 1_001 + b"--b--\r\n", MULTIPART, "more than 1000 parts"),
        (b"name=a" + b"&a" * 1_000, FORM, "more than 1000 fields"),
        (b"name=%ff", FORM, "not valid UTF-8"),
        (b"name=\xff", FORM, "not valid UTF-8"),
        (b"name=%ED%A0%80", FORM, "not valid UTF-8"),
        (b"name=%00", FORM, "NUL"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(post, content, media_type, problem):
    answer = post(content, media_type)
    assert (answer.status_code, answer.json()["error"]) == (400, "MalformedRequest")
    assert problem in answer.json()["problem"]


@pytest.mark.parametrize(
    "content",
    [
        b"a preamble\r\n" + part("name", b"a") + b"--b--\r\nand an epilogue",
        part("name", b"a").replace(b"--b\r\n", b"--b \t\r\n") + b"--b-- ",
        b"--b\r\n\r\nno header\r\n" + part("name", b"a") + b"--b--",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nno name\r\n" + part("name", b"a") + b"--b--",
        b"--b\r\nnonsense\r\ncontent-DISPOSITION: form-data; NAME*=utf-8''name\r\n\r\na\r\n--b--",
        part("name", b"YQ\r\n==", "Content-Transfer-Encoding: BASE64") + b"--b--",
        part("name", b"=61").replace(b"=61", b"a") + b"--b--",
    ],
    ids=["around", "padding", "no header", "no name", "extended", "base64", "plain"],
)
def test_a_form_may_have_all_that_rfc_2046_lets_stand_in_it(post, content):
    assert post(content, MULTIPART).json()["body"] == {"name": "a"}


def test_a_field_is_not_decoded_as_quoted_printable_is(post):
    content = part("name", b"=61", "Content-Transfer-Encoding: quoted-printable") + b"--b--"
    assert post(content, MULTIPART).json()["body"] == {"name": "=61"}


@pytest.mark.parametrize("plain", [b"", b'filename="b.png"; '])
def test_the_extended_name_of_a_file_wins(post, plain):
    name = plain + b"filename*=utf-8''caf%C3%A9.png"
    file = photo(b"x").replace(b'filename="a.png"', name)
    body = post(part("name", b"a") + file + b"--b--", MULTIPART).json()["body"]
    assert body["photo"] == ["café.png", "image/png", b"x".hex()]


def test_a_file_without_a_name_is_a_field(post):
    content = part("name", b"a") + photo(b"", filename="") + b"--b--"
    assert post(content, MULTIPART).json()["body"] == {"name": "a", "photo": ""}


def test_text_arrives_as_text_and_keeps_its_schema(post):
    types = {"text/plain": {"type": "string", "maxLength": 4}}
    assert post("Zoë!".encode(), "text/plain; charset=utf-8", types=types).json()["body"] == "Zoë!"
    assert post(b"too long", "text/plain", types=types).json()["violations"] == [
        ["body", [], "maxLength", 4, "too long"]
    ]
    assert post(b"\xff", "text/plain", types=types).status_code == 400


def test_bytes_of_another_type_arrive_as_they_are(client_of):
    operations = Operations()
    operations.handles("keep")(lambda request, _: Reply(200, request.body.hex()))
    content = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
    server = toy_server(
        {"/x": {"put": {"operationId": "keep", "requestBody": {"content": content}}}}, operations
    )
    client = client_of(server, "toy", headers=KEY)
    answer = client.put("/x", content=b"\x89\x00\xff", headers={"Content-Type": "image/png"})
    assert answer.json() == "8900ff"


def test_a_json_dialect_is_json(post):
    types = {"application/merge-patch+json": {"type": "object"}}
    assert post(b'{"a": 1}', "application/merge-patch+json", types=types).json()["body"] == {"a": 1}


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/xml", "nonsense", "", "application/jsonp", ";", b"\xe9"],
)
def test_a_content_type_that_is_not_declared_is_refused(post, media_type):
    answer = post(b'{"name": "a"}', media_type)
    assert (answer.status_code, answer.json()["error"]) == (415, "UnsupportedMediaType")


def test_a_body_without_a_content_type_is_refused(post):
    assert post(b'{"name": "a"}', None).status_code == 415


@pytest.mark.parametrize("media_type", ["application/json", FORM, None])
def test_an_empty_body_is_missed_where_one_is_required(post, media_type):
    answer = post(b"", media_type, required=True)
    assert answer.json()["violations"] == [["body", [], "required", None, None]]


@pytest.mark.parametrize("media_type", ["application/json", FORM, None])
def test_an_empty_body_is_none_where_none_is_required(post, media_type):
    seen = post(b"", media_type).json()
    assert (seen["body"], seen["has_body"]) == (None, False)


def test_an_empty_body_of_a_type_that_is_not_declared_is_refused(post):
    assert post(b"", "text/plain").status_code == 415


def test_an_empty_body_counts_as_an_empty_object_where_the_vendor_says_so(post):
    options = {"empty_body_is_object": True}
    answer = post(b"", None, required=True, options=options)
    assert answer.json()["violations"] == [["body", ["name"], "required", None, None]]
    types = {"application/json": {"type": "object"}}
    seen = post(b"", None, types=types, options=options).json()
    assert (seen["body"], seen["has_body"]) == ({}, True)


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", MULTIPART])
def test_a_body_over_the_limit_is_refused_whatever_it_holds(post, media_type):
    settings = Settings(max_body=100)
    answer = post(b"x" * 101, media_type, settings=settings)
    assert (answer.status_code, answer.json()["error"]) == (413, "PayloadTooLarge")


def test_a_body_of_just_the_limit_is_read(post):
    content = b'{"name": "a"' + b" " * 87 + b"}"
    assert len(content) == 100
    assert post(content, "application/json", settings=Settings(max_body=100)).status_code == 200


def test_a_body_that_no_operation_asked_for_is_left_alone(client_of):
    server = toy_server(
        {"/x": {"get": {"operationId": "echo"}}}, echo_operations("echo"), settings=Settings()
    )
    client = client_of(server, "toy", headers=KEY)
    answer = client.request("GET", "/x", content=b"\xff" * (2 << 20))
    assert answer.json()["has_body"] is False
