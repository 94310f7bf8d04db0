"""What deployments do without being wrong: caches that lag, gateways, limits, colleagues.

    python -m lab.deployments [--api NAME] [--deployment NAME] [--seeds 3] [--level smoke]

Each is put between the suite and a mock, over HTTP, and a run with `--profile writes` must find
nothing and leave nothing behind. Prints a line for each run, and ends with 1 after a false alarm.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any

import click
import httpx

from contract_tests.cli.options import read_options
from contract_tests.findings import Run
from contract_tests.options import Options
from contract_tests.properties.actions import Actions
from contract_tests.properties.run import run_properties
from contract_tests.suite import left_behind, opened, plan_of, run_tag
from contract_tests.target.cleanup import sweep
from contract_tests.target.guard import guarded
from contract_tests.target.profiles import FULL
from contract_tests.target.run_tag import RunTag
from contract_tests.target.secrets import Secrets
from contract_tests.target.session import Session
from contract_tests.target.target import Target
from lab.mutants.defect import Scene
from lab.mutants.messages import Interceptor, Request, Response, Service
from lab.mutation.test_bed import TestBed
from lab.mutation.variants import VARIANTS
from lab.serving import served
from mock_server.command_line import Word, run, say
from mock_server.discovery import api_names, load_lifecycle, load_vendor
from mock_server.faults.effects.effect import Effect
from mock_server.faults.effects.records import StaleRead
from mock_server.usage import UsageError

_PAGE = 4
#: Seconds until a change is shown, on the clock of a test bed, which is later with each call; and
#: how long a run is asked to wait for it.
_LAG, _SETTLE = 0.4, 0.2


@dataclass(frozen=True, slots=True)
class Deployment:
    """A way to be deployed: `plant` makes it anew, `options` are those that a run needs for it."""

    name: str
    description: str
    plant: Callable[[Scene], Interceptor | Effect]
    settle: float = 0.0
    #: What is lost on the way is named, and may leave something that a sweep finds.
    loses: bool = False


def _lagging(scene: Scene) -> Effect:
    del scene
    return StaleRead(seconds=_LAG)


def _capped(scene: Scene) -> Interceptor:
    """Pages have no more records than the service likes, whatever is asked for."""
    sizes = {
        name
        for resource in scene.lifecycle.resources
        for listing in resource.lists
        if listing.paging is not None
        for name, value in listing.paging.page(0, 99)
        if value == "99"
    }

    def intercept(request: Request, service: Service) -> Response:
        operation = service.spec.operations.get(request.operation)
        if operation is None or operation.method != "get":
            return service.send(request)
        pairs = tuple(
            (
                name,
                str(_PAGE) if name in sizes and value.isdigit() and int(value) > _PAGE else value,
            )
            for name, value in request.query
        )
        return service.send(request.with_query(pairs) if pairs != request.query else request)

    return intercept


def _with_etags(scene: Scene) -> Interceptor:
    del scene

    def intercept(request: Request, service: Service) -> Response:
        given = service.send(request)
        if request.method not in ("GET", "HEAD") or given.status != 200:
            return given
        etag = f'"{hash(given.body) & 0xFFFFFFFF:08x}"'
        tagged = given.with_header(b"etag", etag.encode())
        tagged = tagged.with_header(b"cache-control", b"private, must-revalidate")
        if request.header("if-none-match") == etag:
            return replace(tagged.with_body(b""), status=304)
        return tagged

    return intercept


def _limited(scene: Scene) -> Interceptor:
    """Every so often the account has called too often, for the shortest time there is."""
    del scene
    calls = count(1)

    def intercept(request: Request, service: Service) -> Response:
        if next(calls) % 50:
            return service.send(request)
        given = service.send(request.with_header("prefer", "code=429"))
        now = str(int(time.time()) + 1).encode()  # noqa: TID251 - a service of its own
        soon = given.with_header(b"retry-after", b"1")
        return soon.with_header(b"x-ratelimit-reset", now)

    return intercept


def _flaky(scene: Scene) -> Interceptor:
    """One call in a hundred meets a gateway's 502 or 503, or a connection that breaks."""
    del scene
    random = Random(1)  # noqa: S311 - no secret
    html = (b"content-type", b"text/html")

    def intercept(request: Request, service: Service) -> Response:
        chance = random.random()
        if chance > 0.01:
            return service.send(request)
        if chance > 0.006:
            return Response(502 if chance > 0.008 else 503, (html,), b"<html>Bad gateway</html>")
        if chance > 0.003:
            service.send(request)
        raise httpx.RemoteProtocolError("the connection broke")

    return intercept


def _busy(scene: Scene) -> Interceptor:
    """A colleague makes, changes and removes a record of its own between the calls."""
    names = count(1)
    return _worked_in(scene, lambda: f"Colleague {next(names)}", 7)


def _another_run(scene: Scene) -> Interceptor:
    """Another run of the suite does the same, more often."""
    return _worked_in(scene, RunTag("another").name, 1)


