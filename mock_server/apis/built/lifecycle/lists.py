"""Built's lists of items, and how they are cut into pages, for the contract suite.

Of the items that are not archived, the document says which ones the inventory list has; whether
invoices, bills and the counter offer an item that is not for sale, or not bought, it does not say.
So those lists are declared for items that are both (`lifecycle`), and only archiving hides them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from mock_server.lifecycle.model import Filter, Json, Listing, Summary
from mock_server.lifecycle.paging import numbered
from mock_server.lifecycle.values import number

_PER_PAGE = 20
#: What the names of the records begin with that the suite makes.
_OURS = "ct-"
#: A search that finds more than this might be cut short by a service.
_MOST_FOUND = 20


def _frame_violation(page: Any, index: int, size: int) -> str | None:
    """Facts, section 4: Laravel's pager; its numbers and addresses belong together."""
    here, last = index + 1, max(1, -(-page["total"] // size))
    rows = len(page["data"])
    first_row = index * size + 1 if rows else None
    wanted = {
        "current_page": here,
        "per_page": size,
        "last_page": last,
        "from": first_row,
        "to": None if first_row is None else first_row + rows - 1,
    }
    for name, value in wanted.items():
        if page[name] != value:
            return f"{name} is {page[name]}, not {value}"
    if (page["next_page_url"] is None) != (here >= last):
        return f"next_page_url is {page['next_page_url']} on page {here} of {last}"
    if (page["prev_page_url"] is None) != (here == 1):
        return f"prev_page_url is {page['prev_page_url']} on page {here}"
    active = [link["label"] for link in page["links"] if link["active"]]
    return None if active == [str(here)] else f"the active links are {active} on page {here}"


PAGING = numbered(
    lambda page: page["next_page_url"] is not None,
    size=None,
    sizes=(),
    fixed=_PER_PAGE,
    next_link=lambda page: page["next_page_url"],
    previous_link=lambda page: page["prev_page_url"],
    violation=_frame_violation,
)


def _tracked(item: Json) -> bool:
    return item["track_inventory"] is True


def _on_offer(item: Json) -> bool:
    return item["archived"] is False


def _has(item: Json, keyword: str) -> bool:
    """Whether the name or the code of an item has a keyword, in any case."""
    wanted = keyword.casefold()
    return any(wanted in (item[name] or "").casefold() for name in ("name", "code"))


def _keyword(random: Random, items: Sequence[Json]) -> str | None:
    """A piece of a name or a code, for which it does not matter what the document leaves open.

    That is whether case counts, whether archived items are found, and how many at most.
    """
    texts: list[str] = [item[name] for item in items for name in ("name", "code") if item[name]]
    for _ in range(40 if texts else 0):
        text = random.choice(texts)
        start = random.randrange(len(text))
        piece = text[start : start + random.randint(3, 12)].strip()
        if len(piece) < 3 or not piece.isascii() or not piece.replace(" ", "").isalnum():
            continue
        found = [item for item in items if _has(item, piece)]
        exact = all(piece in item["name"] or piece in (item["code"] or "") for item in found)
        if exact and len(found) <= _MOST_FOUND and not any(each["archived"] for each in found):
            return piece
    return None


_SEARCH = Filter(
    "keyword",
    value=_keyword,
    query=lambda _: (),
    holds=_has,
    among="listItems",
    path=lambda keyword: {"keyword": keyword},
)
ALL = (
    Listing("listItems", "/data", PAGING, total="/total"),
    # Built.txt: the addresses in the pages name this one.
    Listing("listItemsAlternate", "/data", PAGING, total="/total"),
)
INVENTORY = Listing("listInventoryItems", "", shows=_tracked)
ON_OFFER = (
    Listing("listInvoiceItems", "", shows=_on_offer),
    Listing("listBillItems", "", shows=_on_offer),
    Listing("listPosItems", "/all", shows=_on_offer),
    Listing("listPosItemsAlternate", "/all", shows=_on_offer),
)
SEARCH = Listing(
    "searchItems",
    "",
    path={"keyword": _OURS},
    shows=lambda item: _has(item, _OURS),
    filters=(_SEARCH,),
)


def _offered(item: Json, _: object) -> bool | None:
    """Whether an item is on offer, which the document says of what is sold and bought."""
    if item["archived"]:
        return False
    return True if item["retail_item"] == item["buying_item"] == 1 else None


def _kept_in_stock(item: Json, _: object) -> bool | None:
    """Whether an item is in the inventory, where it leaves open what becomes of archived ones."""
    if not _tracked(item):
        return False
    return None if item["archived"] else True


def _some(listing: Listing, name: str, holds: Any) -> Listing:
    """A list that is a part of all items by what it is, and not by what is asked for."""
    chosen = Filter(name, lambda *_: True, query=lambda _: (), holds=holds, among="listItems")
    return replace(listing, filters=(chosen,))


#: All lists of items, each held to have those of the first that it should.
EVERYWHERE = (
    ALL[0],
    _some(INVENTORY, "tracked", _kept_in_stock),
    *(_some(each, "on offer", _offered) for each in ON_OFFER),
)


def _count(of: str, value: Any) -> Any:
    def expected(items: Sequence[Json]) -> Decimal:
        return Decimal(sum(str(item[of]).casefold() == value for item in items))

    return expected


def _quantity(items: Sequence[Json]) -> Decimal:
    return sum((number(item["quantity"]) for item in items), Decimal(0))


def _worth(items: Sequence[Json]) -> Decimal:
    products = (number(item["quantity"]) * number(item["unit_cost"]) for item in items)
    return sum(products, Decimal(0))


#: Built.txt, Get Product Summary: "of all products", of which its sample has as many as the list.
SUMMARIES = tuple(
    Summary("getItemSummary", f"/{name}", expected, "listItems")
    for name, expected in (
        ("total_count", lambda items: Decimal(len(items))),
        ("total_services_count", _count("type", "service")),
        ("total_product_count", _count("type", "product")),
        ("total_fixed_assets_count", _count("type", "fixed asset")),
        ("total_inventory_items_count", _count("track_inventory", "true")),
        ("total_inventory_non_items_count", _count("track_inventory", "false")),
        ("total_retail_items_count", _count("retail_item", "1")),
        ("total_buying_items_count", _count("buying_item", "1")),
        ("sum_of_quantities", _quantity),
        ("sum_of_inventory_quantities", lambda items: _quantity([*filter(_tracked, items)])),
        ("total_inventory_worth", lambda items: _worth([*filter(_tracked, items)])),
    )
)
