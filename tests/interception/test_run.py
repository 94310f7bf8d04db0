"""`mock-server run`: a program among the vendors' hosts, its exit code, and what is said of it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from mock_server.cli import main
from mock_server.interception.front import refusal
from mock_server.interception.running import ignored_variable

PRODUCTS = "https://api.au1.cliniko.com/v1/products"
#: Makes a product with a key of a real one's form, and asks for what is not mocked.
PROGRAM = """
import base64, json, sys, urllib.error, urllib.request
headers = {"Authorization": "Basic " + base64.b64encode(b"MS0xNz/secret-au1:").decode()}
def call(path, body=None, host="https://api.au1.cliniko.com"):
    data = body and json.dumps(body).encode()
    more = {"Content-Type": "application/json"} if body else {}
    request = urllib.request.Request(host + path, data, {**headers, **more})
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as answer:
        return answer.code
print(call("/v1/products", {"name": "Balm", "stock_level": 5}), call("/v1/products"))
print(call("/v1/bookings/1"), call("/v1/products", {"stock_level": 5}))
print(call("/", host="http://tracker.example.com"))
"""


def run(*arguments: str) -> int:
    return main(["run", "cliniko", *arguments])


def python(text: str) -> list[str]:
    return ["--", sys.executable, "-c", text]


def test_at_the_end_it_says_what_was_called(capfd):
    assert run(*python(PROGRAM)) == 0
    shown = capfd.readouterr()
    assert shown.out == "201 200\n501 422\n502\n"
    lines = [" ".join(line.split()) for line in shown.err.splitlines()]
    assert lines[1:] == [
        "mock-server run: 4 calls",
        "cliniko createProduct 2 201: 1, 422: 1",
        "cliniko listProducts 1 200: 1",
        "cliniko GET /v1/bookings/{id} 1 not mocked (501)",
        f"refused: {refusal('tracker.example.com')}",
    ]


def test_quiet_it_prints_what_the_program_prints(capfd):
    assert run("--quiet", *python("print('all')")) == 0
    assert capfd.readouterr() == ("all\n", "")


def test_verbose_it_has_a_line_for_each_request(capfd):
    assert run("-v", *python(PROGRAM)) == 0
    shown = capfd.readouterr().err
    assert re.search(
        r"^POST /v1/products 201 createProduct key-\S+ [\d.]+ ms$", shown, re.MULTILINE
    )
    assert re.search(
        r"^GET /v1/bookings/1 501 .*: the mock does not serve this$", shown, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("ending", "code"), [("sys.exit(3)", 3), ("os.kill(os.getpid(), 15)", 143)]
)
def test_the_programs_end_is_its_own(ending, code):
    assert run("--quiet", *python(f"import os, sys; {ending}")) == code


def test_a_command_that_is_not_there_is_named(capfd):
    assert run("--", "no-such-command") == 127
    assert capfd.readouterr().err == "mock-server run: there is no command 'no-such-command'\n"


def test_a_command_that_cannot_be_executed_is_named(tmp_path, capfd):
    text = tmp_path / "text"
    text.write_text("no program")
    assert run("--", str(text)) == 126
    assert "cannot be executed" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "needs a command after `--`"),
        (["-q", "-v", "--", "true"], "exclude each other"),
        (["--"], "needs a command after `--`"),
        (["--allow-host", "api.au1.cliniko.com", "--", "true"], "is mocked (cliniko)"),
        (["--expect", "nowhere.json", "--", "true"], "--expect nowhere.json"),
        (["--ca", "/dev/null/ca", "--", "true"], "cannot be used"),
        (["--report", "/dev/null/report", "--", "true"], "--report /dev/null/report"),
        (["--persona", "odd", "--", "true"], "there is no persona 'odd'"),
    ],
)
def test_wrong_use_is_told_in_one_line(arguments, complaint, capfd):
    assert run(*arguments) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert complaint in line


def test_a_port_in_use_is_named_before_the_program_runs(capfd):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run("--port", port, *python("print('ran')")) == 2
    shown = capfd.readouterr()
    assert shown.out == ""
    assert f"cannot listen on 127.0.0.1:{port}" in shown.err


def test_the_report_has_every_exchange_and_no_key(tmp_path):
    assert run("--quiet", "--report", str(tmp_path / "out"), *python(PROGRAM)) == 0
    texts = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert sorted(texts) == ["journal.har", "journal.json"]
    assert not any("MS0x" in text or "secret" in text for text in texts.values())
    entries = json.loads(texts["journal.har"])["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [201, 200, 501, 422]
    assert entries[0]["request"]["url"] == PRODUCTS
    document = json.loads(texts["journal.json"])
    assert document["not_mocked"] == [
        {"api": "cliniko", "call": "GET /v1/bookings/{id}", "times": 1}
    ]
    assert document["refused"][0]["host"] == "tracker.example.com"


@pytest.mark.parametrize(
    ("expected", "code", "said"),
    [
        ({"calls": [{"operation": "createProduct", "exactly": 2}]}, 0, ""),
        ({"calls": [{"status": "5xx", "exactly": 0}]}, 1, "expected exactly 0 calls"),
        ({"sandbox": "test-other"}, 1, "did not call the sandbox 'test-other'"),
    ],
)
def test_what_is_expected_and_does_not_happen_fails_the_run(tmp_path, expected, code, said, capfd):
    path = tmp_path / "expected.json"
    path.write_text(json.dumps(expected))
    assert run("--quiet", "--expect", str(path), *python(PROGRAM)) == code
    assert said in capfd.readouterr().err


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"colls": []}', '{"calls": [{"exactly": "x"}]}', '{"sandbox": 1}']
)
def test_expectations_that_cannot_be_meant_are_refused_before_the_program_runs(
    tmp_path, text, capfd
):
    path = tmp_path / "expected.json"
    path.write_text(text)
    assert run("--expect", str(path), *python("print('ran')")) == 2
    shown = capfd.readouterr()
    assert shown.out == ""
    assert f"--expect {path}" in shown.err


def test_a_kept_authority_is_the_one_that_ca_prints(tmp_path, capfd):
    folder = str(tmp_path / "ca")
    read = "import os; print(open(os.environ['SSL_CERT_FILE']).read().strip())"
    assert run("--quiet", "--ca", folder, *python(read)) == 0
    used = capfd.readouterr().out
    assert main(["ca", "--ca", folder]) == 0
    shown = capfd.readouterr()
    assert shown.out == used
    assert "NODE_EXTRA_CA_CERTS" in shown.err


def test_options_of_the_callers_runtimes_are_kept(monkeypatch, capfd):
    kept = {"PYTHONPATH": "/a", "NODE_OPTIONS": "--no-warnings", "JAVA_TOOL_OPTIONS": "-Dx=y"}
    for name, value in {**kept, "NO_PROXY": "cliniko.com"}.items():
        monkeypatch.setenv(name, value)
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    assert run("--quiet", *python(show)) == 0
    seen = json.loads(capfd.readouterr().out)
    assert all(value in seen[name] for name, value in kept.items())
    assert "cliniko" not in seen["NO_PROXY"] + seen["no_proxy"]


def test_another_sitecustomize_is_run_as_well(tmp_path, monkeypatch, capfd):
    (tmp_path / "sitecustomize.py").write_text("print('customized')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert run("--quiet", *python("print('program')")) == 0
    assert capfd.readouterr().out == "customized\nprogram\n"


def test_signals_reach_the_program(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-m", "mock_server", "run", "cliniko", "--quiet", "--"]
    with subprocess.Popen(
        [*command, sys.executable, str(program)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 7


@pytest.mark.parametrize(
    ("client", "command", "variable"),
    [
        ("curl/8.1", "sh", "CURL_CA_BUNDLE"),
        ("Java/17", "mvn", "JAVA_TOOL_OPTIONS"),
        ("", "/usr/bin/node", "NODE_EXTRA_CA_CERTS"),
        ("", "python3.11", "REQUESTS_CA_BUNDLE"),
        ("dash make node", "make", "NODE_EXTRA_CA_CERTS"),
        ("dash node python3.11", "sh", "SSL_CERT_FILE and REQUESTS_CA_BUNDLE or NODE_EXTRA_CA"),
        ("", "django-admin", "curl: CURL_CA_BUNDLE"),
    ],
)
def test_who_refuses_the_certificate_is_told_which_variable_it_ignored(client, command, variable):
    assert variable in ignored_variable(client, command)


def test_a_refused_certificate_is_in_the_summary(capfd):
    refuse = "curl -sS --cacert /dev/null -u test: https://api.au1.cliniko.com/v1/products || true"
    assert run("--", "sh", "-c", refuse) == 0
    err = capfd.readouterr().err
    if "refused the certificate" not in err:
        # Some builds of curl do not begin without certificates.
        assert "error setting certificate" in err
    else:
        assert "it ignored CURL_CA_BUNDLE" in err


#: Trusts no certificate at all, and says nothing of itself; a shell runs it.
DISTRUSTING = """
import os, ssl, urllib.request
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
try:
    urllib.request.urlopen("https://api.au1.cliniko.com/v1/products", context=context)
