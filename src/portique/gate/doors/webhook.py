"""A door controller that takes HTTP: one POST an order, JSON, signed when a secret is set.

    POST <url>   {"order": "release", "for_s": 5.0, "gate": "entry-1", "at_ms": 1795420800000}
    X-Portique-Signature: sha256=<HMAC-SHA-256 of the body, hexadecimal>

Link lost: the order is lost with it, the agent is told, the controller stays in its fail state.
Process dead: the controller misses `alive` (every 2 s) three times and goes to its fail state; a
release ends by itself after `for_s`. Fire: `free`, repeated until answered 2xx, and then every 2 s
until the fire's end. A controller should refuse an `at_ms` older than 10 s, which a recorded
request has.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING

from portique.core.errors import LinkError

if TYPE_CHECKING:
    from portique.gate.doors.orders import Order
    from portique.gate.ports import Clock

ANSWER_BYTES_MAX = 1_024


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where orders go. ``secret`` may be empty: then requests carry no signature."""

    url: str
    gate_id: str
    secret: str = ""
    timeout_s: float = 1.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A controller that redirects is misconfigured: orders must not wander."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


class WebhookActuator:
    """`Actuator` over HTTP."""

    alive_every_ms = 2_000

    def __init__(self, settings: WebhookSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        # No proxy from the environment: a door's controller is on the school's own network.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def send(self, order: Order) -> None:
        """Post one order.

        Raises:
            LinkError: No answer in time, or not a 2xx.
        """
        body = json.dumps(
            order.message() | {"gate": self._settings.gate_id, "at_ms": self._clock.now_ms()}
        ).encode()
        request = urllib.request.Request(  # noqa: S310 - the configuration admits http(s) only
            self._settings.url, body, self._headers(body), method="POST"
        )
        try:
            with self._opener.open(request, timeout=self._settings.timeout_s) as answer:
                answer.read(ANSWER_BYTES_MAX)
        except (OSError, HTTPException) as error:
            raise LinkError(f"the door's controller did not take the order: {error}") from error

    def close(self) -> None:
        """Do nothing: silence tells the controller."""

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self._settings.secret:
            digest = hmac.new(self._settings.secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Portique-Signature"] = f"sha256={digest}"
        return headers
