"""The way of a call: steps in order, each a function of the call.

A step that raises ends the way: a neutral error is answered in the vendor's words, an answer that
the contract does not allow is blocked, and a crash of our code is reported as one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from mock_server.engine.call import Call
from mock_server.engine.context import Context
from mock_server.engine.errors import (
    ApiError,
    ContractViolation,
    InvalidRequest,
    MethodNotAllowed,
    RouteNotFound,
    Unauthenticated,
    Unavailable,
)
from mock_server.engine.replies import Wire, encode_json
from mock_server.engine.worker import Enter, carried_out, in_worker
from mock_server.journal.exchange import Exchange
from mock_server.state.memory import Full
from mock_server.state.sandbox import BlockedAnswer


class SeedMissing(BaseException):
    """The sandbox's seed records take a while to make; not an error of the call."""


Step = Callable[[Call], None]
#: Names the sandbox of a request whose program cannot change its key.
SANDBOX_HEADER = "x-mock-sandbox"
#: On the first answer of a sandbox whose predecessor of the same name was evicted.
EVICTED_HEADER = "x-mock-sandbox-evicted"
#: Says why the server has no room for a call.
UNAVAILABLE_HEADER = b"x-mock-unavailable"
_log = logging.getLogger("mock_server")


def authenticate(call: Call) -> None:
    """Find the key of the sandbox: the credential has it, or a header, or what is sent."""
    operation, request = call.operation, call.request
    named = request.headers.get(SANDBOX_HEADER)
    if operation.credentials is not None:
        accepts = operation.accepts if named is None else None
        call.credential = operation.credentials.read(request, accepts)
        key = named or operation.api.sandbox_key_of(call.credential)
    else:
        parse(call)
        key = operation.identify(request) if operation.identify else None
        if key is None and call.violations and operation.identify:
            raise InvalidRequest(call.violations)
        key = named or key
    if key is None:
        raise Unauthenticated("invalid")
    call.sandbox_key = key


def open_sandbox(call: Call) -> None:
    """Open the sandbox, with the API's seed records in it."""
    service = call.operation.service
    call.sandbox = service.sandboxes.open(service.policy.sandbox(call.sandbox_key))
    if call.waits and not call.sandbox.is_ready(call.operation.api.name):
        raise SeedMissing
    call.sandbox.enter(call.operation.api.name)
    call.before = call.sandbox.committed
    if call.sandbox.follows_evicted:
        call.sandbox.follows_evicted = False
        call.headers = {EVICTED_HEADER: "true"}


def decide_fault(call: Call) -> None:
    """Ask the gate what goes wrong with this call."""
    gate, sandbox = call.operation.service.gate, call.sandbox
    if gate is not None:
        call.fault = gate.decide(sandbox, call.operation.api.name, call.request, call.content)


def find_sandbox(call: Call) -> None:
    """Find the open sandbox that the credential names, though no operation asks for it."""
    service, request = call.operation.service, call.request
    try:
        credential = call.operation.any_credential.read(request)
        key = request.headers.get(SANDBOX_HEADER) or call.operation.api.sandbox_key_of(credential)
        name = service.policy.sandbox(key).name if key else ""
    except Unauthenticated:
        return
    call.sandbox = service.sandboxes.find(name) or call.sandbox


def begin(call: Call) -> None:
    """Begin a transaction, on the state that is to be seen."""
    call.error = call.defect = None
    call.context = Context(call.sandbox, call.operation.compiler, call.state)
    call.reads = call.context.state.reads


def admit(call: Call) -> None:
    """Refuse a credential for what the sandbox's state says of it."""
    operation = call.operation
    if operation.api.admit is None or call.credential is None:
        return
    # A fault may show another state, in which the credential was not issued yet.
    present = call.context if call.state is None else Context(call.sandbox, operation.compiler)
    operation.api.admit(call.credential, present)


def check_csrf(call: Call) -> None:
    """Refuse a write of a session that does not show that it comes from the session's own site."""
    check = call.operation.api.check_csrf
    if check is not None and call.credential is not None and call.sandbox.csrf:
        check(call.credential, call.request, call.content)


def limit(call: Call) -> None:
    """Count the call against the vendor's rate limit, once."""
    api, sandbox = call.operation.api, call.sandbox
    if api.rate_limit is not None and sandbox.rate_limited and not call.counted:
        call.counted = True
        quota = api.rate_limit.count(sandbox, f"{api.name}/{call.sandbox_key}")
        call.headers = {**(call.headers or {}), **api.rate_limit.headers(quota)}


