"""The line to a caller, for what ASGI cannot say: bytes that are no answer, and its sudden end."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.types import Send

#: How often to look, and for how long, whether the server has noticed that a connection ended.
_LOOK_SECONDS = 0.01
_LOOKS = 500
#: How often a long wait looks whether anybody is still there.
_PATIENCE_SECONDS = 0.1
_LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)


class ConnectionAborted(Exception):
    """The caller gets no whole answer, and there is no socket here on which to show it."""


class ClientConnection:
    """A caller reached through ASGI alone: what ASGI cannot say is raised as ConnectionAborted."""

    async def pause(self, seconds: float) -> None:
        """Keep the caller waiting."""
        await asyncio.sleep(seconds)

    async def write(self, content: bytes) -> None:
        """Send bytes as they are."""

    async def end(self, why: str, *, reset: bool = False) -> None:
        """Close the connection, or reset it; `why` is what a caller would say of it."""
        raise ConnectionAborted(f"connection reset: {why}" if reset else why)


class SocketLine(ClientConnection):
    """A caller at the other end of one of uvicorn's connections, of either HTTP parser."""

    def __init__(self, cycle: Any) -> None:
        # Uvicorn gives an application no way to end a connection, so this reaches for the
        # attributes `transport` and `disconnected`, which both of its parsers have.
        self._cycle = cycle
        self._transport: asyncio.Transport = cycle.transport

    async def pause(self, seconds: float) -> None:
        """Keep the caller waiting, as long as there is one."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        # Uvicorn has no event to wait for that tells of this one caller's going alone.
        while (left := end - loop.time()) > 0 and not self._cycle.disconnected:  # noqa: ASYNC110
            await asyncio.sleep(min(left, _PATIENCE_SECONDS))

    async def write(self, content: bytes) -> None:
        """Send bytes as they are."""
        self._transport.write(content)

    async def end(self, why: str, *, reset: bool = False) -> None:  # noqa: ARG002 - it is shown
        """Close the connection after what was written, or reset it."""
        if reset:
            self._reset_on_close()
            self._transport.abort()
        else:
            self._transport.close()
        # Uvicorn complains of an unfinished answer unless it knows by then that nobody is there.
        for _ in range(_LOOKS):
            if self._cycle.disconnected:
                return
            await asyncio.sleep(_LOOK_SECONDS)
        self._transport.abort()

    def _reset_on_close(self) -> None:
        """Make the close a RST: with a linger time of zero, TCP throws away and says so."""
        connection = self._transport.get_extra_info("socket")
        if connection.family == socket.AF_UNIX:
            # Pairs in one process know no resets; the other end shows one if it sees this.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT_AT_ALL)
            return
        with socket.socket(fileno=socket.dup(connection.fileno())) as same:
            same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT_AT_ALL)


def connection_of(send: Send) -> ClientConnection:
    """Return the line behind an ASGI `send`: one that it belongs to itself, or uvicorn's."""
    owner = getattr(send, "__self__", None)
    if isinstance(owner, ClientConnection):
        return owner
    if hasattr(owner, "transport") and hasattr(owner, "disconnected"):
        return SocketLine(owner)
    return ClientConnection()
