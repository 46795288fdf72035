"""The files an app works with offline: found from its page, named together by their content.

    index.html ──▶ style, icons, manifest ──▶ its icons
               └─▶ modules ──▶ the modules they import

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

_MOUNT = "/web/"
_IN_PAGE = re.compile(r"""(?:src|href)="(/web/[^"]+)\"""")
_IN_MODULE = re.compile(
    r"""^(?:import|export)\b[^'"]*['"](\.[^'"]+)['"]|^} from ['"](\.[^'"]+)['"]""", re.MULTILINE
)
_VERSION_DIGITS = 16


def app_files(web: Path, app: str) -> list[str]:
    """Return the addresses of an app's files, its page first.

    `app` is the name of its folder and of its address: `wallet`.
    """
    found: list[str] = []
    waiting = _IN_PAGE.findall((web / app / "index.html").read_text())
    while waiting:
        address = waiting.pop()
        if address not in found:
            found.append(address)
            waiting.extend(_named_in(web, address))
    return [f"/{app}/", *sorted(found)]


def _named_in(web: Path, address: str) -> Iterator[str]:
    text = _file(web, address).read_bytes().decode(errors="replace")
    names: list[str] = []
    if address.endswith(".js"):
        names = [first or second for first, second in _IN_MODULE.findall(text)]
    elif address.endswith(".webmanifest"):
        names = [icon["src"] for icon in json.loads(text)["icons"]]
    folder = address.rpartition("/")[0]
    return (name if name.startswith("/") else normpath(f"{folder}/{name}") for name in names)


def _file(web: Path, address: str) -> Path:
    return web / address.removeprefix(_MOUNT)


def service_worker(web: Path, app: str) -> bytes:
    """Return an app's service worker, told first which files are the app's and which version."""
    files = app_files(web, app)
    worker = (web / "shared" / "service-worker.js").read_bytes()
    content = hashlib.sha256((web / app / "index.html").read_bytes())
    for address in files[1:]:
        content.update(f"{address}\n".encode() + _file(web, address).read_bytes())
    told = {"app": app, "version": content.hexdigest()[:_VERSION_DIGITS], "files": files}
    return f"self.APP = {json.dumps(told)};\n".encode() + worker
