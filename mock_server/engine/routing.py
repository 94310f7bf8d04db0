"""Connexion's routes, found by an index instead of one after the other."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.engine.errors import MethodNotAllowed, RouteNotFound

with warnings.catch_warnings():
    # Connexion 3.3 imports Starlette's test client, which warns that it will want another httpx.
    warnings.simplefilter("ignore")
    from connexion.middleware.routing import RoutingMiddleware

_Key = tuple[str, ...]


class IndexedRouting(RoutingMiddleware):
    """Connexion's routing of one API, without Starlette's redirects: slashes are the vendor's.

    Connexion makes the routes; a request goes from here to its operation.
    """

    def add_api(self, *args: Any, compiled: Mapping[str, ASGIApp], **kwargs: Any) -> None:
        """Take in the API, and put an index over the routes that Connexion made for it."""
        super().add_api(*args, compiled=compiled, **kwargs)
        router: Any = self.router
        (mount,) = router.routes
        self._index = RouteIndex(mount.path, mount.app.routes, compiled)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI message; raises RouteNotFound and MethodNotAllowed."""
        if scope["type"] == "http":
            operation = self._index.operation_of(scope)
            await operation(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class RouteIndex:
    """Finds the operation of a request among the few routes that its path may have, in their order.

    Those are the routes with as many segments and the same literal ones in front.
    """

    def __init__(
        self, base_path: str, routes: Iterable[Route], operations: Mapping[str, ASGIApp]
    ) -> None:
        self._base_path = base_path
        by_length: dict[int, list[Route]] = defaultdict(list)
        for route in routes:
            by_length[len(route.path.split("/"))].append(route)
        #: For each number of segments, how many of the first are literal in every route.
        self._literal = {
            length: min(_literal_segments(route.path) for route in some)
            for length, some in by_length.items()
        }
        self._routes: dict[tuple[int, _Key], list[tuple[Route, ASGIApp]]] = defaultdict(list)
        for length, some in by_length.items():
            for route in some:
                key = tuple(route.path.split("/")[: self._literal[length]])
                operation: Any = route.endpoint
                self._routes[length, key].append((route, operations[operation.operation_id]))

    def operation_of(self, scope: Scope) -> ASGIApp:
        """Return the operation of a request, whose path values are in its scope then.

        Raises RouteNotFound, and MethodNotAllowed if there are other methods.
        """
        path: str = scope["path"][len(scope.get("root_path", "")) :]
        if not path.startswith(self._base_path):
            raise RouteNotFound
        path = path[len(self._base_path) :]
        segments = path.split("/")
        length = len(segments)
        key = tuple(segments[: self._literal.get(length, 0)])
        has_path = False
        for route, operation in self._routes.get((length, key), ()):
            match = route.path_regex.match(path)
            if match is not None:
                if scope["method"] in (route.methods or ()):
                    scope["path_params"] = _values(route, match.groupdict())
                    return operation
                has_path = True
        if has_path:
            raise MethodNotAllowed(scope["method"], ())
        raise RouteNotFound


def _values(route: Route, texts: dict[str, str]) -> dict[str, Any]:
    """The path's values, of their types."""
    try:
        return {name: route.param_convertors[name].convert(text) for name, text in texts.items()}
    except ValueError as problem:
        # A number of more digits than Python reads.
        raise RouteNotFound from problem


def _literal_segments(template: str) -> int:
    segments = template.split("/")
    return next((place for place, segment in enumerate(segments) if "{" in segment), len(segments))
