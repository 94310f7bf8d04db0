"""Hold a recorded request to the spec."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from mock_server.discovery import Vendor
from mock_server.engine.bodies import BodyReader
from mock_server.engine.errors import ApiError, Violation
from mock_server.engine.parameters import ParameterReader
from mock_server.engine.transport import request_from
from mock_server.in_process import scope_of
from mock_server.journal.redaction import REDACTED
from mock_server.openapi.document import OperationSpec
from mock_server.openapi.schema import SchemaCompiler


class RequestContract:
    """Says what is wrong with requests to an API, by its spec alone."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._compiler = SchemaCompiler.of(vendor.spec)

    def problems(
        self,
        operation: OperationSpec,
        path: Mapping[str, str],
        request: httpx.Request,
        *,
        body: bool = True,
    ) -> list[str]:
        """Return every way in which a request breaks the spec, a line each.

        Values that were taken out as secrets are not looked at, nor is a body that is not known.
        """
        api, spec = self._vendor.api, self._vendor.spec
        read = request_from(scope_of(request), "")
        parameters = ParameterReader(operation.parameters, spec, self._compiler, api)
        found: list[Violation] = []
        try:
            found += parameters.read(read, path)
            if body and operation.request_body is not None:
                reader = BodyReader(operation.request_body, spec, self._compiler, api)
                found += reader.read(read, request.read())
        except ApiError as problem:
            return [str(problem) or type(problem).__name__]
        return [_line(each) for each in found if each.value != REDACTED]


def _line(violation: Violation) -> str:
    where = "/".join(map(str, (violation.location, *violation.path)))
    limit = "" if violation.limit is None else f" {violation.limit}"
    return f"/{where}: {violation.keyword}{limit}"[:200]
