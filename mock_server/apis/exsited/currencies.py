"""The currencies and units of an item: linked by name, changed one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mock_server.apis.exsited.models import ItemCurrency, Uom
from mock_server.apis.exsited.spelling import flags, given
from mock_server.apis.exsited.values import amount_of

_UNIT_FLAGS = {
    "used_for_sale": "used_for_sale",
    "used_for_purchase": "used_for_purchase",
    "base": "is_base",
}
_USES = {
    name: name
    for name in ("used_for_sale", "default_for_sale", "used_for_purchase", "default_for_purchase")
}


def with_currencies(
    linked: tuple[ItemCurrency, ...], entries: Iterable[Mapping[str, Any]]
) -> tuple[ItemCurrency, ...]:
    """Return the currencies after a request's `currencies`.

    What becomes the default for a use is used for it, and the default before is one no longer
    (inferred: there is one default).
    """
    for entry in entries:
        uses = flags(entry, _USES)
        for kind in ("sale", "purchase"):
            if uses.get(f"default_for_{kind}"):
                uses[f"used_for_{kind}"] = True
                before: dict[str, Any] = {f"default_for_{kind}": False}
                linked = tuple(replace(each, **before) for each in linked)
        known = {each.name: each for each in linked}
        name = entry["name"]
        known[name] = replace(known.get(name, ItemCurrency(name)), **uses)
        linked = tuple(known.values())
    return linked


def with_sale_default(
    linked: tuple[ItemCurrency, ...], sale: Mapping[str, Any]
) -> tuple[ItemCurrency, ...]:
    """Return the currencies after a request's `sale`, which may name the default for sales."""
    name = sale.get("default_sale_currency")
    if name is None:
        return linked
    return with_currencies(linked, [{"name": name, "default_for_sale": True}])


def with_uoms(linked: tuple[Uom, ...], entries: Iterable[Mapping[str, Any]]) -> tuple[Uom, ...]:
    """Return the units after a request's `uoms`."""
    known = {each.name: each for each in linked}
    for entry in entries:
        name = entry["name"]
        rates = given(entry, {"sale_rate": "sale_rate", "purchase_rate": "purchase_rate"})
        amounts: dict[str, Any] = {each: amount_of(rate) for each, rate in rates.items()}
        known[name] = replace(
            known.get(name, Uom(name)),
            **flags(entry, _UNIT_FLAGS),
            **amounts,
        )
        if known[name].base:
            before = [unit for unit in known.values() if unit.base and unit.name != name]
            known |= {unit.name: replace(unit, base=False) for unit in before}
    return tuple(known.values())


def base_unit(units: tuple[Uom, ...], otherwise: str) -> str:
    """Return the name of the unit that others are converted to: the base one, or the first."""
    base = next((unit.name for unit in units if unit.base), None)
    return base or (units[0].name if units else otherwise)
