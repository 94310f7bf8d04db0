"""The mock answers as a real Django REST Framework serializer behind a real view does.

Each body goes to both, by POST, PUT or PATCH: the same status, the same errors word for word, and,
where the body is taken in, the same stored fields. So do slashes, cookies and queries.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mock_server.apis.skhokho.inputs import read_query
from mock_server.engine.messages import Request
from mock_server.engine.parameters import parse_cookies
from tests.apis.skhokho import bodies
from tests.apis.skhokho.bodies import BOUNDARY, LEAST, MULTIPART, multipart, png
from tests.apis.skhokho.inventory import Inventory
from tests.apis.skhokho.judge import Verdict, judge, judge_cookies, judge_query, judge_slash

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PNG = png()


class Court:
    """Sends a body to the mock and to the judge, and compares."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.unique_id = inventory.made()["unique_id"]

    def answer(self, method: str, content: bytes, content_type: str | None) -> httpx.Response:
        """Return the mock's answer."""
        name = "create" if method == "POST" else f"{self.unique_id}/update"
        headers = {} if content_type is None else {"Content-Type": content_type.encode("latin-1")}
        return self.inventory.client.request(
            method, f"{self.inventory.path}{name}/", content=content, headers=headers
        )

    def compare(self, method: str, content: bytes, content_type: str | None = JSON) -> Verdict:
        """Raise AssertionError where the mock differs from the judge; return the verdict."""
        verdict = judge(method, content, content_type)
        answer = self.answer(method, content, content_type)
        if verdict.status != 200:
            assert (answer.status_code, answer.json()) == (verdict.status, verdict.body)
            return verdict
        assert answer.status_code == (201 if method == "POST" else 200), answer.text
        stored = answer.json()
        for name, value in verdict.body.items():
            if name == "image" and value is not None:
                assert len(self.inventory.client.get(stored["image"]).content) == value
            else:
                # A database keeps no negative zero as a number; the bare serializer shows one.
                zero = name in bodies.DECIMALS and value == "-0.00"
                assert stored[name] == ("0.00" if zero else value), name
        return verdict


@pytest.fixture
def court(empty: Inventory) -> Court:
    return Court(empty)


def with_field(name: str, value: Any) -> bytes:
    return json.dumps({**LEAST, name: value}).encode()


STRANGE = (None, True, False, [], {}, [1.5, None], {"a": "b", "c": [1.10]})


@pytest.mark.parametrize("name", bodies.TEXTS)
def test_text_fields(court: Court, name: str) -> None:
    longest = bodies.TEXTS[name] or 5000
    values = (
        *STRANGE, "", " ", "\t\n", "x", "  x  ", "x" * longest, "x" * (longest + 1),
        f" {'x' * longest} ", 0, -7, 1.10, 1e100, 12345678901234567890, "\0", "a\0b",
        "\0" * (longest + 1), "\ud800", "zoë", "手" * longest, "手" * (longest + 1),
    )  # fmt: skip
    refused = 0
    for value in values:
        refused += court.compare("POST", with_field(name, value)).status == 400
        court.compare("PATCH", json.dumps({name: value}).encode())
    assert 8 <= refused < len(values)


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("product_type", {"buy"}),
        ("unit_of_measure", {"piece", "other"}),
        ("status", {"active", "out_of_stock"}),
    ],
)
def test_choice_fields(court: Court, name: str, choices: set[str]) -> None:
    # A lone surrogate is left out: in the framework, the message about it crashes.
    values = (
        *STRANGE, "", " ", "buy", "Buy", " buy", "active", "piece", "other", "out_of_stock",
        "Out of Stock", 0, 1.10, '"', "\0", "x" * 2000,
    )  # fmt: skip
    taken = [
        value for value in values if court.compare("PUT", with_field(name, value)).status == 200
    ]
    assert set(taken) == choices


@pytest.mark.parametrize("name", bodies.DECIMALS)
def test_decimal_fields(court: Court, name: str) -> None:
    numbers = (
        0, 1, -1, 12.5, 12.50, 1.1, 1.10, 0.1 + 0.2, 1.005, 10**12, 10**13, 10**15, 1e12, 1e13,
        1e15, 1e16, 9999999999999.99, 99999999999999.9, -0.0, 5e-324, 1e-2, 1e-3,
    )  # fmt: skip
    taken = 0
    for value in (*STRANGE, *numbers, *bodies.NUMBER_TEXTS):
        taken += court.compare("POST", with_field(name, value)).status == 200
        court.compare("PATCH", json.dumps({name: value}).encode())
    assert taken > 20


