"""What control has in its hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_server.control.generated import Makers
from mock_server.discovery import Vendor, tables_of
from mock_server.engine.credentials import CredentialPolicy
from mock_server.engine.errors import (
    ApiError,
    InvalidRequest,
    RecordNotFound,
    Unauthenticated,
    Violation,
)
from mock_server.engine.messages import Request
from mock_server.openapi.document import SpecIndex
from mock_server.seeding.personas import Persona
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.sandboxes import Sandboxes
from mock_server.state.store import Table
from mock_server.usage import suggestion

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class ControlRefusal(InvalidRequest):
    """What is asked cannot be done, though its schema allows it.

    `fields` has a line for each refused property of the body, by its name; `problems` pairs a JSON
    pointer into the body with what is wrong there.
    """

    def __init__(
        self,
        fields: Mapping[str, str],
        problems: Sequence[tuple[str, str]] = (),
        text: str | None = None,
    ) -> None:
        super().__init__([Violation("body", (name,), text) for name, text in fields.items()])
        self.fields = dict(fields)
        self.problems = tuple(problems)
        self.text = text or "; ".join(f"{name} {message}" for name, message in fields.items())


#: As many names of sandboxes, those used last, a wrong one is compared with.
_COMPARED = 500


class NoSuchName(ApiError):
    """A parameter names what there is not; the message says what may have been meant."""


@dataclass(frozen=True)
class ControlContext:
    """The sandboxes of a server, which words open one, and the APIs that it serves.

    `mounts` are the paths under which the APIs are served, `app` answers their calls; both are
    missing where nothing is served. `personas` are those of the server, by name; `makers`, if
    there are any, make cases and data.
    """

    sandboxes: Sandboxes
    policy: CredentialPolicy
    vendors: Sequence[Vendor]
    mounts: Mapping[str, str] = field(default_factory=dict)
    app: ASGIApp | None = None
    personas: Mapping[str, Persona] = field(default_factory=dict)
    makers: Makers | None = None

    @cached_property
    def apis(self) -> tuple[str, ...]:
        """The names of the APIs."""
        return tuple(vendor.api.name for vendor in self.vendors)

    @cached_property
    def specs(self) -> Mapping[str, SpecIndex]:
        """The spec of each API, by its name."""
        return {vendor.api.name: vendor.spec for vendor in self.vendors}

    @cached_property
    def tables(self) -> Mapping[str, Table[Any]]:
        """The tables of all APIs, by their full names."""
        found = tables_of(self.vendors).values()
        return {table.name: table for tables in found for table in tables.values()}

    def vendor(self, name: str) -> Vendor:
        """Return an API by its name; raises RecordNotFound."""
        for vendor in self.vendors:
            if vendor.api.name == name:
                return vendor
        raise RecordNotFound("API", name)

    def base_url(self, api: str, origin: str) -> str:
        """Return the URL below which an API is, as one who calls `origin` reaches it."""
        return origin + self.mounts.get(api, "") + self.specs[api].base_path

    def sandbox(self, request: Request) -> Sandbox:
        """Return the open sandbox that a request's path names; raises NoSuchName."""
        name = request.path["sandbox"]
        sandbox = self.sandboxes.use(name)
        if sandbox is None:
            raise NoSuchName(f"there is no open sandbox {name!r}; {self._sandboxes_like(name)}")
        return sandbox

    def new_name(self, word: str, persona: str | None = None) -> SandboxName:
        """Return the name of the sandbox that a word opens; raises ControlRefusal if none."""
        try:
            opened = self.policy.sandbox(word)
        except Unauthenticated as problem:
            wanted = word.removeprefix("test.").partition("-")[0]
            text = f"opens no sandbox, for its persona is {wanted!r}; {self._personas_like(wanted)}"
            raise ControlRefusal({"name": text}) from problem
        if persona is None:
            return opened
        if persona not in self.policy.personas:
            raise ControlRefusal({"persona": f"is {persona!r}; {self._personas_like(persona)}"})
        return SandboxName(word, persona)

    def _sandboxes_like(self, name: str) -> str:
        return suggestion(name, reversed(self.sandboxes.names()[-_COMPARED:]))

    def _personas_like(self, name: str) -> str:
        return suggestion(name, sorted(self.policy.personas))
