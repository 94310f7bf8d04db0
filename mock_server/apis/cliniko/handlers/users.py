"""The reads of users (the vendor's OpenAPI document and its page on users)."""

from __future__ import annotations

from mock_server.apis.cliniko import pages as lists
from mock_server.apis.cliniko import serializers
from mock_server.apis.cliniko.handlers.reads import serve_list, serve_one
from mock_server.apis.cliniko.models import USERS
from mock_server.apis.cliniko.operations import OPERATIONS
from mock_server.apis.cliniko.records import authenticated_user
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request

_LISTING = lists.ListView("/users", "users", USERS, serializers.user)
serve_list(_LISTING, "listUsers")
serve_one(_LISTING, "getUser")


@OPERATIONS.handles("getAuthenticatedUser")
def get_authenticated_user(request: Request, context: Context) -> Reply:
    """Return the user that the API key belongs to."""
    return Reply(200, serializers.user(request, context)(authenticated_user(context)))
