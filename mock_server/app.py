"""The composition root: settings and vendors in, one ASGI application out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property

from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Router
from starlette.types import Receive, Scope, Send

from mock_server.console.pages import PREFIX, api_routes, console_routes, control_routes
from mock_server.control.api import MAX_BODY, control_spec, control_vendor
from mock_server.control.entrance import Entrance
from mock_server.control.seed_files import read_records_file, seeder_from
from mock_server.control.stream import LiveEvents
from mock_server.control.world import World
from mock_server.data import fixtures_directory
from mock_server.discovery import Vendor, load_vendors
from mock_server.engine.application import ApiApplication, take_any_character
from mock_server.engine.credentials import CredentialPolicy
from mock_server.engine.operation import Service
from mock_server.faults.gate import FaultGate
from mock_server.seeding.personas import PersonaError, load_personas
from mock_server.seeding.seeder import make_seeder
from mock_server.settings import Settings
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox, Sandboxes


@dataclass
class MockServer:
    """A server: an ASGI application, with its sandboxes within reach for tests.

    `mounts` maps each API's name to the path under which it is served (empty if it is alone).
    """

    settings: Settings
    vendors: list[Vendor]
    sandboxes: Sandboxes
    mounts: dict[str, str]
    world: World
    applications: dict[str, ApiApplication] = field(default_factory=dict)
    asgi: Router = field(default_factory=Router)

    @cached_property
    def control(self) -> ApiApplication:
        """The application of the control API, unguarded; made when it is first called."""
        vendor = control_vendor(self.world)
        service = Service(self.sandboxes, self.world.policy, MAX_BODY)
        return ApiApplication(vendor.api, vendor.spec, service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI message."""
        await self.asgi(scope, receive, send)

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
    UnknownApi, SpecError, PersonaError and SeedFileError.
    """
    settings = settings or Settings()
    vendors = load_vendors(names) if vendors is None else vendors
    personas = load_personas(fixtures_directory() / "personas.yaml")
    if settings.persona not in personas:
        raise PersonaError(
            f"there is no persona {settings.persona!r}; there are {', '.join(sorted(personas))}"
        )
    seeder = make_seeder({vendor.api.name: vendor.api.seed for vendor in vendors}, personas)
    first_revision = 0
    if settings.seed_file is not None:
        records = read_records_file(settings.seed_file, vendors)
        seeder = seeder_from(records, settings.persona, seeder)
        first_revision = records.revision
    sandboxes = Sandboxes(
        seeder,
        seed=settings.seed,
        clock=lambda: Clock(settings.clock),
        limit=settings.max_sandboxes,
        idle_seconds=settings.sandbox_idle,
        rate_limited=settings.limits_rate_of,
        first_revision=first_revision,
    )
    policy = CredentialPolicy(frozenset(personas), settings.persona, settings.accept_any_credential)
    gate = FaultGate((vendor.api, vendor.spec) for vendor in vendors)
    service = Service(sandboxes, policy, settings.max_body, gate)
    mounts = {
        vendor.api.name: "" if at_native_path else f"/{vendor.api.name}" for vendor in vendors
    }
    world = World(sandboxes, policy, vendors)
    server = MockServer(settings, vendors, sandboxes, mounts, world)
    server.applications = {
        vendor.api.name: ApiApplication(vendor.api, vendor.spec, service) for vendor in vendors
    }
    server.asgi = _root(server)
    return server


def _root(server: MockServer) -> Router:
    """The router of everything; what every mocked request passes comes first."""
    beside = {
        vendor.api.name: Router(
            api_routes(vendor, server.mounts[vendor.api.name]),
            default=server.applications[vendor.api.name],
            redirect_slashes=False,
        )
        for vendor in server.vendors
    }

    @asynccontextmanager
    async def lifespan(_: Router) -> AsyncIterator[None]:
        # Connexion builds its routes on the first message it gets; this is that message.
        for application in server.applications.values():
            await application({"type": "lifespan"}, _nothing_comes, _nothing_goes)
        yield

    async def control(scope: Scope, receive: Receive, send: Send) -> None:
        await LiveEvents(server.control, server.world)(scope, receive, send)

    ours = [
        *console_routes(server.vendors, server.mounts),
        *control_routes(control_spec().document),
        Mount(PREFIX, Entrance(control, PREFIX, server.settings.token)),
    ]
    apis: list[BaseRoute] = [
        take_any_character(Mount(mount, beside[name])) for name, mount in server.mounts.items()
    ]
    alone = "" in server.mounts.values()
    return Router(
        [*ours, *apis] if alone else [*apis, *ours],
        lifespan=lifespan,
        redirect_slashes=False,
        default=_nothing_here,
    )


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        text = "There is nothing here; / lists the APIs.\n"
        await PlainTextResponse(text, status_code=404)(scope, receive, send)


async def _nothing_comes() -> dict[str, str]:
    return {"type": "lifespan.startup"}


async def _nothing_goes(_: object) -> None:
    return None
