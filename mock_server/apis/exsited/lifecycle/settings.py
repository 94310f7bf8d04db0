"""The settings of an organisation: read and listed, never changed (the spec)."""

from __future__ import annotations

from mock_server.apis.exsited.lifecycle.notes import unknown_uuid
from mock_server.lifecycle.model import Field, Json, Listing, Look, Read, Relation, Resource
from mock_server.lifecycle.values import Kind, decimal, flag, text


def _fixed(name: str, kind: Kind | None = None) -> Field:
    """A property that is shown and that nobody sets."""
    return Field(name, kind or text(), f"/{name}", create=False, update=False)


def _link(record: Json, _: Look) -> str | None:
    """Spec: the address of the tax code itself."""
    if record["link"].endswith(f"/{record['uuid']}"):
        return None
    return f"{record['uuid']} has the link {record['link']}"


SETTINGS = (
    Resource(
        "warehouse",
        id_in_path="warehouse_id",
        id="/uuid",
        fields=(_fixed("name"), _fixed("default", flag("true", "false"))),
        reads=(Read("getWarehouse", "/warehouse"),),
        lists=(Listing("listWarehouses", "/warehouses", id="/uuid"),),
        unknown=unknown_uuid,
    ),
    Resource(
        "tax code",
        id_in_path="tax_id",
        id="/uuid",
        fields=(_fixed("code"), _fixed("rate", decimal()), _fixed("link")),
        reads=(Read("getTax", "/tax"),),
        lists=(Listing("listTaxes", "/taxes", id="/uuid"),),
        relations=(Relation("the link leads to the tax code", _link),),
        unknown=unknown_uuid,
    ),
    Resource("currency", id="/uuid", lists=(Listing("listCurrencies", "/currencies", id="/uuid"),)),
    Resource(
        "accounting code",
        id="/uuid",
        lists=(Listing("listAccountingCodes", "/accounting_codes", id="/uuid"),),
    ),
)
