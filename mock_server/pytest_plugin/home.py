"""The server of a test session, and the sandboxes that its tests start from."""

from __future__ import annotations

import asyncio
import hashlib
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import uvicorn

from mock_server.control.persona_files import load_personas
from mock_server.data import fixtures_directory
from mock_server.journal.journal import Journal
from mock_server.live import listen
from mock_server.pytest_plugin.inventory import MockInventory
from mock_server.pytest_plugin.options import PluginOptions
from mock_server.seeding.seeder import make_seeder
from mock_server.server_loop import LoopTransport, ServerLoop
from mock_server.settings import Settings
from mock_server.state.clock import Clock
from mock_server.state.sandbox import Sandbox, SandboxName
from mock_server.state.sandboxes import Sandboxes
from mock_server.state.variation import Variation
from mock_server.usage import UsageError, suggestion

with warnings.catch_warnings():
    # Under `-W error`, what our dependencies deprecate would be the tests' fault.
    warnings.simplefilter("ignore")
    from mock_server.app import build_server
    from mock_server.control.seed_files.files import SeedFileError
    from mock_server.control.seed_files.reading import read_records_file, seeder_from
    from mock_server.discovery import UnknownApi

#: Enough that the evidence of one test is never dropped by accident.
_JOURNAL_BYTES = 256 << 20
_LONGEST_NAME = 40
_UNPLAIN = re.compile(r"[^a-z0-9]+")
_Beginning = tuple[str, int, Path | None, datetime | None, Variation]


class BadHome(UsageError):
    """The mocks cannot begin as their options say; the message says why."""


