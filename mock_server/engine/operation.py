"""One operation, compiled at start-up: the whole way of a request, in order."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import Receive, Scope, Send

from mock_server.engine.api import Api
from mock_server.engine.bodies import BodyReader
from mock_server.engine.context import Context
from mock_server.engine.credentials import Credential, CredentialPolicy, CredentialReader
from mock_server.engine.errors import (
    ApiError,
    InvalidRequest,
    OffContract,
    PayloadTooLarge,
    Unauthenticated,
)
from mock_server.engine.messages import Reply, Request
from mock_server.engine.parameters import ParameterReader
from mock_server.engine.replies import ResponseWriter, Wire, encode_json
from mock_server.engine.schema import SchemaCompiler
from mock_server.engine.spec import Operation, SpecError, SpecIndex
from mock_server.engine.transport import ClientGone, read_content, request_from, send_wire
from mock_server.state.sandbox import Defect, Sandbox, Sandboxes

_log = logging.getLogger("mock_server")


@dataclass(frozen=True, slots=True)
class Service:
    """What all operations of a server share."""

    sandboxes: Sandboxes
    policy: CredentialPolicy
    max_body: int


class CompiledOperation:
    """Answers the calls of one operation; everything that can be made beforehand is."""

    def __init__(
        self,
        operation: Operation,
        api: Api,
        spec: SpecIndex,
        compiler: SchemaCompiler,
        service: Service,
    ) -> None:
        implementation = api.operations[operation.id]
        self.id = operation.id
        self._api = api
        self._service = service
        self._base_path = spec.base_path
        self._compiler = compiler
        self._handler = implementation.handler
        self._rules = implementation.rules
        self._identify = implementation.identify
        self._credentials = (
            CredentialReader(operation.security, spec.security_schemes)
            if operation.security
            else None
        )
        self._accepts = self._opens if api.skips_refused_credentials else None
        if self._credentials is None and self._identify is None:
            raise SpecError(f"{operation.id}: no security scheme, and nothing names a sandbox")
        self._parameters = ParameterReader(operation.parameters, spec, compiler, api.boolean_words)
        self._body = operation.request_body and BodyReader(
            operation.request_body,
            spec,
            compiler,
            api.boolean_words,
            empty_is_object=api.empty_body_is_object,
            judged=implementation.judges_body,
        )
        self._writers = {
            status: ResponseWriter(operation.id, response, spec, compiler)
            for status, response in operation.responses.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request over ASGI."""
        request = request_from(scope, self._base_path)
        request.operation_id = self.id
        try:
            content = await read_content(receive, self._service.max_body) if self._body else b""
            wire = self.answer(request, scope["path_params"], content)
        except ClientGone:
            return
        except PayloadTooLarge as error:
            wire = self._guarded_refusal(error, request, None)
        await send_wire(wire, request.method, send)

    def answer(self, request: Request, path_values: Mapping[str, Any], content: bytes) -> Wire:
        """Return the answer; nothing here awaits, so no other request sees a state in between."""
        sandbox: Sandbox | None = None
        try:
            violations = None
            if self._credentials is None:
                violations = self._read(request, path_values, content)
                if violations and self._identify and self._identify(request) is None:
                    raise InvalidRequest(violations)
            sandbox, word = self._open(request)
            sandbox.enter(self._api.name)
            context = Context(sandbox, self._compiler)
            if self._credentials is not None and self._api.admit is not None:
                self._api.admit(self._credentials.read(request, self._accepts), context)
            if sandbox.rate_limited and self._api.rate_limit is not None:
                self._api.rate_limit.count(sandbox, f"{self._api.name}/{word}")
            if violations is None:
                violations = self._read(request, path_values, content)
            if self._rules and not any(violation.path == () for violation in violations):
                for rule in self._rules:
                    violations += rule(request, context)
            if violations:
                raise InvalidRequest(violations)
            wire = self._write(self._handler(request, context))
            sandbox.commit(context.state, self.id)
            return wire
        except ApiError as error:
            return self._guarded_refusal(error, request, sandbox)
        except OffContract as defect:
            return withheld(defect, sandbox)
        except Exception as crash:  # noqa: BLE001 - the boundary: a crash is a defect to record
            return crashed(self.id, crash, sandbox)

    def _open(self, request: Request) -> tuple[Sandbox, str]:
        if self._credentials is not None:
            word = self._api.word_of(self._credentials.read(request, self._accepts))
        else:
            word = self._identify(request) if self._identify else None
        if word is None:
            raise Unauthenticated("invalid")
        name = self._service.policy.sandbox(word)
        return self._service.sandboxes.open(name), word

    def _opens(self, credential: Credential) -> bool:
        """Whether a credential names a sandbox."""
        word = self._api.word_of(credential)
        try:
            return word is not None and bool(self._service.policy.sandbox(word))
        except Unauthenticated:
            return False

    def _read(self, request: Request, path_values: Mapping[str, Any], content: bytes) -> list[Any]:
        violations = self._parameters.read(request, path_values)
        if self._body:
            violations += self._body.read(request, content)
        return violations

    def _write(self, reply: Reply) -> Wire:
        writer = self._writers.get(reply.status)
        if writer is None:
            raise OffContract(self.id, "/status", f"{reply.status} is not declared")
        return writer.write(reply)

    def _guarded_refusal(self, error: ApiError, request: Request, sandbox: Sandbox | None) -> Wire:
        try:
            return self._write(self._api.errors.render(error, request))
        except OffContract as defect:
            return withheld(defect, sandbox)
        except Exception as crash:  # noqa: BLE001 - the boundary: a crash is a defect to record
            return crashed(self.id, crash, sandbox)


def crashed(operation: str, crash: Exception, sandbox: Sandbox | None) -> Wire:
    """Record that code of ours crashed, and return the 500 that goes out."""
    _log.error("%s crashed", operation, exc_info=crash)
    return withheld(OffContract(operation, "", f"{type(crash).__name__}: {crash}"), sandbox)


def withheld(defect: OffContract, sandbox: Sandbox | None) -> Wire:
    """Record an answer that must not go out, and return the 500 that goes out instead."""
    _log.error("withheld an answer: %s", defect)
    if sandbox is not None:
        sandbox.defects.append(Defect(defect.operation, defect.pointer, defect.message))
    body = encode_json(
        {
            "error": "the mock made an answer that its contract does not allow; please report it",
            "operation": defect.operation,
            "pointer": defect.pointer,
            "message": defect.message,
        }
    )
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"x-mock-defect", b"true"),
    ]
    return Wire(500, headers, body)
