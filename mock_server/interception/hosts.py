"""The host names at which the vendors are called, and which other ones may be called."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from mock_server.discovery import Vendor
from mock_server.openapi.document import SpecError
from mock_server.usage import UsageError

_PORTS = {"http": 80, "https": 443}
_VARIABLE = re.compile(r"\{([^}]+)\}")
#: What a server variable without an `enum` may be: one label of a name.
_LABEL = "[a-z0-9-]+"


@dataclass(frozen=True, slots=True)
class VendorHost:
    """One host, or a family of hosts, of one API.

    `pattern` is a regular expression that Python and JavaScript read alike; it matches the whole
    name in lower case. `example` is one such name.
    """

    api: str
    scheme: str
    port: int
    pattern: str
    example: str


class VendorHosts:
    """Which API is called at a host, by the `servers` of the specs.

    A server whose path is not the API's native one counts for nothing, as its paths lead elsewhere.
    Raises SpecError if two APIs are called at one host.
    """

    def __init__(self, vendors: Iterable[Vendor]) -> None:
        self.hosts: tuple[VendorHost, ...] = tuple(
            host for vendor in vendors for host in _hosts_of(vendor)
        )
        for host in self.hosts:
            others = {each.api for each in self.hosts if re.fullmatch(each.pattern, host.example)}
            if len(others) > 1:
                raise SpecError(f"{host.example} is a server of {' and '.join(sorted(others))}")

    def find(self, host: str) -> VendorHost | None:
        """Return the vendor's host that a name, without port and in any case, belongs to."""
        name = host.lower().rstrip(".")
        return next((each for each in self.hosts if re.fullmatch(each.pattern, name)), None)


def _hosts_of(vendor: Vendor) -> Iterable[VendorHost]:
    for server in vendor.spec.document.get("servers", ()):
        variables = server.get("variables", {})
        defaults = {name: str(variable["default"]) for name, variable in variables.items()}
        example = urlsplit(server["url"].format(**defaults))
        if example.scheme not in _PORTS or not example.hostname:
            continue
        if example.path.rstrip("/") != vendor.spec.base_path or is_loopback(example.hostname):
            continue
        template = urlsplit(server["url"]).netloc.rpartition("@")[2]
        if example.port is not None:
            template = template.rpartition(":")[0]
        yield VendorHost(
            api=vendor.api.name,
            scheme=example.scheme,
            port=example.port or _PORTS[example.scheme],
            pattern=_pattern(template, variables),
            example=example.hostname,
        )


def _pattern(template: str, variables: dict[str, dict[str, Sequence[str]]]) -> str:
    pieces = _VARIABLE.split(template)
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            pieces[place] = piece.lower().replace(".", r"\.")
        else:
            words = variables.get(piece, {}).get("enum")
            pieces[place] = f"(?:{'|'.join(map(re.escape, words))})" if words else _LABEL
    return "".join(pieces)


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine by its very name, without a look-up."""
    name = host.lower().rstrip(".").strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class BadHost(UsageError):
    """A host cannot be let through; the message says which and why, in one line."""


class AllowedHosts:
    """The hosts that are called for real: this machine, and those that were named.

    A name may have `*` for anything, such as `*.example.com`. Raises BadHost for a vendor's host,
    and for what is no host.
    """

    def __init__(self, names: Iterable[str], vendors: VendorHosts) -> None:
        self.names = tuple(name.lower().rstrip(".") for name in names)
        for name in self.names:
            if not re.fullmatch(r"[a-z0-9_.*:\[\]-]+", name) or "://" in name:
                raise BadHost(f"{name!r} is no host; name one such as db.example.com")
            vendor = vendors.find(name)
            if vendor is not None:
                raise BadHost(f"{name} is mocked ({vendor.api}), so it cannot be let through")

    def __contains__(self, host: object) -> bool:
        name = str(host).lower().rstrip(".").strip("[]")
        return is_loopback(name) or any(fnmatchcase(name, each) for each in self.names)
