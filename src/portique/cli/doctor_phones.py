"""What a holder's phone meets beyond the pages: the wallet, what installs it, what it asks."""

from __future__ import annotations

import http.client
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_pages import GUIDE, unreached

if TYPE_CHECKING:
    from portique.cli.doctor_visit import Visit

PHONES = "phones' app"
APP, MANIFEST = "/wallet/", "/web/wallet/manifest.webmanifest"
WORKER, CHALLENGE = "/web/wallet/service-worker.js", "/wallet/v1/challenge"
ALLOWED = "Service-Worker-Allowed"


def check_phones(visit: Visit) -> Finding:
    """Look at the wallet as a phone's browser does before it installs it and works offline."""
    try:
        wrong = _wrong(visit)
        off = not wrong and _is_off(visit)
    except (OSError, http.client.HTTPException) as error:
        return replace(unreached(visit.origin + APP, error), name=PHONES)
    if wrong:
        advice = f"have the proxy pass /wallet/ and /web/ with their headers, see {GUIDE}"
        return Finding(PHONES, State.WRONG, wrong, advice)
    told = "it can be installed and works offline"
    return Finding(PHONES, State.OK, f"{told}; the school has phones switched off" if off else told)


def _wrong(visit: Visit) -> str:
    """Say the first thing for which a browser would not install the app; nothing if none."""
    for path, kind in ((APP, "text/html"), (MANIFEST, "json"), (WORKER, "javascript")):
        answer = visit.get(visit.origin + path)
        if answer.status != http.HTTPStatus.OK:
            return f"{path} answers {answer.status}"
        if kind not in answer.headers.get("Content-Type", ""):
            return f"{path} comes as {answer.headers.get('Content-Type', 'no type')}"
        if path == WORKER and answer.headers.get(ALLOWED) != APP:
            return f"{path} comes without {ALLOWED}: the app would not work offline"
    return ""


def _is_off(visit: Visit) -> bool:
    try:
        return json.loads(visit.get(visit.origin + CHALLENGE).body).get("phones") is False
    except (ValueError, AttributeError):
        return False
