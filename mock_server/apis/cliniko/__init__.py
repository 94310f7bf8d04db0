"""Cliniko: products, and the taxes, suppliers, stock adjustments and users they lead to."""

from mock_server.apis.cliniko.catalogue import CATALOGUE
from mock_server.apis.cliniko.credentials import sandbox_key_of
from mock_server.apis.cliniko.errors import ERRORS
from mock_server.apis.cliniko.handlers import (
    product_suppliers,
    products,
    stock_adjustments,
    taxes,
    users,
)
from mock_server.apis.cliniko.messy import MESSY
from mock_server.apis.cliniko.operations import OPERATIONS
from mock_server.apis.cliniko.seed import seed
from mock_server.engine.api import Api, FirstCall
from mock_server.engine.rate_limit import RateLimit

__all__ = ["API", "product_suppliers", "products", "stock_adjustments", "taxes", "users"]

API = Api(
    name="cliniko",
    operations=OPERATIONS,
    errors=ERRORS,
    sandbox_key_of=sandbox_key_of,
    seed=seed,
    messy=MESSY,
    catalogue=CATALOGUE,
    first_call=FirstCall("/products", ("-u", "test:")),
    # Rails looks at a path without the slashes at its end and with doubled ones as one.
    trailing_slash="ignore",
    doubled_slashes="ignore",
    # 200 requests a minute for each user; facts, section 1, documented.
    rate_limit=RateLimit(requests=200, seconds=60),
)