def parse(call: Call) -> None:
    """Read parameters and body, and validate them."""
    if call.violations is None:
        operation = call.operation
        violations = operation.parameters.read(call.request, call.path_values)
        if operation.body is not None:
            violations += operation.body.read(call.request, call.content)
        call.violations = violations


def check_rules(call: Call) -> None:
    """Refuse what breaks the schema, and what breaks the vendor's own rules, all at once."""
    rules, violations = call.operation.rules, call.violations
    if rules and not any(violation.path == () for violation in violations or ()):
        violations = list(violations or ())
        for rule in rules:
            violations += rule(call.request, call.context)
    if violations:
        raise InvalidRequest(violations)


def handle(call: Call) -> None:
    """Carry out the operation."""
    call.reply = call.operation.handler(call.request, call.context)


def respond(call: Call) -> None:
    """Validate the answer, and make bytes of it."""
    call.wire = call.operation.write(call.reply, call.headers)


def redirect(call: Call) -> None:
    """Answer OPTIONS, and send a path that lacks its last slash to the one that has it."""
    request, refusal = call.request, call.refusal
    if isinstance(refusal, MethodNotAllowed) and request.method == "OPTIONS":
        call.wire = Wire(204, [(b"allow", ", ".join(refusal.allow).encode())], b"")
    elif call.operation.api.trailing_slash == "append" and isinstance(refusal, RouteNotFound):
        slashed = f"{request.url_path}/"
        below = slashed.removeprefix(request.base_url.removeprefix(request.origin))
        if call.operation.spec.allowed_methods(below):
            call.wire = _moved(slashed, request.query_string)


def refuse(call: Call) -> None:
    """Refuse a call that no operation takes, unless it is answered already."""
    if call.wire is None and call.refusal is not None:
        raise call.refusal


def commit(call: Call) -> None:
    """Make what was written the present state."""
    transaction = call.context.state
    if call.keep and call.state is None:
        call.sandbox.commit(transaction)
        call.kept = call.sandbox.committed
    call.changes = transaction.changes


def record(call: Call) -> None:
    """Enter the call into its sandbox's journal, or into that of unattributed calls."""
    sandbox, request, fault, error = call.sandbox, call.request, call.fault, call.error
    wire = answered(call)
    before, after = call.before or sandbox.committed, sandbox.committed
    changes = call.changes
    if after is before and fault is not None:
        changes = ()
    elif after is not call.kept and fault is not None:
        # A fault did more than the operation; then the states tell what changed.
        changes = before.difference(after)
    sandbox.journal.append(
        Exchange(
            number=sandbox.journal.last + 1,
            at=sandbox.clock.now(),
            api=call.operation.api.name,
            operation=request.operation_id,
            method=request.method,
            origin=request.origin,
            path=request.url_path,
            raw_path=request.raw_path,
            base_url=request.base_url,
            vendor_base=call.operation.spec.base_path,
            query=request.query_string,
            request_headers=request.headers,
            request_body=call.content,
            status=wire.status,
            response_headers=tuple(wire.headers),
            # Copied, as orjson's own bytes keep a buffer of 8 KB for the shortest text.
            response_body=bytes(memoryview(wire.body)),
            verdict="blocked" if call.defect else "refused" if error else "answered",
            before=before,
            after=after,
            changes=changes,
            reads=tuple(call.reads),
            error=type(error).__name__ if error else None,
            violations=tuple(map(str, error.violations))
            if isinstance(error, InvalidRequest)
            else (),
            problem=str(call.defect) if call.defect else None,
            fault=fault.name if fault else None,
            sent=fault.sends if fault else True,
        )
    )
    call.operation.service.sandboxes.account(sandbox)


#: Who calls, where, and what is to go wrong.
ARRIVAL: tuple[Step, ...] = (authenticate, open_sandbox, decide_fault)
#: What is asked for. A fault wraps these: it runs them on another state, without keeping what
#: they did, twice, or not at all.
ACTION: tuple[Step, ...] = (
    begin,
    admit,
    check_csrf,
    limit,
    parse,
    check_rules,
    handle,
    respond,
    commit,
)
#: The same for what cannot be routed.
UNROUTED_ARRIVAL: tuple[Step, ...] = (find_sandbox,)
UNROUTED_ACTION: tuple[Step, ...] = (redirect, refuse)
#: What is done whatever the answer is.
END: tuple[Step, ...] = (record,)


