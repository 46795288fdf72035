"""What pages may ask for: checked here, carried out by the desk, answered in words."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from portique.core.entries import Ruling
from portique.core.errors import EnvironmentProblem, JournalError, TooLate
from portique.core.sentences import (
    AdmitReason,
    DenyReason,
    ForgottenReason,
    ManualReason,
    label,
)
from portique.core.values import Direction
from portique.gate.board import Mode, Posture
from portique.gate.screen.access import Device
from portique.gate.screen.context import (
    SESSION_COOKIE,
    BadRequest,
    Screens,
    Visitor,
    body_of,
    keep_device,
    keep_session,
    screens_of,
    text_of,
    visitor_of,
    whole_of,
    wholes_of,
    words_of,
)
from portique.gate.screen.plain import plain
from portique.gate.screen.render import AgentRenderer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from portique.gate.screen.access import Session

    Endpoint = Callable[[Request], Awaitable[Response]]
    Action = Callable[[Request, Session, dict[str, Any]], Awaitable[Response]]

DONE = {"done": True}


async def pair(request: Request) -> Response:
    """Make this device known, with the code the gate printed."""
    screens, words = screens_of(request), words_of(request)
    code = text_of(await body_of(request), "code")
    who = f"pair:{request.client.host if request.client else ''}"
    if wait := _must_wait(request, who):
        return wait
    if screens.pairing is None or not screens.pairing.accept("".join(code.split())):
        screens.patience.wrong(who)
        if screens.pairing is not None:
            screens.pairing.ask()  # the one it was read from may have ended meanwhile
        return JSONResponse({"error": words.say("pair.wrong")}, 403)
    response = JSONResponse(DONE)
    keep_device(response, screens, screens.devices.new(paired=True))
    screens.patience.right(who)
    return response


async def sign_in(request: Request) -> Response:
    """Open a session for an agent, on a known device."""
    screens, visitor = screens_of(request), visitor_of(request)
    body = await body_of(request)
    alias, pin = text_of(body, "alias"), text_of(body, "pin")
    if not visitor.known:
        return JSONResponse({"error": words_of(request).say("error.refused")}, 403)
    who = _waiter(screens, visitor, alias)
    if wait := _must_wait(request, who):
        return wait
    screens.patience.wrong(who)  # counted before it is checked: tries sent together wait as well
    session = await run_in_threadpool(screens.sessions.open, alias, pin, visitor.device.name)
    if session is None:
        return _wrong_pin(request, who)
    screens.patience.right(who)
    response = JSONResponse(DONE)
    keep_session(response, screens, session)
    # From now on this browser waits for its own wrong tries only, not for its neighbours'.
    keep_device(response, screens, Device(visitor.device.name, paired=True))
    return response


async def unlock(request: Request) -> Response:
    """Open a locked screen again; only its own agent can."""
    screens = screens_of(request)
    pin = text_of(await body_of(request), "pin")
    visitor = visitor_of(request)
    if visitor.session is None:
        return _signed_out(request)
    who = _waiter(screens, visitor, visitor.session.agent)
    if wait := _must_wait(request, who):
        return wait
    screens.patience.wrong(who)
    if not await run_in_threadpool(screens.sessions.unlock, visitor.session, pin):
        return _wrong_pin(request, who)
    screens.patience.right(who)
    screens.wake()
    return JSONResponse(DONE)


async def lock(request: Request) -> Response:
    """Hide the names until the PIN is given again."""
    session = visitor_of(request).session
    if session is None:
        return _signed_out(request)
    session.locked = True
    screens_of(request).wake()
    return JSONResponse(DONE)


async def sign_out(request: Request) -> Response:
    """End the session."""
    screens, session = screens_of(request), visitor_of(request).session
    if session is not None:
        screens.sessions.close(session)
        screens.wake()
    response = JSONResponse(DONE)
    response.delete_cookie(SESSION_COOKIE)
    return response


def signed_in(action: Action) -> Endpoint:
    """Let only an agent whose screen is not locked do this; each act counts as presence."""

    async def endpoint(request: Request) -> Response:
        screens, words = screens_of(request), words_of(request)
        body = await body_of(request)  # first: the agent may sign out while it comes
        session = visitor_of(request).session
        if session is None or session.locked:
            return _signed_out(request)
        screens.sessions.touch(session)
        try:
            return await action(request, session, body)
        except JournalError:
            return JSONResponse({"error": words.say("error.journal")}, 503)

    return endpoint


@signed_in
async def alive(_request: Request, _session: Session, _body: dict[str, Any]) -> Response:
    """Remember that the agent is at the screen."""
    return JSONResponse(DONE)


@signed_in
async def rule(request: Request, session: Session, body: dict[str, Any]) -> Response:
    """Give a ruling; who comes second learns who came first."""
    screens = screens_of(request)
    showing, ruling = whole_of(body, "showing"), _one_of(Ruling, body, "ruling")
    reasons = AdmitReason if ruling is Ruling.ADMIT else DenyReason
    reason = _one_of(reasons, body, "reason")
    try:
        await run_in_threadpool(screens.desk.rule, showing, ruling, reason, session.agent)
    except TooLate:
        return _too_late(request, screens, showing)
    return JSONResponse(DONE)


@signed_in
async def rule_left(request: Request, session: Session, body: dict[str, Any]) -> Response:
    """Answer, for the old cards the agent saw, that the person went away; each is journalled."""
    screens, seen = screens_of(request), wholes_of(body, "showings")
    old = [card.showing for card in screens.board.snapshot().waiting if card.old]
    for showing in old:
        if showing in seen:
            with suppress(TooLate):  # somebody answered meanwhile
                await run_in_threadpool(
                    screens.desk.rule, showing, Ruling.DENY, DenyReason.LEFT, session.agent
                )
    return JSONResponse(DONE)


@signed_in
async def admit_manually(request: Request, session: Session, body: dict[str, Any]) -> Response:
    """Let somebody through who showed no code."""
    desk, words = screens_of(request).desk, words_of(request)
    reason = _one_of(ManualReason, body, "reason")
    await run_in_threadpool(desk.admit_manually, reason, session.agent)
    said = words.say("manual.done", reason=label(reason, words.language))
    return JSONResponse({"done": True, "said": said})


@signed_in
async def find_forgotten(request: Request, _session: Session, body: dict[str, Any]) -> Response:
    """Name up to eight people of today's list who may be meant."""
    desk, words = screens_of(request).desk, words_of(request)
    letters, group = text_of(body, "letters"), text_of(body, "label")
    found = await run_in_threadpool(desk.find_forgotten, letters, group)
    if found is None:
        return JSONResponse({"error": words.say("forgotten.no-list")}, 409)
    if not found:
        return JSONResponse({"error": words.say("forgotten.nobody")}, 404)
    people = [{"card": o.pass_id, "name": plain(o.name), "label": plain(o.label)} for o in found]
    return JSONResponse({"done": True, "people": people})


