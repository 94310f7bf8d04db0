"""Exsited: items with their sale, purchase and inventory parts, notes, and access tokens."""

import json

from mock_server.apis.exsited.catalogue import CATALOGUE
from mock_server.apis.exsited.credentials import admit, sandbox_key_of
from mock_server.apis.exsited.errors import ERRORS
from mock_server.apis.exsited.handlers import (
    inventory,
    items,
    notes,
    organisation,
    purchase,
    sale,
    stock,
    tokens,
)
from mock_server.apis.exsited.messy import MESSY
from mock_server.apis.exsited.operations import OPERATIONS
from mock_server.apis.exsited.seed import seed
from mock_server.engine.api import Api, FirstCall
from mock_server.engine.rate_limit import RateLimit

__all__ = [
    "API",
    "inventory",
    "items",
    "notes",
    "organisation",
    "purchase",
    "sale",
    "stock",
    "tokens",
]

API = Api(
    name="exsited",
    operations=OPERATIONS,
    errors=ERRORS,
    sandbox_key_of=sandbox_key_of,
    admit=admit,
    sign_in=tokens.sign_in,
    # The vendor's PHP SDK lists `/items/?…`; that doubled slashes are no path is inferred.
    trailing_slash="ignore",
    seed=seed,
    messy=MESSY,
    catalogue=CATALOGUE,
    # Nothing works without an access token, so the first call gets one.
    first_call=FirstCall(
        tokens.PATH,
        ("-H", "Content-Type: application/json", "-d", json.dumps(tokens.grant_for("test"))),
    ),
    # The vendor's SDK knows 429 and waits for `Retry-After`; how many, nothing says (inferred).
    rate_limit=RateLimit(requests=60, seconds=60),
)
