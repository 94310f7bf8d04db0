"""The console's pages, rendered by Flask; imported when the first of them is asked for."""

from __future__ import annotations

from collections.abc import Mapping

import swagger_ui_bundle
from flask import Flask, abort, render_template, send_from_directory
from flask import request as page_request
from flask.typing import ResponseReturnValue

from mock_server.console.pages import PREFIX, first_call_line
from mock_server.discovery import Vendor


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
        )

    @app.get("/assets/<path:name>")
    def assets(name: str) -> ResponseReturnValue:
        return send_from_directory(swagger_ui_bundle.swagger_ui_path, name)

    return app
