"""Put the screens together: pages, streams, actions, and the guard around them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from portique.gate.screen import actions, pages, streams
from portique.gate.screen.access import Devices, Pairing, Patience, Sessions
from portique.gate.screen.context import BadRequest, Screens
from portique.gate.screen.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.board import Board, Desk
    from portique.gate.screen.settings import ScreenSettings


def create_app(
    board: Board,
    desk: Desk,
    settings: ScreenSettings,
    *,
    monotonic_ms: Callable[[], int],
    announce: Callable[[str], None] = lambda _code: None,
) -> Starlette:
    """Make the web application of one gate's screens.

    Args:
        board: What is shown.
        desk: What carries out what agents ask.
        settings: To whom and how.
        monotonic_ms: The gate's monotonic clock, the one `Board.beat` is given.
        announce: Called with each new pairing code, when an unknown browser asks for it, to
            print it on the gate's console; never when only this machine can reach the screens.
    """
    devices = Devices(settings.secret)
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Guard, settings=settings, devices=devices)],
        exception_handlers={404: pages.missing, BadRequest: actions.bad_request},
    )
    app.state.screens = Screens(
        board=board,
        desk=desk,
        settings=settings,
        devices=devices,
        sessions=Sessions(settings, monotonic_ms),
        patience=Patience(monotonic_ms),
        pairing=None if settings.loopback else Pairing(announce, monotonic_ms),
        monotonic_ms=monotonic_ms,
    )
    return app


def _routes() -> list[Route | Mount]:
    posts = {
        "/pair": actions.pair,
        "/agent/sign-in": actions.sign_in,
        "/agent/unlock": actions.unlock,
        "/agent/lock": actions.lock,
        "/agent/sign-out": actions.sign_out,
        "/agent/alive": actions.alive,
        "/agent/rule": actions.rule,
        "/agent/rule-left": actions.rule_left,
        "/agent/manual": actions.admit_manually,
        "/agent/find-forgotten": actions.find_forgotten,
        "/agent/forgotten": actions.admit_forgotten,
        "/agent/count": actions.count,
        "/agent/mode": actions.set_mode,
        "/agent/dismiss": actions.dismiss,
        "/agent/end-evacuation": actions.end_evacuation,
    }
    gets = {
        "/": pages.index,
        "/holder": pages.holder,
        "/holder/stream": streams.holder_stream,
        "/agent": pages.agent,
        "/agent/stream": streams.agent_stream,
        "/healthz": pages.health,
    }
    return [
        *(Route(path, endpoint, methods=["POST"]) for path, endpoint in posts.items()),
        *(Route(path, endpoint, methods=["GET"]) for path, endpoint in gets.items()),
        Mount("/static", StaticFiles(packages=[(__package__, "static")])),
    ]
