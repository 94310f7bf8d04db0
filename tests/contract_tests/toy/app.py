"""The toy on the wire: who calls, which operation, and how an answer is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.contract_tests.toy import files, items, lists, moves, notes, removals
from tests.contract_tests.toy.state import Account, Asked, Record, Refusal, Reply, Toy

TOKENS = {"Bearer first-token": "one", "Bearer other-token": "two"}
#: Operations that a repeated idempotency key makes count once.
_ONCE = (
    items.create_item,
    moves.move_item,
    moves.transfer,
    removals.archive_item,
    removals.restore_item,
)


def _route(method: str, path: str, handler: Callable[[Asked], Reply]) -> Any:
    return method, re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)), handler


_ROUTES = [
    _route("GET", "/{house}/items", lists.list_items),
    _route("POST", "/{house}/items", items.create_item),
    _route("GET", "/{house}/items/{item}", items.read_item),
    _route("PATCH", "/{house}/items/{item}", items.change_item),
    _route("PUT", "/{house}/items/{item}", items.replace_item),
    _route("DELETE", "/{house}/items/{item}", removals.delete_item),
    _route("GET", "/{house}/items/{item}/card", items.read_card),
    _route("POST", "/{house}/items/{item}/archive", removals.archive_item),
    _route("POST", "/{house}/items/{item}/restore", removals.restore_item),
    _route("POST", "/{house}/items/{item}/retire", removals.retire_item),
    _route("GET", "/{house}/items/{item}/moves", moves.list_moves),
    _route("POST", "/{house}/items/{item}/moves", moves.move_item),
    _route("POST", "/{house}/transfers", moves.transfer),
    _route("GET", "/{house}/shelves/{shelf}", lists.list_shelf),
    _route("GET", "/{house}/summary", lists.summarise),
    _route("GET", "/{house}/files/{file}", files.read_file),
    _route("GET", "/{house}/files/{file}/about", files.describe_file),
    _route("GET", "/{house}/items/{item}/notes", notes.list_notes),
    _route("POST", "/{house}/items/{item}/notes", notes.create_note),
    _route("GET", "/{house}/items/{item}/notes/{note}", notes.read_note),
    _route("PATCH", "/{house}/items/{item}/notes/{note}", notes.change_note),
    _route("DELETE", "/{house}/items/{item}/notes/{note}", notes.delete_note),
]


class App:
    """An ASGI application: a toy with these switches on (none: it conforms)."""

    def __init__(self, *wrong: str) -> None:
        self.toy = Toy(frozenset(wrong))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        try:
            reply = await self._reply(scope, receive)
        except Refusal as refusal:
            reply = Reply(refusal.status, {"error": str(refusal)})
        content = b"" if reply.body is None else reply.body
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        headers = {**reply.headers, "content-length": str(len(content))}
        if content:
            headers["content-type"] = reply.media_type
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": pairs})
        await send({"type": "http.response.body", "body": content})

    async def _reply(self, scope: Any, receive: Any) -> Reply:
        method, path = scope["method"], scope["path"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        routed = ((pattern.fullmatch(path), do) for verb, pattern, do in _ROUTES if verb == method)
        found, handler = next((pair for pair in routed if pair[0]), (None, None))
        if found is None:
            raise Refusal(404, "there is nothing here")
        account, refused = self._account(headers.get("authorization"), method)
        query = dict(parse_qsl(scope["query_string"].decode()))
        kind = headers.get("content-type", "")
        if kind == "text/plain" and "any content is read" in self.toy.wrong:
            kind = "application/json"
        values, form = await _values(Request(scope, receive), kind)
        asked = Asked(self.toy, account, method, found.groupdict(), query, headers, values, form)
        reply = self._answer(asked, handler)
        if refused is not None:
            raise refused
        return reply

    def _account(self, credential: str | None, method: str) -> tuple[Account, Refusal | None]:
        name, wrong = TOKENS.get(credential or ""), self.toy.wrong
        refusal = None if name else Refusal(401, "who are you?")
        if refusal is not None:
            forgiven = {"GET": "anybody may read", "POST": "anybody may create"}.get(
                method, "anybody may change"
            )
            wrongly = credential is not None and "a wrong credential will do" in wrong
            if forgiven in wrong or wrongly:
                refusal = None
            elif "who is refused is obeyed" not in wrong:
                raise refusal
        return self.toy.accounts[name or "one"], refusal

    def _answer(self, asked: Asked, handler: Callable[[Asked], Reply]) -> Reply:
        key = asked.headers.get("idempotency-key")
        if key is None or handler not in _ONCE:
            return handler(asked)
        if asked.on("keys are one"):
            key = "key"
        known = f"{asked.method} {asked.path} {key}"
        again = asked.account.answered.get(known)
        if again is not None and not self._acts_twice(asked, handler):
            return again
        if again is not None and asked.values is not None:
            asked.values.pop("code", None)
        reply = handler(asked)
        if asked.on("the last key alone is known"):
            asked.account.answered.clear()
        asked.account.answered.setdefault(known, reply)
        return again or reply

    @staticmethod
    def _acts_twice(asked: Asked, handler: Callable[[Asked], Reply]) -> bool:
        if handler is moves.move_item:
            return asked.on("retried moves act twice")
        if handler in (removals.archive_item, removals.restore_item):
            return asked.on("retried removals act twice")
        return asked.on("retried creations act twice")


async def _values(request: Request, kind: str) -> tuple[Record | None, bool]:
    """What a body says, files as dictionaries; and whether it is a form."""
    content = await request.body()
    if not content:
        return None, False
    if kind.startswith("application/json"):
        try:
            read = json.loads(content)
        except ValueError:
            raise Refusal(400, "that is no JSON") from None
        if not isinstance(read, dict):
            raise Refusal(400, "an object is needed")
        return read, False
    found: Record = {}
    async with request.form() as form:
        for name, value in form.items():
            found[name] = value if isinstance(value, str) else await _file(value)
    return found, True


async def _file(sent: UploadFile) -> Record:
    content = await sent.read()
    return {"name": sent.filename, "media_type": sent.content_type, "content": content}
