"""Take credentials in from the environment or a file."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Callable
from pathlib import Path

from mock_server.usage import UsageError

_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


class CredentialError(UsageError):
    """A credential cannot be taken as it was given; the message says how to give it, in one line.

    The message never holds what was given.
    """


def read_credential(
    option: str,
    given: str | None,
    variable: str,
    *,
    plain_word: bool,
    warn: Callable[[str], None],
) -> str | None:
    """Return the credential that an option names, or what the environment variable has.

    `given` is `env:NAME` or `file:PATH`; with `plain_word` it may also be the credential itself,
    which then is none. None if there is none. `warn` gets a line about a file that others can
    read. Raises CredentialError.
    """
    if given is None:
        return os.environ.get(variable) or None
    kind, _, name = given.partition(":")
    if kind == "env" and name:
        found = os.environ.get(name)
        if not found:
            raise CredentialError(f"{option}: the environment variable {name} is not set")
        return found
    if kind == "file" and name:
        return _from_file(option, Path(name).expanduser(), warn)
    if plain_word:
        return given
    raise CredentialError(
        f"{option}: a command line can be read by others, so no credential is taken from it; "
        "give env:NAME or file:PATH"
    )


def _from_file(option: str, path: Path, warn: Callable[[str], None]) -> str:
    try:
        mode = path.stat().st_mode
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "not UTF-8 text"
        raise CredentialError(f"{option}: {path}: {why}") from problem
    if not found:
        raise CredentialError(f"{option}: {path} is empty")
    if mode & _OTHERS_READ:
        warn(f"warning: {path} can be read by others; chmod 600 {shlex.quote(str(path))}")
    return found