@pytest.mark.parametrize("value", [*STRANGE, "", "x", "https://a.test/b.png", 1, 1.5])
def test_an_image_cannot_come_as_json(court: Court, value: Any) -> None:
    court.compare("PATCH", json.dumps({"image": value}).encode())


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"[{}]", b"null", b"true", b"1", b"1.5", b'"text"', b"{", b"[1,]",
        b"{'a': 1}", b"nul", b"tru", b'{"a" 1}', b'{"name": "a" "b"}', b'{"name": "\n"}', b" ",
        b'{"a":1}{', b'{"name": "\\x"}', b'{"unknown": 1}', b'{"unique_id": "mine", "name": "x"}',
        b'{"name": "a", "name": "b", "product_type": "buy"}', b'{"date_created": null}',
    ],
)  # fmt: skip
def test_bodies_as_a_whole(court: Court, method: str, content: bytes) -> None:
    if content == b"[1,]" and sys.version_info >= (3, 13):
        pytest.skip("the judge's parser says it in other words from Python 3.13 on")
    court.compare(method, content)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff", b'{"name": "a\xe9"}', b'{"name": "a"}\xc3', b'{"name": NaN}', b"Infinity",
        b"[-Infinity]", b"\xef\xbb\xbf{}", b"9" * 5000, b'{"name": ' + b"9" * 4301 + b"}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_no_json_reader_takes(court: Court, method: str, content: bytes) -> None:
    court.compare(method, content)


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "1e-400", "1e99999999999999999999", "1e-99999999999999999999",
               "0e99999999999999999999", "9" * 400, "0." + "9" * 400, "1E308", "1.8e308"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["name", "selling_price", "status"])
def test_numbers_beyond_a_double_are_judged_as_infinite(
    court: Court, name: str, number: str
) -> None:
    court.compare("PATCH", f'{{"{name}": {number}}}'.encode())


@pytest.mark.parametrize(
    "charset",
    ["utf-8", "UTF8", "iso-8859-1", "latin1", "utf-16", "utf-16-le", "cp1252", "ascii", "koi8-r",
     "utf-8-sig", "utf-7", "nonsense", "", "bz2_codec", "base64", "rot13", "undefined",
     '"utf-8"'],
)  # fmt: skip
@pytest.mark.parametrize("text", ["caf\xe9", "\u624b", "plain"])
def test_a_body_is_read_in_the_charset_of_its_type(court: Court, charset: str, text: str) -> None:
    field = json.dumps({**LEAST, "brand": text}, ensure_ascii=False)
    form = "name=a&product_type=buy&brand="
    for encoding in ("utf-8", "latin-1", "utf-16"):
        content = field.encode(encoding, "replace")
        court.compare("POST", content, f"application/json; charset={charset}")
        written = text.encode(encoding, "replace")
        for value in (written, "".join(f"%{byte:02X}" for byte in written).encode()):
            court.compare("POST", form.encode() + value, f"{FORM}; charset={charset}")
        parts = multipart({**LEAST, "brand": "x"}).replace(
            b"\r\nx\r\n", b"\r\n" + written + b"\r\n"
        )
        court.compare("POST", parts, f"{MULTIPART}; charset={charset}")


def test_every_field_that_is_off_is_named_at_once(court: Court) -> None:
    content = (
        dict.fromkeys(bodies.TEXTS, "x" * 501)
        | dict.fromkeys((*bodies.CHOICES, *bodies.DECIMALS), "x")
        | {"image": 1}
    )
    verdict = court.compare("POST", json.dumps(content).encode())
    assert set(verdict.body) == set(bodies.FIELDS) - {"description"}


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/plain; charset=utf-8",
        "application/xml",
        "application/vnd.api+json",
        None,
    ],
)
@pytest.mark.parametrize("content", [b"x", b""])
def test_media_types_that_are_not_read(
    court: Court, content_type: str | None, content: bytes
) -> None:
    for method in ("POST", "PUT", "PATCH"):
        court.compare(method, content, content_type)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_parameters_and_case_of_a_media_type_do_not_matter(court: Court, content_type: str) -> None:
    assert court.compare("POST", with_field("brand", "A"), content_type).status == 200


