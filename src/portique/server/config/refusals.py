"""What is said to requests that never reach the application."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.server.config.wsgi_calls import Answer, answer

if TYPE_CHECKING:
    from starlette.types import Scope

AGAIN_S = 10
SAID = {
    400: Words("La demande n’est pas bien formée.", "The request is not well-formed."),
    408: Words("L’envoi a pris trop de temps. Réessayez.", "Sending took too long. Try again."),
    413: Words(
        "L’envoi est trop long, ou sa longueur n’a pas été annoncée.",
        "What was sent is too long, or its length was not announced.",
    ),
    503: Words(
        "Trop d’envois à la fois. Réessayez dans un instant.",
        "Too much is being sent at once. Try again in a moment.",
    ),
}


def refusal(status: int, scope: Scope) -> Answer:
    """Say what was wrong: to programs as RFC 9457 has it, to people as a sentence."""
    language = dict(scope["headers"]).get(b"accept-language", b"fr")[:2].lower()
    words = SAID[status].en if language == b"en" else SAID[status].fr
    if scope["path"].startswith("/api/"):
        kind, text = "application/problem+json", _problem(status, words)
    else:
        kind, text = "text/plain; charset=utf-8", words
    headers = {"Content-Type": kind, "Cache-Control": "no-store"}
    headers |= {"X-Content-Type-Options": "nosniff"}
    headers |= {"Retry-After": str(AGAIN_S)} if status == 503 else {}
    return answer(status, headers.items(), text.encode())


def _problem(status: int, words: str) -> str:
    problem = {"type": "about:blank", "title": words, "status": status}
    return json.dumps(problem, ensure_ascii=False)
