"""Access tokens: got, renewed, expired, ended, refused."""

from __future__ import annotations

import pytest

from tests.apis.exsited.organisation import grant, refusal

PATHS = ("/api/v1/oauth2/token", "/api/v4/oauth2/token")


def read(organisation, token):
    headers = {"Authorization": f"Bearer {token}"}
    return organisation.client.get("/api/v3/items", params={"limit": 1}, headers=headers)


def renewal(organisation, refresh_token):
    return {
        "grant_type": "refresh_token",
        "client_id": organisation.client_id,
        "client_secret": "any",
        "refresh_token": refresh_token,
    }


@pytest.mark.parametrize("path", PATHS)
def test_credentials_give_a_token_that_opens_the_clients_sandbox(organisation, path):
    token = organisation.client.post(path, json=grant(organisation.client_id)).json()
    assert token.keys() == {"access_token", "refresh_token", "expires_in"}
    assert token["expires_in"] == 3600
    assert read(organisation, token["access_token"]).status_code == 200


def test_two_clients_have_two_sandboxes(open_organisation):
    one, other = open_organisation("empty"), open_organisation("empty")
    one.item(name="Only here")
    assert len(one.get("/items")["items"]) == 1
    assert other.get("/items")["items"] == []


def test_a_new_token_ends_the_one_before(organisation):
    first, second = organisation.sign_in(), organisation.sign_in()
    assert refusal(read(organisation, first["access_token"]))[:2] == (401, "invalid_token")
    assert read(organisation, second["access_token"]).status_code == 200


def test_a_token_lives_for_an_hour_of_the_sandboxes_clock(organisation):
    organisation.sandbox.clock.freeze()
    token = organisation.sign_in()["access_token"]
    organisation.pass_time(seconds=3599)
    assert read(organisation, token).status_code == 200
    organisation.pass_time(seconds=1)
    assert refusal(read(organisation, token))[:2] == (401, "expired_token")


@pytest.mark.parametrize("path", PATHS)
def test_a_refresh_token_gives_a_new_pair_and_serves_once(organisation, path):
    first = organisation.sign_in()
    body = renewal(organisation, first["refresh_token"])
    second = organisation.client.post(path, json=body).json()
    assert read(organisation, second["access_token"]).status_code == 200
    assert refusal(read(organisation, first["access_token"]))[:2] == (401, "invalid_token")
    again = organisation.client.post(path, json=body)
    assert refusal(again)[:2] == (400, "invalid_grant")
    assert read(organisation, second["access_token"]).status_code == 200


def test_an_expired_token_can_be_renewed(organisation):
    first = organisation.sign_in()
    organisation.pass_time(hours=5)
    body = renewal(organisation, first["refresh_token"])
    second = organisation.client.post(PATHS[0], json=body).json()
    assert read(organisation, second["access_token"]).status_code == 200


def test_a_refresh_token_of_another_client_is_no_good(open_organisation):
    one, other = open_organisation(), open_organisation()
    body = renewal(other, one.sign_in()["refresh_token"])
    assert refusal(other.client.post(PATHS[0], json=body))[:2] == (400, "invalid_grant")


def test_a_newer_grant_ends_the_refresh_token_too(organisation):
    first = organisation.sign_in()
    organisation.sign_in()
    answer = organisation.client.post(PATHS[0], json=renewal(organisation, first["refresh_token"]))
    assert refusal(answer)[:2] == (400, "invalid_grant")


@pytest.mark.parametrize("client_id", ["nobody", "Test", "test.unknown", "te st", "téster"])
def test_a_client_that_is_none_is_refused(organisation, client_id):
    answer = organisation.client.post(PATHS[0], json=grant(client_id))
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["location"] == "http://mock.test/exsited/login"


@pytest.mark.parametrize("client_id", ["test+x~y", "test|a=b", 'test"quoted"', "test%7e"])
def test_a_name_that_no_bearer_token_could_carry_is_carried(organisation, client_id):
    token = organisation.client.post(PATHS[0], json=grant(client_id)).json()["access_token"]
    assert read(organisation, token).status_code == 200
    assert organisation.server.sandbox(client_id) is not None


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"Authorization": ""}, "unauthorized"),
        ({"Authorization": "Basic dGVzdDo="}, "unauthorized"),
        ({"Authorization": "Bearer test"}, "invalid_access_token"),
        ({"Authorization": "Bearer test~"}, "invalid_access_token"),
        ({"Authorization": "Bearer test~0123"}, "invalid_access_token"),
        ({"Authorization": "Bearer nobody~0123"}, "invalid_access_token"),
        ({"Authorization": "Bearer test~r~0123"}, "invalid_access_token"),
    ],
)
def test_what_is_no_token_is_refused(organisation, header, code):
    answer = organisation.client.get("/api/v3/items", headers=header)
    assert refusal(answer)[:2] == (401, code)


def test_a_refresh_token_is_no_access_token(organisation):
    token = organisation.sign_in()["refresh_token"]
    assert refusal(read(organisation, token))[:2] == (401, "invalid_access_token")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["grant_type", "client_id", "client_secret", "redirect_uri"]),
        (grant("test", redirect_uri=""), ["redirect_uri"]),
        (grant("test", grant_type="password"), ["grant_type"]),
        (grant(7), ["client_id"]),
        (
            {"grant_type": "refresh_token", "client_id": "test", "client_secret": "any"},
            ["refresh_token"],
        ),
    ],
)
def test_a_request_without_its_parts_says_which(organisation, body, fields):
    answer = organisation.client.post(PATHS[0], json=body)
    status, code, entries = refusal(answer)
    assert (status, code, [field for field, _ in entries]) == (400, "validation_error", fields)
    wrong = "unsupported_grant_type" if body.get("grant_type") == "password" else "invalid_request"
    assert answer.json()["error"] == wrong
    assert answer.json()["error_description"] == answer.json()["message"]


def test_errors_of_grants_have_the_codes_of_oauth(organisation):
    answer = organisation.client.post(PATHS[0], json=renewal(organisation, "test~r~0"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    headers = {"Content-Type": "application/json"}
    answer = organisation.client.post(PATHS[0], content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    refused = organisation.client.get("/api/v3/items/NONE")
    assert "error" not in refused.json()


def test_tokens_are_not_to_be_kept_by_caches(organisation):
    answer = organisation.client.post(PATHS[0], json=grant(organisation.client_id))
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


def test_only_so_many_ended_tokens_are_remembered(organisation):
    first = organisation.sign_in()["access_token"]
    for _ in range(50):
        organisation.sign_in()
    assert refusal(read(organisation, first))[:2] == (401, "invalid_access_token")