except OSError as problem:
    print(problem)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not show what runs")
def test_a_client_without_a_name_is_known_by_what_runs(capfd):
    script = f"{shlex.quote(sys.executable)} -c {shlex.quote(DISTRUSTING)}; true"
    assert run("--", "sh", "-c", script) == 0
    shown = capfd.readouterr()
    assert "CERTIFICATE_VERIFY_FAILED" in shown.out
    assert shown.err.endswith("it ignored SSL_CERT_FILE and REQUESTS_CA_BUNDLE\n")


#: Names of the vendors' hosts that would be looked up, and addresses that would be called.
WATCHED = """
import asyncio, _socket, sys
tried = []
real = _socket.getaddrinfo
def watched(host, *more, **options):
    tried.append(str(host))
    return real(host, *more, **options)
_socket.getaddrinfo = watched
sys.addaudithook(
    lambda event, args: tried.append(str(args[1][0])) if event == "socket.connect" else None
)
from mock_server.cli import main
code = main(["run", "cliniko", "--quiet", "--", *sys.argv[1:]])
assert all(each in {"127.0.0.1", "localhost", "::1"} for each in tried), tried
sys.exit(code)
"""


def test_the_proxy_looks_up_no_name_and_calls_no_address():
    subprocess.run([sys.executable, "-c", WATCHED, *python(PROGRAM)[1:]], check=True, timeout=60)


UP = """
import fcntl, socket, struct, subprocess, sys
with socket.socket() as line:
    # SIOCSIFFLAGS: up, loopback, running.
    fcntl.ioctl(line, 0x8914, struct.pack("16sh", b"lo", 0x49))
sys.exit(subprocess.call(sys.argv[1:]))
"""


def test_it_works_where_there_is_no_network_at_all():
    """In a namespace of its own, whatever would leave fails."""
    unshare = shutil.which("unshare")
    alone = [str(unshare), "--map-root-user", "--net"]
    if unshare is None or subprocess.call([*alone, "true"], stderr=subprocess.DEVNULL) != 0:
        pytest.skip("no network namespaces here")
    inner = [sys.executable, "-m", "mock_server", "run", "cliniko", "--quiet", *python(PROGRAM)]
    done = subprocess.run(
        [*alone, sys.executable, "-c", UP, *inner], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "201 200\n501 422\n502\n"), done.stderr
