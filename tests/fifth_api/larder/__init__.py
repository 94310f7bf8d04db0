"""Larder: jars, and nothing else."""

from mock_server.apis.larder import jars
from mock_server.apis.larder.errors import ERRORS
from mock_server.apis.larder.jars import OPERATIONS
from mock_server.apis.larder.seed import seed

from mock_server.engine.api import Api, FirstCall

__all__ = ["API", "jars"]

API = Api(
    name="larder",
    operations=OPERATIONS,
    errors=ERRORS,
    sandbox_key_of=lambda credential: credential.value,
    seed=seed,
    first_call=FirstCall("/jars", ("-H", "X-Larder-Key: test")),
)
