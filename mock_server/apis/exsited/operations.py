"""The registry that Exsited's handlers enter themselves into."""

from mock_server.engine.api import Operations

OPERATIONS = Operations()
