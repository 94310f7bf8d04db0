"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_NEW_FILE = 0o666


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write bytes to, which gets its name when all is written and on the disk.

    Until then it has another name in the same folder; if the block raises, it is removed and what
    was there under the name stays. A device or a pipe is written to as it is. Raises OSError that
    names `path`.
    """
    try:
        # Where the name is a link, what it leads to is replaced and not the link.
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            with target.open("wb") as device:
                yield device
            return
        with _beside(target) as (file, name):
            yield file
            file.flush()
            os.fsync(file.fileno())
            name.chmod(_mode_for(target))
            name.replace(target)
    except OSError as problem:
        if problem.errno is None or isinstance(problem, BrokenPipeError):
            raise
        raise type(problem)(problem.errno, problem.strerror, str(path)) from problem


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all; raises OSError as `whole_file`."""
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def _beside(target: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A file of its own in the same folder, with its name, closed and removed if it is left."""
    number, text = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    name = Path(text)
    try:
        with open(number, "wb") as file:  # noqa: PTH123 - it is open already
            yield file, name
    except BaseException:
        with suppress(OSError):
            name.unlink(missing_ok=True)
        raise


def _mode_for(target: Path) -> int:
    """The permissions of the file that is replaced, or those that a new one gets."""
    if target.exists():
        return target.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return _NEW_FILE & ~mask
