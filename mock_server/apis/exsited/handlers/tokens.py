"""The token endpoints.

Source: facts, section 2 (documented by the vendor, outside the seed document).
"""

from __future__ import annotations

import httpx

from mock_server.apis.exsited import credentials
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request


def _client(request: Request) -> str | None:
    """The client that asks, which is the word that opens the sandbox."""
    client_id = request.body.get("client_id") if isinstance(request.body, dict) else None
    return client_id if isinstance(client_id, str) and client_id else None


PATH = "/api/v1/oauth2/token"


def grant_for(client: str) -> dict[str, str]:
    """Return the body that asks for the first token of a client.

    It is `id`, `id:secret` or `id:secret:redirect-uri`; a mock takes any secret and any URI.
    """
    client_id, _, rest = client.partition(":")
    secret, _, redirect_uri = rest.partition(":")
    return {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret or "any",
        "redirect_uri": redirect_uri or "https://example.com/",
    }


def sign_in(word: str, client: httpx.Client) -> str:
    """Return an access token for the client of that name, which ends the one before it."""
    answer = client.post(PATH, json=grant_for(word)).raise_for_status()
    return str(answer.json()["access_token"])


@OPERATIONS.handles("issueToken", "issueTokenV4", identify=_client)
def issue_token(request: Request, context: Context) -> Reply:
    """Exchange a client's credentials, or a refresh token, for a new pair of tokens.

    Any secret will do, as the client chooses a sandbox and nothing more.
    """
    client_id = request.body["client_id"]
    if request.body["grant_type"] == "refresh_token":
        token = credentials.renew(request.body["refresh_token"], client_id, context)
    else:
        token = credentials.issue(client_id, context)
    return Reply(
        200,
        {
            "access_token": token.access_token,
            "refresh_token": token.refresh_token,
            "expires_in": int(credentials.LIFETIME.total_seconds()),
        },
        # RFC 6749, section 5.1.
        {"Cache-Control": "no-store", "Pragma": "no-cache"},
    )
