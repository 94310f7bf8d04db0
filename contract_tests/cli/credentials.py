"""Take credentials in from the environment or a file, and keep them out of all that is shown."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import re
import shlex
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar, cast
from urllib.parse import quote, quote_plus

from mock_server.usage import UsageError

SHOWN_AS = "[credential]"
#: A part of a credential that is shorter is no secret: a name, or nothing that could be guessed at.
_SHORTEST_PART = 4
#: What is shorter may be part of an ordinary word, and is replaced only where it stands alone.
_LONG = 8
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH
_T = TypeVar("_T")


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


class Secrets:
    """Knows credentials in every form in which they travel, and replaces them in any text."""

    def __init__(self, credentials: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for credential in credentials:
            self.add(credential)

    def add(self, credential: str) -> None:
        """Take in one more: `user:password`, a token, or a key."""
        self._forms |= set(_forms(credential))
        longest_first = sorted(self._forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_found_by, longest_first)), re.IGNORECASE)

    def clean(self, text: str) -> str:
        """Return the text with each secret in it replaced by `[credential]`.

        Lone surrogates, which no file and no terminal takes, become question marks.
        """
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode("utf-8")
        return text if self._pattern is None else self._pattern.sub(SHOWN_AS, text)

    def cleaned(self, value: _T) -> _T:
        """Return a value with all the texts in it cleaned: dataclasses, mappings and lists too."""
        return cast("_T", self._cleaned(value))

    def _cleaned(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.clean(value)
        if is_dataclass(value) and not isinstance(value, type):
            parts = {each.name: self._cleaned(getattr(value, each.name)) for each in fields(value)}
            return type(value)(**parts)
        if isinstance(value, Mapping):
            pairs = {self._cleaned(key): self._cleaned(item) for key, item in value.items()}
            return type(value)(pairs)  # type: ignore[call-arg]  # every mapping of ours takes one
        if isinstance(value, list | tuple):
            return type(value)(self._cleaned(item) for item in value)
        return value

    @contextmanager
    def kept_from_streams(self) -> Iterator[None]:
        """Clean what anybody prints while the block runs, on standard output and standard error."""
        streams = sys.stdout, sys.stderr
        cleaned = CleanStream(streams[0], self), CleanStream(streams[1], self)
        sys.stdout, sys.stderr = cleaned
        try:
            yield
        finally:
            for stream in cleaned:
                stream.flush()
            sys.stdout, sys.stderr = streams


class CleanStream(io.TextIOBase):
    """Passes text on by whole lines, so that no secret gets through in two parts."""

    def __init__(self, stream: TextIO, secrets: Secrets) -> None:
        self._stream = stream
        self._secrets = secrets
        self._held = ""

    def write(self, text: str, /) -> int:
        """Pass on all complete lines, and hold the rest."""
        lines, newline, self._held = (self._held + text).rpartition("\n")
        if newline:
            self._stream.write(self._secrets.clean(lines + newline))
        return len(text)

    def flush(self) -> None:
        """Pass on what is held, as somebody wants to see it now."""
        held, self._held = self._held, ""
        if held:
            self._stream.write(self._secrets.clean(held))
        self._stream.flush()

    def isatty(self) -> bool:
        """Say whether a person looks on."""
        return self._stream.isatty()

    def writable(self) -> bool:
        """Say yes."""
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a plain attribute there
        """The encoding of the stream behind."""
        return self._stream.encoding


def _found_by(form: str) -> str:
    pattern = re.escape(form)
    return pattern if len(form) >= _LONG else rf"(?<!\w){pattern}(?!\w)"


def _forms(credential: str) -> Iterator[str]:
    """Every text that gives the credential away."""
    user, colon, password = credential.partition(":")
    pair = credential if colon else f"{credential}:"
    parts = [part for part in (user, password) if len(part) >= _SHORTEST_PART]
    for text in {credential, pair, *parts} if colon else {credential, pair}:
        yield from _written(text)
    for text in {credential, pair}:
        # Clients disagree about the bytes of what is not ASCII.
        for sent in {text.encode(), text.encode("latin-1", "ignore")}:
            encoded = base64.b64encode(sent).decode()
            for form in {encoded, encoded.translate(str.maketrans("+/", "-_"))}:
                yield from _written(form)
                yield from _written(form.rstrip("="))


def _written(text: str) -> Iterator[str]:
    """A text as it is, and as it stands in URLs, JSON, Python, HTML and shell scripts."""
    yield text
    yield quote(text, safe="")
    yield quote(text)
    yield quote_plus(text)
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield json.dumps(text)[1:-1].replace("/", "\\/")
    yield repr(text)[1:-1]
    yield html.escape(text)
    yield shlex.quote(text).strip("'")
