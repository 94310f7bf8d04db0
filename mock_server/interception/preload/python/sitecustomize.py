"""Leads a Python program's connections to the vendors' hosts to the mock.

Python runs this file at its start. It is for clients that use no proxy; those that do never come
here with a vendor's name. It imports as little as it can, as every Python program pays for it.
"""

import _socket
import os
import sys

_resolve = _socket.getaddrinfo
_resolve_one = _socket.gethostbyname
_settings = {}


def _read_settings():
    import json
    import re

    _settings.update(json.loads(os.environ["MOCK_SERVER_INTERCEPTION"]))
    _settings["vendors"] = [(re.compile(p), port) for p, port in _settings["vendors"]]


def _instead(host, port):
    """What to resolve in place of a host and a port: itself, or our own address."""
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in ("", "0.0.0.0", "::"):
        return host, port
    from fnmatch import fnmatchcase

    if not _settings:
        _read_settings()
    name = host.lower().rstrip(".")
    number = {"https": 443, "http": 80}.get(port, port)
    number = int(number) if str(number).isdigit() else None
    for pattern, served in _settings["vendors"]:
        if pattern.fullmatch(name) and number in (served, 0, None):
            return "127.0.0.1", _settings["tls_port"]
    if any(fnmatchcase(name, each) for each in _settings["allowed"]) or name == _own_name():
        return host, port
    if number == 443:
        return "127.0.0.1", _settings["tls_port"]
    if number == 80:
        return "127.0.0.1", _settings["proxy_port"]
    raise _socket.gaierror(
        _socket.EAI_NONAME,
        f"mock-server: {name}:{port} is refused, so that nothing leaves this machine; "
        f"--allow-host {name} lets it through",
    )


def _own_name():
    return _socket.gethostname().lower()


def _getaddrinfo(host, port, *args, **options):
    return _resolve(*_instead(host, port), *args, **options)


def _gethostbyname(host):
    return _resolve_one(_instead(host, None)[0])


def _run_the_next():
    """Run the `sitecustomize` that this one hides, if there is one."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    here = os.path.dirname(os.path.abspath(__file__))
    others = [each for each in sys.path if os.path.abspath(each) != here]
    found = PathFinder.find_spec("sitecustomize", others)
    if found is not None and found.loader is not None:
        found.loader.exec_module(module_from_spec(found))


if "MOCK_SERVER_INTERCEPTION" in os.environ:
    _socket.getaddrinfo = _getaddrinfo
    _socket.gethostbyname = _gethostbyname
_run_the_next()
