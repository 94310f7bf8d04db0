"""A certificate authority of our own, and certificates for the hosts that are answered for."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from mock_server.usage import UsageError

CERTIFICATE, KEY = "ca.pem", "ca-key.pem"
_NAME = "inventory-mock-server"
#: What Java wants of a trust store that holds no secret.
STORE_PASSWORD = "changeit"  # noqa: S105 - certificates are public


def default_folder() -> Path:
    """Return where the authority is kept that `serve --tls` uses, unless another is named."""
    root = os.environ.get("XDG_DATA_HOME")
    return (Path(root) if root else Path.home() / ".local" / "share") / _NAME / "ca"


class BadAuthority(UsageError):
    """A kept authority cannot be used; the message says which file and why, in one line."""


class Authority:
    """Signs a certificate for each host on first use; nothing trusts it by itself."""

    def __init__(self, ca: trustme.CA) -> None:
        self._ca = ca
        self.certificate_pem = ca.cert_pem.bytes()
        self.context = lru_cache(maxsize=512)(self._context)

    @classmethod
    def new(cls) -> Authority:
        """Return an authority that ends with this process."""
        return cls(trustme.CA(organization_name=_NAME, organization_unit_name="run"))

    @classmethod
    def kept_in(cls, folder: Path) -> Authority:
        """Return the authority of a folder, made there on first use; raises BadAuthority.

        Only the owner of the folder can read its key.
        """
        certificate, key = folder / CERTIFICATE, folder / KEY
        try:
            if certificate.exists() or key.exists():
                return cls(trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes()))
            authority = cls(trustme.CA(organization_name=_NAME, organization_unit_name="kept"))
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(authority._ca.private_key_pem.bytes())
            certificate.write_bytes(authority.certificate_pem)
        except OSError as problem:
            raise BadAuthority(f"the authority in {folder} cannot be used: {problem}") from problem
        except (TypeError, ValueError) as problem:
            raise BadAuthority(
                f"the authority in {folder} cannot be used: {CERTIFICATE} or {KEY} is not in PEM"
            ) from problem
        return authority

    def _context(self, host: str) -> ssl.SSLContext:
        """Return what a server needs to speak TLS as a host; HTTP/1.1 alone is offered."""
        names = [host] if host not in {"", "localhost"} else ["localhost", "127.0.0.1", "::1"]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        self._ca.issue_cert(*names).configure_cert(context)
        return context

    def trust_store(self, bundle: bytes) -> bytes:
        """Return the certificates of a PEM bundle as a PKCS #12 store for Java.

        Its password is `STORE_PASSWORD`.
        """
        certificates = [
            pkcs12.PKCS12Certificate(certificate, f"ca-{number}".encode())
            for number, certificate in enumerate(x509.load_pem_x509_certificates(bundle))
        ]
        encryption = BestAvailableEncryption(STORE_PASSWORD.encode())
        return pkcs12.serialize_java_truststore(certificates, encryption)
