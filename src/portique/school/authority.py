"""A school's own authority for HTTPS: whose certificates devices of the school believe.

It can speak for the school's names and networks alone (name constraints): a stolen one deceives
nobody about a bank. Its key is needed once a year, and lives on a stick in a safe meanwhile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.school.disk import write_durably

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from ipaddress import IPv4Address, IPv6Address
    from pathlib import Path

CERTIFICATE, KEY = "authority.crt", "authority.key"
AUTHORITY_DAYS = 3650
SERVER_DAYS_MAX = 825  # what Apple's systems believe of an authority that people installed
EARLIER = timedelta(hours=1)  # devices whose clocks are a little behind
NAME_CHARACTERS_MAX = 64  # of a subject's name; longer ones still stand among the other names
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}$){LABEL}(\.{LABEL})+")
EVERY_NETWORK = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Reach:
    """What an authority may speak for: domains with all below them, and networks."""

    domains: tuple[str, ...]
    networks: tuple[Network, ...] = ()

    def __str__(self) -> str:
        """Name them, as they are typed."""
        return ", ".join((*self.domains, *map(str, self.networks)))

    def has_name(self, name: str) -> bool:
        """Say whether a name is in a domain."""
        return any(name == domain or name.endswith(f".{domain}") for domain in self.domains)

    def has_address(self, address: IPv4Address | IPv6Address) -> bool:
        """Say whether an address is in a network."""
        return any(address in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class Place:
    """What a certificate is for: the names by which a server is reached, and addresses if any."""

    names: tuple[str, ...]
    addresses: tuple[IPv4Address | IPv6Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that devices believe, and the key it signs others with."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def reach(self) -> Reach:
        """Return what it may speak for."""
        constraints = self.certificate.extensions.get_extension_for_class(x509.NameConstraints)
        permitted = constraints.value.permitted_subtrees or []
        return Reach(
            tuple(each.value for each in permitted if isinstance(each, x509.DNSName)),
            tuple(ip_network(each.value) for each in permitted if isinstance(each, x509.IPAddress)),
        )


def place_of(names: Iterable[str], addresses: Iterable[str]) -> Place:
    """Read the names and addresses of a server.

    Raises:
        ConfigError: One of them is none.
    """
    try:
        found = tuple(map(ip_address, addresses))
    except ValueError as error:
        raise ConfigError(f"{error}: an address is written like 192.0.2.10") from error
    return Place(tuple(map(_host, names)), found)


def reach_of(within: Iterable[str], place: Place) -> Reach:
    """Read what a new authority may speak for; by default, as little as suits the place.

    That is the domain that each name is in (the name itself where the domain would be a whole
    country's), and each address alone.

    Raises:
        ConfigError: Neither a domain nor a network.
    """
    typed = tuple(within)
    if not typed:
        domains = tuple(dict.fromkeys(map(_domain, place.names)))
        return Reach(domains, tuple(ip_network(str(address)) for address in place.addresses))
    networks = tuple(_network(each) for each in typed if "/" in each)
    domains = tuple(_host(each) for each in typed if "/" not in each)
    if not domains:
        raise ConfigError("name a domain too, such as lycee.example: people use names")
    return Reach(domains, networks)


def check_reach(reach: Reach, place: Place) -> None:
    """Refuse a place that an authority may not speak for.

    Raises:
        ConfigError: Names or addresses beyond its reach.
    """
    foreign = [name for name in place.names if not reach.has_name(name)]
    foreign += [str(one) for one in place.addresses if not reach.has_address(one)]
    if foreign:
        raise ConfigError(
            f"this authority speaks for {reach} alone, not for {', '.join(foreign)}; make one that "
            "does in a new folder, see --within, and install it on every device"
        )


def _host(typed: str) -> str:
    name = typed.strip().rstrip(".").lower()
    if HOST.fullmatch(name) is None or name.replace(".", "").isdecimal():
        raise ConfigError(
            f"{typed} is no whole name of a server; it is like portique.lycee.example, without "
            "https:// and without accents"
        )
    return name


def _domain(name: str) -> str:
    above = name.partition(".")[2]
    return above if "." in above else name


def _network(typed: str) -> Network:
    try:
        return ip_network(typed)
    except ValueError as error:
        raise ConfigError(f"{error}: a network is written like 10.12.0.0/16") from error


def make(folder: Path, school: str, reach: Reach, *, at: datetime) -> Authority:
    """Make an authority in a folder of its own.

    Raises:
        EnvironmentProblem: The disk refused, or one is there already.
    """
    if any((folder / name).exists() for name in (CERTIFICATE, KEY)):
        raise EnvironmentProblem(f"there is an authority in {folder} already")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, school[:NAME_CHARACTERS_MAX]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Portique, {at:%Y}"),
        ]
    )
    certificate = (
        _begun(subject, subject, key.public_key(), at)
        .not_valid_after(at + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(_constraints(reach), critical=True)
        .sign(key, hashes.SHA256())
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(folder / KEY, pem_of(key))
        write_durably(folder / CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise EnvironmentProblem(f"{folder} can't be written ({error.strerror})") from error
    return Authority(certificate, key)


def _constraints(reach: Reach) -> x509.NameConstraints:
    """Permit what is reached; a kind of address of which nothing is permitted is excluded whole."""
    kinds = {network.version for network in reach.networks}
    none = [x509.IPAddress(every) for every in EVERY_NETWORK if every.version not in kinds]
    return x509.NameConstraints(
        permitted_subtrees=[
            *map(x509.DNSName, reach.domains),
            *map(x509.IPAddress, reach.networks),
        ],
        excluded_subtrees=none or None,
    )


def load(folder: Path) -> Authority | None:
    """Read the authority in a folder; None: there is none.

    Raises:
        EnvironmentProblem: Half of it is missing, or it can't be read.
    """
    if not any((folder / name).exists() for name in (CERTIFICATE, KEY)):
        return None
    try:
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
        key = serialization.load_pem_private_key((folder / KEY).read_bytes(), None)
    except OSError as error:
        raise EnvironmentProblem(
            f"{error.filename} can't be read ({error.strerror}); restore it from its copy"
        ) from error
    except (ValueError, TypeError) as error:
        raise EnvironmentProblem(f"the authority in {folder} is damaged; restore it") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or _differ(key, certificate):
        raise EnvironmentProblem(f"{KEY} and {CERTIFICATE} of {folder} do not belong together")
    return Authority(certificate, key)


def _differ(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bool:
    return key.public_key() != certificate.public_key()


def give(
    authority: Authority, place: Place, *, at: datetime, days: int
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Make a server's key, and the certificate for it.

    Raises:
        ConfigError: The authority may not speak for one of the names or addresses, or it ends
            before the certificate would begin.
    """
    ends = authority.certificate.not_valid_after_utc
    check_reach(authority.reach, place)
    if at >= ends:
        raise ConfigError(f"this authority ended on {ends:%Y-%m-%d}; make another in a new folder")
    key = ec.generate_private_key(ec.SECP256R1())
    name = next((n for n in place.names if len(n) <= NAME_CHARACTERS_MAX), "Portique")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = authority.certificate
    certificate = (
        _begun(subject, signer.subject, key.public_key(), at)
        .not_valid_after(min(at + timedelta(days=days), ends))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_names(place)), critical=False)
        .add_extension(_identifier_of(signer), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return certificate, key


def _names(place: Place) -> list[x509.GeneralName]:
    return [*map(x509.DNSName, place.names), *map(x509.IPAddress, place.addresses)]


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - EARLIER)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _identifier_of(signer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    own = signer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key as PEM, PKCS #8."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
