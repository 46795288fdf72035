"""The doctor meets an address as a phone does, and names what is between it and a live page."""

import base64
import contextlib
import hashlib
import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from http.client import HTTPMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from portique.cli import doctor_https, doctor_pages
from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_https import check_address
from portique.cli.doctor_phones import (
    ALLOWED,
    CACHING,
    CHALLENGE,
    ENROL,
    PERMISSIONS,
    POLICY,
    SCANNER,
    WALLET,
    App,
)
from portique.cli.doctor_visit import Answer, Visit
from portique.cli.options import machine_time
from portique.school import authority as authorities
from portique.school.authority import place_of, reach_of

PATIENCE_S = 5.0  # a busy machine lets loopback wait too; what is held back is waited for as long
PAGE = '<input name="csrfmiddlewaretoken" value="x1"><link href="/static/frame.css">'
PLAIN, SCRIPT = {"Content-Type": "text/plain"}, {"Content-Type": "text/javascript"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
SEAL, READER = "/web/core/seal.js", "/scanner/web/third/zxing-wasm/zxing_reader.wasm"
HELD = {POLICY: "default-src 'self'; img-src 'self' data:"}
SCANS = HTML | {
    PERMISSIONS: "camera=(self), usb=()",
    POLICY: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
}


def worker_of(app: App, *files: str) -> tuple[int, dict[str, str], str]:
    """Return what a worker is answered with: which files are the app's, all of them empty."""
    digest = base64.b64encode(hashlib.sha256(b"").digest()).decode()
    told = json.dumps({"app": "x", "version": "1", "files": dict.fromkeys(files, digest)})
    return 200, SCRIPT | {ALLOWED: app.page, CACHING: "no-cache"}, f"self.APP = {told};\nrun();"


SOUND: dict[str, Any] = {
    "/": (302, {"Location": "/compte/"}, ""),
    "/compte/": (
        200,
        {"Set-Cookie": "__Host-portique-form=x; Secure", "Strict-Transport-Security": "max-age=9"},
        PAGE,
    ),
    "/healthz": (200, {}, '{"ok": true}'),
    "/langue": (302, {}, ""),
    "/direct/flux": (200, {}, ": open\n\n"),
    "/gate/v1/stream": (200, {}, ": open\n\n"),
    WALLET.page: (200, HTML | HELD, ""),
    WALLET.manifest: (200, {"Content-Type": "application/manifest+json"}, "{}"),
    WALLET.worker: worker_of(WALLET, WALLET.page, SEAL),
    SEAL: (200, SCRIPT, ""),
    CHALLENGE: (200, {}, '{"phones": true}'),
    SCANNER.page: (200, SCANS, ""),
    SCANNER.manifest: (200, {"Content-Type": "application/manifest+json"}, "{}"),
    SCANNER.worker: worker_of(SCANNER, SCANNER.page, READER),
    READER: (200, {"Content-Type": "application/wasm"}, ""),
    ENROL: (405, {}, ""),
}


class Fake(http.server.BaseHTTPRequestHandler):
    """Answers from a table; the streams stay open, and `held` says nothing."""

    answers: dict[str, Any]
    ahead = timedelta()

    def do_GET(self) -> None:
        path, _, asked = self.path.partition("?")
        status, headers, body = self.answers.get(path, (404, {}, ""))
        if body == "held":
            self.rfile.read(1)
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())
        if asked and status == 200:
            self.rfile.read(1)  # until the doctor leaves

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.answers["/langue"][0])
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
        return format_datetime(machine_time() + self.ahead, usegmt=False)

    def log_message(self, *_: Any) -> None: ...


def headers_of(fields: dict[str, str]) -> HTTPMessage:
    message = HTTPMessage()
    for name, value in fields.items():
        message[name] = value
    return message