def answer(call: Call, problem: ApiError | None = None) -> Wire:
    """Return the answer to a call; nothing here awaits, so no other request sees a state between.

    `problem` is why its request could not be read whole. Raises nothing.
    """
    operation = call.operation
    try:
        if problem is not None:
            raise problem
        for step in operation.arrival:
            step(call)
        call.wire = call.fault.answer(call) if call.fault is not None else proceed(call)
    except Exception as failure:  # noqa: BLE001 - the boundary: a crash is a defect to record
        call.wire = failed(call, failure)
    for step in operation.end:
        step(call)
    return call.wire


async def answer_long(
    call: Call, problem: ApiError | None = None, enter: Enter | None = None
) -> Wire:
    """Return the answer to a call whose handler is long; other calls go on meanwhile.

    What is read, validated and written is the call's own, so that happens in the worker as well.
    What `enter` returns is awaited before each piece that looks at sandboxes.
    """
    try:
        if problem is not None:
            raise problem
        begin(call)
        await in_worker(partial(parse, call))
        check_rules(call)
        steps: Any = call.operation.handler(call.request, call.context)
        call.reply = await carried_out(steps, enter)
        await in_worker(partial(respond, call))
    except Exception as failure:  # noqa: BLE001 - the boundary: a crash is a defect to record
        call.wire = failed(call, failure)
    return answered(call)


def proceed(call: Call) -> Wire:
    """Do what is asked for, and return the answer; a fault may call this more than once."""
    try:
        for step in call.operation.action:
            step(call)
    except Exception as problem:  # noqa: BLE001 - the boundary: a crash is a defect to record
        call.wire = failed(call, problem)
    return answered(call)


def answered(call: Call) -> Wire:
    """Return the answer of a call that has one; raises RuntimeError if no step made it."""
    if call.wire is None:
        raise RuntimeError("no step has answered")
    return call.wire


def failed(call: Call, problem: Exception) -> Wire:
    """Return the answer to a call that ended in an error, or in a defect of ours."""
    operation = call.operation
    if isinstance(problem, Full):
        return _unavailable(call, problem)
    if isinstance(problem, ApiError):
        call.error = problem
        try:
            reply = operation.api.errors.render(problem, call.request)
            return operation.write(reply, call.headers)
        except Exception as defect:  # noqa: BLE001 - the boundary: a crash is a defect to record
            problem = defect
    if not isinstance(problem, ContractViolation):
        where = operation.id or f"{call.request.method} {call.request.url_path}"
        _log.error("%s crashed", where, exc_info=problem)
        problem = ContractViolation(where, "", f"{type(problem).__name__}: {problem}")
    return _blocked(call, problem)


def _unavailable(call: Call, problem: Full) -> Wire:
    """Return the operation's own 503, or one of ours if it has none."""
    text = str(problem)
    call.error = Unavailable(text)
    try:
        wire = call.operation.reply_with(503, call)
    except LookupError:
        body = encode_json({"error": text})
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
        ]
        wire = Wire(503, headers, body)
    more = [(UNAVAILABLE_HEADER, text.encode("latin-1", "replace"))]
    if problem.retry_after is not None and all(name != b"retry-after" for name, _ in wire.headers):
        more.append((b"retry-after", b"%d" % problem.retry_after))
    return Wire(wire.status, [*wire.headers, *more], wire.body)


def _moved(path: str, query_string: str) -> Wire:
    """A redirect to a path, escaped as Django does (Django source, `utils.encoding`)."""
    path = quote(path, safe="/:@!$&'()*+,~")
    location = f"{path}?{query_string}" if query_string else path
    headers = [(b"location", location.encode("latin-1", "replace")), (b"content-length", b"0")]
    return Wire(301, headers, b"")


def _blocked(call: Call, defect: ContractViolation) -> Wire:
    """Record an answer that must not go out, and return the 500 that goes out instead."""
    _log.error("blocked an answer: %s", defect)
    call.defect = defect
    call.sandbox.defects.append(BlockedAnswer(defect.operation, defect.pointer, defect.message))
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
