"""The files an app works with offline: found from its page, named together by their content.

    index.html ──▶ style, icons, manifest ──▶ its icons
               └─▶ modules ──▶ the modules they import, at once or later by `=> import('…')`,
                               the workers and files they name by
                               `new URL('…', import.meta.url)`

Nobody writes the list, so none can be forgotten, and any change of a file makes another worker.
The worker is told each file's digest: it keeps nothing that came otherwise than it lies here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from posixpath import normpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOUNTS = {"wallet": "/web/", "scanner": "/scanner/web/"}
"""Where each app's files are: a worker is served offline only from below its app's own address."""
_IN_PAGE = re.compile(r"""(?:src|href)="(/[^"]+)\"""")
_IN_MODULE = re.compile(
    r"""^(?:import\s*|(?:import|export)\b[^'"();]*\bfrom\s*)['"](\.[^'"]+)['"]""", re.MULTILINE
)
# Loaded after the first screen; a type in a comment goes on behind the bracket.
_LATER = re.compile(r"""=>\s*import\(['"](\.[^'"]+)['"]\)(?!\.\s*[A-Z])""")
_NAMED = re.compile(r"""new URL\(\s*['"](\.[^'"]+)['"],\s*import\.meta\.url""")
_VERSION_DIGITS = 16


def app_files(web: Path, app: str) -> list[str]:
    """Return the addresses of an app's files, its page first.

    `app` is the name of its folder and of its address: `wallet` or `scanner`.
    """
    mount = MOUNTS[app]
    found: list[str] = []
    named = _IN_PAGE.findall((web / app / "index.html").read_text())
    waiting = [name for name in named if name.startswith(mount)]
    while waiting:
        address = waiting.pop()
        if address not in found:
            found.append(address)
            waiting.extend(_named_in(web / address.removeprefix(mount), address))
    return [f"/{app}/", *sorted(found)]


def first_modules(web: Path, app: str) -> list[str]:
    """Return the addresses of the modules that an app's first screen waits for, but its own."""
    mount = MOUNTS[app]
    first = f"{mount}{app}/app.js"
    found: list[str] = []
    waiting = [first]
    while waiting:
        address = waiting.pop()
        if address not in found:
            found.append(address)
            text = (web / address.removeprefix(mount)).read_text(encoding="utf-8")
            folder = address.rpartition("/")[0]
            waiting += [normpath(f"{folder}/{name}") for name in _IN_MODULE.findall(text)]
    return sorted(set(found) - {first})


def _named_in(file: Path, address: str) -> Iterator[str]:
    text = file.read_bytes().decode(errors="replace")
    names: list[str] = []
    if address.endswith(".js"):
        names = _IN_MODULE.findall(text) + _LATER.findall(text) + _NAMED.findall(text)
    elif address.endswith(".webmanifest"):
        names = [icon["src"] for icon in json.loads(text)["icons"]]
    folder = address.rpartition("/")[0]
    return (name if name.startswith("/") else normpath(f"{folder}/{name}") for name in names)


def service_worker(web: Path, app: str) -> bytes:
    """Return an app's service worker, told first which files are the app's and which version."""
    page, *others = app_files(web, app)
    files = {page: _digest(web / app / "index.html")}
    files |= {address: _digest(web / address.removeprefix(MOUNTS[app])) for address in others}
    worker = (web / "shared" / "service-worker.js").read_bytes()
    content = hashlib.sha256(json.dumps(files).encode() + worker)
    told = {"app": app, "version": content.hexdigest()[:_VERSION_DIGITS], "files": files}
    return f"self.APP = {json.dumps(told)};\n".encode() + worker


def _digest(file: Path) -> str:
    return base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()
