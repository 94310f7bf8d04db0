"""Cliniko's API keys."""

from __future__ import annotations

import re

from mock_server.engine.credentials import Credential

_SHARD = re.compile(r"-[a-z]{2}[0-9]+")


def sandbox_key_of(credential: Credential) -> str | None:
    """Return the key without its shard: `test-ci-3-au1` and `test-ci-3` are one account.

    The key is the user name of HTTP Basic; whatever the password is, Cliniko does not look at it.
    Source: facts, section 1, base and credentials (documented).
    """
    head, dash, tail = credential.value.rpartition("-")
    return head if _SHARD.fullmatch(dash + tail) else credential.value
