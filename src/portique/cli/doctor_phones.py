"""What phones meet beyond the pages: the holder's app and the agent's, and what they ask for."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_pages import GUIDE, unreached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.cli.doctor_visit import Answer, Visit

CHALLENGE = "/wallet/v1/challenge"
READER = "/scanner/web/third/zxing-wasm/zxing_reader.wasm"
ALLOWED, POLICY, PERMISSIONS = (
    "Service-Worker-Allowed",
    "Content-Security-Policy",
    "Permissions-Policy",
)
TYPES = {"page": "text/html", "manifest": "json", "worker": "javascript"}


@dataclass(frozen=True, slots=True)
class App:
    """An app of phones: what it is called here, its page, and its files' address."""

    name: str
    page: str  # its worker's scope too
    files: str

    @property
    def manifest(self) -> str:
        """Return where its manifest is."""
        return f"{self.files}manifest.webmanifest"

    @property
    def worker(self) -> str:
        """Return where its service worker is."""
        return f"{self.files}service-worker.js"


WALLET = App("phones' app", "/wallet/", "/web/wallet/")
SCANNER = App("agents' scanner", "/scanner/", "/scanner/web/scanner/")


def check_phones(visit: Visit) -> Iterator[Finding]:
    """Look at both apps as a phone's browser does before it installs them and works offline."""
    yield _check(visit, WALLET)
    yield _check(visit, SCANNER)


def _check(visit: Visit, app: App) -> Finding:
    try:
        wrong = _wrong(visit, app) or (_cant_scan(visit) if app is SCANNER else "")
        off = not wrong and app is WALLET and _is_off(visit)
    except (OSError, http.client.HTTPException) as error:
        return replace(unreached(visit.origin + app.page, error), name=app.name)
    if f"answers {http.HTTPStatus.INTERNAL_SERVER_ERROR.value}" in wrong:
        advice = "the server itself fails, not what stands before it: its log says why"
        return Finding(app.name, State.WRONG, wrong, advice)
    if wrong:
        advice = f"have the proxy pass {app.page} and {app.files} with their headers, see {GUIDE}"
        return Finding(app.name, State.WRONG, wrong, advice)
    told = "it can be installed and works offline"
    told = f"{told}; the school has phones switched off" if off else told
    return Finding(app.name, State.OK, told)


def _wrong(visit: Visit, app: App) -> str:
    """Say the first thing for which a browser would not install the app; nothing if none."""
    for part, kind in TYPES.items():
        path = getattr(app, part)
        answer = visit.get(visit.origin + path)
        wrong = _not_there(path, answer, kind)
        if wrong:
            return wrong
        if part == "worker" and answer.headers.get(ALLOWED) != app.page:
            return f"{path} comes without {ALLOWED}: the app would not work offline"
    return ""


def _not_there(path: str, answer: Answer, kind: str) -> str:
    if answer.status != http.HTTPStatus.OK:
        return f"{path} answers {answer.status}"
    if kind not in answer.headers.get("Content-Type", ""):
        return f"{path} comes as {answer.headers.get('Content-Type', 'no type')}"
    return ""


def _cant_scan(visit: Visit) -> str:
    """Say the first thing for which a browser would give no camera, or read no code with it."""
    page = visit.get(visit.origin + SCANNER.page)
    permitted = page.headers.get_all(PERMISSIONS, [])
    if not permitted or any("camera=(self" not in each for each in permitted):
        return f"{SCANNER.page} comes with a {PERMISSIONS} that forbids the camera, or with none"
    if any("wasm-unsafe-eval" not in each for each in page.headers.get_all(POLICY, [])):
        return f"{SCANNER.page} comes with a {POLICY} that forbids the reader of codes"
    return _not_there(READER, visit.get(visit.origin + READER), "application/wasm")


def _is_off(visit: Visit) -> bool:
    try:
        return json.loads(visit.get(visit.origin + CHALLENGE).body).get("phones") is False
    except (ValueError, AttributeError):
        return False
