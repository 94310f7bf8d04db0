"""From what a caller presents to the sandbox it opens."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mock_server.engine.errors import Unauthenticated
from mock_server.engine.messages import Request
from mock_server.openapi.document import SpecError
from mock_server.openapi.security import Credential, SecurityScheme, UnreadableCredential
from mock_server.state.sandbox import SandboxName

__all__ = ["Credential", "CredentialPolicy", "CredentialReader"]

#: Visible ASCII that can stand as one segment of a path, for a sandbox is addressed by its name.
_WORD = re.compile(r"(?!\.{1,2}$)[!-.0-~]{1,128}")
#: What a vendor may issue as a key, whatever it looks like.
_KEY = re.compile(r"[!-~]{1,4096}")
_PREFIX = "test"


@dataclass(frozen=True, slots=True)
class CredentialPolicy:
    """Which words open a sandbox.

    A word that begins with `test` opens the sandbox of that name; `test.PERSONA…` chooses its
    persona, which must be a known one. With `accept_any`, every other word of visible ASCII opens
    one with the default persona. A word with a slash opens none: it could not be controlled.

    With `hide_keys`, every key that does not begin with `test` opens a sandbox that is named by a
    digest of it: it may be a real one, which is then shown nowhere.
    """

    personas: frozenset[str]
    default_persona: str
    accept_any: bool = False
    hide_keys: bool = False

    def sandbox(self, word: str) -> SandboxName:
        """Return the sandbox that `word` opens; raises Unauthenticated if it opens none."""
        if self.hide_keys and not word.startswith(_PREFIX) and _KEY.fullmatch(word):
            digest = hashlib.blake2b(word.encode(), digest_size=8).hexdigest()
            return SandboxName(f"key-{digest}", self.default_persona)
        if not _WORD.fullmatch(word):
            raise Unauthenticated("invalid")
        persona = self.default_persona
        if word.startswith(f"{_PREFIX}."):
            persona = word[len(_PREFIX) + 1 :].partition("-")[0]
            if persona not in self.personas:
                if not self.accept_any:
                    raise Unauthenticated("invalid")
                persona = self.default_persona
        elif not word.startswith(_PREFIX) and not self.accept_any:
            raise Unauthenticated("invalid")
        return SandboxName(word, persona)


class CredentialReader:
    """Finds the credential of a request under one operation's security requirements."""

    def __init__(
        self, alternatives: Iterable[tuple[str, ...]], schemes: Mapping[str, SecurityScheme]
    ) -> None:
        self._schemes: list[SecurityScheme] = []
        for names in alternatives:
            if len(names) != 1:
                raise SpecError("security: each alternative must name exactly one scheme")
            if names[0] not in schemes:
                raise SpecError(f"security scheme {names[0]!r} is not declared")
            self._schemes.append(schemes[names[0]])

    def read(
        self, request: Request, accepts: Callable[[Credential], bool] | None = None
    ) -> Credential:
        """Return the first credential presented, in the order of the spec.

        With `accepts`, one that it refuses makes room for the next scheme's; the last stays.
        Raises Unauthenticated: `missing` if there is none, `invalid` if it cannot be read.
        """
        refused = None
        for scheme in self._schemes:
            try:
                credential = scheme.read(request.headers, request.query_string)
            except UnreadableCredential as problem:
                raise Unauthenticated("invalid") from problem
            if credential is None:
                continue
            if accepts is None or accepts(credential):
                return credential
            refused = credential
        if refused is None:
            raise Unauthenticated("missing")
        return refused
