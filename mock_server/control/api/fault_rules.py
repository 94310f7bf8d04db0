"""Control of fault rules, of rate limits and of CSRF tokens."""

from __future__ import annotations

from typing import Any

from mock_server.control.actions import note_action
from mock_server.control.context import ControlContext, ControlRefusal, NoSuchName
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict
from mock_server.engine.messages import Reply, Request
from mock_server.engine.replies import encode_json
from mock_server.faults.rules import FaultRules, InvalidRule, Rule, parse_rule, rules_of
from mock_server.state.sandbox import Sandbox
from mock_server.usage import suggestion

#: Each call is held against every rule, so their number is bounded.
MOST_RULES = 1000
#: The longest rule, in bytes of its JSON.
LONGEST_RULE = 64 << 10


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of the faults, rate limits and CSRF tokens of the server's sandboxes."""

    @operations.handles("listFaults")
    def list_faults(request: Request, _: Context) -> Reply:
        rules = rules_of(context.sandbox(request))
        return Reply(200, {"faults": [_view(rules, rule) for rule in rules]})

    @operations.handles("addFault", judges_body=True)
    def add(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        rules = rules_of(sandbox)
        rule = _parsed(request.body, context)
        if len(encode_json(request.body)) > LONGEST_RULE:
            raise ControlRefusal({"match": f"is too long: a rule has {LONGEST_RULE} bytes at most"})
        if len(rules) >= MOST_RULES:
            raise Conflict(f"a sandbox has {MOST_RULES} fault rules at most; remove one first")
        added = rules.add(rule)
        note_action(sandbox, "fault", f"added {added}")
        return Reply(201, _view(rules, added))

    @operations.handles("clearFaults")
    def clear(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        rules_of(sandbox).clear()
        note_action(sandbox, "fault", "removed all rules")
        return Reply(204)

    @operations.handles("pauseFault")
    def pause(request: Request, _: Context) -> Reply:
        sandbox, id_ = context.sandbox(request), request.path["fault"]
        rules, paused = rules_of(sandbox), request.body["paused"]
        try:
            rules.pause(id_, paused=paused)
        except KeyError as problem:
            raise _no_such_rule(rules, id_) from problem
        note_action(sandbox, "fault", f"{'paused' if paused else 'resumed'} {id_}")
        return Reply(200, _view(rules, rules.get(id_)))

    @operations.handles("removeFault")
    def remove(request: Request, _: Context) -> Reply:
        sandbox, id_ = context.sandbox(request), request.path["fault"]
        rules = rules_of(sandbox)
        try:
            rules.remove(id_)
        except KeyError as problem:
            raise _no_such_rule(rules, id_) from problem
        note_action(sandbox, "fault", f"removed {id_}")
        return Reply(204)

    @operations.handles("getRateLimits")
    def tell_limits(request: Request, _: Context) -> Reply:
        return Reply(200, _limits(context.sandbox(request)))

    @operations.handles("setRateLimits")
    def switch_limits(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        sandbox.rate_limited = request.body["enabled"]
        sandbox.rate_limit_requests = request.body.get("requests")
        return Reply(200, _limits(sandbox))

    @operations.handles("getCsrf")
    def tell_csrf(request: Request, _: Context) -> Reply:
        return Reply(200, {"enabled": context.sandbox(request).csrf})

    @operations.handles("setCsrf")
    def switch_csrf(request: Request, _: Context) -> Reply:
        sandbox = context.sandbox(request)
        sandbox.csrf = request.body["enabled"]
        return Reply(200, {"enabled": sandbox.csrf})


def _no_such_rule(rules: FaultRules, id_: str) -> NoSuchName:
    return NoSuchName(
        f"there is no fault rule {id_!r}; {suggestion(id_, (rule.id for rule in rules))}"
    )


def _limits(sandbox: Sandbox) -> dict[str, Any]:
    return {"enabled": sandbox.rate_limited, "requests": sandbox.rate_limit_requests}


def _parsed(body: Any, context: ControlContext) -> Rule:
    try:
        return parse_rule(body, context.specs)
    except InvalidRule as problem:
        fields: dict[str, str] = {}
        for pointer, message in problem.problems:
            _, name, *inner = [*pointer.split("/"), ""]
            place = "/".join(filter(None, inner))
            fields.setdefault(name or "effects", f"{place}: {message}" if place else message)
        raise ControlRefusal(fields, problem.problems, str(problem)) from problem


def _view(rules: FaultRules, rule: Rule) -> dict[str, Any]:
    return {**rule.as_json(), "fired": rules.fired(rule.id), "paused": rules.is_paused(rule.id)}
