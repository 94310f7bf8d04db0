"""What is tested: the way to a service, and how to sign in to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import httpx

from contract_tests.target.profiles import FULL, Profile
from contract_tests.target.run_tag import RunTag
from mock_server.discovery import Vendor
from mock_server.openapi.security import SecurityScheme

#: Who calls: one of the target's two accounts, or nobody.
Account = Literal["first", "other"] | None
#: The origin under which a mock in this process is called; Schemathesis has it built in.
IN_PROCESS_ORIGIN = "http://testserver"
#: The seconds within which an answer has to go on.
_PATIENCE = 30.0


class Unreachable(Exception):
    """The target does not answer, or lets nobody in; the message says so in one line."""


@dataclass(frozen=True, slots=True)
class Target:
    """A service to test, and how to sign in to it.

    `base_url` is what the spec's paths are appended to. `transport` is the way to it, through which
    every call goes: to a mock of this process or over the network, with or without a guard before
    it. `credential` is what the spec's first security scheme takes: `user:password`, a token, or a
    key; `other_credential` that of a second account, which must see nothing of the first one's.
    `parameters` are the values of path parameters that say whose records are meant, and are the
    same in every call. `tag` marks what is made there, `settle` is how
    many seconds it may take until what was written is shown.
    """

    vendor: Vendor
    base_url: str
    credential: str
    transport: httpx.BaseTransport
    other_credential: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    profile: Profile = FULL
    tag: RunTag = field(default_factory=partial(RunTag, "0"))
    settle: float = 0.0

    @property
    def scheme_name(self) -> str:
        """The name of the spec's first security scheme."""
        return next(iter(self.vendor.spec.security_schemes))

    @property
    def scheme(self) -> SecurityScheme:
        """The spec's first security scheme."""
        return self.vendor.spec.security_schemes[self.scheme_name]

    @property
    def in_process(self) -> bool:
        """Whether it is a mock of this process, and not a service behind a URL."""
        return self.base_url.startswith(IN_PROCESS_ORIGIN)

    def client(self, account: Account = "first") -> httpx.Client:
        """Return a client of the target that signs in as one of its accounts, or as nobody.

        Its base URL is the target's; it follows no redirects and takes nothing from the
        environment. Closing it leaves the transport open. Raises LookupError if there is no such
        account, and nothing else until it is used.
        """
        options = {} if account is None else self._signed_in_as(account)
        return httpx.Client(
            base_url=self.base_url,
            timeout=_PATIENCE,
            transport=_Borrowed(self.transport),
            trust_env=False,
            **options,
        )

    def close(self) -> None:
        """Close the transport, for whoever opened the target."""
        self.transport.close()

    def _signed_in_as(self, account: Literal["first", "other"]) -> dict[str, Any]:
        credential = self.credential if account == "first" else self.other_credential
        if credential is None:
            raise LookupError("the target has no other account")
        return self.scheme.present(credential).options


def mock_parameters(vendor: Vendor) -> Mapping[str, str]:
    """Return the path parameters of a mock's first call, which say whose records there are."""
    path = vendor.api.first_call.path.partition("?")[0]
    found = vendor.spec.find("get", path)
    return {} if found is None else found[1]


class _Borrowed(httpx.BaseTransport):
    """A transport that stays open when a client that uses it is closed."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._transport.handle_request(request)