@contextlib.contextmanager
def serving(
    answers: dict[str, Any], tls: ssl.SSLContext | None, ahead: timedelta = timedelta()
) -> Iterator[int]:
    handler = type("Handler", (Fake,), {"answers": answers, "ahead": ahead})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who leaves, leaves
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Make an authority and certificates: a good one, one of another address, one that is over."""
    folder: Path = tmp_path_factory.mktemp("tls")
    at = machine_time()
    reach = reach_of(["lycee.example", "127.0.0.0/8"], place_of([], []))
    signer = authorities.make(folder, "Lycée", reach, at=at - timedelta(days=9))
    whole = {"good": ("127.0.0.1", at), "other": ("127.0.0.9", at)}
    for name, (address, begins) in {**whole, "over": ("127.0.0.1", at - timedelta(8))}.items():
        place = place_of(["portique.lycee.example"], [address])
        given, key = authorities.give(signer, place, at=begins, days=2)
        (folder / f"{name}.pem").write_bytes(
            given.public_bytes(Encoding.PEM) + authorities.pem_of(key)
        )
    return folder


@pytest.fixture
def look(made, monkeypatch) -> Callable[..., dict[str, Finding]]:
    """Serve answers on loopback and return what the doctor finds, by name."""

    def see(
        changed: dict[str, Any] | None = None,
        *,
        certificate: str = "good",
        known: bool = True,
        named: bool = False,
        ahead_s: int = 0,
    ) -> dict[str, Finding]:
        if known and not named:  # as this machine knows by itself those of the public
            monkeypatch.setenv("SSL_CERT_FILE", str(made / "authority.crt"))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(made / f"{certificate}.pem")
        answers = SOUND | (changed or {})
        with serving(answers, tls, timedelta(seconds=ahead_s)) as port:
            ca = made / "authority.crt" if named else None
            visit = Visit(f"https://127.0.0.1:{port}/", ca, PATIENCE_S)
            return {finding.name: finding for finding in check_address(visit)}

    return see


def test_a_sound_server_has_nothing_wrong(look):
    """Trusted, whole, live."""
    found = look()

    assert {finding.state for finding in found.values()} == {State.OK}
    assert {"https", "pages", "cookies", "hsts", "the gates' stream"} <= found.keys()


@pytest.mark.parametrize(
    ("certificate", "known", "said"),
    [
        ("good", False, "who signed"),
        ("other", True, "not for 127.0.0.1"),
        ("over", True, "is over"),
    ],
)
def test_a_certificate_that_phones_refuse_is_told_apart(look, certificate, known, said):
    """And nothing further is looked at: a phone would not get further."""
    found = look(certificate=certificate, known=known)

    assert list(found) == ["name", "https"]
    assert said in found["https"].found


@pytest.mark.parametrize(
    ("changed", "name", "said"),
    [
        ({"/": (301, {"Location": "/"}, "")}, "pages", "circle"),
        ({"/": (400, {}, "")}, "pages", "doesn't go by the name 127.0.0.1"),
        ({"/": (502, {}, "")}, "pages", "not the server behind it"),
        ({"/": (302, {"Location": "https://b.example/"}, "")}, "pages", "away, to b.example"),
        ({"/compte/": (500, {}, "")}, "pages", "answers 500"),
        ({"/healthz": (200, {}, "Welcome to nginx!")}, "health", "not as a server of Portique"),
        ({"/compte/": (200, {"Set-Cookie": "form=x"}, PAGE)}, "cookies", "doesn't know"),
        (
            {"/compte/": (200, {}, "<script src='http://127.0.0.1/a.js'></script>")},
            "contents",
            "in clear",
        ),
        ({"/langue": (403, {}, "")}, "forms", "refused (403)"),
        ({"/direct/flux": (200, {}, "held")}, "the consoles' stream", "nothing came"),
        ({"/gate/v1/stream": (404, {}, "")}, "the gates' stream", "pages answer in its place"),
        ({"/gate/v1/stream": (502, {}, "")}, "the gates' stream", "answers 502"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(look, changed, name, said):
    """One fault each, as proxies and settings make them."""
    finding = look(changed)[name]

    assert finding.state is State.WRONG
    assert said in finding.found
    assert finding.advice


ALLOWS = {ALLOWED: "/wallet/"}


@pytest.mark.parametrize(
    ("app", "path", "answer", "said", "remedy"),
    [
        (WALLET, WALLET.page, (404, {}, ""), "answers 404", "have the proxy pass /wallet/"),
        (WALLET, WALLET.page, (301, {}, ""), "answers 301", "have the proxy pass /wallet/"),
        (WALLET, WALLET.page, (500, {}, ""), "answers 500", "its log says why"),
        (WALLET, WALLET.page, (502, {}, ""), "answers 502", "start portique-server"),
        (WALLET, WALLET.page, (200, HTML, ""), f"without {POLICY}", "with their headers"),
        (WALLET, WALLET.page, (200, HTML | {POLICY: "default-src 'none'"}, ""), "script-src", "no"),
        (WALLET, WALLET.page, (200, HTML | {POLICY: "worker-src 'none'"}, ""), "worker-src", "no"),
        (WALLET, WALLET.page, (200, HTML | {POLICY: "connect-src x.org"}, ""), "connect-src", "no"),
        (WALLET, WALLET.page, (200, HTML | {POLICY: "Script-Src 'none'"}, ""), "script-src", "no"),
        (WALLET, WALLET.page, (200, HTML | {POLICY: "img-src data:"}, ""), "img-src", "no"),
        (WALLET, WALLET.manifest, (200, PLAIN, "{}"), "comes as text/plain", "pass /wallet/"),
        (WALLET, WALLET.worker, (200, SCRIPT, ""), f"without {ALLOWED}", "with their headers"),
        (WALLET, WALLET.worker, (200, SCRIPT | ALLOWS, ""), "miss newer versions", "keep that"),
        (
            WALLET,
            WALLET.worker,
            (200, SCRIPT | ALLOWS | {CACHING: "no-cache"}, "run();"),
            "worker.js comes otherwise",
            "change and keep nothing",
        ),
        (WALLET, SEAL, (404, {}, ""), f"{SEAL} answers 404", "pass /wallet/ and /web/"),
        (WALLET, SEAL, (200, PLAIN, ""), f"{SEAL} comes as text/plain", "pass /wallet/"),
        (WALLET, SEAL, (200, SCRIPT, "// checked"), f"{SEAL} comes otherwise", "change and keep"),
        (WALLET, CHALLENGE, (403, {}, ""), "no phone can join", "pass /wallet/ and /wallet/v1/"),
        (WALLET, CHALLENGE, (200, {}, "<h1>"), "no phone can join", "pass /wallet/"),
        (WALLET, CHALLENGE, (500, {}, ""), "no phone can join", "its log says why"),
        (SCANNER, SCANNER.page, (404, {}, ""), "answers 404", "pass /scanner/"),
        (SCANNER, SCANNER.worker, (200, SCRIPT, ""), f"without {ALLOWED}", "headers"),
        (
            SCANNER,
            SCANNER.page,
            (200, SCANS | {PERMISSIONS: "camera=()"}, ""),
            "forbids the camera",
            "with their headers",
        ),
        (SCANNER, SCANNER.page, (200, HTML | HELD, ""), "forbids the camera", "with their headers"),
        (
            SCANNER,
            SCANNER.page,
            (200, SCANS | {POLICY: "script-src 'self'"}, ""),
            "forbids the reader of codes",
            "with their headers",
        ),
        (SCANNER, READER, (200, PLAIN, ""), "comes as text/plain", "pass /scanner/"),
        (SCANNER, READER, (503, {}, ""), "answers 503", "start portique-server"),
        (SCANNER, ENROL, (403, {}, ""), "no phone can join", "/gate/v1/"),
    ],
)
def test_what_keeps_phones_from_an_app_is_told_with_its_remedy(
    look, app, path, answer, said, remedy
):
    """One fault each, as proxies, filters and stopped servers make them; the other app is well."""
    found = look({path: answer})
    other = found[WALLET.name if app is SCANNER else SCANNER.name]

    assert (found[app.name].state, other.state) == (State.WRONG, State.OK)
    assert said in found[app.name].found
    assert remedy in found[app.name].advice


@pytest.mark.parametrize(
    "policy",
    [
        "Default-Src 'SELF'",
        "default-src *",
        "DEFAULT-SRC https: data:",
        "default-src http:",
        "default-src 'self'; default-src 'none'",
    ],
)
def test_a_policy_that_lets_the_app_s_own_files_load_is_well(look, policy):
    """By scheme, in capitals, or twice, of which the first counts."""
    assert look({WALLET.page: (200, HTML | {POLICY: policy}, "")})[WALLET.name].state is State.OK


def test_phones_that_are_off_are_nothing_wrong(look):
    """The school decided it; the app would still be served."""
    found = look({CHALLENGE: (200, {}, '{"phones": false}')})[WALLET.name]

    assert (found.state, "switched off" in found.found) == (State.OK, True)


def test_an_authority_that_phones_lack_is_worth_knowing(look):
    """The school's own phones may have it; pupils' have not, and are not asked to."""
    found = look(named=True)
    wallet, scanner = found[WALLET.name], found[SCANNER.name]

    assert (wallet.state, scanner.state) == (State.NOTE, State.OK)
    assert all("phones that have the authority" in each.found for each in (wallet, scanner))
    assert "without --ca" in wallet.advice


def test_a_missing_hsts_is_worth_knowing(look):
    """A proxy that drops the server's headers."""
    cookie = {"Set-Cookie": "__Host-portique-form=x; Secure"}

    assert look({"/compte/": (200, cookie, PAGE)})["hsts"].state is State.NOTE


