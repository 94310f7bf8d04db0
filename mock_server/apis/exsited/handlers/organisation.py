"""The settings of the organisation that items refer to: read, never changed.

Source: the vendor documents the paths outside the seed document; the bodies are inferred.
"""

from __future__ import annotations

from typing import Any

from mock_server.apis.exsited.models import (
    ACCOUNTING_CODES,
    CURRENCIES,
    TAX_CODES,
    WAREHOUSES,
    Warehouse,
)
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.apis.exsited.serializers import tax_code
from mock_server.apis.exsited.spelling import flag_text
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import Reply, Request


@OPERATIONS.handles("listWarehouses")
def list_warehouses(_: Request, context: Context) -> Reply:
    """Return all warehouses."""
    return Reply(200, {"warehouses": [_warehouse(each) for each in context.state.all(WAREHOUSES)]})


@OPERATIONS.handles("getWarehouse")
def get_warehouse(request: Request, context: Context) -> Reply:
    """Return one warehouse."""
    uuid = request.path["warehouse_id"]
    for record in context.state.all(WAREHOUSES):
        if record.uuid == uuid:
            return Reply(200, {"warehouse": _warehouse(record)})
    raise RecordNotFound("warehouse", uuid)


@OPERATIONS.handles("listCurrencies")
def list_currencies(_: Request, context: Context) -> Reply:
    """Return all currencies."""
    shown = [
        {"uuid": each.uuid, "name": each.name, "default": flag_text(each.default)}
        for each in context.state.all(CURRENCIES)
    ]
    return Reply(200, {"currencies": shown})


@OPERATIONS.handles("listTaxes")
def list_taxes(request: Request, context: Context) -> Reply:
    """Return all tax codes."""
    return Reply(
        200, {"taxes": [tax_code(each, request.base_url) for each in context.state.all(TAX_CODES)]}
    )


@OPERATIONS.handles("getTax")
def get_tax(request: Request, context: Context) -> Reply:
    """Return one tax code."""
    record = context.state.get(TAX_CODES, request.path["tax_id"])
    if record is None:
        raise RecordNotFound("tax", request.path["tax_id"])
    return Reply(200, {"tax": tax_code(record, request.base_url)})


@OPERATIONS.handles("listAccountingCodes")
def list_accounting_codes(_: Request, context: Context) -> Reply:
    """Return all accounting codes."""
    shown = [
        {"uuid": each.uuid, "name": each.name, "type": each.type}
        for each in context.state.all(ACCOUNTING_CODES)
    ]
    return Reply(200, {"accounting_codes": shown})


def _warehouse(record: Warehouse) -> dict[str, Any]:
    return {"uuid": record.uuid, "name": record.name, "default": flag_text(record.default)}
