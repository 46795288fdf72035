"""The apps' own files, the same for everybody: pages, modules, manifests, service workers.

Two apps: the holder's `wallet` and the agent's `scanner`. The scanner alone may use a camera, and
compile the reader of codes (WebAssembly), in workers of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
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
    if request.headers.get("if-none-match") == found.etag:
        return HttpResponse(status=304, headers=headers)
    packs = "gzip" in request.headers.get("accept-encoding", "") and found.packed
    if packs:
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(
        found.packed if packs else found.data, content_type=found.content_type, headers=headers
    )


def _found(path: str) -> AppFile | None:
    web = web_folder()
    changed_ns = _changed_ns(web)
    if path in WORKERS:
        return _worker(web, WORKERS[path], changed_ns)
    return _files(web, changed_ns).get(path)


def _changed_ns(web: Path) -> int:
    """Return when the newest file was changed: an upgrade shows without a restart."""
    files = (one for part in PARTS for one in (web / part).rglob("*"))
    return max(one.stat().st_mtime_ns for one in files)


@lru_cache(maxsize=2)
def _files(web: Path, changed_ns: int) -> dict[str, AppFile]:
    """Read all there is to serve: no address of anybody's is ever looked for on the disk."""
    _ = changed_ns
    files = (one for part in PARTS for one in (web / part).rglob("*"))
    return {
        one.relative_to(web).as_posix(): _packed(one.read_bytes(), TYPES[one.suffix])
        for one in files
        if one.suffix in TYPES and one.is_file()
    }


@lru_cache(maxsize=4)
def _worker(web: Path, app: str, changed_ns: int) -> AppFile | None:
    """Make an app's worker; one that lacks a file would keep nothing, so there is none."""
    _ = changed_ns
    try:
        return _packed(service_worker(web, app), TYPES[".js"])
    except FileNotFoundError:
        log.exception("app-not-whole", extra={"app": app})
        return None


def _packed(data: bytes, content_type: str) -> AppFile:
    packed = gzip.compress(data, mtime=0) if len(data) > SHORT_BYTES else data
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    return AppFile(data, packed if len(packed) < len(data) else b"", content_type, etag)
