"""The life of the toy's items."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.contract_tests.toy.files import keep
from tests.contract_tests.toy.state import BLANK, Asked, Record, Refusal, Reply
from tests.contract_tests.toy.values import ITEM, taken

_TAX = Decimal("1.1")
_FOREIGN = {
    "GET": "others' items are read",
    "PATCH": "others' items are changed",
    "PUT": "others' items are changed",
    "DELETE": "others' items are deleted",
    "POST": "others' items are moved",
}
_ELSEWHERE = {
    "GET": "another owner's are read",
    "PATCH": "another owner's are changed",
    "PUT": "another owner's are changed",
    "DELETE": "another owner's are deleted",
}


def owned(asked: Asked, switch: str = "") -> None:
    """Raise Refusal for an owner that the account has not."""
    if asked.path["house"] != "main" and not (switch and asked.on(switch)):
        raise Refusal(404, "there is no such house")


def item_of(asked: Asked, *, archived: bool = False) -> Record:
    """Return the item that the path names; raises Refusal."""
    owned(asked, _ELSEWHERE.get(asked.method, ""))
    known = asked.path["item"]
    accounts = [asked.account]
    if asked.on(_FOREIGN[asked.method]):
        accounts = list(asked.toy.accounts.values())
    item = next((each.items[known] for each in accounts if known in each.items), None)
    reading = asked.method == "GET"
    gone = [each for each in asked.account.kept.get("deleted", ()) if each["id"] == known]
    if gone and (
        (asked.on("deleted are still read") and reading)
        or (asked.on("deleted can be changed") and asked.method == "PATCH")
    ):
        return gone[0]
    if item is None:
        if asked.on("unknown is a wrong request") and reading:
            raise Refusal(400, "that is no identifier")
        raise Refusal(404, "there is no such item")
    if item["archived"] and not archived and not asked.on("archived are still read"):
        raise Refusal(404, "the item is archived")
    return item


def shown(asked: Asked, item: Record) -> Record:
    """Return an item as it is shown."""
    price, picture = item["price"], item["picture"]
    gross = None if price is None else price * _TAX
    if asked.on("gross is a float") and price is not None:
        gross = Decimal(float(price) * 1.1)
    if asked.on("gross is rounded") and gross is not None:
        gross = round(gross, 1)
    if asked.on("gross is that of the first price") and item["born"]["price"] is not None:
        gross = gross and item["born"]["price"] * _TAX
    if asked.on("a price is no number") and item["title"] == "seed 2":
        price = "cheap"
    version: Any = item["version"]
    return {
        **{
            name: item[name]
            for name in ("id", "title", "code", "kind", "stock", "remark", "beside")
        },
        "price": None if price is None else str(price),
        "gross": None if gross is None else str(gross),
        "label": item["title"] if asked.on("the label is wrong") else _label(item),
        "picture": picture and f"http://toy.test/main/files/{picture}",
        "picture_name": picture and asked.account.files[picture]["name"],
        "created": _time(asked, item["created"]),
        "updated": _time(asked, item["updated"]),
        "version": str(version) if asked.on("a number is a text") else version,
        "archived": item["archived"] and not asked.on("archived has no mark"),
        "retired": item["retired"],
    }


def _label(item: Record) -> str:
    return f"{item['kind']}: {item['title']}"


def _time(asked: Asked, time: datetime) -> str:
    if asked.on("local time is shown as UTC"):
        time += timedelta(hours=10)
    return f"{time.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def create_item(asked: Asked) -> Reply:
    """Add an item."""
    owned(asked)
    number = next(asked.account.numbers)
    if asked.on("identifiers are used twice"):
        number -= number % 8
    now = asked.toy.clock.now()
    item: Record = {
        **BLANK, "id": f"item-{number}", "title": "", "created": now, "updated": now, "version": 1,
        "archived": False, "retired": False, "new": True,
    }  # fmt: skip
    item["born"] = item
    refused = None
    try:
        if asked.form and asked.on("a form is ignored"):
            asked.values = {"title": (asked.values or {}).get("title", "")}
        item.update(taken(asked, ITEM, "title"))
        _unused(asked, item)
    except Refusal as refusal:
        stored = {400: "refused is stored", 409: "used codes are refused and stored"}
        if not asked.on(stored[refusal.status]):
            if asked.on("a refusal makes the last one again"):
                last = list(asked.account.items.values())[-1]
                asked.account.items[item["id"]] = {**last, "id": item["id"]}
            raise
        refused = refusal
    if isinstance(item["picture"], dict):
        item["picture"] = keep(asked, item["picture"])
    item["born"] = dict(item)
    if asked.on("a field is lost") and item["remark"]:
        item["remark"] = None
    asked.account.items[item["id"]] = item
    if asked.on("one request makes two"):
        twin = f"item-{next(asked.toy.numbers)}"
        asked.account.items[twin] = {**item, "id": twin}
    asked.toy.latest = asked.account.name
    if refused is not None:
        raise refused
    headers = {"location": f"http://toy.test/main/items/{item['id']}"}
    if asked.on("a header is missing"):
        headers = {}
    answer = shown(asked, item)
    if asked.on("the answer to a creation is wrong"):
        answer["title"] = "another"
    return Reply(201, answer, headers)


def _unused(asked: Asked, item: Record) -> None:
    if item["code"] is None or asked.on("codes may be used twice"):
        return
    for each in asked.account.items.values():
        if each["code"] == item["code"] and each["id"] != item["id"]:
            raise Refusal(409, "the code is used")


def read_item(asked: Asked) -> Reply:
    """Show an item, an archived one only if it is asked for."""
    item = item_of(asked, archived=asked.query.get("archived") == "all")
    if asked.on("reading counts"):
        item["version"] += 1
    return Reply(200, shown(asked, item))


def read_card(asked: Asked) -> Reply:
    """Show an item in another form."""
    item = item_of(asked)
    source = item["born"] if asked.on("a card is stale") else item
    price = source["price"]
    return Reply(200, {"card": {"name": source["title"], "price": price and str(price)}})


def change_item(asked: Asked) -> Reply:
    """Change what the body names."""
    return _changed(asked, {}, "")


def replace_item(asked: Asked) -> Reply:
    """Change everything; what the body does not name is as if it had never been named."""
    return _changed(asked, BLANK, "title")


def _changed(asked: Asked, rest: Record, required: str) -> Reply:
    item = item_of(asked)
    before = dict(item)
    if asked.form and asked.on("a form changes nothing"):
        return Reply(200, shown(asked, item))
    try:
        values = {**rest, **taken(asked, ITEM, required)}
        _unused(asked, {**item, **values})
    except Refusal as refusal:
        if asked.on("a refused change is made") and refusal.status == 400:
            item["stock"] += 1
        raise
    if asked.on("the third change is lost") and item["version"] >= 3:
        values = {}
    if isinstance(values.get("picture"), dict) and asked.on("a new picture is not kept"):
        del values["picture"]
    elif isinstance(values.get("picture"), dict):
        values["picture"] = keep(asked, values["picture"])
    elif asked.on("a picture stays"):
        values.pop("picture", None)
    if asked.on("the rest is nulled") and "remark" not in values:
        values["remark"] = None
    if asked.on("an update undoes the one before"):
        item.update({name: item["born"][name] for name in ITEM if name != "picture"})
    if asked.on("null clears nothing"):
        values = {name: value for name, value in values.items() if value is not None}
    if not asked.on("an update is lost"):
        item.update(values)
    touched(asked, item)
    if asked.on("numbers are one for all"):
        for account in asked.toy.accounts.values():
            account.items.get(item["id"], item)["kind"] = (
                "box" if before["kind"] == "jar" else "jar"
            )
    if asked.on("another record is changed too"):
        for each in asked.account.items.values():
            if each["new"]:
                each["kind"] = item["kind"]
                each["remark"] = item["remark"]
    if asked.on("moved stock is forgotten") and "stock" not in values:
        item["stock"] = item["born"]["stock"]
    item["born"]["stock"] = item["stock"] if "stock" in values else item["born"]["stock"]
    return Reply(200, shown(asked, before if asked.on("the answer is old") else item))


def touched(asked: Asked, item: Record) -> None:
    """Note that an item was changed."""
    now = asked.toy.clock.now()
    if asked.on("updated goes back"):
        now = item["created"] - timedelta(minutes=1)
    if not asked.on("updated stays"):
        item["updated"] = now
    if asked.on("created moves"):
        item["created"] = now
    if not asked.on("version stays"):
        item["version"] += 1
