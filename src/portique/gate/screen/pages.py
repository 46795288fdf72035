"""The pages themselves: each is complete without any other site, and says nothing of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse

from portique.core.finding import LETTERS_MIN
from portique.core.sentences import (
    AdmitReason,
    DenyReason,
    ForgottenReason,
    ManualReason,
    label,
)
from portique.core.values import Language
from portique.gate.board import Advice, HolderState, Mode
from portique.gate.screen.catalogue import catalogue
from portique.gate.screen.context import (
    Visitor,
    keep_device,
    screens_of,
    visitor_of,
    words_of,
)
from portique.gate.screen.plain import plain
from portique.gate.screen.render import capital

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

ADMIT_KEYS = ("1", "2", "3", "4")
DENY_KEYS = ("5", "6", "7", "8")
_PAGES = Environment(
    loader=PackageLoader(__package__),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


async def index(request: Request) -> Response:
    """Tell each role where to go."""
    return _page(request, "index.html", visitor_of(request))


async def holder(request: Request) -> Response:
    """Show those who pass: go ahead, or see the agent."""
    visitor = visitor_of(request)
    if not visitor.known:
        return _pairing(request, visitor)
    screens = screens_of(request)
    languages = [catalogue(language) for language in screens.settings.languages]
    return _page(
        request,
        "holder.html",
        visitor,
        languages=languages,
        states=tuple(HolderState),
        advice=tuple(Advice),
        mirror=screens.settings.mirror,
    )


async def agent(request: Request) -> Response:
    """Show the agent's screen, or the way to it: pairing, then signing in."""
    visitor, screens = visitor_of(request), screens_of(request)
    if not visitor.known:
        return _pairing(request, visitor)
    if visitor.session is None:
        return _page(request, "sign.html", visitor, agents=screens.settings.agents)
    return _page(request, "agent.html", visitor, agent=visitor.session.agent, **_choices(request))


def _pairing(request: Request, visitor: Visitor) -> Response:
    """Ask for the code that the gate prints now."""
    pairing = screens_of(request).pairing
    if pairing is not None:
        pairing.ask()
    return _page(request, "pair.html", visitor)


async def missing(request: Request, _error: Exception) -> Response:
    """Say that there is no such page."""
    return _page(request, "missing.html", visitor_of(request), status=404)


async def health(request: Request) -> Response:
    """Say in a few bytes whether the gate's loop works; holds nothing about anybody."""
    alive = screens_of(request).alive
    return JSONResponse({"ok": alive}, 200 if alive else 503)


def _choices(request: Request) -> dict[str, Any]:
    language = words_of(request).language
    lane = screens_of(request).board.snapshot().lane

    def named(values: Any) -> list[tuple[str, str]]:
        return [(str(value), capital(label(value, language))) for value in values]

    return {
        "lane": plain(lane.title.in_language(language)),
        "direction": lane.direction,
        "direction_word": capital(label(lane.direction, language)),
        "admit": list(zip(ADMIT_KEYS, named(AdmitReason), strict=True)),
        "deny": list(zip(DENY_KEYS, named(DenyReason), strict=True)),
        "manual": named(ManualReason),
        "forgotten": named(ForgottenReason),
        "letters_min": LETTERS_MIN,
        "modes": tuple(Mode),
    }


def _page(
    request: Request, template: str, visitor: Visitor, *, status: int = 200, **values: Any
) -> Response:
    screens, words = screens_of(request), words_of(request)
    other = Language.EN if words.language is Language.FR else Language.FR
    html = _PAGES.get_template(template).render(
        say=words.say,
        language=words.language,
        other=other,
        path=request.url.path,
        token=screens.devices.form_token(visitor.device),
        **values,
    )
    response = HTMLResponse(html, status)
    keep_device(response, screens, visitor.device)
    return response
