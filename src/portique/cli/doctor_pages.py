"""What a server's pages are like once they are reached: kept to HTTPS, whole, usable, live."""

from __future__ import annotations

import http.client
import re
from dataclasses import replace
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from portique.cli.doctor_checks import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.cli.doctor_visit import Answer, Visit

GUIDE = "docs/en/server.md"
STREAMS = {"the consoles' stream": "/direct/flux", "the gates' stream": "/gate/v1/stream"}
TRIAL = "?trial"  # see `portique.server.config.trial`
SKEW_OK_S, SKEW_MAX_S = 2, 30  # a phone's code lives 30 s; answers tell whole seconds
LOADED = {"src", "action", "data", "poster"}  # besides the href of <link>
FORM = "/langue"  # every page has it, and it changes nothing but a cookie


def check_page(visit: Visit, page: Answer) -> Iterator[Finding]:
    """Look at the first page and at what it leads to."""
    yield _health(visit)
    yield from _https_kept(visit, page)
    yield _contents(page)
    yield _form(visit, page)
    yield _clock(page)
    for what, path in STREAMS.items():
        yield _stream(visit, page, what, path)


def unreached(address: str, error: Exception) -> Finding:
    """Put in words why nothing came back."""
    if isinstance(error, ConnectionRefusedError):
        why = "nobody listens there"
    elif isinstance(error, http.client.HTTPException):
        why = "what answers is not HTTP; is it HTTPS?"
    else:
        why = f"no answer ({str(error) or type(error).__name__})"
    advice = "start the server or its proxy; open the port in this network's firewall"
    return Finding("address", State.WRONG, f"{address}: {why}", advice)


def _health(visit: Visit) -> Finding:
    try:
        answer = visit.get(visit.origin + "/healthz")
    except (OSError, http.client.HTTPException) as error:
        return unreached(visit.origin + "/healthz", error)
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


def _form(visit: Visit, page: Answer) -> Finding:
    """Send a form as a browser does: a proxy that changes the name has each of them refused."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    cookies = [each.partition(";")[0] for each in page.headers.get_all("Set-Cookie", [])]
    if token is None or not cookies:
        return Finding("forms", State.NOTE, "not tried: the page has none")
    body = urlencode({"csrfmiddlewaretoken": token[1], "language": "fr", "next": "/"})
    try:
        status = visit.post(visit.origin + FORM, body, "; ".join(cookies))
    except (OSError, http.client.HTTPException) as error:
        return replace(unreached(visit.origin + FORM, error), name="forms")
    if status == 302:
        return Finding("forms", State.OK, "what people send is taken")
    advice = f"have the proxy keep Host as it came, and set X-Forwarded-Proto, see {GUIDE}"
    told = f"what people send is refused ({status})"
    return Finding("forms", State.WRONG, told, advice)


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
        return replace(unreached(address, error), name=what)
    if status == 200 and heard:
        return Finding(what, State.OK, f"events of {path} arrive at once")
    if status == 404:
        advice = f"have the proxy send {path} to the stream port, see {GUIDE}"
        return Finding(what, State.WRONG, "the pages answer in its place", advice)
    if status == 403:
        advice = "open the server by its own name and port: --public-name, --port"
        return Finding(what, State.WRONG, "it refuses this page's address", advice)
    advice = "start the server anew, of this version; is the proxy's stream port right?"
    return Finding(what, State.WRONG, f"{address} answers {status}", advice)
