"""The service as a Flask application: routes, keys, bodies, and the errors around them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Flask, Response, g, request

from lab.standin import adjustments, products, related
from lab.standin.accounts import account_of
from lab.standin.calls import Answer, Json, StandInCall
from lab.standin.database import Database
from lab.standin.limits import StandInRateLimit
from lab.standin.refusals import Invalid, NotFound, Refused, Unauthorized, malformed
from lab.standin.switches import StandInDefect, Switches, Variation

BASE_PATH = "/v1"
_CREATED = 201
_LONGEST_BODY = 1 << 20
#: How far ahead of UTC the service's own time zone is, in seconds.
_ZONE = 10 * 60 * 60

_ROUTES: tuple[tuple[str, str, Callable[[StandInCall], Answer]], ...] = (
    ("GET", "/products", products.LIST.answer),
    ("POST", "/products", products.create),
    ("GET", "/products/<key>", products.show),
    ("PATCH", "/products/<key>", products.change),
    ("PUT", "/products/<key>", products.replace),
    ("DELETE", "/products/<key>", products.delete),
    ("POST", "/products/<key>/archive", products.archive),
    ("GET", "/taxes", related.TAXES.answer),
    ("POST", "/taxes", related.create_tax),
    ("GET", "/taxes/<key>", related.show_tax),
    ("PATCH", "/taxes/<key>", related.change_tax),
    ("PUT", "/taxes/<key>", related.replace_tax),
    ("DELETE", "/taxes/<key>", related.delete_tax),
    ("GET", "/product_suppliers", related.SUPPLIERS.answer),
    ("POST", "/product_suppliers", related.create_supplier),
    ("GET", "/product_suppliers/<key>", related.show_supplier),
    ("PATCH", "/product_suppliers/<key>", related.change_supplier),
    ("DELETE", "/product_suppliers/<key>", related.archive_supplier),
    ("POST", "/product_suppliers/<key>/archive", related.archive_supplier),
    ("GET", "/user", related.show_caller),
    ("GET", "/users", related.USERS.answer),
    ("GET", "/users/<key>", related.show_user),
    ("GET", "/stock_adjustments", adjustments.LIST.answer),
    ("POST", "/stock_adjustments", adjustments.create),
    ("GET", "/stock_adjustments/<key>", adjustments.show),
)
_TAKE_A_BODY = {
    products.create,
    products.change,
    products.replace,
    adjustments.create,
    related.create_tax,
    related.change_tax,
    related.replace_tax,
    related.create_supplier,
    related.change_supplier,
}


class StandIn:
    """The stand-in, without a server around it; `application` is WSGI, and tells its own `Date`.

    `clock` gives UNIX seconds. `rate_limit` is requests a minute for each account, 0 for any
    number. `products` is how many an account has from the start.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        switches: Switches = frozenset(),
        rate_limit: int = 0,
        products: int = 0,
    ) -> None:
        self._database = database
        self._products = products
        self._clock = clock
        self._switches = switches
        self._limit = StandInRateLimit(rate_limit)
        self.application = Flask(__name__, static_folder=None)
        self.application.url_map.strict_slashes = False
        self.application.url_map.merge_slashes = False
        self.application.config["MAX_CONTENT_LENGTH"] = _LONGEST_BODY
        for method, path, operation in _ROUTES:
            self.application.add_url_rule(
                BASE_PATH + path,
                endpoint=f"{method} {path}",
                view_func=self._view(operation),
                methods=[method],
                provide_automatic_options=False,
            )
        self.application.register_error_handler(Refused, self._refusal)
        for status in (400, 404, 405, 413):
            self.application.register_error_handler(status, _routing_error)
        self.application.register_error_handler(Exception, self._failure)
        self.application.after_request(self._dated)

    def _view(self, operation: Callable[[StandInCall], Answer]) -> Callable[..., Response]:
        def answer(key: str = "") -> Response:
            now = self._now()
            account = self._account(now)
            body = _body() if operation in _TAKE_A_BODY else None
            with self._database.transaction() as connection:
                call = StandInCall(
                    connection,
                    account,
                    self._written(now),
                    request.host_url.rstrip("/") + BASE_PATH,
                    self._switches,
                    request.args.to_dict(flat=False),
                    key,
                    body,
                )
                status, content = operation(call)
            return _response(status, content)

        return answer

    def _account(self, now: int) -> int:
        """The caller's account; raises Unauthorized, or Refused with 429."""
        with self._database.transaction() as connection:
            try:
                account = account_of(connection, _key(), self._products)
            except Unauthorized:
                open_to_all = request.path.startswith(f"{BASE_PATH}/taxes")
                if not (open_to_all and StandInDefect.TAXES_WITHOUT_KEY in self._switches):
                    raise
                account = 1
        reset = self._limit.reset_time(account, now)
        if reset is not None:
            missing = StandInDefect.RESET_TIME_MISSING in self._switches
            headers = {} if missing else {"X-RateLimit-Reset": str(reset)}
            raise Refused(429, "Too many requests", headers)
        return account

    def _now(self) -> int:
        """The second of a request, from its beginning to its end."""
        if "now" not in g:
            g.now = int(self._clock())
        return int(g.now)

    def _dated(self, response: Response) -> Response:
        response.date = datetime.fromtimestamp(self._now(), UTC)
        return response

    def _written(self, now: int) -> str:
        """A time as it is stored and sent: UTC, to the second."""
        if StandInDefect.LOCAL_TIME in self._switches:
            now += _ZONE
        return f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}"

    def _refusal(self, refused: Refused) -> Response:
        if isinstance(refused, Unauthorized):
            response = Response(str(refused), refused.status, mimetype="text/plain")
        elif isinstance(refused, NotFound) and StandInDefect.NOT_FOUND_AS_PAGE in self._switches:
            response = Response("<h1>Not Found</h1>\n", refused.status, mimetype="text/html")
        else:
            response = _response(refused.status, self._error(refused))
        response.headers.extend(refused.headers)
        return response

    def _error(self, refused: Refused) -> Json:
        if isinstance(refused, Invalid):
            errors: Json = dict(refused.errors)
            if StandInDefect.ERRORS_AS_LISTS in self._switches:
                errors = {field: [text] for field, text in errors.items()}
            return {"message": str(refused), "errors": errors}
        if isinstance(refused, NotFound) and Variation.OTHER_NOT_FOUND_TEXT in self._switches:
            return {"message": f"Couldn't find {refused.kind} with id={refused.key}"}
        return {"message": str(refused)}

    def _failure(self, problem: Exception) -> Response:
        self.application.logger.error("%s %s", request.method, request.path, exc_info=problem)
        return _response(500, {"message": "Internal server error"})


