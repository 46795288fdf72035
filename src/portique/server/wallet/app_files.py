"""The files an app works with offline: found from its page, named together by their content.

    index.html ──▶ style, icons, manifest ──▶ its icons
               └─▶ modules ──▶ the modules they import, the workers and files they name by
                               `new URL('…', import.meta.url)`

Nobody writes the list, so none can be forgotten, and any change of a file makes another worker.
"""

from __future__ import annotations

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


def _named_in(file: Path, address: str) -> Iterator[str]:
    text = file.read_bytes().decode(errors="replace")
    names: list[str] = []
    if address.endswith(".js"):
        names = _IN_MODULE.findall(text) + _NAMED.findall(text)
    elif address.endswith(".webmanifest"):
        names = [icon["src"] for icon in json.loads(text)["icons"]]
    folder = address.rpartition("/")[0]
    return (name if name.startswith("/") else normpath(f"{folder}/{name}") for name in names)


def service_worker(web: Path, app: str) -> bytes:
    """Return an app's service worker, told first which files are the app's and which version."""
    files = app_files(web, app)
    worker = (web / "shared" / "service-worker.js").read_bytes()
    content = hashlib.sha256((web / app / "index.html").read_bytes())
    for address in files[1:]:
        file = web / address.removeprefix(MOUNTS[app])
        content.update(f"{address}\n".encode() + file.read_bytes())
    told = {"app": app, "version": content.hexdigest()[:_VERSION_DIGITS], "files": files}
    return f"self.APP = {json.dumps(told)};\n".encode() + worker
