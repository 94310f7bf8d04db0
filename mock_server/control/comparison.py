"""Where the goods of several APIs differ, by their codes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from mock_server.discovery import Vendor
from mock_server.seeding.catalogue import PARTS, Goods
from mock_server.state.store import State


def compared_apis(vendors: Sequence[Vendor]) -> list[str]:
    """Return the names of the APIs whose goods can be compared."""
    return [vendor.api.name for vendor in vendors if vendor.api.catalogue is not None]


def comparison(state: State, vendors: Sequence[Vendor]) -> dict[str, Any]:
    """Return, as JSON, where the goods of the APIs differ in a state that has them all.

    `differences` has an entry for each part of goods that not all have alike, by code; the part
    `code` counts goods where an API has not exactly one of them. Amounts are equal whatever their
    zeros at the end.
    """
    by_api: dict[str, dict[str, list[Goods]]] = {}
    without_code: dict[str, int] = {}
    for vendor in vendors:
        if vendor.api.catalogue is None:
            continue
        found = by_api[vendor.api.name] = {}
        without_code[vendor.api.name] = 0
        for goods in vendor.api.catalogue.read(state):
            if goods.code:
                found.setdefault(goods.code, []).append(goods)
            else:
                without_code[vendor.api.name] += 1
    codes = sorted({code for found in by_api.values() for code in found})
    differences = []
    for code in codes:
        held = {api: found.get(code, []) for api, found in by_api.items()}
        counts = {api: len(goods) for api, goods in held.items()}
        if set(counts.values()) != {1}:
            differences.append({"code": code, "part": "code", "values": counts})
        one_of = {api: goods[0] for api, goods in held.items() if goods}
        for part in PARTS[1:]:
            values = {api: getattr(goods, part) for api, goods in one_of.items()}
            if len(set(values.values())) > 1:
                shown = {api: _shown(values.get(api)) for api in by_api}
                differences.append({"code": code, "part": part, "values": shown})
    return {
        "apis": list(by_api),
        "goods": len(codes),
        "without_code": without_code,
        "differences": differences,
    }


def _shown(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
