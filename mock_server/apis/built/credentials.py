"""Built's API keys."""

from __future__ import annotations

from mock_server.engine.credentials import Credential


def sandbox_key_of(credential: Credential) -> str:
    """Return the key, which is the business.

    The printable list has it as `bid` in the query: the vendor's encrypted business id comes from
    an answer that the document doesn't cover, so the mock takes the key in its place (inferred).
    """
    return credential.value
