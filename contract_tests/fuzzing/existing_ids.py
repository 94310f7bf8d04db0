"""Put existing values where a spec says that a property refers to another record.

A schema cannot say that a tax must exist, so a generated identifier is as good as any and refused
as unknown. `x-references: {operation, field}` says where existing ones are listed. Likewise a used
value is as good as any where only an unused one will do; `x-unique: true` says so.
"""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from itertools import count
from random import Random
from typing import Any

import httpx

from contract_tests.fuzzing.formats import KEYWORD
from contract_tests.properties.actions import Actions, CaseNotApplicable, ClaimViolated
from contract_tests.target.guard import BlockedByGuard
from contract_tests.target.session import Session
from contract_tests.target.target import Target
from mock_server.discovery import load_lifecycle
from mock_server.openapi.document import Json
from mock_server.openapi.schema import properties_of

_Reference = tuple[str, str]


class ExistingIds:
    """Fills references in requests with values that the target lists.

    They are asked for once, and again after `forget`. Where nothing is left that a request could
    refer to, the suite makes a record, if the API's lifecycle says how and the profile allows it.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._spec = target.vendor.spec
        self._client = target.client()
        self._fixed = target.parameters
        self._listed: dict[_Reference, list[Any]] = {}
        self._told: dict[str, Any] = {}
        self._requests: dict[str, httpx.Request | None] = {}
        self._numbers = count(1)
        self._makers: list[Actions] = []
        self._bodies = {
            operation.id: [
                self._spec.resolve(content.get("schema", {}))
                for content in operation.request_body.content.values()
            ]
            for operation in self._spec.operations.values()
            if operation.request_body is not None
        }

    def fill(self, operation_id: str, body: Any) -> Any:
        """Return the body with each reference replaced by an existing value, if there is one.

        The same body gets the same choice among the same existing values.
        """
        for schema in self._bodies.get(operation_id, ()):
            body = self._filled(schema, body)
        return body

    def existing(self, reference: Json, generated: Any) -> Any:
        """Return an existing value for an `x-references`, or the generated one if there is none."""
        return self._existing((reference["operation"], reference["field"]), generated)

    def unique(self) -> str:
        """Return a word that was not returned before, for what is marked `x-unique`."""
        return f"contract-{next(self._numbers)}"

    def forget(self) -> None:
        """Ask the target again for what it lists: something may have changed it."""
        self._listed.clear()
        self._told.clear()

    def close(self) -> None:
        """Take away what was made in an account of others, and close the connections."""
        for actions in self._makers:
            if self._target.profile.writes == "own":
                actions.tidy()
            actions.session.close()
        self._client.close()

    def _filled(self, schema: Json, value: Any) -> Any:
        schema = self._spec.resolve(schema)
        reference = schema.get("x-references")
        if reference is not None and value is not None:
            return self.existing(reference, value)
        if schema.get("x-unique") and value:
            return self.unique()
        if KEYWORD in schema and isinstance(value, str):
            return self._filled_inside(schema[KEYWORD], value)
        if isinstance(value, dict):
            properties = dict(properties_of(self._spec, schema))
            return {
                name: self._filled(properties[name], item) if name in properties else item
                for name, item in value.items()
            }
        if isinstance(value, list) and "items" in schema:
            return [self._filled(schema["items"], item) for item in value]
        return value

    def _filled_inside(self, schema: Json, text: str) -> str:
        """The JSON that a string carries, filled; a string that carries none as it is."""
        try:
            carried = json.loads(text)
        except ValueError:
            return text
        filled = self._filled(schema, carried)
        return text if filled == carried else json.dumps(filled)

    def _existing(self, reference: _Reference, generated: Any) -> Any:
        if reference not in self._listed:
            self._listed[reference] = self._ask(reference) or self._made(reference)
        found = self._listed[reference]
        if not found:
            return generated
        return found[zlib.crc32(repr(generated).encode()) % len(found)]

    def _made(self, reference: _Reference) -> list[Any]:
        """What is listed when a record has been made, if that can be done."""
        target = self._target
        lifecycle = load_lifecycle(target.vendor)
        if lifecycle is None or target.profile.writes == "none":
            return []
        for resource in lifecycle.resources:
            listed = reference[0] in [listing.operation for listing in resource.lists]
            if resource.create is None or not listed:
                continue
            actions = Actions(Session(target, lifecycle), Random(1))  # noqa: S311 - no secret
            self._makers.append(actions)
            # Whether it can be made is for the properties to judge.
            with suppress(
                ClaimViolated, CaseNotApplicable, BlockedByGuard, LookupError, httpx.HTTPError
            ):
                actions.create(resource)
            self._told.pop(reference[0], None)
            return self._ask(reference)
        return []

    def _ask(self, reference: _Reference) -> list[Any]:
        operation, field = reference
        if operation not in self._told:
            self._told[operation] = self._answer(operation)
        return _values_of(self._told[operation], field)

    def _answer(self, operation_id: str) -> Any:
        if operation_id not in self._requests:
            self._requests[operation_id] = self._request(operation_id)
        request = self._requests[operation_id]
        if request is None:
            return None
        try:
            return self._client.send(request).json()
        except (httpx.HTTPError, ValueError):
            return None

    def _request(self, operation_id: str) -> httpx.Request | None:
        """The request for a list; None if it takes more than is known."""
        operation = self._spec.operations[operation_id]
        try:
            url = self._spec.url(operation, self._fixed)
        except LookupError:
            return None
        return self._client.build_request(operation.method.upper(), url)


def _values_of(body: Any, field: str) -> list[Any]:
    """Return the field of each record in the first list of an answer whose records have it."""
    lists = [body] if isinstance(body, list) else body.values() if isinstance(body, dict) else ()
    for listed in lists:
        records = listed if isinstance(listed, list) else ()
        found = [each[field] for each in records if isinstance(each, dict) and field in each]
        if found:
            return found
    return []