def _worked_in(scene: Scene, name: Callable[[], str], every: int) -> Interceptor:
    """Somebody works with a record of a `name` of its own after `every` so many calls."""
    calls = count(1)
    random = Random(7)  # noqa: S311 - no secret
    makeable = [
        each
        for each in scene.lifecycle.resources
        if each.create is not None and each.tag is not None and each.parent is None
    ]
    acting = threading.local()

    def work(target: Target) -> None:
        actions = Actions(Session(target, scene.lifecycle), random)
        resource = random.choice(makeable)
        try:
            record = actions.create(resource, {str(resource.tag): name()})
            if resource.updates and random.random() < 0.5:
                each = next((f for f in resource.fields if f.name == resource.tag), None)
                if each is not None and each.update:
                    actions.update(record, resource.updates[0], {each.name: name()})
            if random.random() < 0.5:
                actions.tidy()
        except Exception as problem:  # noqa: BLE001 - what a colleague fails at is no matter here
            del problem

    def intercept(request: Request, service: Service) -> Response:
        if next(calls) % every == 0 and not getattr(acting, "now", False):
            acting.now = True
            try:
                work(service.target)
            finally:
                acting.now = False
        return service.send(request)

    return intercept


DEPLOYMENTS = [
    Deployment("lagging", "reads show a change after a while", _lagging, settle=_SETTLE),
    Deployment("capped pages", f"no page has more than {_PAGE} records", _capped),
    Deployment("etags", "answers have an ETag, and 304 for those who have it", _with_etags),
    Deployment("limited", "every fiftieth call comes too soon for the limit", _limited),
    Deployment("flaky", "one call in a hundred is lost on the way", _flaky, loses=True),
    Deployment("busy", "a colleague works in the account", _busy),
    # A sweep takes what the other run leaves for what a run has left.
    Deployment("another run", "another run writes in the account", _another_run, loses=True),
    *(Deployment(each.name, each.description, each.plant) for each in VARIANTS),
]


@dataclass(frozen=True, slots=True)
class DeploymentOutcome:
    """What a run found on a deployment, and what a sweep still found after it."""

    run: Run
    left: list[str]

    @property
    def alarms(self) -> list[str]:
        """What should not have been: findings, and records that stay."""
        found = [f"{e.check}: {e.operation}: {e.message}" for e in self.run.findings]
        return found + [f"left: {each}" for each in self.left]


def tried(
    api: str, deployment: Deployment, seed: int, *, only: tuple[str, ...] = (), share: float = 0.5
) -> DeploymentOutcome:
    """Run the properties against a mock that is deployed so, writing its own records alone."""
    vendor = load_vendor(api)
    lifecycle = load_lifecycle(vendor)
    if lifecycle is None:
        raise UsageError(f"{api} declares no lifecycle")
    target = TestBed(api).target(variant=lambda: deployment.plant(Scene(vendor, lifecycle)))
    with served(target) as url:
        options = options_of(target, url, seed, deployment.settle)
        with opened(api, options, run_tag(options)) as behind:
            plan = replace(plan_of(options, behind), only=only, share=share)
            made = run_properties(behind, seed=seed, plan=plan)
            made.skipped += [f"noise: {each}" for each in getattr(behind.transport, "noise", ())]
            left_behind(behind)
    if deployment.loses:
        return DeploymentOutcome(made, [])
    swept = sweep(guarded(target, FULL, repeats=2)[0], lifecycle)
    return DeploymentOutcome(
        made, [str(each) for each in swept if each.outcome in ("removed", "stays")]
    )


def options_of(target: Target, url: str, seed: int, settle: float = 0.0) -> Options:
    """Return the options of a run that writes its own records to a target at a URL."""
    options = read_options(
        {"api": (target.vendor.api.name,), "target": url, "profile": "writes", "rate": "none",
         "seed": seed, "level": "smoke",
         "parameter": tuple(f"{name}={value}" for name, value in target.parameters.items())}
    )  # fmt: skip
    return replace(
        options,
        credential=target.credential,
        other_credential=target.other_credential,
        settle=settle,
        secrets=Secrets([]),
    )


@click.command(context_settings={"max_content_width": 100})
@click.option("--api", multiple=True, help="Only this API; may be repeated.")
@click.option(
    "--deployment", multiple=True, type=Word([each.name for each in DEPLOYMENTS]),
    help="Only this one; may be repeated.",
)  # fmt: skip
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--first-seed", type=int, default=1, show_default=True)
@click.option("--share", type=click.FloatRange(0, 1), default=0.5, show_default=True)
def deployments(**given: Any) -> int:
    """Run the suite against mocks as they may be deployed, and count its false alarms."""
    options = SimpleNamespace(**given)
    alarms = 0
    for deployment in DEPLOYMENTS:
        if options.deployment and deployment.name not in options.deployment:
            continue
        for api in options.api or api_names():
            for seed in range(options.first_seed, options.first_seed + options.seeds):
                started = time.perf_counter()
                outcome = tried(api, deployment, seed, share=options.share)
                alarms += len(outcome.alarms)
                noise = sum(line.startswith("noise") for line in outcome.run.skipped)
                say(
                    f"{deployment.name}: {api}, seed {seed}: {len(outcome.alarms)} alarms, "
                    f"{noise} lines of noise, {outcome.run.requests} requests, "
                    f"{time.perf_counter() - started:.0f} s"
                )
                for each in outcome.alarms:
                    say(f"  {each}"[:400])
                sys.stdout.flush()
    say(f"{alarms} alarms")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(run(deployments, "python -m lab.deployments"))