@pytest.mark.parametrize(
    ("ahead_s", "state"), [(0, State.OK), (-15, State.NOTE), (600, State.WRONG)]
)
def test_clocks_that_differ_are_told(look, ahead_s, state):
    """Phones' codes live half a minute."""
    assert look(ahead_s=ahead_s)["server's clock"].state is state


def test_streams_are_looked_for_where_the_page_goes_for_them():
    """Without a proxy they have a port of their own, which the page's policy names."""
    policy = {"Content-Security-Policy": "default-src 'self'; connect-src 'self' https://h:8601"}
    answer = Answer("https://h:8600/", 200, headers_of(policy), b"", machine_time())

    assert doctor_pages.stream_origin(Visit("https://h:8600/"), answer) == "https://h:8601"


def test_http_beyond_this_machine_is_wrong():
    """No camera, passkey or phone code works there."""
    assert doctor_https._secure(Visit("http://192.0.2.1/")).state is State.WRONG


def test_pages_in_clear_beside_https_are_wrong(monkeypatch):
    """Browsers try them first."""
    answer = Answer("", 200, headers_of({}), b"", machine_time())
    monkeypatch.setattr(Visit, "get", lambda *_: answer)

    assert doctor_pages._in_clear(Visit("https://portique.example/")).state is State.WRONG


def test_a_public_address_is_worth_knowing(monkeypatch):
    """Nothing needs to face the internet."""
    row = (2, 1, 6, "", ("8.8.8.8", 443))
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [row])

    assert doctor_https._name(Visit("https://portique.example/")).state is State.NOTE


def test_what_speaks_no_tls_is_told():
    """HTTPS asked of a port that serves pages in clear."""
    with serving(SOUND, None) as port:
        found = list(check_address(Visit(f"https://127.0.0.1:{port}/", None, PATIENCE_S)))

    assert "no TLS there" in found[-1].found
