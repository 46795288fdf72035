"""Certificates as devices judge them: believed, for the right name, whole, and in date."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from cryptography import x509

from portique.cli.doctor_checks import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

NAME = "certificate"
OTHERS = 0o077
HANDSHAKES = 3  # each side speaks at most so often
RENEW_DAYS, RENEW_DAYS_SHORT, SHORT_DAYS = 30, 10, 100
NOT_KNOWN = (
    "this machine doesn't know who signed its certificate, or the chain is not whole",
    (
        "give --tls-cert the whole chain (fullchain.pem); or, with the school's own authority, "
        "install authority.crt here, or name it with --ca"
    ),
)
OTHER_NAME = (
    "its certificate is not for {name}",
    "make one for {name}, or use a name that it has",
)
# By OpenSSL's X509_V_ERR_…: what was found, and what to do.
DISBELIEF = {
    9: ("its certificate is not valid yet", "set the clock of this machine, or of the server"),
    10: ("its certificate is over", "renew it, then restart the server or its proxy"),
    18: NOT_KNOWN,
    19: NOT_KNOWN,
    20: NOT_KNOWN,
    21: NOT_KNOWN,
    47: ("its authority may not speak for {name}", "make an authority that may, see --within"),
    62: OTHER_NAME,
    64: OTHER_NAME,
}


def explain(error: ssl.SSLError, name: str) -> tuple[str, str]:
    """Put a failed handshake in words: what was found, and how to mend it."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        told = f"no TLS there ({error.reason or error})"
        return told, "is it the port of HTTPS? --tls-cert or a proxy gives it"
    other = (f"its certificate is not believed ({error.verify_message})", "make another")
    found, advice = DISBELIEF.get(error.verify_code, other)
    return found.format(name=name), advice.format(name=name)


def check_files(
    tls: tuple[Path, Path], names: Sequence[str], at: datetime, ca: Path | None
) -> Iterator[Finding]:
    """Look at a certificate's file and its key before any device does.

    Args:
        tls: The chain, and the key.
        names: By which the server is reached.
        at: This machine's time.
        ca: The authority to believe instead of this machine's.
    """
    chain, key = tls
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.load_cert_chain(chain, key)
        leaf = x509.load_pem_x509_certificates(chain.read_bytes())[0]
    except (OSError, ssl.SSLError, ValueError) as error:
        told = f"{chain} and {key} can't be used together ({error})"
        advice = "check that both are there, readable by this user, PEM, and of one pair"
        yield Finding(NAME, State.WRONG, told, advice)
        return
    yield _mode(key)
    yield _ends(leaf, chain, at)
    for name in names:
        yield _believed(server, name, chain, ca)


def _mode(key: Path) -> Finding:
    if key.stat().st_mode & OTHERS:
        told = f"{key} can be read by others: whoever has it can speak for the server"
        return Finding("certificate's key", State.WRONG, told, f"chmod 600 {key}")
    return Finding("certificate's key", State.OK, f"{key} is for its owner alone")


def _ends(leaf: x509.Certificate, chain: Path, at: datetime) -> Finding:
    ends = leaf.not_valid_after_utc
    days, lasts = (ends - at).days, (ends - leaf.not_valid_before_utc).days
    if at >= ends:
        told = f"{chain} ended on {ends:%Y-%m-%d}"
        return Finding(NAME, State.WRONG, told, "renew it, then restart the server")
    if days < (RENEW_DAYS_SHORT if lasts <= SHORT_DAYS else RENEW_DAYS):
        told = f"{chain} ends in {days} days"
        return Finding(NAME, State.NOTE, told, "renew it; if that is automatic, see why it wasn't")
    return Finding(NAME, State.OK, f"{chain} lasts until {ends:%Y-%m-%d}")


def _believed(server: ssl.SSLContext, name: str, chain: Path, ca: Path | None) -> Finding:
    """Shake hands in memory, as a device with this machine's authorities would."""
    what = f"{NAME} for {name}"
    try:
        _shake_hands(server, ssl.create_default_context(cafile=ca), name)
    except ssl.SSLError as error:
        found, advice = explain(error, name)
        return Finding(what, State.WRONG, f"{chain}: {found}", advice)
    return Finding(what, State.OK, "believed, and its chain is whole")


def _shake_hands(server: ssl.SSLContext, device: ssl.SSLContext, name: str) -> None:
    """Begin TLS without a network.

    Raises:
        ssl.SSLError: The device does not believe the server.
    """
    to_server, to_device = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = (
        device.wrap_bio(to_device, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_device, server_side=True),
    )
    for _ in range(HANDSHAKES):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
