"""A school's own authority: what it signs is believed for the school's names, and no others."""

import ssl
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portique.cli.main import main
from portique.core.errors import ConfigError, EnvironmentProblem
from portique.school import authority as authorities
from portique.school.authority import Authority, place_of, reach_of

NAME = "portique.lycee.example"
HOUR = timedelta(hours=1)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["--lang", "en", "server", "certificate", *map(str, arguments)])


class Files(NamedTuple):
    """Where a certificate, its key and the authority's certificate are."""

    certificate: Path
    key: Path
    trusted: Path


def believed(files: Files, name: str) -> bool:
    """Say whether a device that trusts an authority would open a page by this name."""
    here, there = (
        ssl.create_default_context(cafile=files.trusted),
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
    )
    there.load_cert_chain(files.certificate, files.key)
    sent, received = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = here.wrap_bio(received, sent, server_hostname=name)
    server = there.wrap_bio(sent, received, server_side=True)
    for _ in range(3):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return True


@pytest.fixture
def made(tmp_path) -> Files:
    """Make an authority and a certificate; return the certificate, its key and the authority's."""
    options = ("--name", NAME, "--address", "192.0.2.10", "--out", tmp_path / "tls")
    assert call(tmp_path / "authority", *options).exit_code == 0
    files = tmp_path / "tls" / f"{NAME}.pem", tmp_path / "tls" / f"{NAME}.key"
    return Files(*files, tmp_path / "authority" / "authority.crt")


@pytest.mark.parametrize(
    ("name", "opens"),
    [(NAME, True), ("192.0.2.10", True), ("other.lycee.example", False), ("192.0.2.11", False)],
)
def test_a_device_that_has_the_authority_believes_the_certificate(made, name, opens):
    """For the names and addresses it was made for."""
    assert believed(made, name) is opens


def test_keys_are_for_their_owner_alone(made, tmp_path):
    """The server's and the authority's."""
    keys = made.key, tmp_path / "authority" / "authority.key"

    assert [oct(key.stat().st_mode & 0o777) for key in keys] == ["0o600", "0o600"]


@pytest.mark.parametrize("name", ["portique.bank.example", "203.0.113.9"])
def test_a_stolen_authority_deceives_nobody_about_other_names(made, tmp_path, name):
    """Its constraints are in the certificate that devices have."""
    signer = authorities.load(tmp_path / "authority")
    assert signer
    boundless = Authority(without_constraints(signer), signer.key)
    place = place_of([name], []) if name[0] == "p" else place_of(["a.lycee.example"], [name])
    forged, key = authorities.give(
        boundless, place, at=signer.certificate.not_valid_before_utc + HOUR, days=30
    )
    files = tmp_path / "forged.pem", tmp_path / "forged.key"
    files[0].write_bytes(forged.public_bytes(Encoding.PEM))
    files[1].write_bytes(authorities.pem_of(key))

    assert not believed(Files(*files, made.trusted), name)


def without_constraints(signer: Authority) -> x509.Certificate:
    """Return the authority's certificate as a thief's program would take it: reaching all."""
    old, public = signer.certificate, signer.certificate.public_key()
    reach = reach_of(["bank.example", "lycee.example", "203.0.113.0/24"], place_of([], []))
    return (
        x509.CertificateBuilder(old.issuer, old.subject, public, old.serial_number)
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.NameConstraints([*map(x509.DNSName, reach.domains),
                                  *map(x509.IPAddress, reach.networks)], None), critical=True
        )
        .sign(signer.key, old.signature_hash_algorithm)  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_name_beyond_the_reach_is_refused_before_anything_is_written(made, tmp_path):
    """With exit code 2, and what to do."""
    done = call(tmp_path / "authority", "--name", "gate.autre.example", "--out", tmp_path / "more")

    assert (done.exit_code, "--within" in done.output) == (2, True)
    assert not (tmp_path / "more").exists()


def test_the_same_authority_signs_for_gates(made, tmp_path):
    """In the domain of the first name: devices need no second authority."""
    out = tmp_path / "gates"
    assert (
        call(tmp_path / "authority", "--name", "entry-1.lycee.example", "--out", out).exit_code == 0
    )
    files = out / "entry-1.lycee.example.pem", out / "entry-1.lycee.example.key"

    assert believed(Files(*files, made.trusted), "entry-1.lycee.example")


def test_a_certificate_is_replaced_only_where_that_is_asked_for(made, tmp_path):
    """A year later, say."""
    again = (tmp_path / "authority", "--name", NAME, "--out", tmp_path / "tls")
    before = made.certificate.read_bytes()

    assert call(*again).exit_code == 5
    assert made.certificate.read_bytes() == before
    assert call(*again, "--again").exit_code == 0
    assert made.certificate.read_bytes() != before


@pytest.mark.parametrize("typed", ["portique", "https://a.example", "élèves.example", "192.0.2.1"])
def test_what_is_no_name_is_refused(tmp_path, typed):
    """Passkeys and certificates need a whole name."""
    assert call(tmp_path / "authority", "--name", typed, "--out", tmp_path).exit_code == 2
    assert not (tmp_path / "authority").exists()


def test_a_lone_name_s_authority_does_not_reach_a_whole_country(tmp_path):
    """The domain above it would be everybody's."""
    assert reach_of([], place_of(["portique.lan"], [])).domains == ("portique.lan",)


def test_an_authority_without_its_key_is_said(made, tmp_path):
    """Nothing is made in its place."""
    (tmp_path / "authority" / "authority.key").unlink()

    with pytest.raises(EnvironmentProblem, match="restore it"):
        authorities.load(tmp_path / "authority")


def test_an_authority_that_ended_signs_nothing(made, tmp_path):
    """Devices would not believe it."""
    signer = authorities.load(tmp_path / "authority")
    assert signer
    later = signer.certificate.not_valid_after_utc + timedelta(days=1)

    with pytest.raises(ConfigError, match="ended"):
        authorities.give(signer, place_of([NAME], []), at=later, days=30)
