"""Operations, compiled at start-up: what the pipeline asks of one, and how ASGI calls it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from starlette.types import Receive, Scope, Send

from mock_server.engine.api import Api, Handler, Identify, Rule
from mock_server.engine.bodies import BodyReader
from mock_server.engine.call import Call
from mock_server.engine.credentials import Credential, CredentialPolicy, CredentialReader
from mock_server.engine.declared import declared_reply
from mock_server.engine.errors import (
    ApiError,
    ContractViolation,
    PayloadTooLarge,
    Unauthenticated,
)
from mock_server.engine.fault import Gate
from mock_server.engine.messages import Reply
from mock_server.engine.parameters import ParameterReader
from mock_server.engine.pipeline import (
    ACTION,
    ARRIVAL,
    END,
    UNROUTED_ACTION,
    UNROUTED_ARRIVAL,
    SeedMissing,
    Step,
    admit,
    answer,
    answer_long,
    check_csrf,
    failed,
    limit,
)
from mock_server.engine.replies import ResponseWriter, Wire
from mock_server.engine.transport import ClientGone, read_content, request_from, send_wire
from mock_server.engine.worker import Enter, in_worker
from mock_server.openapi.document import OperationSpec, SpecError, SpecIndex
from mock_server.openapi.schema import SchemaCompiler
from mock_server.state.memory import Full
from mock_server.state.sandboxes import Sandboxes


class Keeper(Protocol):
    """What keeps sandboxes beyond the life of the process, and may share them with others."""

    async def enter(self, call: Call) -> None:
        """Wait until a call may look at sandboxes, and change them, up to its next await.

        Raises Full.
        """

    async def keep(self, call: Call, wire: Wire) -> Wire:
        """Keep what a call did, and return its answer, or another one if that cannot be."""

    def leave(self) -> None:
        """Forget the long call of this task, however it ended."""


@dataclass(frozen=True, slots=True)
class Service:
    """What all operations of a server share; with a `keeper`, answers wait for what it keeps."""

    sandboxes: Sandboxes
    policy: CredentialPolicy
    max_body: int
    gate: Gate | None = None
    keeper: Keeper | None = None


class Operation(ABC):
    """What the pipeline asks of an operation.

    `arrival`, `action` and `end` are the steps of its calls: those of the pipeline that it needs.
    """

    id: str | None = None
    long = False
    arrival: tuple[Step, ...] = ()
    action: tuple[Step, ...] = ()
    end: tuple[Step, ...] = ()
    credentials: CredentialReader | None = None
    any_credential: CredentialReader
    accepts: Any = None
    identify: Identify | None = None
    rules: tuple[Rule, ...] = ()
    parameters: ParameterReader
    body: BodyReader | None = None
    handler: Handler
    compiler: SchemaCompiler

    def __init__(self, api: Api, spec: SpecIndex, service: Service) -> None:
        self.api = api
        self.spec = spec
        self.service = service
        self.compiler = SchemaCompiler.of(spec)
        #: Where a call is as long as nobody knows whose it is.
        self.nowhere = service.sandboxes.unattributed if api.home is None else api.home
        if api.home is None:
            self.end = END

    def write(self, reply: Reply, headers: Mapping[str, str] | None = None) -> Wire:
        """Return an answer as bytes; raises ContractViolation if the spec does not allow it."""
        if headers:
            reply = replace(reply, headers={**headers, **reply.headers})
        return self.writer(reply.status).write(reply)

    @abstractmethod
    def writer(self, status: int) -> ResponseWriter:
        """Return what writes the answers of a status; raises ContractViolation if there is none."""

    def reply_with(self, status: int, call: Call) -> Wire:  # noqa: ARG002 - nothing is declared here
        """Answer with a declared status in the vendor's body; raises LookupError if undeclared."""
        raise LookupError(status)

    async def respond(self, call: Call, send: Send, problem: ApiError | None = None) -> None:
        """Answer a call; `problem` is why its request could not be read whole."""
        keeper = self.service.keeper
        if keeper is None:
            wire = await self._answer(call, problem)
        else:
            try:
                wire = await self._answer(call, problem, partial(keeper.enter, call))
                wire = await keeper.keep(call, wire)
            except Full as full:
                wire = failed(call, full)
            finally:
                if self.long:
                    keeper.leave()
        if call.fault is None:
            await send_wire(wire, call.request.method, send)
        else:
            await call.fault.deliver(wire, call.request.method, send)

    async def _answer(
        self, call: Call, problem: ApiError | None, enter: Enter | None = None
    ) -> Wire:
        if self.long:
            return await answer_long(call, problem, enter)
        call.waits = True
        try:
            if enter is not None:
                await enter()
            return answer(call, problem)
        except SeedMissing:
            await in_worker(call.sandbox.seed_maker(self.api.name), "seeds")
        call.waits = False
        if enter is not None:
            await enter()
        return answer(call, problem)