FORMS = [
    b"", b"name=", b"name=+", b"name=a", b"name=a&product_type=", b"name=a&product_type=buy",
    b"name=a&product_type=buy&status=&unit_of_measure=&current_stock=&minimum_stock_level=",
    b"name=a&product_type=buy&cost_price=&selling_price=&maximum_stock_level=&image=",
    b"name=a&product_type=buy&description=&brand=+&supplier_name=&barcode=%00",
    b"name=a&product_type=buy&current_stock=+&cost_price=+&status=+",
    b"name=a&name=b&product_type=buy&product_type=manufacture", b"name=%ff&product_type=buy",
    b"name=caf%C3%A9&product_type=buy&cost_price=1.10", b"name=a;product_type=buy", b"name",
    b"&&name=a&&product_type=buy&", b"name[]=a&product_type=buy",
    b"image=x&name=a&product_type=buy",
    b"name=" + b"x" * 301, b"%6eame=a&product_type=b%75y", b"name=a%26b&product_type=buy",
]  # fmt: skip


@pytest.mark.parametrize("content", FORMS)
def test_encoded_forms(court: Court, content: bytes) -> None:
    for method in ("POST", "PUT", "PATCH"):
        court.compare(method, content, FORM)


FILES: list[dict[str, str | tuple[str, bytes, str]]] = [
    {"image": ("a.png", PNG, "image/png")},
    {"image": ("a.jpg", png(kind="JPEG"), "image/jpeg")},
    {"image": ("a.gif", png(kind="GIF"), "text/plain")},
    {"image": ("a.webp", png(40, 30, kind="WEBP"), "image/webp")},
    {"image": ("a.bmp", png(kind="BMP"), "image/bmp")},
    {"image": ("A.TIFF", png(kind="TIFF"), "image/tiff")},
    {"image": ("a.png", png(kind="JPEG"), "image/png")},
    {"image": ("a.txt", PNG, "image/png")},
    {"image": ("a", PNG, "image/png")},
    {"image": ("png", PNG, "image/png")},
    {"image": ("a.png", b"", "image/png")},
    {"image": ("a.png", b"no image", "image/png")},
    {"image": ("a.png", PNG[:-20], "image/png")},
    {"image": ("a.png", PNG[:30], "image/png")},
    {"image": ("a.png", b"GIF89a", "image/gif")},
    {"image": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")},
    {"image": ("dir/a b.png", PNG, "image/png")},
    {"image": ("..", PNG, "image/png")},
    {"image": ""},
    {"image": "text"},
    {"image": " "},
    {"name": ("name.txt", b"content", "text/plain")},
    {"brand": (" ", b"content", "text/plain")},
    {"product_type": ("buy", b"", "text/plain")},
    {"current_stock": ("12.5", b"", "text/plain")},
    {"unknown": ("x.bin", b"\0", "application/octet-stream")},
    {"description": "", "cost_price": "", "status": "", "current_stock": ""},
    {"name": "ünïcode", "cost_price": " 1.5 "},
]


@pytest.mark.parametrize("parts", FILES)
def test_multipart_forms(court: Court, parts: dict[str, Any]) -> None:
    court.compare("PATCH", multipart(parts), MULTIPART)
    court.compare("PATCH", multipart({**LEAST, **parts}), MULTIPART)
    court.compare("POST", multipart({**LEAST, **parts}), MULTIPART)


def part(head: str, content: bytes = b"") -> bytes:
    """A part of a form, its first header without its name."""
    lead = f"--{BOUNDARY}\r\nContent-Disposition: form-data{head}\r\n\r\n"
    return lead.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
NAME = part('; name="name"', b"Tea")
RAW_FORMS = {
    "no file chosen": NAME + part('; name="image"; filename=""') + END,
    "no file chosen, of a type": NAME
    + part('; name="image"; filename=""\r\nContent-Type: application/octet-stream') + END,
    "extended filename": part("; name=image; filename*=utf-8''caf%C3%A9.png", PNG) + END,
    "both filenames": part("; name=image; filename=b; filename*=utf-8''a.png", PNG) + END,
    "both filenames, the other first": part("; name=image; filename*=utf-8''a.png; filename=b", PNG)
    + END,
    "filename in pieces": part('; name=image; filename*0="a"; filename*1=".png"', PNG) + END,
    "unknown charset": part("; name=image; filename*=nonsense''a.png", PNG) + END,
    "extended name": part("; name*=utf-8''name", b"Tea") + END,
    "preamble": b"To those who read this: look below.\r\n" + NAME + END,
    "epilogue": NAME + END + b"that was all",
    "padding": NAME.replace(b"\r\n", b"  \t\r\n", 1) + END.replace(b"--\r\n", b"-- \r\n"),
    "no disposition": f"--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nx\r\n".encode()
    + NAME + END,
    "no headers": f"--{BOUNDARY}\r\n\r\nx\r\n".encode() + NAME + END,
    "no name": part("", b"x") + NAME + END,
    "empty name": part('; name=""', b"x") + NAME + END,
    "name with blanks": part('; name=" name "', b"Tea") + END,
    "attachment": NAME.replace(b"form-data", b"attachment") + END,
    "other case": NAME.replace(b"Content-Disp", b"CONTENT-disp").replace(b"form", b"Form") + END,
    "header that is no UTF-8": part('; name="image"; filename="\xff.png"', PNG).replace(
        b"\xc3\xbf", b"\xff") + NAME + END,
    "quoted-printable": part(
        "; name=name\r\nContent-Transfer-Encoding: quoted-printable", b"=61") + END,
    "base64": part('; name=name\r\nContent-Transfer-Encoding: base64', b"VGVh") + END,
    "base64 that is none": part('; name=name\r\nContent-Transfer-Encoding: BASE64', b"V") + END,
    "file in base64": part('; name=image; filename=a.png\r\nContent-Transfer-Encoding: base64',
        base64.encodebytes(PNG)) + END,
    "file in base64 that is none": part(
        '; name=image; filename=a.png\r\nContent-Transfer-Encoding: base64', b"VGV") + END,
    "field, then file": part("; name=image") + part("; name=image; filename=a.png", PNG) + END,
    "file, then field": part("; name=image; filename=a.png", PNG) + part("; name=image") + END,
    "two fields": NAME + part('; name="name"', b"Cup") + END,
    "no end": NAME,
    "no end, in a file": NAME + part("; name=image; filename=a.png", PNG)[:-30],
    "neither a boundary nor a part": b"x",
    "line breaks alone": (NAME + END).replace(b"\r\n", b"\n"),
    "escaped quotes": part(r'; name="image"; filename="a\"b.png"', PNG) + END,
    "entities": part("; name=image; filename=a&#46;png", PNG) + END,
}  # fmt: skip


@pytest.mark.parametrize("content", RAW_FORMS.values(), ids=RAW_FORMS.keys())
def test_multipart_forms_of_every_make(court: Court, content: bytes) -> None:
    court.compare("PATCH", part('; name="brand"', b"A") + content, MULTIPART)
    court.compare("PUT", content, MULTIPART)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (part('; name="brand"', b"A") * 1_001 + END, MULTIPART),
        (b"a=1" + b"&a=1" * 1_000, "application/x-www-form-urlencoded"),
    ],
    ids=["parts", "fields"],
)
def test_a_form_of_more_than_a_thousand_fields_is_refused(
    court: Court, content: bytes, content_type: str
) -> None:
    answer = court.answer("PATCH", content, content_type)
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


