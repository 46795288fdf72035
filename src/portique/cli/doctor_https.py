"""How a server's address looks from outside: what a phone, a tablet or a gate would meet there."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from dataclasses import replace
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_tls import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.cli.doctor_visit import Answer, Visit

GUIDE = "docs/en/server.md"
REDIRECTS_MAX = 5
STREAMS = {"the consoles' stream": "/direct/flux", "the gates' stream": "/gate/v1/stream"}
TRIAL = "?trial"  # see `portique.server.config.trial`
GATEWAY = frozenset({502, 503, 504})
SKEW_OK_S, SKEW_MAX_S = 2, 30  # a phone's code lives 30 s; answers tell whole seconds
LOADED = {"src", "action", "data", "poster"}  # besides the href of <link>
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NotReached(Exception):  # noqa: N818 - named for what it is
    """There is nothing more to look at: carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        """Take the finding."""
        super().__init__(finding.found)
        self.finding = finding


def check_address(visit: Visit) -> Iterator[Finding]:
    """Look at an address as a phone would, from the name to the live streams."""
    try:
        yield _name(visit)
        yield _secure(visit)
        page = _page(visit)
    except NotReached as problem:
        yield problem.finding
        return
    yield Finding("pages", State.OK, f"{visit.address} leads to {urlsplit(page.address).path}")
    yield _database(visit)
    yield from _https_kept(visit, page)
    yield _contents(page)
    yield _clock(page)
    for what, path in STREAMS.items():
        yield _stream(visit, page, what, path)


# --- reaching it ----------------------------------------------------------------------------------


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
        raise NotReached(_unreached(visit.address, error)) from error
    whom = f"the authority in {visit.ca}" if visit.ca else "this machine's authorities"
    return Finding("https", State.OK, f"its certificate is believed through {whom}")


def _unreached(address: str, error: Exception) -> Finding:
    if isinstance(error, ConnectionRefusedError):
        why = "nobody listens there"
    elif isinstance(error, http.client.HTTPException):
        why = "what answers is not HTTP; is it HTTPS?"
    else:
        why = f"no answer ({str(error) or type(error).__name__})"
    advice = "start the server or its proxy; open the port in this network's firewall"
    return Finding("address", State.WRONG, f"{address}: {why}", advice)


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
            raise NotReached(_unreached(address, error)) from error
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


# --- what it is like ------------------------------------------------------------------------------


def _database(visit: Visit) -> Finding:
    try:
        answer = visit.get(visit.origin + "/healthz")
    except (OSError, http.client.HTTPException) as error:
        return _unreached(visit.origin + "/healthz", error)
    if answer.status == 200 and '"ok": true' in answer.body:
        return Finding("health", State.OK, "pages and database answer")
    told = f"/healthz answers {answer.status}, not as a server of Portique"
    return Finding(
        "health", State.WRONG, told, "see the server's log; is the proxy's target right?"
    )


def _https_kept(visit: Visit, page: Answer) -> Iterator[Finding]:
    """Look whether browsers are told to stay with HTTPS, and whether the server knows of it."""
    if visit.place.scheme == "http":
        return
    cookies = page.headers.get_all("Set-Cookie", [])
    if any(cookie.startswith("__Host-") for cookie in cookies):
        yield Finding("cookies", State.OK, "they go by HTTPS alone")
    elif cookies:
        advice = "start the server with --tls-cert or --behind-proxy"
        yield Finding("cookies", State.WRONG, "the server doesn't know that it has HTTPS", advice)
    if "Strict-Transport-Security" in page.headers:
        yield Finding("hsts", State.OK, "browsers stay with HTTPS")
    else:
        told = "browsers are not told to stay with HTTPS"
        advice = "have the proxy pass the server's headers on, or start it with --behind-proxy"
        yield Finding("hsts", State.NOTE, told, advice)
    yield _in_clear(visit)


def _in_clear(visit: Visit) -> Finding:
    """Look whether the same name serves pages in clear, where browsers try first."""
    if visit.place.port not in {None, 443}:
        return Finding("http", State.OK, "not looked at: HTTPS has a port of its own")
    plain = replace(visit, address=f"http://{visit.host}/")
    try:
        answer = plain.get(plain.address)
    except (OSError, http.client.HTTPException):
        return Finding("http", State.OK, "nobody answers in clear")
    if answer.headers.get("Location", "").startswith("https://"):
        return Finding("http", State.OK, "port 80 leads to HTTPS")
    told = f"{plain.address} answers in clear ({answer.status})"
    return Finding("http", State.WRONG, told, "have port 80 lead to HTTPS, or close it")


class _Loads(HTMLParser):
    """Gathers what a page loads in clear, or sends forms to."""

    def __init__(self) -> None:
        super().__init__()
        self.clear: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        names = {*LOADED, "href"} if tag == "link" else LOADED
        self.clear += [v for name, v in attrs if name in names and v and v.startswith("http://")]


def _contents(page: Answer) -> Finding:
    loads = _Loads()
    loads.feed(page.body)
    if loads.clear and page.address.startswith("https:"):
        told = f"the page loads {loads.clear[0]} in clear: browsers block it"
        return Finding("contents", State.WRONG, told, "have the proxy change no page")
    return Finding("contents", State.OK, "nothing is loaded from elsewhere in clear")


def _clock(page: Answer) -> Finding:
    try:
        said = parsedate_to_datetime(page.headers.get("Date", ""))
    except ValueError:
        return Finding("server's clock", State.NOTE, "its answers don't say the time")
    ahead = round((said - page.at).total_seconds())
    if abs(ahead) <= SKEW_OK_S:
        return Finding("server's clock", State.OK, "as this machine's")
    told = f"{abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} this machine's"
    state = State.NOTE if abs(ahead) <= SKEW_MAX_S else State.WRONG
    advice = "have both synchronised (timedatectl): phones' codes live half a minute"
    return Finding("server's clock", state, told, advice)


# --- live streams ---------------------------------------------------------------------------------


def stream_origin(visit: Visit, page: Answer) -> str:
    """Return where pages go for their streams: another port, if the page's policy names one."""
    policy = page.headers.get("Content-Security-Policy", "")
    port = re.search(r"connect-src[^;]* https?://[^ ;]*:(\d+)", policy)
    host = visit.place.netloc.rpartition(":")[0] if visit.place.port else visit.place.netloc
    return f"{visit.place.scheme}://{host}:{port[1]}" if port else visit.origin


def _stream(visit: Visit, page: Answer, what: str, path: str) -> Finding:
    """Look whether a live stream's first words arrive while it is open."""
    address = stream_origin(visit, page) + path
    try:
        status, heard = visit.first_words(address + TRIAL)
    except TimeoutError:
        advice = f"the proxy holds it back: no buffering for {path}, see {GUIDE}"
        return Finding(what, State.WRONG, f"nothing came in {visit.patience_s:g} s", advice)
    except (OSError, http.client.HTTPException) as error:
        return replace(_unreached(address, error), name=what)
    if status == 200 and heard:
        return Finding(what, State.OK, f"events of {path} arrive at once")
    if status == 404:
        advice = f"have the proxy send {path} to the stream port, see {GUIDE}"
        return Finding(what, State.WRONG, "the pages answer in its place", advice)
    advice = "start the server anew, of this version; is the proxy's stream port right?"
    return Finding(what, State.WRONG, f"{address} answers {status}", advice)
