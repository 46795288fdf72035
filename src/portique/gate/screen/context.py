"""What the pages share: the board, the desk, who is signed in, and how to read a request."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from portique.gate.screen.catalogue import Catalogue, catalogue, language_of
from portique.gate.screen.guard import BODY_BYTES_MAX, DEVICE_COOKIE
from portique.gate.screen.settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from portique.gate.board import Board, Desk
    from portique.gate.screen.access import Device, Devices, Pairing, Patience, Session, Sessions
    from portique.gate.screen.settings import ScreenSettings

SESSION_COOKIE = "portique_session"
DEVICE_COOKIE_S = 400 * 86_400  # browsers keep no cookie longer
LOOP_SILENT_MS_MAX = 5_000  # a loop silent for longer is taken for dead


@dataclass(slots=True)
class Screens:
    """Everything one gate's screens work with."""

    board: Board
    desk: Desk
    settings: ScreenSettings
    devices: Devices
    sessions: Sessions
    patience: Patience
    pairing: Pairing | None  # None on loopback: whoever sits at the machine is known
    monotonic_ms: Callable[[], int]
    stopping: bool = False
    wakers: set[Callable[[], None]] = field(default_factory=set)

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone."""
        return ZoneInfo(self.settings.zone)

    @property
    def alive(self) -> bool:
        """Whether the gate's loop still works, as far as the screens can tell."""
        beat = self.board.beat_ms
        return beat is None or self.monotonic_ms() - beat < LOOP_SILENT_MS_MAX

    def stop(self) -> None:
        """End every stream, so that the server can stop at once."""
        self.stopping = True
        self.wake()

    def wake(self) -> None:
        """Have every stream look again: something beside the board changed."""
        for wake in tuple(self.wakers):
            wake()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request."""

    device: Device
    known: bool  # on this machine, or paired
    session: Session | None


class BadRequest(Exception):  # noqa: N818 - named after its status
    """The request's body is not what the pages send."""


def screens_of(request: Request) -> Screens:
    """Return what the application shares."""
    return cast("Screens", request.app.state.screens)


def visitor_of(request: Request) -> Visitor:
    """Tell who sends the request, from its address and cookies."""
    screens = screens_of(request)
    device = screens.devices.read(request.cookies.get(DEVICE_COOKIE))
    if device is None:
        device = screens.devices.new(paired=False)
    session = screens.sessions.find(request.cookies.get(SESSION_COOKIE), device.name)
    return Visitor(device, device.paired or is_local(request), session)


def is_local(request: Request) -> bool:
    """Say whether the request comes from this machine itself, and not through a proxy on it."""
    forwarded = {"forwarded", "x-forwarded-for", "x-real-ip", "via"} & set(request.headers)
    return bool(request.client and is_loopback(request.client.host) and not forwarded)


def words_of(request: Request) -> Catalogue:
    """Return the words in the language the page was asked in, or its browser prefers."""
    accepted = request.headers.get("accept-language", "")
    return catalogue(language_of(request.query_params.get("lang"), accepted))


def keep_device(response: Response, screens: Screens, device: Device) -> None:
    """Have the browser remember which device it is."""
    _set_cookie(response, screens, DEVICE_COOKIE, screens.devices.cookie(device))


def keep_session(response: Response, screens: Screens, session: Session) -> None:
    """Have the browser remember who is signed in, until it closes."""
    _set_cookie(response, screens, SESSION_COOKIE, session.token)


def _set_cookie(response: Response, screens: Screens, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=DEVICE_COOKIE_S if name == DEVICE_COOKIE else None,
        secure=screens.settings.tls,
        httponly=True,
        samesite="strict",
    )


async def body_of(request: Request) -> dict[str, Any]:
    """Read a request's JSON object, a small one.

    Raises:
        BadRequest: It is too long, or anything else.
    """
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > BODY_BYTES_MAX:
            raise BadRequest(f"more than {BODY_BYTES_MAX} bytes")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadRequest("not JSON") from error
    if not isinstance(body, dict):
        raise BadRequest("not an object")
    return body


def text_of(body: dict[str, Any], name: str) -> str:
    """Return a field that must be a text.

    Raises:
        BadRequest: It is missing or something else.
    """
    value = body.get(name)
    if not isinstance(value, str) or _half_characters(value):
        raise BadRequest(f"{name} must be a text")
    return value


def _half_characters(text: str) -> bool:
    """Say whether a text holds half a character, which JSON can write and no encoding can."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def whole_of(body: dict[str, Any], name: str) -> int:
    """Return a field that must be a whole number.

    Raises:
        BadRequest: It is missing or something else.
    """
    value = body.get(name)
    if type(value) is not int:
        raise BadRequest(f"{name} must be a whole number")
    return value


def wholes_of(body: dict[str, Any], name: str) -> list[int]:
    """Return a field that must be a list of whole numbers.

    Raises:
        BadRequest: It is missing or something else.
    """
    values = body.get(name)
    if not isinstance(values, list) or any(type(value) is not int for value in values):
        raise BadRequest(f"{name} must be a list of whole numbers")
    return values
