"""The environment in which a program's calls reach the mock, whatever it is written in."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from mock_server.interception.certificates import STORE_PASSWORD, Authority
from mock_server.interception.gateway import LOOPBACK, Gateway

#: What the preloaded scripts read.
SETTINGS_VARIABLE = "MOCK_SERVER_INTERCEPTION"
#: Where control is, for programs that know of the mock.
URL_VARIABLE = "MOCK_SERVER_URL"
_PRELOAD = Path(__file__).parent / "preload"
#: This machine's names, as `NO_PROXY` has them.
_NEVER_PROXIED = f"localhost,{LOOPBACK},::1"
#: The variable that shows a kind of client the certificate, by a word in its name.
TRUST_VARIABLES = {
    "curl": "CURL_CA_BUNDLE",
    "java": "JAVA_TOOL_OPTIONS (javax.net.ssl.trustStore)",
    "python": "SSL_CERT_FILE and REQUESTS_CA_BUNDLE",
    "node": "NODE_EXTRA_CA_CERTS",
    "go": "SSL_CERT_FILE",
    "ruby": "SSL_CERT_FILE",
    "php": "PHP_INI_SCAN_DIR (curl.cainfo and openssl.cafile)",
    "dotnet": "SSL_CERT_FILE",
}


def environment(
    gateway: Gateway, authority: Authority, folder: Path, base: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables of a program whose calls are to reach a gateway.

    `base` are its variables otherwise; proxies named there are replaced, options kept. Files that
    the variables name are written into `folder`, which must outlive the program.
    """
    # Hosts that are let through have certificates of their own authorities.
    bundle = authority.certificate_pem + (_system_bundle() if gateway.allowed.names else b"")
    certificates, store = folder / "ca.pem", folder / "ca.p12"
    certificates.write_bytes(bundle)
    store.write_bytes(authority.trust_store(bundle))
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), gateway.url)
    proxies["NO_PROXY"] = _NEVER_PROXIED
    return {
        **base,
        **proxies,
        **{name.lower(): value for name, value in proxies.items()},
        **dict.fromkeys(
            ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), str(certificates)
        ),
        SETTINGS_VARIABLE: _settings(gateway),
        URL_VARIABLE: gateway.url,
        "NODE_EXTRA_CA_CERTS": str(certificates),
        "NODE_USE_ENV_PROXY": "1",
        "NODE_OPTIONS": _joined(base.get("NODE_OPTIONS"), f'--require "{_PRELOAD / "node.cjs"}"'),
        "PYTHONPATH": _joined(str(_PRELOAD / "python"), base.get("PYTHONPATH"), by=os.pathsep),
        "JAVA_TOOL_OPTIONS": _joined(base.get("JAVA_TOOL_OPTIONS"), *_java(gateway, store)),
        "PHP_INI_SCAN_DIR": _php(certificates, folder / "php", base.get("PHP_INI_SCAN_DIR", "")),
    }


def _settings(gateway: Gateway) -> str:
    return json.dumps(
        {
            "vendors": [[host.pattern, host.port] for host in gateway.hosts.hosts],
            "allowed": ["localhost", "*.localhost", "127.*", "::1", *gateway.allowed.names],
            "proxy_port": gateway.proxy_port,
            "tls_port": gateway.tls_port,
        }
    )


def _joined(*parts: str | None, by: str = " ") -> str:
    return by.join(part for part in parts if part)


def _java(gateway: Gateway, store: Path) -> list[str]:
    properties = {
        "http.proxyHost": LOOPBACK,
        "http.proxyPort": str(gateway.proxy_port),
        "https.proxyHost": LOOPBACK,
        "https.proxyPort": str(gateway.proxy_port),
        "http.nonProxyHosts": "localhost|127.*|[::1]",
        "javax.net.ssl.trustStore": str(store),
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": STORE_PASSWORD,
    }
    return [f"-D{name}={value}" for name, value in properties.items()]


def _php(certificates: Path, folder: Path, others: str) -> str:
    """Write PHP's settings, and return where it is to look; an empty entry is where it always does.

    `others` is where it looks already.
    """
    folder.mkdir()
    lines = [
        f'curl.cainfo = "{certificates}"',
        f'openssl.cafile = "{certificates}"',
        f'auto_prepend_file = "{_PRELOAD / "php" / "prepend.php"}"',
    ]
    (folder / "mock-server.ini").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return f"{others}{os.pathsep}{folder}"


def _system_bundle() -> bytes:
    """The certificates that this machine trusts, in PEM."""
    found = ssl.create_default_context().get_ca_certs(binary_form=True)
    return "".join(map(ssl.DER_cert_to_PEM_cert, found)).encode()
