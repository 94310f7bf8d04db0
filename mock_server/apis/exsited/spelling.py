"""The two spellings that the document has for some flags: both go in.

Source: facts, section 2 (inferred). Of two spellings in one request the sample's own, which is
named first here, wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SPELLINGS: dict[str, tuple[str, ...]] = {
    "enabled": ("enabled", "isEnabled"),
    "isEnabled": ("isEnabled", "enabled"),
    "used_for_sale": ("used_for_sale", "isUsedForSale"),
    "is_base": ("isBase", "is_base"),
    "sale_rate": ("saleConversionRate", "sale_conversion_rate"),
    "purchase_rate": ("purchaseConversionRate", "purchase_conversion_rate"),
    "default_for_sale": ("default_for_sale", "isDefaultForSale"),
    "used_for_purchase": ("used_for_purchase", "isUsedForPurchase"),
    "default_for_purchase": ("default_for_purchase", "isDefaultForPurchase"),
    "tax_exempt_when_sold": ("isTaxExemptWhenSold", "tax_exempt_when_sold"),
    "tax_exempt_when_purchase": ("tax_exempt_when_purchase", "isTaxExemptWhenPurchase"),
    "sale_price_includes_tax": (
        "sale_price_entered_is_inclusive_of_tax",
        "sale_price_entered_inclusive_of_tax",
    ),
    "sale_price_based_on": ("sale_price_is_based_on", "sale_price_based_on"),
    "purchase_price_includes_tax": (
        "purchase_price_entered_inclusive_of_tax",
        "purchase_price_entered_is_inclusive_of_tax",
    ),
    "supplier_management": ("supplier_management_enabled", "supplier_management_isEnabled"),
    "warehouse_management": ("warehouse_isEnabled", "enable_warehouse_management"),
    "low_stock_based_on": ("low_stock_threshold_is_based_on", "low_stock_threshold_based_on"),
    "reordering_based_on": ("reordering_threshold_is_based_on", "reordering_threshold_based_on"),
    "preordering": ("enable_preordering", "enable_preorder"),
    "atp_for_webhook": (
        "use_atp_as_quantity_available_for_webhook",
        "use_atp_value_as_quantity_available_for_webhook",
    ),
}


def given(part: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return what a part of a request gives, under our own names.

    `names` leads from our names to the document's, any spelling of which is found; what is not
    given is left out.
    """
    found: dict[str, Any] = {}
    for own, documented in names.items():
        for spelling in _SPELLINGS.get(documented, (documented,)):
            if spelling in part:
                found[own] = part[spelling]
                break
    return found


def flags(part: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the flags that a part of a request gives, under our own names; see `given`."""
    return {own: value in (True, "true") for own, value in given(part, names).items()}


def flag_text(flag: bool) -> str:
    """Return a flag as answers have it."""
    return "true" if flag else "false"
