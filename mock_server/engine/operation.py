"""One operation, compiled at start-up: the whole way of a request, in order."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.types import Receive, Scope, Send

from mock_server.engine.api import Api
from mock_server.engine.bodies import BodyReader
from mock_server.engine.call import Call
from mock_server.engine.context import Context
from mock_server.engine.credentials import Credential, CredentialPolicy, CredentialReader
from mock_server.engine.declared import declared_reply
from mock_server.engine.errors import (
    ApiError,
    ContractViolation,
    InvalidRequest,
    PayloadTooLarge,
    Unauthenticated,
)
from mock_server.engine.fault import Gate
from mock_server.engine.messages import Reply
from mock_server.engine.parameters import ParameterReader
from mock_server.engine.replies import ResponseWriter, Wire, encode_json
from mock_server.engine.transport import ClientGone, read_content, request_from, send_wire
from mock_server.openapi.document import Operation, SpecError, SpecIndex
from mock_server.openapi.schema import SchemaCompiler
from mock_server.state.sandbox import Defect, Sandbox, Sandboxes
from mock_server.state.store import Change, State

#: Names the sandbox of a request whose program cannot change its key.
SANDBOX_HEADER = "x-mock-sandbox"
_log = logging.getLogger("mock_server")


@dataclass(frozen=True, slots=True)
class Service:
    """What all operations of a server share."""

    sandboxes: Sandboxes
    policy: CredentialPolicy
    max_body: int
    gate: Gate | None = None


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
        self._operation = operation
        self._spec = spec
        self._api = api
        self._service = service
        self._base_path = spec.base_path
        self._compiler = compiler
        self._handler = implementation.handler
        self._rules = implementation.rules
        self._identify = implementation.identify
        self._credentials = (
            CredentialReader(operation.security, spec.security_schemes)
            if operation.security and api.home is None
            else None
        )
        self._accepts = self._opens if api.skips_refused_credentials else None
        if self._credentials is None and self._identify is None and api.home is None:
            raise SpecError(f"{operation.id}: no security scheme, and nothing names a sandbox")
        self._parameters = ParameterReader(operation.parameters, spec, compiler, api)
        self._body = operation.request_body and BodyReader(
            operation.request_body,
            spec,
            compiler,
            api,
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
        call = Call(self._api.name, request)
        try:
            if self._body:
                call.content = await read_content(receive, self._service.max_body)
            wire = self.answer(call, scope["path_params"])
        except ClientGone:
            return
        except PayloadTooLarge as error:
            wire = self._refused(error, call)
        if self._api.home is None:
            call.record(wire, self._service.sandboxes.unattributed)
        if call.fault is None:
            await send_wire(wire, request.method, send)
        else:
            await call.fault.deliver(wire, request.method, send)

    def answer(self, call: Call, path_values: Mapping[str, Any]) -> Wire:
        """Return the answer; nothing here awaits, so no other request sees a state in between."""
        try:
            if self._api.home is not None:
                call.sandbox = self._api.home
                return self.perform(call, self._api.home, path_values)
            if self._credentials is None:
                self._read(call, path_values)
                if call.violations and self._identify and self._identify(call.request) is None:
                    raise InvalidRequest(call.violations)
            sandbox = call.sandbox = self._open(call)
            sandbox.enter(self._api.name)
            gate = self._service.gate
            if gate is not None:
                call.fault = gate.decide(sandbox, self._api.name, call.request, call.content)
            call.before = sandbox.committed
            if call.fault is not None:
                return call.fault.answer(_Run(self, call, sandbox, path_values))
            return self.perform(call, sandbox, path_values)
        except ApiError as error:
            return self._refused(error, call)
        except Exception as crash:  # noqa: BLE001 - the boundary: a crash is a defect to record
            return self._crashed(crash, call)

    def perform(
        self,
        call: Call,
        sandbox: Sandbox,
        path_values: Mapping[str, Any],
        state: State | None = None,
        *,
        keep: bool = True,
    ) -> Wire:
        """Validate and handle a request whose sandbox is known, on its state or another one."""
        call.error = call.defect = None
        request = call.request
        context = Context(sandbox, self._compiler, state)
        try:
            if self._credentials is not None and self._api.admit is not None:
                # A fault may show another state, in which the credential was not issued yet.
                present = context if state is None else Context(sandbox, self._compiler)
                self._api.admit(self._credentials.read(request, self._accepts), present)
            if sandbox.rate_limited and self._api.rate_limit is not None and not call.counted:
                call.counted = True
                quota = self._api.rate_limit.count(sandbox, f"{self._api.name}/{call.sandbox_key}")
                call.quota_headers = self._api.rate_limit.headers(quota)
            if call.violations is None:
                self._read(call, path_values)
            violations = list(call.violations or ())
            if self._rules and not any(violation.path == () for violation in violations):
                for rule in self._rules:
                    violations += rule(request, context)
            if violations:
                raise InvalidRequest(violations)
            wire = self._write(self._handler(request, context), call.quota_headers)
            call.changes = context.state.changes
            if keep and state is None:
                sandbox.commit(context.state, self.id)
            return wire
        except ApiError as error:
            return self._refused(error, call)
        except ContractViolation as defect:
            return self._withheld(defect, call)
        except Exception as crash:  # noqa: BLE001 - the boundary: a crash is a defect to record
            return self._crashed(crash, call)
        finally:
            call.reads = context.state.reads

    def reply_with(self, status: int, call: Call, sandbox: Sandbox) -> Wire:
        """Answer with a declared status in the vendor's body; raises LookupError if undeclared."""
        request = call.request
        return self._write(
            declared_reply(status, self._operation, self._api, self._spec, request, sandbox)
        )

    def _open(self, call: Call) -> Sandbox:
        """The sandbox of the call: its credential chooses it, or a header names it."""
        request = call.request
        if self._credentials is not None:
            credential = self._credentials.read(
                request, None if SANDBOX_HEADER in request.headers else self._accepts
            )
            word = request.headers.get(SANDBOX_HEADER) or self._api.sandbox_key_of(credential)
        else:
            word = request.headers.get(SANDBOX_HEADER) or (
                self._identify(request) if self._identify else None
            )
        if word is None:
            raise Unauthenticated("invalid")
        call.sandbox_key = word
        return self._service.sandboxes.open(self._service.policy.sandbox(word))

    def _opens(self, credential: Credential) -> bool:
        """Whether a credential names a sandbox."""
        word = self._api.sandbox_key_of(credential)
        try:
            return word is not None and bool(self._service.policy.sandbox(word))
        except Unauthenticated:
            return False

    def _read(self, call: Call, path_values: Mapping[str, Any]) -> None:
        violations = self._parameters.read(call.request, path_values)
        if self._body:
            violations += self._body.read(call.request, call.content)
        call.violations = violations

    def _write(self, reply: Reply, more_headers: Mapping[str, str] | None = None) -> Wire:
        if more_headers:
            reply = replace(reply, headers={**more_headers, **reply.headers})
        writer = self._writers.get(reply.status)
        if writer is None:
            raise ContractViolation(self.id, "/status", f"{reply.status} is not declared")
        return writer.write(reply)

    def _refused(self, error: ApiError, call: Call) -> Wire:
        call.error = error
        try:
            return self._write(self._api.errors.render(error, call.request), call.quota_headers)
        except ContractViolation as defect:
            return self._withheld(defect, call)
        except Exception as crash:  # noqa: BLE001 - the boundary: a crash is a defect to record
            return self._crashed(crash, call)

    def _crashed(self, crash: Exception, call: Call) -> Wire:
        return self._withheld(crash_of(self.id, crash), call)

    def _withheld(self, defect: ContractViolation, call: Call) -> Wire:
        call.defect = defect
        return blocked(defect, call.sandbox)


class _Run:
    """What a fault is given of a call; see `mock_server.engine.fault.Run`."""

    def __init__(
        self,
        operation: CompiledOperation,
        call: Call,
        sandbox: Sandbox,
        path_values: Mapping[str, Any],
    ) -> None:
        self._operation = operation
        self._call = call
        self._path_values = path_values
        self.sandbox = sandbox
        self.request = call.request

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the performed operation changed, kept or not."""
        return self._call.changes

    def perform(self, state: State | None = None, *, keep: bool = True) -> Wire:
        return self._operation.perform(
            self._call, self.sandbox, self._path_values, state, keep=keep
        )

    def reply_with(self, status: int) -> Wire:
        return self._operation.reply_with(status, self._call, self.sandbox)


def crash_of(operation: str, crash: Exception) -> ContractViolation:
    """Log that code of ours crashed, and return it as a defect."""
    _log.error("%s crashed", operation, exc_info=crash)
    return ContractViolation(operation, "", f"{type(crash).__name__}: {crash}")


def blocked(defect: ContractViolation, sandbox: Sandbox | None) -> Wire:
    """Record an answer that must not go out, and return the 500 that goes out instead."""
    _log.error("blocked an answer: %s", defect)
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
