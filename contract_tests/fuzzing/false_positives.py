"""Drop the verdicts of Schemathesis that are wrong about what was sent, or about the state."""

from __future__ import annotations

from typing import Any

from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.hooks import HookContext
from schemathesis.openapi.checks import (
    EnsureResourceAvailability,
    RejectedPositiveData,
    UseAfterFree,
)

from contract_tests.fuzzing.acceptance import Acceptance
from contract_tests.fuzzing.refusals import Refusals
from contract_tests.fuzzing.removals import Removals
from contract_tests.fuzzing.transport import LOST
from mock_server.openapi.document import SpecIndex

_REDIRECTS = 300
#: A service, or a proxy before it, need not take longer URLs than that (RFC 9110, 4.1).
_LONGEST = 8000
_TOO_LONG = frozenset({414, 431})


def overrule(schema: Any, spec: SpecIndex, removals: Removals) -> None:
    """Have the verdicts on a schema's calls reconsidered."""
    refusals, acceptance = Refusals(spec), Acceptance(spec)

    @schema.hook  # type: ignore[untyped-decorator]  # a schema is Any here, its class is private
    def filter_failure(context: HookContext, failure: Any, case: Any, response: Any) -> bool:
        del context
        if LOST in response.headers:
            return False
        operation_id = case.operation.definition.raw["operationId"]
        if spec.find_not_mocked(response.request.method.upper(), case.operation.path) is not None:
            # The vendor has more methods than the document, which names them apart.
            return False
        if response.status_code in _TOO_LONG and len(str(response.request.url)) > _LONGEST:
            return False
        if isinstance(failure, RejectedPositiveData):
            return not refusals.depend_on_state(
                operation_id, response.status_code, response.content
            )
        if isinstance(failure, UseAfterFree):
            return not (
                refusals.say_not_found(operation_id, response.status_code)
                or removals.shows_archived(operation_id, case.query)
            )
        if isinstance(failure, EnsureResourceAvailability):
            return not removals.archived(case.path_parameters)
        if isinstance(failure, AcceptedNegativeData) and response.status_code >= _REDIRECTS:
            # Who is sent elsewhere, to sign in say, has been given nothing.
            return False
        if isinstance(failure, AcceptedNegativeData) and _only_body_is_negative(case):
            return not acceptance.takes(operation_id, case.media_type, case.body)
        return True


def _only_body_is_negative(case: Any) -> bool:
    negative = [
        location
        for location, component in case.meta.components.items()
        if component.mode == GenerationMode.NEGATIVE
    ]
    return negative == [ParameterLocation.BODY]
