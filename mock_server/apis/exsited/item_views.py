"""The whole item, in the two spellings that the document has for it."""

from __future__ import annotations

from typing import Any

from mock_server.apis.exsited import inventory_serializers, serializers
from mock_server.apis.exsited.models import Item, Purchase, Sale
from mock_server.apis.exsited.spelling import flag_text
from mock_server.apis.exsited.values import amount_text
from mock_server.engine.context import Context
from mock_server.engine.messages import Request


def created_item(item: Item, request: Request, context: Context) -> dict[str, Any]:
    """Return an item as its creation answers (exsited.txt, Create a New Standard Item)."""
    return {
        **serializers.information(item),
        "sale": serializers.sale(item.sale, request, context),
        "inventories": inventory_serializers.inventory_on_item(item, request, context),
        "kpis": serializers.kpis(item),
    }


def whole_item(item: Item, request: Request, context: Context) -> dict[str, Any]:
    """Return an item as it is read: as its creation answers, with the purchase part."""
    return {
        **created_item(item, request, context),
        "purchase": serializers.purchase(item.purchase, request, context),
    }


def item_after_stock(item: Item, request: Request, context: Context) -> dict[str, Any]:
    """Return the whole item in the spelling of its own (exsited.txt, Add Inventory to Item)."""
    return {
        **serializers.item_head(item, with_note=False),
        "currencies": [
            {
                "name": each.name,
                "isUsedForSale": flag_text(each.used_for_sale),
                "isDefaultForSale": flag_text(each.default_for_sale),
                "isUsedForPurchase": flag_text(each.used_for_purchase),
                "isDefaultForPurchase": flag_text(each.default_for_purchase),
            }
            for each in item.currencies
        ],
        "sale": _sale_after_stock(item.sale),
        "purchase": _purchase_after_stock(item.purchase),
        "inventories": {
            "isEnabled": flag_text(item.inventory.enabled),
            "warehouse_isEnabled": flag_text(item.inventory.warehouse_management),
            "warehouses": inventory_serializers.stock_list(item, request, context),
            "inventory_properties": inventory_serializers.availability(item.inventory),
        },
    }


def _sale_after_stock(part: Sale) -> dict[str, Any]:
    return {
        "isEnabled": flag_text(part.enabled),
        "invoice_note": part.invoice_note,
        "accounting_code": serializers.accounting_code(part.accounting_code),
        "default_sale_price": amount_text(part.default_price),
        "shipping_profile": "",
        "isTaxExemptWhenSold": flag_text(part.tax_exempt),
        "pricing_method": part.pricing_method,
        "tax_configuration": {
            "sale_price_entered_is_inclusive_of_tax": flag_text(part.includes_tax)
        },
        "charge": {
            "type": part.charge_type,
            "price_period": "",
            "properties": serializers.properties(serializers.CHARGE_PROPERTIES),
        },
        "payment_properties": serializers.properties(serializers.PAYMENT_PROPERTIES),
        "discount_profile": {},
        "pricing": serializers.sale_pricing(part.pricing),
    }


def _purchase_after_stock(part: Purchase) -> dict[str, Any]:
    return {
        "isEnabled": flag_text(part.enabled),
        "supplier_management_isEnabled": flag_text(part.supplier_management),
        "purchase_properties": serializers.purchase_properties(part),
        "suppliers": [
            {
                "id": link.id,
                "name": link.name,
                "accounting_code": serializers.accounting_code(link.accounting_code),
                "purchase_order_note": link.order_note,
                "default_purchase_currency": link.currency,
                "default_purchase_price": amount_text(link.default_price),
                "isTaxExemptWhenPurchase": flag_text(link.tax_exempt),
                "tax_configuration": {
                    "purchase_price_entered_is_inclusive_of_tax": flag_text(link.includes_tax),
                    "tax_code": {},
                },
                "pricing": serializers.purchase_pricing(link.pricing),
            }
            for link in part.suppliers
        ],
    }
