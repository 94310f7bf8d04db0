"""Find records by the identifiers that requests carry."""

from __future__ import annotations

import re
from typing import TypeVar

from mock_server.apis.cliniko.models import USERS, User
from mock_server.engine.context import Context
from mock_server.state.store import Table

R = TypeVar("R")
#: An integer as it is written in answers: no other writing of it names the record.
_ID = re.compile(r"0|-?[1-9][0-9]{0,18}")


def find(table: Table[R], identifier: object, context: Context) -> R | None:
    """Return the record that `identifier`, a string with an integer, names; None if it does not."""
    if not isinstance(identifier, str) or not _ID.fullmatch(identifier):
        return None
    return context.state.get(table, int(identifier))


def authenticated_user(context: Context) -> User:
    """Return the user that the API key belongs to: the account's first one.

    An account that a seed file left without users has an administrator of no other property.
    """
    users = context.state.all(USERS)
    if users:
        return users[0]
    now = context.now.replace(microsecond=0)
    number = context.state.next_id(USERS)
    return context.state.put(
        USERS, User(number, "Api", "User", "api@example.com", "administrator", now, now)
    )
