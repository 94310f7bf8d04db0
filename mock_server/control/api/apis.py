"""Control's view of the APIs that are served: where they are, and how they are called."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import Any

from mock_server.control.context import ControlContext
from mock_server.discovery import Vendor, tables_of
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.messages import Reply, Request
from mock_server.engine.worker import Steps
from mock_server.journal.filters import WORDS
from mock_server.openapi.document import BASES
from mock_server.openapi.provenance import KINDS, parts

#: The key of the sandbox that examples use.
_KEY = "test"
_PLURALS = {
    "operation": "operations",
    "parameter": "parameters",
    "property": "properties",
    "response": "responses",
}


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handler of the list of APIs."""

    @operations.handles("listApis", long=True)
    def list_apis(request: Request, _: Context) -> Steps[Reply]:
        def work() -> list[dict[str, Any]]:
            return [api_view(each, context, request.origin) for each in context.vendors]

        shown = yield work
        return Reply(
            200,
            {
                "apis": shown,
                "personas": sorted(context.policy.personas),
                "default_persona": context.policy.default_persona,
                "words": list(WORDS.values()),
            },
        )


def api_view(vendor: Vendor, context: ControlContext, origin: str) -> dict[str, Any]:
    """Return where an API is, the credentials that open the sandbox `test`, and what is covered."""
    spec, name = vendor.spec, vendor.api.name
    base_url = context.base_url(name, origin)
    found = list(parts(spec))
    kinds = Counter(part.kind for part in found)
    bases = Counter(part.provenance.basis for part in found)
    call = vendor.api.first_call
    return {
        "name": name,
        "title": spec.title,
        "base_url": base_url,
        "path": context.base_url(name, ""),
        "document": f"{context.mounts.get(name, '')}/openapi.json",
        "first_call": shlex.join(["curl", *call.arguments, f"{base_url}{call.path}"]),
        "first_path": call.path,
        "signs_in": vendor.api.sign_in is not None,
        "credentials": []
        if vendor.api.sign_in is not None
        else [
            {
                "scheme": scheme.id,
                "kind": scheme.kind,
                "location": scheme.location,
                "name": scheme.present(_KEY).name,
                "value": scheme.present(_KEY).value,
            }
            for scheme in spec.security_schemes.values()
        ],
        "kinds": list(tables_of([vendor])[name]),
        "not_mocked": [
            f"{method} {path}" for path, methods in spec.not_mocked.items() for method in methods
        ],
        "coverage": {
            **{_PLURALS[kind]: kinds[kind] for kind in KINDS},
            **{basis: bases[basis] for basis in BASES},
        },
    }
