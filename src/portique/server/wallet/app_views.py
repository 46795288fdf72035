"""The apps' own files, the same for everybody: pages, modules, manifests, service workers.

Two apps: the holder's `wallet` and the agent's `scanner`. The scanner alone may use a camera, and
compile the reader of codes (WebAssembly), in workers of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from portique.server.accounts.access import public
from portique.server.frame.middleware import PERMISSIONS
from portique.server.wallet.app_files import service_worker
from portique.server.wallet.web_files import web_folder

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest

WALLET, SCANNER = "wallet", "scanner"
SHARED = ("core", "shared", "third")
PARTS = (WALLET, SCANNER, *SHARED)
# Made from the files they keep: see `app_files`.
WORKERS = {f"{app}/service-worker.js": app for app in (WALLET, SCANNER)}
# A worker goes by the policy its own file came with, so all that the scanner loads has it.
READS_CODES = {
    "script-src": [SELF, WASM_UNSAFE_EVAL],
    "worker-src": [SELF],
    "connect-src": [SELF],
}
CAMERA = PERMISSIONS.replace("camera=()", "camera=(self)")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}
SHORT_BYTES = 512  # below, packing gains nothing
LOOK_EVERY_S = 1.0  # an app is sixty files: not one look at the disk for each
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AppFile:
    """A file as it is answered: as it is, and packed."""

    data: bytes
    packed: bytes
    content_type: str
    etag: str


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Give the wallet's page."""
    return _answer(request, f"{WALLET}/index.html")


@public
@require_safe
@csp_replace(READS_CODES)
def scanner(request: HttpRequest) -> HttpResponse:
    """Give the scanner's page, the only one that may use a camera."""
    response = _answer(request, f"{SCANNER}/index.html")
    response.headers["Permissions-Policy"] = CAMERA
    return response


@public
@require_safe
def file(request: HttpRequest, path: str) -> HttpResponse:
    """Give one file of the wallet."""
    return _file(request, path, WALLET)


@public
@require_safe
@csp_replace(READS_CODES)  # type: ignore[arg-type]  # it takes views with arguments too
def scanner_file(request: HttpRequest, path: str) -> HttpResponse:
    """Give one file of the scanner."""
    return _file(request, path, SCANNER)


def _file(request: HttpRequest, path: str, app: str) -> HttpResponse:
    if path.partition("/")[0] not in {app, *SHARED}:
        raise Http404
    response = _answer(request, path)
    if path in WORKERS:
        response.headers["Service-Worker-Allowed"] = f"/{app}/"
    return response


def _answer(request: HttpRequest, path: str) -> HttpResponse:
    """Answer with a file, or that it is still the same; the browser asks each time it is online.

    Raises:
        Http404: No file of an app.
        EnvironmentProblem: The folder is not whole.
    """
    found = _found(path)
    if found is None:
        raise Http404
    headers = {"Cache-Control": "no-cache", "ETag": found.etag, "Vary": "Accept-Encoding"}
    if _is_known(request, found.etag):
        return HttpResponse(status=304, headers=headers)
    packs = "gzip" in request.headers.get("accept-encoding", "") and found.packed
    if packs:
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(
        found.packed if packs else found.data, content_type=found.content_type, headers=headers
    )


def _is_known(request: HttpRequest, etag: str) -> bool:
    """Say whether the browser holds this file already."""
    marks = parse_etags(request.headers.get("if-none-match", ""))
    return etag in {"W/" + mark.removeprefix("W/") for mark in marks}


def _found(path: str) -> AppFile | None:
    web = web_folder()
    state = _state(web, int(time.monotonic() / LOOK_EVERY_S))
    if path in WORKERS:
        return _worker(web, WORKERS[path], state)
    return _files(web, state).get(path)


@lru_cache(maxsize=2)
def _state(web: Path, look: int) -> str:
    """Sum up sizes and times of all files, once a look: an upgrade shows without a restart."""
    _ = look
    seen = hashlib.sha256()
    for one in sorted(one for part in PARTS for one in (web / part).rglob("*")):
        found = one.stat()
        seen.update(f"{one}\n{found.st_mtime_ns} {found.st_size}\n".encode())
    return seen.hexdigest()


@lru_cache(maxsize=2)
def _files(web: Path, state: str) -> dict[str, AppFile]:
    """Read all there is to serve: no address of anybody's is ever looked for on the disk."""
    _ = state
    files = (one for part in PARTS for one in (web / part).rglob("*"))
    return {
        (path := one.relative_to(web).as_posix()): _packed(
            path, one.read_bytes(), TYPES[one.suffix]
        )
        for one in files
        if one.suffix in TYPES and one.is_file()
    }


@lru_cache(maxsize=4)
def _worker(web: Path, app: str, state: str) -> AppFile | None:
    """Make an app's worker; one that lacks a file would keep nothing, so there is none."""
    _ = state
    try:
        return _packed(f"{app}/service-worker.js", service_worker(web, app), TYPES[".js"])
    except FileNotFoundError:
        log.exception("app-not-whole", extra={"app": app})
        return None


def _packed(path: str, data: bytes, content_type: str) -> AppFile:
    packed = gzip.compress(data, mtime=0) if len(data) > SHORT_BYTES else data
    # Of this address alone; weak, since packed and plain are the same file in other bytes.
    digest = hashlib.sha256(f"{path}\n".encode() + data).hexdigest()
    etag = f'W/"{digest[:32]}"'
    return AppFile(data, packed if len(packed) < len(data) else b"", content_type, etag)
