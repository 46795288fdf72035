"""What every request and every answer must satisfy, whatever the page.

Headers forbid scripts, frames and requests from anywhere else; the host's name
is checked because a page of the outside world can make its own name point at
this machine (DNS rebinding); and nothing changes but by a request whose origin
is this very site, carrying the token that only its own pages know.
"""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from portique.gate.screen.access import Devices
    from portique.gate.screen.settings import ScreenSettings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; "
    # No text can become markup or code, even by a mistake of ours.
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}
BODY_BYTES_MAX = 4096  # a ruling is a hundred bytes
TOKEN_HEADER = "x-portique-token"  # noqa: S105 - the name of a header
DEVICE_COOKIE = "portique_device"
_SAFE = {"GET", "HEAD"}


class Guard:
    """Wraps the whole application: checks what comes in, seals what goes out."""

    def __init__(self, app: ASGIApp, settings: ScreenSettings, devices: Devices) -> None:
        self._app = app
        self._settings = settings
        self._devices = devices

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or turn it away."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, sealed)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if host_name(headers.get("host", "")) not in self._settings.host_names:
            return PlainTextResponse(
                "This gate does not answer to that name: use its own address.", 421
            )
        if scope["method"] in _SAFE or self._is_our_own(headers):
            return None
        return JSONResponse({"error": "not from this site's own pages"}, 403)

    def _is_our_own(self, headers: Headers) -> bool:
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        scheme = "https" if self._settings.tls else "http"
        origin = headers.get("origin")
        if origin is not None and origin != f"{scheme}://{headers['host']}":
            return False
        device = self._devices.read(cookie_of(headers, DEVICE_COOKIE))
        token = headers.get(TOKEN_HEADER, "")
        return device is not None and hmac.compare_digest(
            token.encode(), self._devices.form_token(device).encode()
        )


def host_name(host: str) -> str:
    """Return the name in a Host header, in lower case, without port or brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def cookie_of(headers: Headers, name: str) -> str | None:
    """Return one cookie of a request; None when missing or unreadable."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None
