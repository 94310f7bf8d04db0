"""`mock-server serve` at the vendors' hosts: over TLS, or behind a proxy that speaks it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from base64 import b64encode
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from mock_server.cli import main

HEADERS = {"Authorization": f"Basic {b64encode(b'test:').decode()}"}


@contextmanager
def serving(*options):
    """The address of `mock-server serve`, from its first line."""
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        first = process.stdout.readline()
        try:
            yield urlsplit(next(word for word in first.split() if "://" in word))
        finally:
            process.send_signal(signal.SIGTERM)
            process.stdout.read()
            assert process.wait(timeout=30) == 0


def asked(address, host, trust=None, path="/v1/products", **headers):
    """The status and the JSON that an address answers to a call of a host."""
    connection = http.client.HTTPConnection(host, timeout=30)
    line = socket.create_connection((address.hostname, address.port), timeout=30)
    connection.sock = trust.wrap_socket(line, server_hostname=host) if trust else line
    connection.request("GET", path, headers={**HEADERS, **headers})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def test_it_speaks_tls_as_each_host_and_as_itself(tmp_path, capfd):
    with serving("--tls", "--ca", str(tmp_path / "ca")) as address:
        assert address.scheme == "https"
        trust = ssl.create_default_context(cafile=str(tmp_path / "ca" / "ca.pem"))
        for host, prefix in (("api.uk1.cliniko.com", ""), ("127.0.0.1", "/cliniko")):
            status, page = asked(address, host, trust, f"{prefix}/v1/products")
            assert status == 200
            assert page["links"]["self"].startswith(f"https://{host}{prefix}/v1/products")
    logged = [line.rpartition(" test ")[0] for line in capfd.readouterr().err.splitlines()]
    assert logged == [
        "GET /v1/products 200 listProducts",
        "GET /cliniko/v1/products 200 listProducts",
    ]


def test_behind_a_trusted_proxy_it_answers_at_the_host_that_was_called(capfd):
    forwarded = {"Forwarded": "proto=https;host=api.uk1.cliniko.com"}
    with serving("--trust-proxy", "--quiet") as address:
        status, page = asked(address, "mock.internal", **forwarded)
        assert status == 200
        assert page["links"]["self"].startswith("https://api.uk1.cliniko.com/v1/products")
    assert capfd.readouterr() == ("", "")


def test_the_folder_of_an_authority_goes_with_tls(capfd):
    assert main(["serve", "--ca", "somewhere"]) == 2
    assert "--ca goes with --tls" in capfd.readouterr().err


@pytest.mark.parametrize("options", [["--tls"], ["--trust-proxy"]])
def test_a_port_in_use_is_named(options, capfd, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "cliniko", "--port", port, *options]) == 2
        assert f"cannot listen on 127.0.0.1:{port}" in capfd.readouterr().err
