"""Bodies to send to the mock and to the judge: hand-picked ones, and strategies for more."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from hypothesis import strategies as st
from PIL import Image

LEAST: Final[Mapping[str, Any]] = {"name": "Rooibos", "product_type": "buy"}
TEXTS: Final[Mapping[str, int | None]] = {
    "name": 300,
    "description": None,
    "short_description": 500,
    "product_code": 100,
    "barcode": 100,
    "category": 200,
    "brand": 200,
    "model_number": 200,
    "supplier_name": 300,
}
CHOICES: Final = ("product_type", "unit_of_measure", "status")
DECIMALS: Final = (
    "cost_price",
    "selling_price",
    "current_stock",
    "minimum_stock_level",
    "maximum_stock_level",
)
FIELDS: Final = (*TEXTS, *CHOICES, *DECIMALS, "image")

#: Texts that are numbers, nearly numbers, or no numbers, at every bound of the framework's field.
NUMBER_TEXTS: Final = (
    "0", "12.5", "12.50", "12.500", "-3.25", "+7", " 8 ", "\u00a09\n", ".5", "5.", ".", "-", "",
    " ", "1e2", "1E-2", "1e-3", "1e12", "1e13", "0e5", "0e15", "0e16", "1_000", "_", "12,50",
    "9999999999999.99", "99999999999999", "9999999999999.999", "0000000000000000000001", "-0",
    "-0.00", "0.00", "000.01", "NaN", "sNaN", "inf", "-Infinity", "0x10", "ten", "٣", "1" * 1000,
    "1" * 1001, "0" * 1001, "True", "null", "1.0\0",
)  # fmt: skip


def png(width: int = 1, height: int = 1, colour: str = "teal", kind: str = "PNG") -> bytes:
    """Return a small real image."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, kind)
    return buffer.getvalue()


def encoded(form: Mapping[str, str]) -> bytes:
    """Return an encoded form."""
    return urlencode(form).encode()


BOUNDARY: Final = "----------of-the-tests"
MULTIPART: Final = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(parts: Mapping[str, str | tuple[str, bytes, str]]) -> bytes:
    """Return a multipart form; a file is (name, content, media type)."""
    lines: list[bytes] = []
    for name, part in parts.items():
        lines.append(f"--{BOUNDARY}\r\n".encode())
        disposition = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(part, str):
            lines += [f"{disposition}\r\n\r\n".encode(), part.encode()]
        else:
            filename, content, media_type = part
            head = f'{disposition}; filename="{filename}"\r\nContent-Type: {media_type}\r\n\r\n'
            lines += [head.encode(), content]
        lines.append(b"\r\n")
    lines.append(f"--{BOUNDARY}--\r\n".encode())
    return b"".join(lines)


#: What may stand in a JSON body where a field is, whatever the field.
ANY_VALUE: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**14), 10**14, places=2).map(float),
    st.text(max_size=8),
    st.sampled_from(["", " ", "\0", "buy", "active", "box", " buy ", "x\0y", *NUMBER_TEXTS]),
    st.sampled_from([100, 101, 200, 201, 300, 301, 500, 501]).map(lambda length: "x" * length),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(
        st.text(max_size=3), st.none() | st.floats(0, 1) | st.text(max_size=3), max_size=2
    ),
)
#: JSON bodies of any fields with any values.
ANY_BODY: Final = st.dictionaries(st.sampled_from(FIELDS), ANY_VALUE, max_size=8)
_FORM_TEXT: Final = st.one_of(
    st.sampled_from(["", " ", "buy", "manufacture", "active", "dozen", "x" * 301, *NUMBER_TEXTS]),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
#: Encoded forms of any fields with any texts.
ANY_FORM: Final = st.dictionaries(st.sampled_from(FIELDS), _FORM_TEXT, max_size=8)

_PLAUSIBLE_TEXT: Final = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_PLAUSIBLE_NUMBER: Final = st.decimals(-(10**12), 10**12, places=2).flatmap(
    lambda number: st.sampled_from([f"{number:f}", float(number), f" {number:f}"])
)
_UNITS: Final = ("piece", "kg", "cubic_meter", "other")
_STATUSES: Final = ("active", "inactive", "discontinued", "out_of_stock")
#: JSON bodies of products as a client would send them.
PLAUSIBLE_BODY: Final = st.fixed_dictionaries(
    {
        "name": _PLAUSIBLE_TEXT.filter(lambda text: bool(text.strip())),
        "product_type": st.sampled_from(["buy", "manufacture"]),
    },
    optional={
        **{name: st.none() | _PLAUSIBLE_TEXT for name in TEXTS if name != "name"},
        **dict.fromkeys(DECIMALS, _PLAUSIBLE_NUMBER),
        "unit_of_measure": st.sampled_from(_UNITS),
        "status": st.sampled_from(_STATUSES),
        "image": st.none(),
    },
)
