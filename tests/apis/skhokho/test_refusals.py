"""What Skhokho refuses, and how."""

from __future__ import annotations

import base64

import pytest

from mock_server.apis.skhokho import errors
from tests.apis.skhokho import bodies
from tests.apis.skhokho.judge import judge


class TestRefusals:
    MISSING = {"detail": "Authentication credentials were not provided."}  # noqa: RUF012
    WRONG = {"detail": "Invalid username/password."}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("options", "body"),
        [
            ({}, MISSING),
            ({"headers": {"Cookie": "sessionid="}}, MISSING),
            ({"headers": {"Cookie": "sessionid=unknown"}}, MISSING),
            ({"headers": {"Cookie": "other=test"}}, MISSING),
            ({"auth": ("someone", "secret")}, WRONG),
            ({"auth": ("", "")}, WRONG),
            ({"headers": {"Authorization": "Bearer test"}}, MISSING),
            (
                {"headers": {"Authorization": "Basic"}},
                {"detail": "Invalid basic header. No credentials provided."},
            ),
            (
                {"headers": {"Authorization": "Basic a b"}},
                {"detail": "Invalid basic header. Credentials string should not contain spaces."},
            ),
            (
                {"headers": {"Authorization": "Basic a"}},
                {"detail": "Invalid basic header. Credentials not correctly base64 encoded."},
            ),
        ],
    )
    def test_credentials_that_are_not_accepted(self, anonymous, options, body):
        answer = anonymous(**options)
        assert (answer.status_code, answer.json()) == (403, body)
        assert "www-authenticate" not in answer.headers

    def test_one_constant_turns_them_into_401(self, anonymous, monkeypatch):
        monkeypatch.setattr(errors, "UNAUTHENTICATED_STATUS", 401)
        answer = anonymous()
        assert (answer.status_code, answer.json()) == (401, self.MISSING)
        assert answer.headers["www-authenticate"] == 'Basic realm="api"'

    def test_session_and_user_of_one_word_open_one_account(self, inventory, anonymous, word):
        made = inventory.made()
        basic = anonymous(auth=(f"test{word}", "any password"))
        assert basic.json()["results"][0]["unique_id"] == made["unique_id"]
        header = base64.b64encode(f"test{word}:".encode()).decode()
        lower = anonymous(headers={"Authorization": f"basic {header}"})
        assert lower.json() == basic.json()
        assert anonymous(auth=("test.empty", "")).json()["count"] == 0

    def test_a_session_that_has_ended_leaves_it_to_the_user_and_password(self, anonymous, word):
        answer = anonymous(headers={"Cookie": "sessionid=ended"}, auth=(f"test{word}", ""))
        assert answer.status_code == 200
        answer = anonymous(headers={"Cookie": "sessionid=ended"}, auth=("someone", ""))
        assert (answer.status_code, answer.json()) == (403, self.WRONG)

    @pytest.mark.parametrize(
        ("method", "path", "allow"),
        [
            ("PUT", "", "GET, OPTIONS, HEAD"),
            ("POST", "", "GET, OPTIONS, HEAD"),
            ("GET", "create/", "POST, OPTIONS"),
            ("PATCH", "create/", "POST, OPTIONS"),
            ("DELETE", "some-id/", "GET, OPTIONS, HEAD"),
            ("GET", "some-id/update/", "PUT, OPTIONS, PATCH"),
            ("POST", "some-id/action/", "GET, OPTIONS, HEAD"),
        ],
    )
    def test_wrong_methods(self, inventory, method, path, allow):
        answer = inventory.client.request(method, f"{inventory.path}{path}")
        assert answer.status_code == 405
        assert answer.json() == {"detail": f'Method "{method}" not allowed.'}
        assert answer.headers["allow"] == allow
        if method == "DELETE":
            assert answer.json() == judge(method, b"", None).body

    @pytest.mark.parametrize("path", ["", "some-id", "some-id/action?action=deactivate"])
    def test_a_get_without_the_last_slash_is_sent_on(self, inventory, path):
        url = f"{inventory.path}{path}" if path else inventory.path.rstrip("/")
        answer = inventory.client.get(url)
        path_part, mark, query = url.partition("?")
        assert answer.status_code == 301
        assert answer.headers["location"] == f"/skhokho{path_part}/{mark}{query}"

    def test_too_long_a_body(self, inventory):
        answer = inventory.create(json={**bodies.LEAST, "description": "x" * (1 << 20)})
        assert answer.status_code == 413
        assert answer.json() == {"detail": "Request body exceeded the limit of 1048576 bytes."}
