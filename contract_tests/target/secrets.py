"""Keep credentials out of all that is shown, in whatever form they travel."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Any, TextIO, TypeVar, cast
from urllib.parse import quote, quote_plus

SHOWN_AS = "[credential]"
#: A part of a credential that is shorter is no secret: a name, or nothing that could be guessed at.
_SHORTEST_PART = 4
#: What is shorter may be part of an ordinary word, and is replaced only as a whole word.
_LONG = 8
_T = TypeVar("_T")


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
        # Python flushes a stream that nobody has any more, and that behind may be closed by then.
        if not self._stream.closed:
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
    """A text as it is, and as it is written in URLs, JSON, Python, HTML and shell scripts."""
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
