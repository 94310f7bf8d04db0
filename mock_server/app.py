"""The composition root: settings and vendors in, one ASGI application out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any, cast

from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.console.pages import (
    HEALTH,
    PREFIX,
    api_routes,
    console_routes,
    control_routes,
)
from mock_server.control.api.auth import ControlAuthMiddleware, login_routes, page_guard
from mock_server.control.api.spec import control_spec
from mock_server.control.api.stream import LiveEvents
from mock_server.control.api.vendor import control_vendor
from mock_server.control.context import ControlContext
from mock_server.control.generated import Makers, WantedCases, WantedData
from mock_server.control.persona_files import load_personas
from mock_server.control.seed_files.files import LONGEST_DOCUMENT
from mock_server.control.seed_files.reading import read_records_file, seeder_from
from mock_server.data import fixtures_directory
from mock_server.discovery import Vendor, load_vendors
from mock_server.engine.application import ApiApplication
from mock_server.engine.cors import CorsMiddleware, CorsPolicy
from mock_server.engine.credentials import CredentialPolicy
from mock_server.engine.operation import Service
from mock_server.faults.gate import FaultGate
from mock_server.journal.journal import Journal
from mock_server.seeding.personas import PersonaError
from mock_server.seeding.seeder import make_seeder
from mock_server.settings import Settings
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox
from mock_server.state.sandboxes import Sandboxes
from mock_server.usage import suggestion

if TYPE_CHECKING:
    from mock_server.store.persistence import Persistence
    from mock_server.store.shared import SharedPersistence


@dataclass
class MockServer:
    """A server: an ASGI application, with its sandboxes within reach for tests.

    `mounts` maps each API's name to the path under which it is served (empty if it is alone).
    """

    settings: Settings
    vendors: list[Vendor]
    sandboxes: Sandboxes
    mounts: dict[str, str]
    control_context: ControlContext
    persistence: Persistence | None = None
    applications: dict[str, ApiApplication] = field(default_factory=dict)
    asgi: ASGIApp = field(default_factory=Router)

    @cached_property
    def control(self) -> ApiApplication:
        """The application of the control API, unguarded; made when it is first called."""
        vendor = control_vendor(self.control_context)
        service = Service(
            self.sandboxes,
            self.control_context.policy,
            LONGEST_DOCUMENT,
            keeper=self.persistence,
        )
        return ApiApplication(vendor.api, vendor.spec, service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI message."""
        await self.asgi(scope, receive, send)

    def close(self) -> None:
        """Write all that has to be kept; nothing is kept from then on."""
        if self.persistence is not None:
            self.persistence.close()

    def reserve_store(self) -> None:
        """Have the store for this process and its forks alone; raises StoreError."""
        self._shared.store.reserve()

    def disconnect_store(self) -> None:
        """Let go of the store, so that the process may be forked."""
        self._shared.store.disconnect()

    def connect_store(self) -> None:
        """Take the store again, in a fork; raises StoreError."""
        self._shared.store.connect()

    @property
    def _shared(self) -> SharedPersistence:
        """What keeps the sandboxes of a server of several processes."""
        return cast("SharedPersistence", self.persistence)

    def base_path(self, api: str) -> str:
        """The path that all of an API's operations begin with."""
        vendor = next(vendor for vendor in self.vendors if vendor.api.name == api)
        return self.mounts[api] + vendor.spec.base_path

    def sandbox(self, name: str) -> Sandbox | None:
        """Return an open sandbox by its name."""
        return self.sandboxes.find(name)


def build_server(
    names: Iterable[str] = (),
    settings: Settings | None = None,
    *,
    vendors: list[Vendor] | None = None,
    at_native_path: bool = False,
) -> MockServer:
    """Return a server of the named APIs, or of all.

    Each is mounted under its name, or, `at_native_path`, the only one at the root. Raises
    UnknownApi, SpecError, PersonaError, SeedFileError and StoreError.
    """
    settings = settings or Settings()
    vendors = load_vendors(names) if vendors is None else vendors
    personas = load_personas(fixtures_directory() / "personas.yaml")
    if settings.persona_file is not None:
        personas |= load_personas(settings.persona_file)
    if settings.persona not in personas:
        raise PersonaError(
            f"there is no persona {settings.persona!r}; "
            f"{suggestion(settings.persona, sorted(personas))}"
        )
    sources = {vendor.api.name: vendor.api for vendor in vendors}
    seeder = make_seeder(sources, personas)
    first_revision = 0
    if settings.seed_file is not None:
        records = read_records_file(settings.seed_file, vendors)
        seeder = seeder_from(records, settings.persona, seeder, sources)
        first_revision = records.revision
    sandboxes = Sandboxes(
        seeder,
        partial(Journal, settings.journal_bytes),
        seed=settings.seed,
        clock=lambda: Clock(settings.clock),
        limit=settings.max_sandboxes,
        idle_seconds=settings.sandbox_idle,
        variation=settings.variation,
        sandbox_bytes=settings.max_sandbox_memory,
        bytes_in_all=settings.max_memory // (settings.workers or 1),
        rate_limited=settings.limits_rate_of,
        csrf=settings.wants_csrf_in,
        first_revision=first_revision,
    )
    policy = CredentialPolicy(
        frozenset(personas),
        settings.persona,
        settings.accept_any_credential,
        settings.hide_keys,
    )
    gate = FaultGate((vendor.api, vendor.spec) for vendor in vendors)
    persistence = _persistence(settings, sandboxes, vendors)
    service = Service(sandboxes, policy, settings.max_body, gate, persistence)
    mounts = {
        vendor.api.name: "" if at_native_path else f"/{vendor.api.name}" for vendor in vendors
    }

    async def whole(scope: Scope, receive: Receive, send: Send) -> None:
        await server(scope, receive, send)

    control_context = ControlContext(sandboxes, policy, vendors, mounts, whole, personas, _makers())
    server = MockServer(settings, vendors, sandboxes, mounts, control_context, persistence)
    server.applications = {
        vendor.api.name: ApiApplication(vendor.api, vendor.spec, service) for vendor in vendors
    }
    server.asgi = _root(server)
    return server


