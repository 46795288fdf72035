"""What phones meet beyond the pages: the holder's app and the agent's, and what they ask for."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn

from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_pages import GUIDE, unreached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.cli.doctor_visit import Answer, Visit

CHALLENGE, ENROL = "/wallet/v1/challenge", "/gate/v1/enrol"
ALLOWED, POLICY, PERMISSIONS, CACHING = (
    "Service-Worker-Allowed",
    "Content-Security-Policy",
    "Permissions-Policy",
    "Cache-Control",
)
TOLD = "self.APP = "  # how a worker begins: the app's files and the digest of each
NEEDED = ("script-src", "worker-src", "style-src", "connect-src", "manifest-src", "img-src")
TYPES = {  # what browsers insist on, by the end of a file's name
    "/": "text/html",
    ".js": "javascript",
    ".css": "text/css",
    ".webmanifest": "json",
    ".wasm": "application/wasm",
}
GATEWAY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, 504})
AT_ONCE = 8  # an app is a hundred files: asked one after the other they take a minute
LOG = "the server itself fails, not what stands before it: its log says why"
STARTED = "start portique-server; mend its port in the proxy's configuration"


@dataclass(frozen=True, slots=True)
class App:
    """An app of phones: what it is called here, its page, and its files' address."""

    name: str
    page: str  # its worker's scope too
    files: str
    folder: str

    @property
    def manifest(self) -> str:
        """Return where its manifest is."""
        return f"{self.folder}manifest.webmanifest"

    @property
    def worker(self) -> str:
        """Return where its service worker is."""
        return f"{self.folder}service-worker.js"

    @property
    def passing(self) -> str:
        """Say what a proxy has to do for it."""
        return f"have the proxy pass {self.page} and {self.files} with their headers, see {GUIDE}"


WALLET = App("phones' app", "/wallet/", "/web/", "/web/wallet/")
SCANNER = App("agents' scanner", "/scanner/", "/scanner/web/", "/scanner/web/scanner/")


class Fault(Exception):  # noqa: N818 - named for what it is
    """The first thing for which a phone could not use an app, and what to do about it."""

    def __init__(self, found: str, advice: str) -> None:
        """Take both in words."""
        super().__init__(found)
        self.found, self.advice = found, advice


def check_phones(visit: Visit) -> Iterator[Finding]:
    """Look at both apps as a phone's browser does before it installs them and works offline."""
    yield _check(visit, WALLET)
    yield _check(visit, SCANNER)


def _check(visit: Visit, app: App) -> Finding:
    try:
        page = _page(visit, app)
        files = _worker(visit, app)
        _whole(visit, app, files)
        if app is SCANNER:
            _can_scan(visit, page)
            more = ", camera and reader of codes allowed"
        else:
            more = "" if _phones_on(visit) else "; the school has phones switched off"
        return _well(visit, app, len(files), more)
    except Fault as fault:
        return Finding(app.name, State.WRONG, fault.found, fault.advice)
    except (OSError, http.client.HTTPException) as error:
        return replace(unreached(visit.origin + app.page, error), name=app.name)


def _well(visit: Visit, app: App, files: int, more: str) -> Finding:
    """Say that nothing is wrong with an app, and for whom: phones ask for HTTPS that they know."""
    whole = f"{files} files{more}"
    if visit.place.scheme == "http":
        told = f"no phone can use it without HTTPS; all else is well: {whole}"
        return Finding(app.name, State.NOTE, told, f"give it HTTPS, see {GUIDE}")
    told = f"it can be installed and works offline: {whole}"
    if visit.ca is None:
        return Finding(app.name, State.OK, told)
    # The school's own phones may have been given its authority; those of pupils were not.
    told = f"on phones that have the authority named by --ca, {told}"
    if app is SCANNER:
        return Finding(app.name, State.OK, told)
    advice = (
        "look again without --ca: people's own phones have no such authority, and need a "
        f"certificate that they know by themselves, see {GUIDE}"
    )
    return Finding(app.name, State.NOTE, told, advice)


# --- what any app needs ---------------------------------------------------------------------------


def _page(visit: Visit, app: App) -> Answer:
    page = _there(visit, app, app.page)
    policies = page.headers.get_all(POLICY, [])
    if not policies:
        raise Fault(f"{app.page} comes without {POLICY}", app.passing)
    own = _own(visit.origin)
    for policy in policies:  # a browser keeps to all of them
        for directive in NEEDED:
            if own.isdisjoint(_sources(policy, directive)):
                told = f"{app.page} comes with a {POLICY} whose {directive} forbids its own files"
                advice = f"have the proxy add no {POLICY} of its own, see {GUIDE}"
                raise Fault(told, advice)
    _there(visit, app, app.manifest)
    return page


