"""The console's page, rendered by Flask; imported when it is asked for first.

The page is a shell: its content comes from the control API, which its modules call. Where
control is not open to the caller, what the shell says of the APIs stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, render_template
from flask import request as page_request
from flask.typing import ResponseReturnValue

from mock_server.console.pages import first_call_line
from mock_server.discovery import Vendor

#: Nothing but what this server sends is run, shown or called, and no text can become a script.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}


def console_site(vendors: list[Vendor], mounts: Mapping[str, str], *, token: bool) -> Flask:
    """Return the console; `token` says whether control asks for one."""
    app = Flask("mock_server.console", static_url_path="/static")

    @app.get("/")
    def index() -> ResponseReturnValue:
        # Relative to the page, so that a prefix which a proxy takes off does not matter.
        origin = page_request.host_url.rstrip("/")
        rows = []
        for vendor in vendors:
            mount = mounts[vendor.api.name]
            base_url = origin + mount + vendor.spec.base_path
            rows.append(
                {
                    "title": vendor.spec.title,
                    "base_url": base_url,
                    "document": f"../..{mount}/openapi.json",
                    "operations": len(vendor.spec.operations),
                    "first_call": first_call_line(vendor, base_url),
                }
            )
        return render_template("console.html", rows=rows, token=token, base="")

    @app.get("/login")
    def login() -> ResponseReturnValue:
        refused = "refused" in page_request.args
        return render_template("login.html", refused=refused, token=token, base="")

    @app.after_request
    def guarded(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return app