def test_a_form_without_a_file_takes_the_image_away(court: Court) -> None:
    court.compare("PATCH", multipart({"image": ("a.png", PNG, "image/png")}), MULTIPART)
    assert court.inventory.get(court.unique_id).json()["image"] is not None
    court.compare("PATCH", RAW_FORMS["no file chosen"], MULTIPART)
    assert court.inventory.get(court.unique_id).json()["image"] is None


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=%09",
     f"multipart/form-data; boundary={'b' * 201}", f"multipart/form-data; boundary={'b' * 202}",
     'multipart/form-data; boundary="a b"', f'Multipart/Form-Data; Boundary="{BOUNDARY}"',
     "multipart/form-data; boundary=caf\xe9", "multipart/*; boundary=b",
     "*/*", "application/*", "application/x-www-form-urlencoded;a"],
)  # fmt: skip
def test_a_multipart_body_needs_a_boundary(court: Court, content_type: str) -> None:
    court.compare("PATCH", multipart(dict(LEAST)), content_type)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "target",
    ["inventory", "inventory?a=b%20c&%C3%A9=%ff", "inventory/a%20b~!'()*,;:@&=+$%C3%A9/update",
     "inventory/x", "inventory//"],
)  # fmt: skip
def test_a_missing_slash_is_a_redirect(court: Court, method: str, target: str) -> None:
    status, location = judge_slash(method, f"/api/{target}")
    own = target.replace("inventory", court.inventory.path.removesuffix("/"), 1)
    answer = court.inventory.client.request(method, own)
    if status == 301:
        assert answer.status_code == 301
        expected = location.replace("/api/inventory", court.inventory.path.removesuffix("/"), 1)
        assert answer.headers["location"] == f"/skhokho{expected}"
    else:
        assert answer.status_code != 301


