"""The contract suite's description of the toy's lists."""

from __future__ import annotations

from random import Random

from mock_server.lifecycle.model import Filter, Listing, Sort
from mock_server.lifecycle.paging import by_offset, numbered
from mock_server.lifecycle.values import instant, number

#: Two pages of the larger size are needed; see `sorts_are_right` for the 7.
_SIZES = (7, 3)
#: The query that lists archived items too.
ARCHIVED = (("archived", "all"),)


def _values_of(name):
    """Draw one of the values that records show."""

    def value(random: Random, records):
        known = [record[name] for record in records if record[name] is not None]
        return random.choice(known) if known else None

    return value


_FILTERS = (
    Filter(
        "kind",
        _values_of("kind"),
        lambda kind: (("kind", kind),),
        lambda record, kind: record["kind"] == kind,
    ),
    Filter(
        "price_from",
        _values_of("price"),
        lambda price: (("price_from", price),),
        lambda record, price: (
            record["price"] is not None and number(record["price"]) >= number(price)
        ),
    ),
    Filter(
        "title",
        lambda random, records: random.choice(records)["title"][:6] if records else None,
        lambda part: (("title", part),),
        lambda record, part: part in record["title"],
    ),
    Filter(
        "archived",
        lambda _random, _records: "only",
        lambda value: (("archived", value),),
        lambda record, _: record["archived"],
        universe=ARCHIVED,
    ),
)
ITEMS = Listing(
    "listItems",
    "/items",
    paging=numbered(
        lambda page: page["links"]["next"] is not None,
        sizes=_SIZES,
        largest=8,
        next_link=lambda page: page["links"]["next"],
        previous_link=lambda page: page["links"]["previous"],
        violation=lambda page, index, _: (
            None if page["page"] == index + 1 else f"it says that it is page {page['page']}"
        ),
        last=(("page", "last"),),
        beyond=(404,),
    ),
    total="/total",
    filters=_FILTERS,
    sorts=(
        Sort("title", (("sort", "title"),), lambda record: record["title"]),
        Sort(
            "price",
            (("sort", "price"),),
            lambda record: record["price"] and number(record["price"]),
            descending=True,
        ),
        *(
            Sort(name, (("sort", name),), lambda record, by=name: record[by], promised=False)
            for name in ("stock", "version", "label")
        ),
    ),
    order=Sort("oldest first", (), lambda record: instant(record["created"])),
    together=True,
)
SHELF = Listing(
    "listShelf",
    "/shelf",
    paging=by_offset(lambda page: page["more"], sizes=_SIZES, largest=8),
    id="/item/id",
    at={
        **dict.fromkeys(("code", "price", "remark", "picture", "beside", "created", "updated")),
        "title": "/item/name",
        "kind": "/item/kind",
        "stock": "/item/count",
    },
    filters=(
        Filter(
            "shelf",
            _values_of("kind"),
            lambda _: (),
            lambda record, kind: record["kind"] == kind,
            among="listItems",
            path=lambda kind: {"shelf": kind},
        ),
    ),
    path={"shelf": "all"},
)