def _makers() -> Makers:
    """What makes cases and data, which import this module, and which most servers never need."""

    def cases_view(wanted: WantedCases) -> dict[str, Any]:
        from mock_server.cases import on_demand

        return on_demand.cases_view(wanted)

    def cases_file(wanted: WantedCases, form: str) -> bytes:
        from mock_server.cases import on_demand

        return on_demand.cases_file(wanted, form)

    def data_file(wanted: WantedData) -> bytes:
        from mock_server.datasets import records

        return records.data_file(wanted)

    return Makers(cases_view, cases_file, data_file)


def _persistence(
    settings: Settings, sandboxes: Sandboxes, vendors: list[Vendor]
) -> Persistence | None:
    """What keeps the sandboxes, if they are to be kept."""
    if settings.data is None:
        return None
    # Most servers keep nothing, and do without.
    from mock_server.store.opening import opened_for, opened_for_sharing
    from mock_server.store.shared_sqlite import SharedSqliteStore
    from mock_server.store.sqlite import SqliteStore

    in_thread = settings.durability == "machine"
    if isinstance(settings.data, str):
        from mock_server.store.postgresql import PostgresStore

        return opened_for_sharing(PostgresStore(settings.data), sandboxes, vendors, in_thread=True)
    if settings.workers is not None:
        shared = SharedSqliteStore(settings.data, settings.durability)
        return opened_for_sharing(shared, sandboxes, vendors, in_thread=in_thread)
    store = SqliteStore(settings.data, settings.durability)
    return opened_for(store, sandboxes, vendors, in_thread=in_thread)


def _root(server: MockServer) -> Root:
    """The application of everything."""

    @asynccontextmanager
    async def lifespan(_: Router) -> AsyncIterator[None]:
        # Connexion builds its routes on the first message it gets; this is that message.
        for application in server.applications.values():
            await application({"type": "lifespan"}, _nothing_comes, _nothing_goes)
        yield
        server.close()

    # The control API is made on its first call, which most servers never get.
    @cache
    def control_app() -> LiveEvents:
        return LiveEvents(server.control, server.control_context)

    async def control(scope: Scope, receive: Receive, send: Send) -> None:
        await control_app()(scope, receive, send)

    token = server.settings.token
    guarded = ControlAuthMiddleware(control, PREFIX, token)

    async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette's own mount does not match a path with a line break in it.
        below = scope["path"].removeprefix(scope.get("root_path", "")).startswith(f"{PREFIX}/")
        await (guarded if below else _nothing_here)(scope, receive, send)

    ours = Router(
        [
            *console_routes(
                server.vendors, server.mounts, page_guard(token), token=token is not None
            ),
            *login_routes(PREFIX, token),
            *control_routes(control_spec().document),
        ],
        lifespan=lifespan,
        redirect_slashes=False,
        default=elsewhere,
    )
    apis = {
        server.mounts[vendor.api.name]: _with_pages(server, vendor) for vendor in server.vendors
    }
    return Root(apis, ours)


def _with_pages(server: MockServer, vendor: Vendor) -> ASGIApp:
    """An API with its pages, open to pages of other origins as the server or the vendor has it."""
    name = vendor.api.name
    pages = api_routes(vendor, server.mounts[name])
    application: ASGIApp = ApiWithPages(server.applications[name], pages)
    origins = server.settings.cors_origins
    policy = CorsPolicy(origins) if origins else vendor.api.cors
    return application if policy is None else CorsMiddleware(application, policy)


class Root:
    """Sends each request to its API, by the first part of its path, or to what is ours.

    A dictionary instead of a router's list of patterns: every mocked request passes here. An API
    whose mount is empty gets all but what is below our own prefix and the health check.
    """

    def __init__(self, apis: Mapping[str, ASGIApp], ours: ASGIApp) -> None:
        self._apis = apis
        self._ours = ours
        self._alone = apis.get("")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI message."""
        if scope["type"] != "http":
            await self._ours(scope, receive, send)
            return
        root = scope.setdefault("root_path", "")
        first = scope["path"].removeprefix(root).split("/", 2)[1:2]
        mount = f"/{first[0]}" if first else ""
        if mount in self._apis:
            scope["root_path"] = root + mount
            await self._apis[mount](scope, receive, send)
        elif self._alone is not None and mount not in {PREFIX, HEALTH}:
            await self._alone(scope, receive, send)
        else:
            await self._ours(scope, receive, send)


class ApiWithPages:
    """An API, with pages of ours at a few paths below its mount that the vendor has not."""

    def __init__(self, application: ApiApplication, pages: list[Route]) -> None:
        self._application = application
        self._pages = {page.path: page for page in pages}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        page = self._pages.get(scope["path"].removeprefix(scope["root_path"]))
        if page is None or scope["method"] not in {"GET", "HEAD"}:
            await self._application(scope, receive, send)
        else:
            await page.handle(scope, receive, send)


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        text = "There is nothing here; / lists the APIs.\n"
        await PlainTextResponse(text, status_code=404)(scope, receive, send)


async def _nothing_comes() -> dict[str, str]:
    return {"type": "lifespan.startup"}


async def _nothing_goes(_: object) -> None:
    return None
