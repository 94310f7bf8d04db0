"""The journal over control: listed, exported, verified, explained and followed."""

from __future__ import annotations

import asyncio
import json
import threading

import httpx
import pytest

from mock_server import cli
from mock_server.control.api.stream import LiveEvents
from mock_server.control.client import Control, ControlError
from mock_server.in_process import InProcessTransport
from mock_server.live import LiveServer


@pytest.fixture
def shop(serve, client_of):
    """A server, Cliniko's client of the sandbox `test-shop`, and the sandbox's control."""
    server = serve("cliniko")
    client = client_of(server, "cliniko", auth=("test-shop", ""))
    made = client.post("/products", json={"name": "Balm", "stock_level": 5}).json()["id"]
    sale = {"product_id": made, "quantity": -2, "adjustment_type": "Item Sold"}
    client.post("/stock_adjustments", json=sale)
    client.get("/products/999999")
    with Control(app=server) as control:
        yield server, client, control.sandbox("test-shop"), int(made)


def test_exchanges_are_listed_and_filtered(shop):
    evidence = shop[2].evidence
    assert [each["response"]["status"] for each in evidence.exchanges()] == [201, 201, 404]
    assert [each["number"] for each in evidence.exchanges({"status": "2xx"}, since=1)] == [2]
    assert evidence.exchange(3)["error"] == "RecordNotFound"
    assert len(evidence.exchanges(limit=2)) == 2


def test_an_exchange_that_is_not_there_is_404(shop):
    with pytest.raises(ControlError, match="there is no exchange") as refused:
        shop[2].evidence.exchange(99)
    assert refused.value.status == 404


def test_an_exchange_is_explained_with_its_sources(shop):
    said = shop[2].evidence.explain(3)
    assert said["summary"] == "getProduct was refused with 404 (RecordNotFound)"
    assert {"part": "answer 404", "basis": "inferred"}.items() <= said["provenance"][-1].items()


def test_calls_and_effects_are_verified(shop):
    evidence, number = shop[2].evidence, shop[3]
    sold = {"table": "cliniko.products", "key": number, "field": "stock_level"}
    evidence.verify(
        calls=[{"operation": "createStockAdjustment", "json": {"quantity": -2}, "exactly": 1}],
        order=[{"operation": "createProduct"}, {"status": "404"}],
    )
    evidence.verify(effects=[{**sold, "before": 5, "after": 3, "times": 1}], since=1)
    with pytest.raises(AssertionError, match="it went from 5 to 3"):
        evidence.verify(effects=[{**sold, "before": 5, "after": 4}], since=1)
    with pytest.raises(AssertionError, match="nothing else to change"):
        evidence.verify(exclusive=True)


def test_a_question_about_dropped_evidence_is_409(shop):
    server, client, sandbox, _ = shop
    server.sandbox("test-shop").journal.limit = 1
    client.get("/products")
    for question in (lambda: sandbox.evidence.verify(exclusive=True), sandbox.evidence.exchanges):
        with pytest.raises(ControlError, match="no longer held") as refused:
            question()
        assert refused.value.status == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"calls": [{"colour": "red"}]}, "calls.0.colour"),
        ({"effects": [{"key": 1}]}, "effects.0.table"),
        ({"since": -1}, "since"),
        ({"call": []}, "call"),
    ],
)
def test_an_expectation_that_makes_no_sense_is_422_and_named(shop, body, field):
    server = shop[0]
    with Control(app=server) as control, pytest.raises(ControlError) as refused:
        control.session.call("POST", "sandboxes", "test-shop", "verify", body=body)
    assert refused.value.status == 422
    assert field in refused.value.fields