def _key() -> str:
    """The key that signs the request: the user name of HTTP Basic, with no password."""
    sent = request.authorization
    if sent is None or sent.type != "basic" or sent.password:
        return ""
    return sent.username or ""


def _routing_error(problem: Any) -> Response:
    """An error of the framework itself in the service's form."""
    response = _response(problem.code, {"message": problem.name})
    response.headers.extend(
        (name, value) for name, value in problem.get_headers() if name == "Allow"
    )
    return response


def _response(status: int, content: Json | None) -> Response:
    if content is None:
        response = Response(status=status)
        del response.headers["Content-Type"]
        return response
    response = Response(json.dumps(content), status, mimetype="application/json")
    if status == _CREATED:
        response.headers["Location"] = content["links"]["self"]
    return response


def _body() -> Json:
    """The object in the body; raises Refused with 400 or 415, and lets 413 through."""
    if request.mimetype != "application/json":
        raise Refused(415, "Content-Type must be application/json")
    try:
        body: Any = json.loads(
            request.get_data().decode(), parse_float=Decimal, parse_constant=_no_number
        )
    except (ValueError, ArithmeticError, RecursionError) as problem:
        raise malformed("The body is no JSON that can be read") from problem
    if not isinstance(body, dict):
        raise malformed("The request body must be a JSON object")
    return body


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number in JSON")