@given(
    st.lists(
        st.text(st.sampled_from('abé="\\ ,%07;'), max_size=8)
        | st.sampled_from(["sessionid=a", 'b="\\141"', "=", ""]),
        max_size=4,
    )
)
def test_cookies_are_djangos(chunks: list[str]) -> None:
    assert parse_cookies("; ".join(chunks)) == judge_cookies("; ".join(chunks))


def test_of_two_sessions_the_last_one_counts(court: Court) -> None:
    word = court.inventory.client.cookies["sessionid"]
    own = court.inventory.list().json()
    del court.inventory.client.cookies["sessionid"]
    for header, count in (
        (f"sessionid=old; sessionid={word}", own["count"]),
        (f"sessionid=%74est; sessionid={word}", own["count"]),
    ):
        answer = court.inventory.client.get(court.inventory.path, headers={"Cookie": header})
        assert answer.json()["count"] == count
    refused = {"Cookie": f"sessionid={word}; sessionid=old"}
    assert court.inventory.client.get(court.inventory.path, headers=refused).status_code == 403
    escaped = {"Cookie": f"sessionid=%{ord(word[0]):x}{word[1:]}"}
    assert court.inventory.client.get(court.inventory.path, headers=escaped).status_code == 403


@pytest.mark.parametrize("content_type", ["", JSON, f"{JSON}; charset=latin-1", "a; charset=x"])
@pytest.mark.parametrize("value", ["%E9", "caf%C3%A9", "%ff%00", "a+b%2B", "\xe9", "\xc3\xa9", ""])
def test_a_query_is_read_as_django_reads_it(court: Court, value: str, content_type: str) -> None:
    expected = judge_query(f"name={value}", content_type)
    headers = {"content-type": content_type}
    read = read_query(Request("GET", "/", f"name={value}", "", headers))
    assert {name: values[-1] for name, values in read.items()} == expected
    listed = court.inventory.client.get(f"{court.inventory.path}?utm={value}")
    assert listed.status_code == 200


@pytest.mark.parametrize("name", ["category", "name", "product_type", "search", "status"])
def test_a_filter_takes_no_null_character(court: Court, name: str) -> None:
    answer = court.inventory.client.get(f"{court.inventory.path}?{name}=a%00b")
    expected = {name: ["Null characters are not allowed."]}
    assert (answer.status_code, answer.json()) == (400, expected)


def test_methods_that_are_not_there(court: Court) -> None:
    for method in ("DELETE", "GET"):
        verdict = judge(method, b"", None) if method == "DELETE" else None
        answer = court.answer(method, b"", None)
        assert answer.status_code == 405
        assert verdict is None or answer.json() == verdict.body


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=bodies.ANY_BODY,
    method=st.sampled_from(["POST", "PUT", "PATCH"]),
    least=st.booleans(),
)
def test_any_json_object(court: Court, body: dict[str, Any], method: str, least: bool) -> None:
    court.compare(method, json.dumps({**LEAST, **body} if least else body).encode())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=bodies.ANY_FORM,
    method=st.sampled_from(["POST", "PUT", "PATCH"]),
    least=st.booleans(),
)
@example(form={"name": "-0.00", "selling_price": "-0.00"}, method="PATCH", least=False)
def test_any_form(court: Court, form: dict[str, str], method: str, least: bool) -> None:
    fields = {**LEAST, **form} if least else form
    court.compare(method, bodies.encoded(fields), FORM)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies.PLAUSIBLE_BODY, method=st.sampled_from(["POST", "PUT", "PATCH"]))
def test_any_plausible_product(court: Court, body: dict[str, Any], method: str) -> None:
    assert court.compare(method, json.dumps(body).encode()).status == 200
