"""The two reads that every kind of record has: a list, and one record by its id."""

from __future__ import annotations

from typing import Any

from mock_server.apis.cliniko import pages as lists
from mock_server.apis.cliniko.operations import OPERATIONS
from mock_server.apis.cliniko.records import find
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import Reply, Request


def serve_list(listing: lists.ListView[Any], operation: str) -> None:
    """Handle the list of a kind of record."""

    @OPERATIONS.handles(operation)
    def list_records(request: Request, context: Context) -> Reply:
        return lists.answer(listing, request, context)


def serve_one(listing: lists.ListView[Any], operation: str) -> None:
    """Handle the read of one record; archived ones are shown."""

    @OPERATIONS.handles(operation)
    def get_record(request: Request, context: Context) -> Reply:
        record = find(listing.table, request.path["id"], context)
        if record is None:
            raise RecordNotFound(listing.key, request.path["id"])
        return Reply(200, listing.serializer(request, context)(record))


def serve_filtered(listing: lists.ListView[Any], operation: str) -> None:
    """Handle the read of one record that filters may hide.

    An archived record is found only if a filter on `archived_at` lets it through. Source:
    cliniko.txt (Get product, `q[]`); that it is a 404 otherwise is inferred.
    """

    @OPERATIONS.handles(operation)
    def get_record(request: Request, context: Context) -> Reply:
        filters = lists.filters_of(request)
        record = find(listing.table, request.path["id"], context)
        shown = record is not None and (
            lists.passes(record, filters) if filters else lists.is_unarchived(record)
        )
        if record is None or not shown:
            raise RecordNotFound(listing.key, request.path["id"])
        return Reply(200, listing.serializer(request, context)(record))
