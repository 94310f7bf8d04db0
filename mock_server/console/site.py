"""The console's pages, rendered by Flask; imported when the first of them is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Flask, abort, render_template, send_from_directory
from flask import request as page_request
from flask.typing import ResponseReturnValue

from mock_server.console.pages import PREFIX, first_call_line
from mock_server.discovery import Vendor

_ASSETS = Path(flask_swagger_ui.__file__).parent / "dist"
_KEY = "test"
_CONTROL_NOTE = "If the server was started with a token, choose Authorize, and type it."


def credentials_of(vendor: Vendor) -> list[dict[str, Any]]:
    """Return what the pages fill in for each security scheme: the key of the sandbox `test`.

    There is none where a token must be asked for first.
    """
    if vendor.api.sign_in is not None:
        return []
    return [
        {
            "scheme": scheme.id,
            "kind": scheme.kind,
            "value": _KEY,
            "cookie": scheme.parameter if scheme.location == "cookie" else None,
        }
        for scheme in vendor.spec.security_schemes.values()
    ]


def note_on(vendor: Vendor) -> str:
    """Return what a person has to type to try an operation."""
    if vendor.api.sign_in is not None:
        return (
            f"Ask for a token first, at {vendor.api.first_call.path}, with a client id such as "
            f"{_KEY!r}; then choose Authorize, and type the token."
        )
    return (
        f"The key {_KEY!r} is filled in. Any other that begins so, such as 'test-mine', opens a "
        "sandbox of its own: choose Authorize, and type it."
    )


def console_site(vendors: list[Vendor], mounts: Mapping[str, str]) -> Flask:
    """Return the console: a front page, and the documentation of each API."""
    app = Flask("mock_server.console")
    by_name = {vendor.api.name: vendor for vendor in vendors}
    described = {
        name: (vendor.spec.title, f"{mounts[name]}/openapi.json")
        for name, vendor in by_name.items()
    }
    described["control"] = ("Control", f"{PREFIX}/openapi.json")

    @app.get("/")
    def index() -> ResponseReturnValue:
        origin = page_request.host_url.rstrip("/")
        rows = []
        for name, vendor in by_name.items():
            base_url = origin + mounts[name] + vendor.spec.base_path
            rows.append(
                {
                    "title": vendor.spec.title,
                    "base_url": base_url,
                    "docs": f"docs/{name}",
                    "spec": f"{mounts[name]}/openapi.json",
                    "operations": len(vendor.spec.operations),
                    "not_mocked": vendor.spec.not_mocked,
                    "first_call": first_call_line(vendor, base_url),
                }
            )
        return render_template("index.html", rows=rows)

    @app.get("/docs/<name>")
    def docs(name: str) -> ResponseReturnValue:
        if name not in described:
            abort(404)
        title, spec = described[name]
        return render_template(
            "docs.html",
            title=title,
            spec=spec,
            assets=f"{page_request.script_root}/assets",
            credentials=credentials_of(by_name[name]) if name in by_name else [],
            note=note_on(by_name[name]) if name in by_name else _CONTROL_NOTE,
        )

    @app.get("/assets/<path:name>")
    def assets(name: str) -> ResponseReturnValue:
        return send_from_directory(_ASSETS, name)

    return app