@signed_in
async def admit_forgotten(request: Request, session: Session, body: dict[str, Any]) -> Response:
    """Decide on somebody's forgotten card; let them through, or show why not."""
    desk, words = screens_of(request).desk, words_of(request)
    card, reason = text_of(body, "card"), _one_of(ForgottenReason, body, "reason")
    try:
        admitted = await run_in_threadpool(desk.admit_forgotten, card, reason, session.agent)
    except TooLate:
        return JSONResponse({"error": words.say("forgotten.no-list")}, 409)
    said = words.say("forgotten.done" if admitted else "forgotten.waits")
    return JSONResponse({"done": True, "admitted": admitted, "said": said})


@signed_in
async def count(request: Request, _session: Session, body: dict[str, Any]) -> Response:
    """Count one person by hand, or take one back."""
    direction, step = _one_of(Direction, body, "direction"), whole_of(body, "step")
    if step not in {1, -1}:
        raise BadRequest("step must be 1 or -1")
    await run_in_threadpool(screens_of(request).desk.count, direction, step)
    return JSONResponse(DONE)


@signed_in
async def set_mode(request: Request, session: Session, body: dict[str, Any]) -> Response:
    """Change how the lane works."""
    mode = _one_of(Mode, body, "mode")
    await run_in_threadpool(screens_of(request).desk.set_mode, mode, session.agent)
    return JSONResponse(DONE)


@signed_in
async def end_evacuation(request: Request, session: Session, _body: dict[str, Any]) -> Response:
    """End an evacuation; the fire panel, then the school, may still ask for it."""
    screens, words = screens_of(request), words_of(request)
    try:
        await run_in_threadpool(screens.desk.end_evacuation, session.agent)
    except EnvironmentProblem:
        return JSONResponse({"error": words.say("evacuation.panel")}, 409)
    if screens.board.snapshot().posture is Posture.EVACUATION:
        return JSONResponse({"error": words.say("evacuation.school")}, 409)
    return JSONResponse({"done": True, "said": words.say("evacuation.done")})


@signed_in
async def dismiss(request: Request, session: Session, body: dict[str, Any]) -> Response:
    """Take an alert off every screen."""
    words, alert = words_of(request), whole_of(body, "alert")
    try:
        await run_in_threadpool(screens_of(request).desk.dismiss_alert, alert, session.agent)
    except TooLate:
        return JSONResponse({"error": words.say("alert.gone")}, 409)
    return JSONResponse(DONE)


async def bad_request(_request: Request, error: Exception) -> Response:
    """Answer a request that no page of ours sends."""
    return JSONResponse({"error": str(error)}, 400)


def _one_of(values: Any, body: dict[str, Any], name: str) -> Any:
    try:
        return values(text_of(body, name))
    except ValueError as error:
        raise BadRequest(f"{name} must be one of {', '.join(values)}") from error


def _too_late(request: Request, screens: Screens, showing: int) -> Response:
    renderer = AgentRenderer(words_of(request), screens.zone, locked=False)
    ruled = screens.board.ruled_on(showing)
    answer = {"error": renderer.too_late(ruled), "by": ruled and ruled.agent}
    return JSONResponse(answer, 409)


def _signed_out(request: Request) -> Response:
    return JSONResponse({"error": words_of(request).say("error.refused")}, 401)


def _waiter(screens: Screens, visitor: Visitor, alias: str) -> str:
    """Name who waits after wrong PINs: a known browser for itself, the others as one.

    For each agent apart, so that one's own PIN wipes out no wrong tries at a colleague's; aliases
    that nobody has share a name, so that there are no more names than agents.
    """
    device = visitor.device.name if visitor.device.paired else "others"
    return f"{device}:{alias if screens.settings.agent(alias) else ''}"


def _must_wait(request: Request, who: str) -> Response | None:
    seconds = math.ceil(screens_of(request).patience.wait_ms(who) / 1000)
    if not seconds:
        return None
    said = words_of(request).say("sign.wait", seconds=seconds)
    return JSONResponse({"error": said}, 429, {"Retry-After": str(seconds)})


def _wrong_pin(request: Request, who: str) -> Response:
    screens, words = screens_of(request), words_of(request)
    seconds = math.ceil(screens.patience.wait_ms(who) / 1000)
    said = words.say("sign.wrong")
    if seconds:
        said = f"{said} {words.say('sign.wait', seconds=seconds)}"
    return JSONResponse({"error": said}, 403)
