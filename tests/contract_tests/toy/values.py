"""What the toy takes as values, and how it refuses the rest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.contract_tests.toy.state import Asked, Record, Refusal

KINDS = ("jar", "tin", "box")


def _text(longest: int, *, null: bool = False) -> Callable[[Any], str | None]:
    def taken(value: Any) -> str | None:
        if value is None and null:
            return None
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise Refusal(400, "that is no such text")
        return value

    return taken


def _kind(value: Any) -> str:
    if value not in KINDS:
        raise Refusal(400, "there is no such kind")
    return value


def _price(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        price = Decimal(value) if isinstance(value, str) else Decimal("NaN")
        fits = 0 <= price <= 10000 and price == round(price, 2)
    except InvalidOperation:
        fits = False
    if not fits:
        raise Refusal(400, "that is no price")
    return price


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def taken(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Refusal(400, "that is no such number")
        return value

    return taken


def _no_file(value: Any) -> None:
    if value is not None:
        raise Refusal(400, "a picture comes in a form")


def _item(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise Refusal(400, "that is no identifier")


ITEM = {
    "title": _text(40),
    "code": _text(40, null=True),
    "kind": _kind,
    "price": _price,
    "stock": _whole(0, 1000),
    "remark": _text(60, null=True),
    "picture": _no_file,
    "beside": _item,
}
NOTE = {"text": _text(40), "stars": _whole(1, 5)}
QUANTITY = _whole(1, 1000)


def taken(asked: Asked, takes: dict[str, Callable[[Any], Any]], required: str = "") -> Record:
    """Return the values that a body names; raises Refusal."""
    if asked.values is None:
        raise Refusal(400, "a body is needed")
    if required and required not in asked.values and not asked.on("missing title is taken"):
        raise Refusal(400, f"{required} is missing")
    found = {}
    for name, take in takes.items():
        if name not in asked.values:
            continue
        value = asked.values[name]
        if asked.form and name in ("stock", "stars") and isinstance(value, str):
            value = int(value) if value.isdigit() else value
        if isinstance(value, dict) and "content" in value:
            found[name] = _picture(asked, value)
        elif name == "title" and asked.on("long title is taken") and len(str(value)) > 40:
            found[name] = value[:40]
        elif name == "remark" and isinstance(value, str) and not asked.on("spelling is raw"):
            found[name] = take(value.strip())
        else:
            found[name] = take(value)
    _stands_beside(asked, found.get("beside"))
    return found


def _stands_beside(asked: Asked, known: str | None) -> None:
    accounts = [asked.account]
    if asked.on("others' items are referred to"):
        accounts = list(asked.toy.accounts.values())
    if known is not None and not any(known in each.items for each in accounts):
        raise Refusal(400, "there is no such item")


def _picture(asked: Asked, file: Record) -> Record:
    right = file["content"] and file["media_type"] == "image/png"
    if not right and not asked.on("any file is taken"):
        raise Refusal(400, "that is no picture")
    return file