def test_the_archive_holds_every_exchange(shop):
    entries = shop[2].evidence.har()["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [201, 201, 404]


def test_waiting_ends_with_the_exchange_or_with_the_time(shop):
    evidence = shop[2].evidence
    assert evidence.wait_for({"status": "404"})["number"] == 3
    with pytest.raises(ControlError, match="no exchange with"):
        evidence.wait_for({"status": "500"}, timeout=0)


def test_the_stream_goes_on_with_what_happens_next(serve):
    server = serve("cliniko")
    with LiveServer(server) as live, Control(live.url) as control:
        products = f"{live.url}{server.base_path('cliniko')}/products"
        httpx.get(products, auth=("test-live", ""))
        stream = control.sandbox("test-live").evidence.follow()
        first = next(stream)
        caller = threading.Thread(
            target=httpx.get, args=(f"{products}/1",), kwargs={"auth": ("test-live", "")}
        )
        caller.start()
        second = next(stream)
        caller.join()
        stream.close()
    assert [first["operation"], second["operation"]] == ["listProducts", "getProduct"]


def test_who_follows_without_a_number_begins_with_what_is_held(shop):
    server, client, _, _ = shop
    server.sandbox("test-shop").journal.limit = 1
    client.get("/products")
    with LiveServer(server) as live, Control(live.url) as control:
        evidence = control.sandbox("test-shop").evidence
        stream = evidence.follow()
        assert next(stream)["number"] == 4
        stream.close()
        with pytest.raises(ControlError, match="1 to 3 are no longer held; --since 3 shows"):
            next(evidence.follow(since=0))
        with pytest.raises(ControlError, match=r"since=3 \(--since 3\) has the others"):
            evidence.har()


EVENTS = "/sandboxes/test-shop/events"


def raw_control(server):
    """A client that sees the bytes of control's answers."""
    return httpx.Client(transport=InProcessTransport(server), base_url="http://mock.test/_mock")


@pytest.mark.parametrize("since", ["abc", "-1", "1.5", "1" * 5000, str(1 << 53)])
@pytest.mark.parametrize("follow", ["true", "false"])
def test_a_stream_from_what_is_no_number_is_400(shop, since, follow):
    with raw_control(shop[0]) as control:
        query = {"since": since, "follow": follow}
        assert control.get(EVENTS, params=query).status_code == 400
        answer = control.get(EVENTS, params={"follow": follow}, headers={"Last-Event-ID": since})
        assert answer.status_code == 400


def test_the_stream_begins_after_the_last_event_and_names_gaps(shop):
    server, client, _, _ = shop
    with raw_control(server) as control:
        text = control.get(EVENTS, headers={"Last-Event-ID": "2"}).text
        assert [line for line in text.splitlines() if line.startswith("id:")] == ["id: 3"]
        server.sandbox("test-shop").journal.limit = 1
        client.get("/products")
        text = control.get(EVENTS).text
    assert text.startswith('event: gap\ndata: {"from":1,"to":3}\n')


def test_the_commands_show_and_verify_the_journal(shop, capsys, tmp_path):
    with LiveServer(shop[0]) as live:
        url = ["--url", live.url, "test-shop"]
        assert cli.main(["journal", *url, "--status", "404"]) == 0
        assert capsys.readouterr().out.startswith("#3 GET http://mock.test/")
        assert cli.main(["explain", *url, "3"]) == 0
        assert json.loads(capsys.readouterr().out)["number"] == 3
        assert cli.main(["har", *url, "--output", str(tmp_path / "x.har")]) == 0
        assert len(json.loads((tmp_path / "x.har").read_text())["log"]["entries"]) == 3
        assert cli.main(["wait", *url, "--operation", "getProduct"]) == 0
        assert "#3 " in capsys.readouterr().out
        assert cli.main(["verify", *url, '{"calls": [{"status": "404", "exactly": 1}]}']) == 0
        assert capsys.readouterr().out == "met\n"
        assert cli.main(["verify", *url, '{"calls": [{"status": "500"}]}']) == 1
        assert "expected a call with status='500'" in capsys.readouterr().err
        assert cli.main(["wait", *url, "--status", "500", "--timeout", "0"]) == 1
        assert "no exchange with status 500 within 0 seconds" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["verify", "{"], "the expectation is not JSON"),
        (["verify", "[]"], "must be a JSON object"),
        (["verify", "@/nowhere.json"], "No such file"),
        (["verify", '{"call": []}'], "call is not a property here; did you mean calls?"),
        (["verify", '{"calls": [{"operaton": "x"}]}'], "property here; did you mean operation?"),
        (["explain", "99"], "there is no exchange"),
    ],
)
def test_a_command_that_fails_says_why_in_one_line(shop, capsys, arguments, complaint):
    with LiveServer(shop[0]) as live:
        command, value = arguments
        assert cli.main([command, "--url", live.url, "test-shop", value]) == 2
    errors = capsys.readouterr().err
    assert complaint in errors
    assert len(errors.splitlines()) == 1


def test_a_follower_is_shown_a_reset_and_the_end(shop):
    server = shop[0]
    sandbox = server.sandbox("test-shop")
    events = LiveEvents(server.control, server.control_context)

    async def follow():
        shown = events._follow(sandbox, 2)
        seen = [await anext(shown)]
        sandbox.reset()
        seen.append(await anext(shown))
        server.sandboxes.close("test-shop")
        seen += [each async for each in shown]
        return [each.partition("\n")[0] for each in seen]

    assert asyncio.run(follow()) == ["id: 3", "event: reset", "event: end"]
