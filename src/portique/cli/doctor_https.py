"""How a server's address looks from outside: what a phone, a tablet or a gate would meet there."""

from __future__ import annotations

import http.client
import socket
import ssl
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_pages import GUIDE, check_page, unreached
from portique.cli.doctor_phones import check_phones
from portique.cli.doctor_tls import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.cli.doctor_visit import Answer, Visit

REDIRECTS_MAX = 5
GATEWAY = frozenset({502, 503, 504})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NotReached(Exception):  # noqa: N818 - named for what it is
    """There is nothing more to look at: carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        """Take the finding."""
        super().__init__(finding.found)
        self.finding = finding


def check_address(visit: Visit) -> Iterator[Finding]:
    """Look at an address as a phone would, from the name to live streams and phones' apps."""
    try:
        yield _name(visit)
        yield _secure(visit)
        page = _page(visit)
    except NotReached as problem:
        yield problem.finding
        return
    yield Finding("pages", State.OK, f"{visit.address} leads to {urlsplit(page.address).path}")
    yield from check_page(visit, page)
    yield from check_phones(visit)


def _name(visit: Visit) -> Finding:
    host = visit.host
    if visit.place.scheme not in {"http", "https"} or not host:
        advice = "give it as https://name/"
        raise NotReached(Finding("address", State.WRONG, f"{visit.address} is no address", advice))
    try:
        found = socket.getaddrinfo(host, visit.place.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        advice = "write the name into the DNS that the school's devices use"
        told = f"nobody here knows the name {host} ({error.strerror})"
        raise NotReached(Finding("name", State.WRONG, told, advice)) from error
    addresses = sorted({str(row[4][0]) for row in found})
    public = [each for each in addresses if ip_address(each.partition("%")[0]).is_global]
    told = f"{host} is {', '.join(addresses)}"
    if public:
        advice = "nothing needs to face the internet: have the firewall let nobody in from there"
        return Finding("name", State.NOTE, f"{told}: a public address", advice)
    return Finding("name", State.OK, told)


def _secure(visit: Visit) -> Finding:
    """Look whether browsers call it a secure context: without, no camera, passkey or phone code."""
    if visit.place.scheme == "http":
        here = visit.host in LOOPBACK
        told = "only this machine's own browser may use it" if here else "anybody on the way reads"
        advice = f"give it HTTPS, see {GUIDE}"
        return Finding("https", State.NOTE if here else State.WRONG, f"none: {told}", advice)
    try:
        visit.get(visit.origin + "/healthz")
    except ssl.SSLError as error:
        found, advice = explain(error, visit.host)
        raise NotReached(Finding("https", State.WRONG, found, advice)) from error
    except (OSError, http.client.HTTPException) as error:
        raise NotReached(unreached(visit.address, error)) from error
    whom = f"the authority in {visit.ca}" if visit.ca else "this machine's authorities"
    return Finding("https", State.OK, f"its certificate is believed through {whom}")


def _page(visit: Visit) -> Answer:
    """Follow from the address to the page that people see.

    Raises:
        NotReached: There is none.
    """
    address = visit.address
    seen: list[str] = []
    while address not in seen and len(seen) < REDIRECTS_MAX:
        seen.append(address)
        try:
            answer = visit.get(address)
        except (OSError, http.client.HTTPException) as error:
            raise NotReached(unreached(address, error)) from error
        if answer.status not in {301, 302, 303, 307, 308}:
            return _judged(visit, answer)
        address = urljoin(address, answer.headers.get("Location", ""))
        if urlsplit(address).netloc != visit.place.netloc:
            advice = "give the name that people and gates use: --public-name or --behind-proxy"
            told = f"{visit.address} leads away, to {urlsplit(address).netloc}"
            raise NotReached(Finding("pages", State.WRONG, told, advice))
    told = f"{visit.address} leads round in a circle"
    advice = "have the proxy set X-Forwarded-Proto to https, and the server run --behind-proxy NAME"
    raise NotReached(Finding("pages", State.WRONG, told, advice))


def _judged(visit: Visit, answer: Answer) -> Answer:
    """Return the page if it is one of Portique's.

    Raises:
        NotReached: It is not.
    """
    name = visit.host
    if answer.status == 400:
        told = f"the server doesn't go by the name {name}"
        advice = f"give it --public-name {name} or --behind-proxy {name}; a proxy keeps Host as is"
    elif answer.status in GATEWAY:
        told = f"a proxy answers, but not the server behind it ({answer.status})"
        advice = "start portique-server; mend its port in the proxy's configuration"
    elif answer.status != 200:
        told = f"{answer.address} answers {answer.status}"
        advice = "the server's log says why: journalctl -u portique-server"
    else:
        return answer
    raise NotReached(Finding("pages", State.WRONG, told, advice))
