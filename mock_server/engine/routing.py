"""Connexion's routing, with its routes found by an index instead of one after the other."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

with warnings.catch_warnings():
    # Connexion 3.3 imports Starlette's test client, which warns that it will want another httpx.
    warnings.simplefilter("ignore")
    from connexion.middleware.routing import RoutingMiddleware

_Key = tuple[str, ...]


class IndexedRouting(RoutingMiddleware):
    """Connexion's routing of one API, without Starlette's redirects: slashes are the vendor's."""

    def add_api(self, *args: Any, **kwargs: Any) -> None:
        """Take in the API, and put an index over the routes that Connexion made for it."""
        super().add_api(*args, **kwargs)
        made: Any = self.router
        (mount,) = made.routes
        self.router: ASGIApp = RouteIndex(mount.path, mount.app.routes, made.default)


class RouteIndex:
    """Sends a request to the few routes that its path may have, in their order.

    Those are the routes with as many segments and the same literal ones in front. Does what a
    mount at `base_path` does to the scope, and a router to its routes. What no route has goes to
    `default`.
    """

    def __init__(self, base_path: str, routes: Iterable[Route], default: ASGIApp) -> None:
        self._base_path = base_path
        self._default = default
        by_length: dict[int, list[Route]] = defaultdict(list)
        for route in routes:
            by_length[len(route.path.split("/"))].append(route)
        #: For each number of segments, how many of the first are literal in every route.
        self._literal = {
            length: min(_literal_segments(route.path) for route in some)
            for length, some in by_length.items()
        }
        grouped: dict[tuple[int, _Key], list[Route]] = defaultdict(list)
        for length, some in by_length.items():
            for route in some:
                key = tuple(route.path.split("/")[: self._literal[length]])
                grouped[length, key].append(route)
        self._routes = dict(grouped)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request."""
        root = scope.get("root_path", "")
        path: str = scope["path"][len(root) :]
        if path.startswith(self._base_path):
            segments = path[len(self._base_path) :].split("/")
            literal = self._literal.get(len(segments), 0)
            routes = self._routes.get((len(segments), tuple(segments[:literal])), ())
            if routes:
                scope["root_path"] = root + self._base_path
            for wanted in (Match.FULL, Match.PARTIAL):
                for route in routes:
                    match, found = route.matches(scope)
                    if match is wanted:
                        scope.update(found)
                        # Of a route that has the path but not the method, this is the refusal.
                        await route.handle(scope, receive, send)
                        return
        await self._default(scope, receive, send)


def _literal_segments(template: str) -> int:
    segments = template.split("/")
    return next((place for place, segment in enumerate(segments) if "{" in segment), len(segments))