def _own(origin: str) -> set[str]:
    """Return by which sources a policy lets a page load what comes from its own server."""
    # "http:" lets its safer sister load too.
    return {"'self'", "*", "http:", origin.partition("/")[0]}


def _sources(policy: str, directive: str) -> list[str]:
    """Return what a policy lets a directive load, by the fallbacks that browsers know."""
    named: dict[str, list[str]] = {}
    for name, *sources in filter(None, map(str.split, policy.lower().split(";"))):
        named.setdefault(name, sources)  # of two, browsers keep to the first
    workers = ("worker-src", "child-src", "script-src") if directive == "worker-src" else ()
    found = (named[name] for name in (*workers, directive, "default-src") if name in named)
    return next(found, ["'self'", "*"])


def _worker(visit: Visit, app: App) -> dict[str, str]:
    """Return the files that the app's worker keeps, with their digests."""
    worker = _there(visit, app, app.worker)
    if worker.headers.get(ALLOWED) != app.page:
        told = f"{app.worker} comes without {ALLOWED}: the app would not work offline"
        raise Fault(told, app.passing)
    if "no-cache" not in worker.headers.get(CACHING, ""):
        told = f"{app.worker} comes without {CACHING}: no-cache: phones would miss newer versions"
        raise Fault(told, f"have the proxy keep that header, and keep nothing of {app.files}")
    try:
        files = json.loads(worker.body.partition("\n")[0].removeprefix(TOLD).rstrip("; "))["files"]
        return {str(path): str(digest) for path, digest in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        _changed(app, app.worker, error)


def _whole(visit: Visit, app: App, files: dict[str, str]) -> None:
    """Look whether each file comes as it lies at the server: its worker keeps all or nothing."""
    with ThreadPoolExecutor(AT_ONCE) as asking:
        answers = asking.map(lambda path: _there(visit, app, path), files)
        for (path, digest), answer in zip(files.items(), answers, strict=True):
            if base64.b64encode(hashlib.sha256(answer.data).digest()).decode() != digest:
                _changed(app, path)


def _changed(app: App, path: str, cause: Exception | None = None) -> NoReturn:
    advice = (
        f"have the proxy change and keep nothing of {app.page} and {app.files}: no script of its "
        "own, no older copy; after an upgrade, start the server anew"
    )
    raise Fault(f"{path} comes otherwise than the server has it", advice) from cause


def _there(visit: Visit, app: App, path: str) -> Answer:
    """Return a file that came, as its kind.

    Raises:
        Fault: It did not, or as another kind; browsers then refuse it.
    """
    answer = visit.get(visit.origin + path)
    if answer.status != HTTPStatus.OK:
        raise Fault(f"{path} answers {answer.status}", _remedy(answer.status, app))
    kind = next((kind for end, kind in TYPES.items() if path.endswith(end)), "")
    if kind not in answer.headers.get("Content-Type", ""):
        told = f"{path} comes as {answer.headers.get('Content-Type', 'no type')}, not {kind}"
        raise Fault(told, app.passing)
    return answer


def _remedy(status: int, app: App) -> str:
    if status in GATEWAY:
        return STARTED
    return LOG if status >= HTTPStatus.INTERNAL_SERVER_ERROR else app.passing


# --- what each app needs besides ------------------------------------------------------------------


def _phones_on(visit: Visit) -> bool:
    """Ask for what every call of a phone begins with."""
    answer = visit.get(visit.origin + CHALLENGE)
    try:
        if answer.status == HTTPStatus.OK:
            return json.loads(answer.body)["phones"] is not False
    except (ValueError, KeyError, TypeError):
        pass
    told = f"{CHALLENGE} answers {answer.status}, not as a server of Portique: no phone can join"
    raise Fault(told, _remedy(answer.status, replace(WALLET, files="/wallet/v1/")))


def _can_scan(visit: Visit, page: Answer) -> None:
    """Look for what a browser wants before it gives the camera and reads codes with it."""
    permitted = page.headers.get_all(PERMISSIONS, [])
    if not permitted or any("camera=(self" not in each for each in permitted):
        told = f"{SCANNER.page} comes with a {PERMISSIONS} that forbids the camera, or with none"
        raise Fault(told, SCANNER.passing)
    policies = page.headers.get_all(POLICY, [])
    if any("'wasm-unsafe-eval'" not in _sources(each, "script-src") for each in policies):
        told = f"{SCANNER.page} comes with a {POLICY} that forbids the reader of codes"
        raise Fault(told, SCANNER.passing)
    answer = visit.get(visit.origin + ENROL)
    if answer.status != HTTPStatus.METHOD_NOT_ALLOWED:  # it is asked by POST alone
        told = f"{ENROL} answers {answer.status}, not as a server of Portique: no phone can join"
        raise Fault(told, _remedy(answer.status, replace(SCANNER, files="/gate/v1/")))
