"""Schemathesis, with every phase and check, finds nothing in any mock."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field, replace

import httpx
import pytest

from contract_tests.findings import Run
from contract_tests.fuzzing.config import SMOKE, unsent_media_types
from contract_tests.fuzzing.run import run_conformance
from contract_tests.target.guard import guarded
from contract_tests.target.mock import mock_target, signed_in
from contract_tests.target.profiles import PROFILES, READ_ONLY, WRITES, Pace
from contract_tests.target.service import url_target
from contract_tests.target.target import Target, Unreachable
from mock_server.app import build_server
from mock_server.discovery import api_names, load_vendor
from mock_server.in_process import raw_target
from mock_server.live import LiveServer
from mock_server.openapi.document import is_read


def report(run: Run) -> str:
    return "\n".join(
        f"{finding.check} {finding.operation} ({finding.phase}): {finding.message}\n"
        f"  {finding.reproduction}"
        for finding in run.findings
    )


def is_whole(run: Run) -> bool:
    """Nothing was left out but examples that a spec does not have."""
    return all("No examples" in reason for reason in run.skipped)


@dataclass
class Recorder(httpx.BaseTransport):
    """Keeps what goes over a transport."""

    transport: httpx.BaseTransport
    requests: list[tuple[str, bytes, bytes, tuple, bytes]] = field(default_factory=list)
    seen: object = None

    def handle_request(self, request):
        path, _, query = raw_target(request).partition(b"?")
        headers = tuple((name.lower(), value) for name, value in request.headers.raw)
        self.requests.append((request.method, path, query, headers, request.read()))
        if self.seen is not None:
            self.seen()
        return self.transport.handle_request(request)


def recorded(target: Target) -> tuple[Target, Recorder]:
    recorder = Recorder(target.transport)
    return replace(target, transport=recorder), recorder


@pytest.mark.parametrize("api", [*api_names(), "control"])
def test_a_mock_in_process_keeps_its_contract(api):
    run = run_conformance(mock_target(api), seed=1)
    assert run.findings == [], report(run)
    assert is_whole(run), run.skipped
    assert run.took.keys() == run.checked.keys()
    assert run.checks > run.requests > 400


@pytest.mark.parametrize("api", api_names())
def test_a_mock_over_http_keeps_its_contract(api):
    vendor = load_vendor(api)
    server = build_server(vendors=[vendor])
    with LiveServer(server) as live:
        base_url = live.url + server.base_path(api)
        target = url_target(api, base_url, signed_in(vendor, base_url, "test-http"))
        run = run_conformance(target, seed=2, level=SMOKE)
    assert run.findings == [], report(run)
    assert is_whole(run), run.skipped
    assert run.checks > run.requests > 50


class Clock:
    """Time that passes only while somebody waits for it."""

    now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.mark.parametrize(("profile", "seed"), [(READ_ONLY, 1), (WRITES, 3)])
@pytest.mark.parametrize("api", api_names())
def test_only_safe_requests_of_the_account_go_out_and_no_faster_than_allowed(api, profile, seed):
    clock, sent_at = Clock(), []
    target, recorder = recorded(mock_target(api))
    recorder.seen = lambda: sent_at.append(clock.now)
    limit = target.vendor.api.rate_limit
    held, guard = guarded(target, profile, Pace(limit.requests, limit.seconds, clock, clock.sleep))
    run = run_conformance(held, seed=seed, max_examples=3)
    assert run.findings == [], report(run)
    assert guard.refusals == []
    assert guard.sent == len(recorder.requests) >= run.requests > 50
    safe = [each for each in target.vendor.spec.operations.values() if is_read(each)]
    base = httpx.URL(target.base_url).raw_path.decode()
    spec = target.vendor.spec
    for method, raw_path, query, headers, body in recorder.requests:
        path = raw_path.decode().removeprefix(base)
        assert method == "GET"
        assert body == b""
        assert spec.find(method, path)[0] in safe, path
        assert all(not each.raw.get("x-side-effects") for each in safe)
        presented = [value for name, value in headers if name in (b"authorization", b"cookie")]
        if target.vendor.api.name == "built" and path == "/printallpitems":
            assert f"bid={target.credential}".encode() in query
        else:
            assert presented == [_signature(spec, target.credential)]
    for first, late in zip(sent_at, sent_at[limit.requests :], strict=False):
        assert late - first >= limit.seconds


def _signature(spec, credential):
    scheme = next(iter(spec.security_schemes.values()))
    [value] = scheme.present(credential).headers.values()
    return value.encode()


@pytest.mark.parametrize("api", api_names())
def test_no_request_finds_another_way_out(api, monkeypatch):
    def connect(*_):
        raise AssertionError("a connection was opened past the application")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    target = replace(mock_target(api), base_url="https://service.invalid/base")

    answers = []

    def service(request):
        assert request.url.host == "service.invalid"
        assert request.url.path.startswith("/base/")
        answers.append(request.url.path)
        return httpx.Response(500, json={})

    held = replace(target, transport=httpx.MockTransport(service))
    run = run_conformance(held, max_examples=1, phases=("fuzzing",))
    assert len(answers) > 3
    assert {"not_a_server_error"} <= {finding.check for finding in run.findings}
    shown = [each.reproduction for each in run.findings if each.reproduction]
    assert shown
    assert all("https://service.invalid/base" in each for each in shown)
    assert not any("testserver" in each for each in shown)


@pytest.mark.parametrize(
    ("api", "phases", "operations"),
    [
        *((api, ("examples", "fuzzing", "stateful"), ()) for api in api_names()),
        ("built", ("coverage",), ("createItem", "adjustStock", "listItems")),
    ],
)
def test_the_same_seed_sends_the_same_bytes(api, phases, operations):
    runs = []
    for _ in range(2):
        target, recorder = recorded(mock_target(api))
        run = run_conformance(target, seed=5, max_examples=2, phases=phases, operations=operations)
        assert run.findings == [], report(run)
        runs.append(recorder.requests)
    assert len(runs[0]) > 50
    for number, (one, other) in enumerate(zip(*runs, strict=True)):
        assert one == other, number


def test_another_seed_sends_other_bytes():
    runs = []
    for seed in (1, 2):
        target, recorder = recorded(mock_target("cliniko"))
        run_conformance(target, seed=seed, max_examples=3, phases=("fuzzing",))
        runs.append(recorder.requests)
    assert runs[0] != runs[1]


def _failing(problem, after=0):
    """A transport that answers a few times and then fails."""
    calls = []

    def service(_):
        calls.append(1)
        if len(calls) > after:
            raise problem
        return httpx.Response(404, json={"message": "gone"})

    return httpx.MockTransport(service), calls


def test_a_service_that_never_answers_is_unreachable():
    transport, calls = _failing(httpx.ConnectError("refused"))
    with pytest.raises(Unreachable, match=r"does not answer: ConnectError: refused"):
        run_conformance(replace(mock_target("cliniko"), transport=transport), phases=("fuzzing",))
    assert len(calls) < 10


def test_a_service_that_stops_answering_is_a_finding_and_is_left_in_peace():
    transport, calls = _failing(httpx.ReadTimeout("too late"), after=5)
    run = run_conformance(replace(mock_target("cliniko"), transport=transport), phases=("fuzzing",))
    lost = [each for each in run.findings if each.check == "transport"]
    assert lost
    assert all("ReadTimeout: too late" in each.message for each in lost)
    assert len(calls) < 15


@pytest.mark.parametrize("lost", [1, 20])
def test_a_call_that_is_lost_on_the_way_to_a_service_is_noise_unless_many_are(lost):
    mock = mock_target("cliniko")
    writes = []

    def network(request):
        writes.append(request.method != "GET")
        if writes[-1] and sum(writes) % 2 and sum(writes) < 2 * lost:
            raise httpx.RemoteProtocolError("the connection broke")
        return mock.transport.handle_request(request)

    service = replace(
        mock,
        base_url=mock.base_url.replace("testserver", "service.test"),
        transport=httpx.MockTransport(network),
    )
    run = run_conformance(service, max_examples=2, phases=("fuzzing",))
    noise = [each for each in run.skipped if each.startswith("noise: RemoteProtocolError")]
    assert len(noise) == (lost == 1)
    assert {each.check for each in run.findings} == ({"transport"} if lost > 1 else set())


def test_a_request_that_the_guard_refuses_is_a_defect_of_ours():
    held, guard = guarded(mock_target("cliniko"), READ_ONLY)
    # What the plan leaves out is asked for all the same.
    run = run_conformance(
        replace(held, profile=PROFILES["full"]),
        max_examples=2,
        phases=("fuzzing",),
        operations=("listTaxes", "createTax"),
    )
    assert guard.refusals
    assert "guard" in {finding.check for finding in run.findings}
    assert guard.sent > 0


def test_each_type_of_body_that_cannot_be_written_is_a_finding():
    target = mock_target("exsited")
    assert list(unsent_media_types(target)) == []
    operation = target.vendor.spec.operations["createItemNote"]
    content = {**operation.request_body.content, "application/x-strange": {}}
    strange = replace(operation, request_body=replace(operation.request_body, content=content))
    vendor = load_vendor("exsited")
    vendor.spec.operations["createItemNote"] = strange
    (finding,) = unsent_media_types(replace(target, vendor=vendor))
    assert (finding.check, finding.subject) == ("unsent_media_type", "application/x-strange")
    assert finding.operation == "POST /api/v3/items/{item_id}/notes"
    assert list(unsent_media_types(replace(target, vendor=vendor, profile=READ_ONLY))) == []


def test_what_is_listed_goes_into_a_path_quoted():
    target, recorder = recorded(mock_target("control"))
    key = {"Authorization": "Bearer test"}
    with httpx.Client(transport=target.transport, base_url=target.base_url, headers=key) as client:
        assert client.post("sandboxes", json={"name": "test-?a#b%20"}).status_code == 201
    run = run_conformance(
        target, seed=1, max_examples=5, phases=("fuzzing",), operations=("listSnapshots",)
    )
    assert run.findings == []
    paths = {path for method, path, *_ in recorder.requests if method == "GET"}
    assert b"/_mock/sandboxes/test-%3Fa%23b%2520/snapshots" in paths
    assert {path.rpartition(b"/")[2] for path in paths if path.count(b"/") > 2} == {b"snapshots"}