class Home:
    """One server of some APIs (all, if none is named), and a sandbox for each way to begin."""

    def __init__(self, apis: Sequence[str] = ()) -> None:
        settings = Settings(max_sandboxes=1 << 20, sandbox_idle=float("inf"))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.server = build_server(apis, settings)
        except UnknownApi as problem:
            raise BadHome(f"mock_inventory: {problem}") from problem
        self.loop = ServerLoop()
        self.transport = LoopTransport(self.server, self.loop)
        self._personas = load_personas(fixtures_directory() / "personas.yaml")
        self._sources = {each.api.name: each.api for each in self.server.vendors}
        self._seeder = make_seeder(self._sources, self._personas)
        #: The sandboxes of the tests that run.
        self._opened: set[str] = set()
        self._bases: dict[_Beginning, Sandbox] = {}
        self._live: tuple[uvicorn.Server, asyncio.Task[None], str] | None = None

    @property
    def live_url(self) -> str:
        """The origin of a live server of the same sandboxes, which starts on first use."""
        if self._live is None:
            self._live = self.loop.wait(self._start())
        return self._live[2]

    def open(
        self, node_id: str, options: PluginOptions, origin: Sandbox | None = None
    ) -> MockInventory:
        """Return mocks for one test, in a fork of `origin` or of fresh ones; raises BadHome."""
        name = sandbox_name(node_id, options.persona)

        def fork() -> Sandbox:
            return self.server.sandboxes.adopt((origin or self._base(options)).fork(name))

        self._opened.add(name)
        return MockInventory(self, self.loop.do(fork), options, node_id)

    @contextmanager
    def mocks(self, node_id: str, options: PluginOptions) -> Iterator[MockInventory]:
        """Open mocks for a block; with `intercept`, calls to the vendors' hosts reach them there.

        Raises BadHome, and BadHost for a host that cannot be let through.
        """
        inventory = self.open(node_id, options)
        if not options.intercept:
            yield inventory
            return
        from mock_server.interception.in_process import Interception

        interception = Interception(
            self.server, self.loop, sandbox=inventory.name, allow_hosts=options.allow_hosts
        )
        with interception.installed():
            yield inventory

    def end(self, inventory: MockInventory) -> list[str]:
        """Close a test's sandbox and return what was wrong, a text for each."""
        problems = inventory.problems()
        for name in [inventory.name, *(each.name for each in inventory.accounts.values())]:
            self._opened.discard(name)
            self.loop.do(partial(self._forget, name))
        for name in set(self.loop.do(self.server.sandboxes.names)) - self._opened:
            problems.append(
                f"a call came with the key {name!r}, which opens another sandbox than the test's; "
                "for a second account use mock_inventory.account(NAME)"
            )
            self.loop.do(partial(self._forget, name))
        return problems

    def keep(self, inventory: MockInventory, folder: Path) -> None:
        """Write the sandboxes of a test into a folder, from which they can be served.

        Raises StoreError if it cannot be used.
        """
        from mock_server.store.opening import opened_for
        from mock_server.store.protocol import StoreError, StoreUnavailable
        from mock_server.store.sqlite import SqliteStore

        def keep() -> None:
            # One that a server may have for as long as no test is being kept.
            sandboxes = Sandboxes(self._seeder, Journal, limit=1 << 30)
            persistence = opened_for(SqliteStore(folder), sandboxes, self.server.vendors)
            try:
                for name in [inventory.name, *(each.name for each in inventory.accounts.values())]:
                    sandbox = self.server.sandbox(name)
                    if sandbox is not None:
                        sandboxes.adopt(sandbox)
                persistence.flush_all()
            except StoreUnavailable as problem:
                raise StoreError(str(problem)) from problem
            finally:
                persistence.close()

        self.loop.do(keep)

    def close(self) -> None:
        """Stop the server."""
        if self._live is not None:
            server, task, _ = self._live
            server.should_exit = True
            self.loop.wait(_ended(task))
        self.loop.close()

    def _base(self, options: PluginOptions) -> Sandbox:
        """The sandbox that tests with these options start from; it is never written to."""
        key = (
            options.persona,
            options.seed,
            options.seed_file,
            options.clock,
            options.variation,
        )
        if key not in self._bases:
            if options.persona not in self._personas:
                known = suggestion(options.persona, sorted(self._personas))
                raise BadHome(f"mock_inventory: there is no persona {options.persona!r}; {known}")
            seeder = self._seeder
            if options.seed_file is not None:
                try:
                    records = read_records_file(options.seed_file, self.server.vendors)
                except SeedFileError as problem:
                    raise BadHome(f"mock_inventory: {problem}") from problem
                seeder = seeder_from(records, options.persona, seeder, self._sources)
            name = SandboxName(f"test.{options.persona}-base", options.persona)
            clock = Clock(options.clock)
            self._bases[key] = Sandbox(
                name,
                options.seed,
                seeder,
                clock,
                Journal(_JOURNAL_BYTES),
                variation=options.variation,
            )
        return self._bases[key]

    def _forget(self, name: str) -> None:
        if self.server.sandbox(name) is not None:
            self.server.sandboxes.close(name)

    async def _start(self) -> tuple[uvicorn.Server, asyncio.Task[None], str]:
        listener = listen("127.0.0.1", 0)
        # From here on callers can connect, though it may take a moment until they are answered.
        listener.listen(128)
        config = uvicorn.Config(
            self.server,
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        task = asyncio.get_running_loop().create_task(server.serve(sockets=[listener]))
        return server, task, f"http://127.0.0.1:{listener.getsockname()[1]}"


def sandbox_name(node_id: str, persona: str) -> str:
    """Return the name of a test's sandbox: the same in every session, another for every test.

    It is a credential that each API accepts: it begins as one that chooses the persona, is none of
    the reserved ones, and its end is no Cliniko shard.
    """
    test = _UNPLAIN.sub("-", node_id.rpartition("::")[2].lower().removeprefix("test")).strip("-")
    number = int.from_bytes(hashlib.blake2b(node_id.encode(), digest_size=6).digest())
    return f"test.{persona}-{test[:_LONGEST_NAME].strip('-') or 'it'}-{number:015}"


async def _ended(task: asyncio.Task[None]) -> None:
    await task
