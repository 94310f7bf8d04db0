"""The records that an Exsited organisation begins with.

The settings are there for every persona, as nothing can be created without them.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from mock_server.apis.exsited.handlers.items import SEQUENCE
from mock_server.apis.exsited.models import (
    ACCOUNTING_CODES,
    CURRENCIES,
    ITEMS,
    NOTES,
    SUPPLIERS,
    TAX_CODES,
    WAREHOUSES,
    AccountingCode,
    Currency,
    Item,
    Note,
    Supplier,
    TaxCode,
    Warehouse,
)
from mock_server.apis.exsited.seed_items import RelatedSettings, draw_item, uuid_of
from mock_server.seeding.epoch import SEED_EPOCH
from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.state.store import Transaction

_WAREHOUSES = ("Default Warehouse", "North Depot", "Harbour Store")
#: Names that client programs and the vendor's own samples use; no seeded item has stock in them.
_MORE_WAREHOUSES = ("Main", "Main Warehouse", "Boston", "BareHouse")
_CURRENCIES = ("AUD", "USD", "EUR", "GBP", "NZD", "CAD", "BDT")
_SUPPLIERS = 6
_TAXES = (("GST", "10"), ("VAT", "15"), ("FREE", "0"))
_ACCOUNTING_CODES = (
    ("Sales Revenue", "REVENUE"),
    ("Other Income", "REVENUE"),
    ("Cost of Goods Sold", "EXPENSE"),
    ("Inventory Asset", "ASSET"),
    ("INVENTORY", "ASSET"),
    ("Sales", "REVENUE"),
)
_OPENED = SEED_EPOCH - timedelta(days=365)


def seed(transaction: Transaction, persona: Persona, fake: Fake) -> None:
    """Put the organisation's settings and the persona's items into an empty state."""
    related = _put_settings(transaction, fake)
    for index in range(persona.products):
        number = transaction.next_number(SEQUENCE)
        created = _OPENED + timedelta(days=360) / persona.products * index
        item = draw_item(number, created.replace(microsecond=0), fake, related)
        transaction.put(ITEMS, item)
        if fake("item", number, "has note").chance(15):
            transaction.put(NOTES, _draw_note(transaction.next_id(NOTES), item, fake))


def _put_settings(transaction: Transaction, fake: Fake) -> RelatedSettings:
    related = RelatedSettings(
        tuple(
            Warehouse(uuid_of(fake, "warehouse", number), name, default=number == 0)
            for number, name in enumerate(_WAREHOUSES)
        ),
        tuple(
            TaxCode(uuid_of(fake, "tax", number), name, Decimal(rate))
            for number, (name, rate) in enumerate(_TAXES)
        ),
        tuple(
            Supplier(f"SUPPLIER-{number:04}", _supplier_name(number, fake), default=number == 1)
            for number in range(1, _SUPPLIERS + 1)
        ),
    )
    transaction.put_all(WAREHOUSES, related.warehouses)
    for number, name in enumerate(_MORE_WAREHOUSES, len(_WAREHOUSES)):
        transaction.put(WAREHOUSES, Warehouse(uuid_of(fake, "warehouse", number), name))
    transaction.put_all(TAX_CODES, related.tax_codes)
    transaction.put_all(SUPPLIERS, related.suppliers)
    for number, name in enumerate(_CURRENCIES):
        uuid = uuid_of(fake, "currency", number)
        transaction.put(CURRENCIES, Currency(uuid, name, default=number == 0))
    for number, (name, kind) in enumerate(_ACCOUNTING_CODES):
        uuid = uuid_of(fake, "accounting code", number)
        transaction.put(ACCOUNTING_CODES, AccountingCode(uuid, name, kind))
    return related


def _supplier_name(number: int, fake: Fake) -> str:
    if number == 1:
        return "Default Supplier"
    return f"{fake('supplier', number, 'name').supplier_name()} {number}"


def _draw_note(number: int, item: Item, fake: Fake) -> Note:
    return Note(
        number=number,
        uuid=uuid_of(fake, "note", number),
        item_id=item.id,
        content=fake("note", number, "content").description(),
        created_by=item.created_by,
        created_on=item.created_on + timedelta(hours=2),
    )