class CompiledOperation(Operation):
    """An operation of the spec; everything that can be made beforehand is."""

    def __init__(
        self, declaration: OperationSpec, api: Api, spec: SpecIndex, service: Service
    ) -> None:
        super().__init__(api, spec, service)
        self.id: str = declaration.id
        implementation = api.operations[declaration.id]
        self.handler = implementation.handler
        self.rules = implementation.rules
        self.identify = implementation.identify
        self.long = implementation.long
        if api.home is None:
            self.arrival = ARRIVAL
            if declaration.security:
                self.credentials = CredentialReader(declaration.security, spec.security_schemes)
            elif self.identify is None:
                raise SpecError(f"{self.id}: no security scheme, and nothing names a sandbox")
            self.accepts = self._opens if api.skips_refused_credentials else None
        # Whoever serves an API with a home has let the caller in.
        idle = {
            step
            for step, needed in (
                (admit, api.admit),
                (check_csrf, api.check_csrf),
                (limit, api.rate_limit),
            )
            if needed is None or api.home is not None
        }
        self.action = tuple(step for step in ACTION if step not in idle)
        self.parameters = ParameterReader(declaration.parameters, spec, self.compiler, api)
        if declaration.request_body is not None:
            self.body = BodyReader(
                declaration.request_body,
                spec,
                self.compiler,
                api,
                judged=implementation.judges_body,
            )
        self._declaration = declaration
        self._writers = {
            status: ResponseWriter(self.id, response, spec, self.compiler)
            for status, response in declaration.responses.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request over ASGI."""
        request = request_from(scope, self.spec.base_path)
        request.operation_id = self.id
        call = Call(self, request, self.nowhere, scope["path_params"])
        too_large = None
        if self.body is not None:
            try:
                call.content = await read_content(receive, self.service.max_body)
            except ClientGone:
                return
            except PayloadTooLarge as problem:
                too_large = problem
        await self.respond(call, send, too_large)

    def reply_with(self, status: int, call: Call) -> Wire:
        """Answer with a declared status in the vendor's body; raises LookupError if undeclared."""
        return self.write(
            declared_reply(
                status, self._declaration, self.api, self.spec, call.request, call.sandbox
            )
        )

    def writer(self, status: int) -> ResponseWriter:
        """Return what writes the answers of a status; raises ContractViolation if there is none."""
        writer = self._writers.get(status)
        if writer is None:
            raise ContractViolation(self.id, "/status", f"{status} is not declared")
        return writer

    def _opens(self, credential: Credential) -> bool:
        """Whether a credential names a sandbox."""
        key = self.api.sandbox_key_of(credential)
        try:
            return key is not None and bool(self.service.policy.sandbox(key))
        except Unauthenticated:
            return False


class UnroutedOperation(Operation):
    """What is answered where no operation is: one of the spec's own refusals, in its form."""

    def __init__(
        self,
        api: Api,
        spec: SpecIndex,
        service: Service,
        response: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(api, spec, service)
        self.action = UNROUTED_ACTION
        if api.home is None:
            self.arrival = UNROUTED_ARRIVAL
        schemes = spec.security_schemes
        self.any_credential = CredentialReader([(name,) for name in schemes], schemes)
        self._headers = headers
        self._writer = ResponseWriter(
            f"({response})", spec.component_response(response), spec, self.compiler
        )

    async def refuse(self, error: ApiError, scope: Scope, send: Send) -> None:
        """Answer one request over ASGI, whose scope is as it came."""
        request = request_from(scope, self.spec.base_path)
        call = Call(self, request, self.nowhere, refusal=error, headers=self._headers)
        await self.respond(call, send)

    def writer(self, status: int) -> ResponseWriter:  # noqa: ARG002 - it may be any
        """Return what writes the refusal, whatever status the vendor gives it."""
        return self._writer
