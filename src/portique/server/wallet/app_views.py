"""The app's own files, the same for everybody: its page, modules, manifest, service worker."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from portique.server.accounts.access import public
from portique.server.wallet.app_files import service_worker
from portique.server.wallet.web_files import web_folder

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest

APP = "wallet"
PARTS = frozenset({APP, "core", "shared", "third"})
WORKER = f"{APP}/service-worker.js"  # made from the files it keeps: see `app_files`
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
    return _answer(request, f"{APP}/index.html")


@public
@require_safe
def file(request: HttpRequest, path: str) -> HttpResponse:
    """Give one file of the app."""
    response = _answer(request, path)
    if path == WORKER:
        response.headers["Service-Worker-Allowed"] = f"/{APP}/"
    return response


def _answer(request: HttpRequest, path: str) -> HttpResponse:
    """Answer with a file, or that it is still the same; the browser asks each time it is online.

    Raises:
        Http404: No file of the app.
        EnvironmentProblem: The folder is not whole.
    """
    web = web_folder()
    found = _files(web, _changed_ns(web)).get(path)
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


def _changed_ns(web: Path) -> int:
    """Return when the newest file was changed: an upgrade shows without a restart."""
    files = (one for part in PARTS for one in (web / part).rglob("*"))
    return max(one.stat().st_mtime_ns for one in files)


@lru_cache(maxsize=2)
def _files(web: Path, changed_ns: int) -> dict[str, AppFile]:
    """Read all there is to serve: no address of anybody's is ever looked for on the disk."""
    _ = changed_ns
    files = (one for part in PARTS for one in (web / part).rglob("*"))
    found = {
        one.relative_to(web).as_posix(): _packed(one.read_bytes(), TYPES[one.suffix])
        for one in files
        if one.suffix in TYPES and one.is_file()
    }
    return found | {WORKER: _packed(service_worker(web, APP), TYPES[".js"])}


def _packed(data: bytes, content_type: str) -> AppFile:
    packed = gzip.compress(data, mtime=0) if len(data) > SHORT_BYTES else data
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    return AppFile(data, packed if len(packed) < len(data) else b"", content_type, etag)
