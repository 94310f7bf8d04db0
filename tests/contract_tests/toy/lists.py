"""The toy's two lists of items, and its summary."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from tests.contract_tests.toy.items import owned, shown
from tests.contract_tests.toy.state import Asked, Record, Refusal, Reply

DEFAULT = 8


def _lists(asked: Asked, archived: str) -> list[Record]:
    """The items that the caller may see, in the order in which they were made."""
    found = list(asked.account.items.values())
    if asked.on("others' items are listed"):
        found = [item for each in asked.toy.accounts.values() for item in each.items.values()]
    if asked.on("accounts share a list"):
        found = list(asked.toy.accounts[asked.toy.latest].items.values())
    if archived == "only":
        return [item for item in found if item["archived"]]
    everything = archived == "all" and not asked.on("archived are not revealed")
    found = [
        item
        for item in found
        if everything or not item["archived"] or asked.on("archived are still listed")
    ]
    if asked.on("a list misses what is new") and found[-1]["new"]:
        found = found[:-1]
    return found


def _same_kind(asked: Asked, item: Record, kind: str) -> bool:
    if asked.on("a filter does not know what is new") and item["new"]:
        return False
    return asked.on("filter is ignored") or item["kind"] == kind


def _in_title(asked: Asked, item: Record, part: str) -> bool:
    return part in item["title"] or (asked.on("filter is unsound") and item["kind"] == "box")


def _from_price(asked: Asked, item: Record, price: str) -> bool:
    if item["price"] is None or not price.replace(".", "").isdigit():
        return False
    exclusive = asked.on("filter is incomplete") and item["price"] == Decimal(price)
    return item["price"] >= Decimal(price) and not exclusive


FILTERS: dict[str, Callable[[Asked, Record, str], bool]] = {
    "kind": _same_kind, "title": _in_title, "price_from": _from_price,
}  # fmt: skip


def _filtered(asked: Asked, items: list[Record]) -> list[Record]:
    chosen = FILTERS.keys() & asked.query.keys()
    if asked.on("filters only count alone") and len(chosen) > 1:
        return items
    for name in chosen:
        items = [each for each in items if FILTERS[name](asked, each, asked.query[name])]
    return items


def _sorted(asked: Asked, items: list[Record]) -> list[Record]:
    sort = asked.query.get("sort")
    if sort is None:
        return items[::-1] if asked.on("order is another") else items
    if asked.on("sort is ignored"):
        return items
    if sort == "label":
        raise Refusal(400, "nothing is sorted by labels")
    if sort == "version":
        return items
    if sort == "stock":
        as_text = asked.on("numbers sort as text")
        return sorted(items, key=lambda item: str(item["stock"]) if as_text else item["stock"])
    if sort == "title":
        return sorted(items, key=lambda item: item["title"])
    priced = [item for item in items if item["price"] is not None]
    rest = [] if asked.on("sort leaves out") else [each for each in items if each not in priced]
    return sorted(priced, key=lambda item: item["price"], reverse=True) + rest


def list_items(asked: Asked) -> Reply:
    """Answer with a page by its number, and links to the pages beside it."""
    owned(asked, "another owner's are listed")
    listed = _lists(asked, asked.query.get("archived", "none"))
    items = _sorted(asked, _filtered(asked, listed))
    size = int(asked.query.get("per_page", DEFAULT))
    last = max(1, -(-len(items) // size))
    if asked.on("an empty page follows a full one") and items and len(items) % size == 0:
        last += 1
    wanted = asked.query.get("page", "1")
    page = (1 if asked.on("the last page is the first") else last) if wanted == "last" else int(
        wanted
    )  # fmt: skip
    if page > last and not asked.on("pages never end"):
        raise Refusal(404, "there is no such page")
    start = (page - 1) * size
    if asked.on("pages overlap") and page > 1:
        start -= 1
    end = start + size + (asked.on("pages are longer") and page == 1)
    here = items[start:end]
    if asked.on("the last one is missing") and page == last > 1:
        here = here[:-1]
    if asked.on("a page leaves one out") and page == 1 < last:
        here = here[:-1]
    if asked.on("order is wrong on page 2") and page == 2 and "sort" in asked.query:
        here = here[::-1]
    body = {
        "items": [_listed(asked, item) for item in here],
        "total": _total(asked, items),
        "page": page + asked.on("a page tells another number"),
        "links": {"next": None, "previous": None},
    }
    if page < last:
        following = 1 if asked.on("the next link leads back") else page + 1
        body["links"]["next"] = _link(asked, following)
    if page > 1 and not asked.on("the previous link is missing"):
        body["links"]["previous"] = _link(asked, page - 1)
    return Reply(200, body)


def _listed(asked: Asked, item: Record) -> Record:
    found = shown(asked, item)
    if asked.on("a list shows another price") and found["price"]:
        found["price"], found["gross"] = "1.00", "1.100"
    if asked.on("a list dates no change"):
        found["updated"] = found["created"]
    return found


def _total(asked: Asked, items: list[Record]) -> int:
    plain = not FILTERS.keys() & asked.query.keys()
    if asked.on("total counts archived"):
        return len(items) + sum(item["archived"] for item in asked.account.items.values())
    if asked.on("total forgets filters") and not plain:
        return len(_lists(asked, "none"))
    if asked.on("total lags behind"):
        return sum(not item["new"] for item in items)
    if asked.on("others are counted"):
        others = (each for each in asked.toy.accounts.values() if each is not asked.account)
        return len(items) + sum(len(each.items) for each in others)
    return len(items)


def _link(asked: Asked, page: int) -> str:
    query = {**asked.query, "page": page}
    if asked.on("links forget filters"):
        query = {name: value for name, value in query.items() if name not in FILTERS}
    return f"http://toy.test/main/items?{urlencode(query)}"


def list_shelf(asked: Asked) -> Reply:
    """Answer with so many items of one kind (or of all), from an offset on, newest first."""
    owned(asked, "another owner's are listed")
    items = _lists(asked, "none")[::-1]
    if asked.on("deleted are still on the shelf"):
        items += asked.account.kept.get("deleted", [])
    if asked.on("the shelf shows one twice"):
        items += items[:1]
    if asked.on("restored are not on the shelf"):
        items = [each for each in items if not each.get("restored")]
    if asked.path["shelf"] != "all" and not asked.on("the path is ignored"):
        items = [item for item in items if item["kind"] == asked.path["shelf"]]
    start, size = int(asked.query.get("offset", 0)), int(asked.query.get("limit", DEFAULT))
    if asked.on("offset is counted from one") and start:
        start -= 1
    if asked.on("the shelf fails far out") and start > 100:
        raise Refusal(500, "there is no such place")
    here = items[start : start + size]
    body = {"shelf": [_on_shelf(asked, item) for item in here], "more": start + size < len(items)}
    return Reply(200, body)


def _on_shelf(asked: Asked, item: Record) -> Any:
    count = item["born"]["stock"] if asked.on("the shelf shows older stock") else item["stock"]
    name = item["title"]
    if asked.on("the shelf is stale"):
        name = asked.account.kept.setdefault(f"name of {item['id']}", name)
    return {"item": {"id": item["id"], "name": name, "kind": item["kind"], "count": count}}


def summarise(asked: Asked) -> Reply:
    """Answer with the stock of all items."""
    owned(asked)
    items = _lists(asked, "none")
    stock = sum(item["stock"] for item in items) + asked.on("summary is off")
    if asked.on("summary is kept"):
        stock = asked.account.kept.setdefault("stock", stock)
    return Reply(200, {"count": len(items), "stock": stock})
