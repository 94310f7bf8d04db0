"""Built Africa: products and services, their stock, sales and purchases."""

from mock_server.apis.built.catalogue import CATALOGUE
from mock_server.apis.built.credentials import sandbox_key_of
from mock_server.apis.built.errors import ERRORS, quota_headers
from mock_server.apis.built.handlers import imports, items, stock, transactions
from mock_server.apis.built.handlers import item_changes as changes
from mock_server.apis.built.inputs import read_body, read_query
from mock_server.apis.built.messy import MESSY
from mock_server.apis.built.operations import OPERATIONS
from mock_server.apis.built.seed import seed
from mock_server.engine.api import Api, FirstCall
from mock_server.engine.cors import CorsPolicy
from mock_server.engine.rate_limit import RateLimit

__all__ = ["API", "changes", "imports", "items", "stock", "transactions"]

API = Api(
    name="built",
    operations=OPERATIONS,
    errors=ERRORS,
    sandbox_key_of=sandbox_key_of,
    seed=seed,
    messy=MESSY,
    catalogue=CATALOGUE,
    first_call=FirstCall("/api/v3/items", ("-H", "Authorization: Bearer test")),
    trailing_slash="ignore",
    # The spec's own rule. Laravel would take DELETE of `/items/adjust` for an item of that name.
    fixed_paths_first=True,
    read_query=read_query,
    read_body=read_body,
    # Laravel 8 source, `config/cors.php` as it comes (inferred: the vendor may have changed it).
    cors=CorsPolicy(paths=("/api/",)),
    # Laravel's own default for an API; the document names no limit (inferred). Laravel's window
    # begins with the first request in it (documented: Laravel 8, RateLimiter).
    rate_limit=RateLimit(60, 60, "from_first", quota_headers),
)
