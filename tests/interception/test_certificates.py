"""An authority of our own signs for each host, and is kept only where it is told to."""

from __future__ import annotations

import stat

import pytest
from cryptography import x509

from mock_server.interception.certificates import CERTIFICATE, KEY, Authority, BadAuthority


def test_two_authorities_have_nothing_in_common():
    assert Authority.new().certificate_pem != Authority.new().certificate_pem


def test_a_kept_authority_is_the_same_next_time(tmp_path):
    folder = tmp_path / "new" / "ca"
    first = Authority.kept_in(folder)
    assert Authority.kept_in(folder).certificate_pem == first.certificate_pem
    assert (folder / CERTIFICATE).read_bytes() == first.certificate_pem


def test_only_the_owner_reads_a_kept_key(tmp_path):
    Authority.kept_in(tmp_path / "ca")
    assert stat.S_IMODE((tmp_path / "ca" / KEY).stat().st_mode) == 0o600


@pytest.mark.parametrize("spoilt", [CERTIFICATE, KEY])
@pytest.mark.parametrize("how", ["missing", "no PEM"])
def test_half_an_authority_is_refused_by_name(tmp_path, spoilt, how):
    Authority.kept_in(tmp_path)
    if how == "missing":
        (tmp_path / spoilt).unlink()
    else:
        (tmp_path / spoilt).write_text("nonsense")
    with pytest.raises(BadAuthority, match=rf"{tmp_path} cannot be used: .*{spoilt}"):
        Authority.kept_in(tmp_path)


def test_a_host_gets_one_certificate():
    authority = Authority.new()
    assert authority.context("a.test") is authority.context("a.test")
    assert authority.context("a.test") is not authority.context("b.test")


def test_the_certificate_is_an_authoritys():
    certificate = x509.load_pem_x509_certificate(Authority.new().certificate_pem)
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
