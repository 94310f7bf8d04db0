"""How Built takes values in and shows them, for the contract suite.

Sources: built.txt (the calls and their answers) and facts, section 4.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from mock_server.lifecycle.values import Kind, number, text

#: Shown for an item without a picture (built.txt, in every answer but that of archiving).
PLACEHOLDER = "https://built-storage.ams3.cdn.digitaloceanspaces.com/Built/photo_placeholder.jpg"
_CENT = Decimal("0.01")


def amount(low: int = 0, high: int = 1000) -> Kind:
    """Return the kind of amounts of money, sent as a number or as its text.

    Nothing means 0 (built.txt: `selling_price: ""` is answered with 0).
    """

    def draw(random: Random) -> Any:
        drawn = random.randint(low * 100, high * 100) * _CENT
        return random.choice((drawn, str(drawn), int(drawn)))

    return Kind("amount", draw, lambda value: number(value or 0))


def stock(low: int = 0, high: int = 500) -> Kind:
    """Return the kind of quantities: whole numbers, also as text."""

    def draw(random: Random) -> Any:
        drawn = random.randint(low, high)
        return random.choice((drawn, str(drawn)))

    return Kind("quantity", draw, lambda value: number(value or 0))


def kind_of_item(*spellings: str) -> Kind:
    """Return the kind of an item's type, of which upper and lower case are the same.

    Built.txt: `product` is answered with `product`, `PRODUCT` with `Product`.
    """

    def meaning(value: Any) -> str:
        return str(value).casefold()

    return Kind("type", lambda random: random.choice(spellings), meaning)


def picture() -> Kind:
    """Return the kind of addresses of pictures; none is shown as the placeholder (built.txt)."""

    def draw(random: Random) -> str:
        return f"https://pictures.example/{random.randrange(10**6)}.jpg"

    return Kind("picture", draw, lambda value: None if value in ("", PLACEHOLDER) else value)


def prefixed_code() -> Kind:
    """Return the kind of imported codes, shown with something and a hyphen before them.

    Built.txt: `LP45709` becomes `bd8U-LP45709`.
    """

    def meaning(value: Any) -> str:
        return str(value).rpartition("-")[2]

    return Kind("code", lambda random: f"LP{random.randrange(10**8)}", meaning)


def no_tax() -> Kind:
    """Return the kind of a tax that is none: nothing is sent, and 0 or null shown (built.txt).

    No operation lists the taxes that there are.
    """
    return Kind("no tax", lambda random: random.choice(("", None)), lambda value: value or None)


def note() -> Kind:
    """Return the kind of texts that may be empty, which is as good as null.

    Facts, section 4: `""` counts as missing.
    """
    return text(150, empty_is_null=True)


def day() -> Kind:
    """Return the kind of days, as the document's calls send them."""

    def draw(random: Random) -> str:
        return f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}"

    return Kind("day", draw, str)
