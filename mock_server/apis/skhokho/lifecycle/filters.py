"""What each filter of the product list must let through, whatever the database behind it.

Source: skhokho.txt, List products. That `category`, `product_type` and `status` are compared as a
whole, and what is low on stock, is as the spec has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from mock_server.lifecycle.model import Filter, Json
from mock_server.lifecycle.values import number

_TRUE = ("true", "True", "t", "yes", "1", "on")
_FALSE = ("false", "False", "f", "no", "0", "off")
_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
#: How Python, PostgreSQL and SQLite take capitals and small letters for the same.
_FOLDS: tuple[Callable[[str], str], ...] = (
    str.casefold,
    str.lower,
    str.upper,
    lambda text: text.translate(_ASCII_LOWER),
)
_SEARCHED = ("name", "product_code", "barcode")
#: A search may be split at spaces and commas, and quotes may hold it together.
_WORD = re.compile(r"[^\s,'\"]+")


def contains(record: Json, wanted: str, names: Sequence[str]) -> bool | None:
    """Say whether one of these properties contains a text, in any case.

    None: that depends on what a database takes for the same letter.
    """
    texts = _texts(record, names)
    verdicts = {any(fold(wanted) in fold(text) for text in texts) for fold in _FOLDS}
    return verdicts.pop() if len(verdicts) == 1 else None


def is_low(record: Json) -> bool:
    """Say whether a product is low on stock, as the spec has it: at or below its minimum."""
    stock, minimum = (number(record[name]) for name in ("current_stock", "minimum_stock_level"))
    return stock <= minimum


def _texts(record: Json, names: Sequence[str]) -> list[str]:
    return [record[name] for name in names if record.get(name)]


def _part(random: Random, text: str) -> str:
    """A part of a text with some of its ASCII letters in the other case, without outer spaces."""
    start = random.randrange(len(text))
    part = text[start : start + random.randint(1, 12)]
    if random.random() < 0.15:
        # What matches anything in the language of databases stands for itself here.
        place = random.randrange(len(part))
        part = part[:place] + random.choice("%_") + part[place + 1 :]
    swapped = (one.swapcase() if one.isascii() and random.random() < 0.5 else one for one in part)
    return "".join(swapped).strip()


def _draw(
    names: Sequence[str], piece: Callable[[Random, str], str]
) -> Callable[[Random, Sequence[Json]], str | None]:
    def draw(random: Random, records: Sequence[Json]) -> str | None:
        texts = [text for record in records for text in _texts(record, names)]
        wanted = piece(random, random.choice(texts)) if texts else ""
        return wanted if wanted.isprintable() and wanted else None

    return draw


def _part_of_a_word(random: Random, text: str) -> str:
    words = _WORD.findall(text)
    return _part(random, random.choice(words)) if words else ""


def _equal(name: str, value: Callable[[Random, Sequence[Json]], Any]) -> Filter:
    return Filter(
        name,
        value,
        lambda wanted: ((name, str(wanted)),),
        lambda record, wanted: record.get(name) == wanted,
    )


def _category(random: Random, records: Sequence[Json]) -> str | None:
    """A category that some products have; now and then its beginning, which is another one."""
    known = [text for text in _texts_of(records, "category") if text == text.strip()]
    if not known:
        return None
    whole = random.choice(known)
    return whole[: len(whole) // 2].strip() or whole if random.random() < 0.2 else whole


def _texts_of(records: Sequence[Json], name: str) -> list[str]:
    return [text for record in records for text in _texts(record, (name,))]


def _one_of(*values: str) -> Callable[[Random, Sequence[Json]], str]:
    return lambda random, _: random.choice(values)


FILTERS: tuple[Filter, ...] = (
    _equal("category", _category),
    _equal("product_type", _one_of("manufacture", "buy")),
    _equal("status", _one_of("active", "inactive", "discontinued", "out_of_stock")),
    Filter(
        "name",
        _draw(("name",), _part),
        lambda wanted: (("name", wanted),),
        lambda record, wanted: contains(record, wanted, ("name",)),
    ),
    Filter(
        "search",
        _draw(_SEARCHED, _part_of_a_word),
        lambda wanted: (("search", wanted),),
        lambda record, wanted: contains(record, wanted, _SEARCHED),
    ),
    # Facts: the framework's words for booleans, in any case.
    Filter(
        "low_stock",
        _one_of(*_TRUE),
        lambda word: (("low_stock", word),),
        lambda record, _: is_low(record),
    ),
    Filter(
        "low_stock, not asked for",
        _one_of(*_FALSE),
        lambda word: (("low_stock", word),),
        lambda *_: True,
    ),
)
