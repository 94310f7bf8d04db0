"""Skhokho: the products of an organisation, served as Django REST Framework serves them."""

from mock_server.apis.skhokho.catalogue import CATALOGUE
from mock_server.apis.skhokho.credentials import sandbox_key_of
from mock_server.apis.skhokho.csrf import check_csrf
from mock_server.apis.skhokho.errors import ERRORS
from mock_server.apis.skhokho.handlers import products
from mock_server.apis.skhokho.inputs import read_body, read_query
from mock_server.apis.skhokho.messy import MESSY
from mock_server.apis.skhokho.operations import OPERATIONS
from mock_server.apis.skhokho.seed import FIRST_ORGANISATION, seed
from mock_server.engine.api import Api, FirstCall
from mock_server.engine.rate_limit import RateLimit

__all__ = ["API", "products"]

API = Api(
    name="skhokho",
    operations=OPERATIONS,
    errors=ERRORS,
    sandbox_key_of=sandbox_key_of,
    seed=seed,
    messy=MESSY,
    catalogue=CATALOGUE,
    first_call=FirstCall(
        f"/api/v1.0/organisation/{FIRST_ORGANISATION}/inventory/",
        ("-b", "sessionid=test"),
    ),
    skips_refused_credentials=True,
    check_csrf=check_csrf,
    trailing_slash="append",
    fixed_paths_first=True,
    read_query=read_query,
    read_body=read_body,
    # The burst rate of the framework's own documentation; the vendor names no limit (inferred).
    # The framework remembers the time of each request (documented: its SimpleRateThrottle).
    rate_limit=RateLimit(60, 60, "sliding"),
)
