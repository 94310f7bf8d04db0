"""One Connexion application per API, with the compiled operations in it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.engine.api import Api
from mock_server.engine.errors import ApiError, MethodNotAllowed, NotMocked, RouteNotFound
from mock_server.engine.operation import CompiledOperation, Service, UnroutedOperation
from mock_server.engine.routing import IndexedRouting
from mock_server.openapi.document import SpecError, SpecIndex
from mock_server.openapi.paths import PathTemplates

with warnings.catch_warnings():
    # Connexion 3.3 imports Starlette's test client, which warns that it will want another httpx.
    warnings.simplefilter("ignore")
    from connexion.exceptions import InvalidSpecification
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
    from connexion.resolver import Resolver


#: Marks the answers to paths that only the vendor serves.
NOT_MOCKED_HEADER = "x-mock-not-mocked"
_DOUBLED = re.compile("/{2,}")


class _CompiledApi(RoutedAPI[CompiledOperation]):
    """Hands Connexion the compiled operation for each operation it routes to."""

    def __init__(
        self, *args: Any, compiled: Mapping[str, CompiledOperation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._compiled = compiled
        self.add_paths()

    def make_operation(self, operation: Any) -> CompiledOperation:
        return self._compiled[operation.operation_id]


class _Operations(RoutedMiddleware[_CompiledApi]):
    api_cls = _CompiledApi


def mismatches(api: Api, spec: SpecIndex) -> list[str]:
    """Return every operation without a handler and every handler without an operation."""
    lacking = [
        f"operation {operation_id} has no handler"
        for operation_id in spec.operations
        if operation_id not in api.operations
    ]
    idle = [
        f"handler {operation_id} has no operation in the spec"
        for operation_id in api.operations
        if operation_id not in spec.operations
    ]
    return lacking + idle


class ApiApplication:
    """The ASGI application of one API: Connexion routes, and what it cannot route is refused.

    Raises SpecError if handlers and operations do not match, or the spec cannot be compiled.
    """

    def __init__(self, api: Api, spec: SpecIndex, service: Service) -> None:
        problems = mismatches(api, spec)
        if spec.not_mocked and NotMocked not in api.errors:
            problems.append("x-not-mocked: the error table does not render NotMocked")
        if problems:
            raise SpecError(f"{api.name}: {'; '.join(problems)}")
        self.api = api
        self.spec = spec
        self.operations = {
            declaration.id: CompiledOperation(declaration, api, spec, service)
            for declaration in spec.operations.values()
        }
        self._unrouted: Mapping[type[ApiError], UnroutedOperation] = {
            RouteNotFound: UnroutedOperation(api, spec, service, "RouteNotFound"),
            # The vendor has no such answer; ours has the envelope of its nearest.
            NotMocked: UnroutedOperation(
                api, spec, service, "RouteNotFound", {NOT_MOCKED_HEADER: "true"}
            ),
            MethodNotAllowed: UnroutedOperation(api, spec, service, "MethodNotAllowed"),
        }
        hiding = spec.hiding_paths() if api.fixed_paths_first else {}
        self._methods_of_hiding_paths = PathTemplates(hiding.items()) if hiding else None
        self._connexion: ASGIApp = self._build_connexion()

    def _build_connexion(self) -> ASGIApp:
        app: Any = ConnexionMiddleware(_no_route, middlewares=[IndexedRouting, _Operations])
        try:
            app.add_api(
                self.spec.routes(),
                base_path=self.spec.base_path,
                resolver=Resolver(lambda operation_id: self.operations[operation_id]),
                compiled=self.operations,
            )
        except InvalidSpecification as problem:
            raise SpecError(f"{self.api.name}: {problem.message}") from problem
        application: ASGIApp = app
        return application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; paths and methods that are not the API's get its own refusals."""
        if scope["type"] != "http":
            await self._connexion(scope, receive, send)
            return
        if self.api.doubled_slashes == "ignore" and "//" in scope["path"]:
            scope["path"] = _DOUBLED.sub("/", scope["path"])
        if self.api.trailing_slash == "ignore" and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/")
        try:
            if self._methods_of_hiding_paths is not None:
                self._check_hidden(self._methods_of_hiding_paths, scope)
            await self._connexion(scope, receive, send)
        except RouteNotFound as error:
            await self._refuse(error, scope, send)
        except MethodNotAllowed as error:
            path = self._own_path(scope["path"], scope)
            allow = error.allow or self.spec.allowed_methods(path)
            await self._refuse(MethodNotAllowed(scope["method"], allow), scope, send)

    def _check_hidden(self, hiding: PathTemplates[tuple[str, ...]], scope: Scope) -> None:
        """Raise MethodNotAllowed if a written-out path hides others here and lacks the method."""
        path, method = self._own_path(scope["path"], scope), scope["method"]
        for methods in hiding.at(path)[:1]:
            if methods and (method == "OPTIONS" or method not in methods):
                raise MethodNotAllowed(method, methods)

    def _own_path(self, path: str, scope: Scope) -> str:
        """The part of a path that the spec's templates describe."""
        return path.removeprefix(scope["root_path"] + self.spec.base_path)

    async def _refuse(self, error: ApiError, scope: Scope, send: Send) -> None:
        path = self._own_path(scope["path"], scope)
        if self.spec.find_not_mocked(scope["method"], path) is not None:
            error = NotMocked(scope["method"], path)
        await self._unrouted[type(error)].refuse(error, scope, send)


async def _no_route(scope: Scope, _receive: Receive, _send: Send) -> None:
    if scope["type"] == "http":
        raise RouteNotFound
