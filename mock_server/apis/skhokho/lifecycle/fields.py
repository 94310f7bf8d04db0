"""What callers set of a product at Skhokho, and what its fields refuse.

Sources: skhokho.txt for names and bounds; facts, section 3, for what Django REST Framework makes of
values.
"""

from __future__ import annotations

from random import Random
from typing import Any

from mock_server.lifecycle.model import Field
from mock_server.lifecycle.values import Kind, choice, number, text

_LARGEST = "9999999999999.99"
_UNITS = (
    *("piece", "kg", "gram", "liter", "meter", "square_meter", "cubic_meter"),
    *("hour", "day", "month", "year", "box", "pack", "dozen", "other"),
)
#: What no text field takes, whatever its length. Numbers are taken: they are kept as their text.
_NO_TEXT: tuple[Any, ...] = (True, ["text"], {"text": "text"}, "a\0b")
#: Facts: texts are trimmed, and may come as numbers.
_KEPT_AS_TEXT = (("  in spaces  ", "in spaces"), ("\tby a tab\n", "by a tab"), (40, "40"))
#: What the decimal fields refuse. Facts: 15 digits in total, 13 before the point, 2 after it.
_NO_AMOUNT: tuple[Any, ...] = (
    *("ten", "12,50", "1.005", "12.500", "10000000000000", "-10000000000000.00", "NaN", "Infinity"),
    *(1.005, 10**13, True, [], {}),
)


def _amount() -> Kind:
    """Numbers as the document's pattern has them: small ones, cents, and those at its bounds.

    The pattern has a sign, and no field has a lower bound.
    """

    def draw(random: Random) -> Any:
        kind = random.randrange(5)
        if kind == 0:
            return str(random.randint(0, 5))
        if kind == 1:
            return random.randint(-20, 500)
        if kind == 2:
            return random.choice(
                ("0", "0.01", "0.1", "-0.01", _LARGEST, f"-{_LARGEST}", "7.", ".5")
            )
        sign = "-" if random.random() < 0.2 else ""
        return f"{sign}{random.randrange(10 ** random.randint(1, 13))}.{random.randrange(100):02}"

    def meaning(value: Any) -> Any:
        return None if value is None or value == "" else number(value)

    return Kind("amount", draw, meaning)


def _no_image() -> Kind:
    """The one value that JSON has for an image: null, which takes it away."""
    return Kind("no image", lambda _: None, lambda value: value)


def _text(name: str, longest: int) -> Field:
    wrong = (*_NO_TEXT, "x" * (longest + 1))
    return Field(name, text(longest), f"/{name}", clearable=True, wrong=wrong, kept=_KEPT_AS_TEXT)


def _decimal(name: str, *, clearable: bool) -> Field:
    wrong = _NO_AMOUNT if clearable else (*_NO_AMOUNT, None, "")
    kept: tuple[tuple[Any, Any], ...] = ((" 12.5 ", "12.50"), ("+007", "7.00"), (12.5, "12.50"))
    if clearable:
        kept = (*kept, ("", None))
    return Field(name, _amount(), f"/{name}", clearable=clearable, wrong=wrong, kept=kept)


def _choice(name: str, values: tuple[str, ...], *wrong: Any, required: bool = False) -> Field:
    never: tuple[Any, ...] = (
        "",
        "none of them",
        values[0].upper(),
        None,
        True,
        1,
        [],
        [values[0]],
        {},
    )
    return Field(name, choice(*values), f"/{name}", required=required, wrong=(*never, *wrong))


FIELDS = (
    Field(
        "name",
        text(300),
        "/name",
        required=True,
        wrong=(*_NO_TEXT, None, "", "  ", "x" * 301),
        kept=_KEPT_AS_TEXT,
    ),
    Field(
        "description",
        text(2000),
        "/description",
        clearable=True,
        wrong=_NO_TEXT,
        kept=_KEPT_AS_TEXT,
    ),
    _text("short_description", 500),
    _text("product_code", 100),
    _text("barcode", 100),
    _choice("product_type", ("manufacture", "buy"), "Manufacture", "sell", required=True),
    _text("category", 200),
    _text("brand", 200),
    _text("model_number", 200),
    _choice("unit_of_measure", _UNITS, "Piece", "Square Meter", "tonne"),
    _decimal("cost_price", clearable=True),
    _decimal("selling_price", clearable=True),
    _decimal("current_stock", clearable=False),
    _decimal("minimum_stock_level", clearable=False),
    _decimal("maximum_stock_level", clearable=True),
    _choice("status", ("active", "inactive", "discontinued", "out_of_stock"), "Out of Stock"),
    # Facts: a file comes in a multipart body, and nowhere else.
    Field("image", _no_image(), "/image", clearable=True, wrong=("photo.png", 5, True, [], {})),
    _text("supplier_name", 300),
)
