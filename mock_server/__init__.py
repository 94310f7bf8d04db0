"""Stateful mocks of real business APIs, driven by their OpenAPI documents."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_server.interception.in_process import Interception
    from mock_server.settings import Settings

__all__ = ["__version__", "intercept"]
__version__ = "0.2.0"


def intercept(
    *apis: str,
    sandbox: str | None = None,
    allow_hosts: Iterable[str] = (),
    settings: Settings | None = None,
) -> AbstractContextManager[Interception]:
    """Answer this process's calls to the vendors' own hosts while the block runs.

    See `mock_server.interception.in_process.intercept`, which is imported when this is called.
    """
    from mock_server.interception.in_process import intercept as begin

    return begin(*apis, sandbox=sandbox, allow_hosts=allow_hosts, settings=settings)
