"""Bodies as bytes: a form's texts and files arrive as they were given."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from starlette.requests import Request

from contract_tests.exchange.bodies import JSON, MULTIPART, URLENCODED, encoded
from mock_server.lifecycle.files import File


def received(body, media_type):
    """The form that a server reads of a body."""
    content, sent_as = encoded(body, media_type)

    async def receive():
        return {"type": "http.request", "body": content}

    async def read():
        headers = [(b"content-type", sent_as.encode())]
        async with Request({"type": "http", "headers": headers}, receive).form() as form:
            return {
                name: value if isinstance(value, str)
                else (value.filename, value.content_type, await value.read())
                for name, value in form.items()
            }  # fmt: skip

    return asyncio.run(read())


def test_decimals_are_written_exactly():
    content, media_type = encoded({"price": Decimal("0.10"), "name": "é"}, JSON)
    assert (content, media_type) == ('{"price":0.10,"name":"é"}'.encode(), JSON)


def test_the_fields_of_a_form_arrive_as_texts():
    sent = {"name": "a & b = é", "stock": 5, "price": Decimal("1.50")}
    for media_type in (URLENCODED, MULTIPART):
        assert received(sent, media_type) == {"name": "a & b = é", "stock": "5", "price": "1.50"}


def test_a_file_arrives_byte_for_byte_with_its_name_and_type():
    file = File("a é.png", "image/png", b"\0\r\n--\xff")
    assert received({"name": "a", "picture": file}, MULTIPART) == {
        "name": "a",
        "picture": ("a é.png", "image/png", file.content),
    }


def test_the_same_form_is_the_same_bytes():
    body = {"picture": File("a.png", "image/png", b"abc")}
    assert encoded(body, MULTIPART) == encoded(body, MULTIPART)
