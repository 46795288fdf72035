"""One connection to an MQTT 5 broker that never delivers late.

paho keeps unacknowledged messages and sends them again after a reconnection: a door would open when
the link comes back. So each connection is a new client, dropped whole at the first fault, and what
it held is dropped with it. Messages also expire at the broker, for controllers that were away.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from portique.core.errors import LinkError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ANSWER_S = 1.0  # for each of: connection, greeting, receipt
KEEPALIVE_S = 2  # the broker speaks the last will after 1.5 times this


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, and who we are to it."""

    host: str
    port: int = 1883
    user: str = ""
    password: str = ""
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """One message. ``expires_s`` of 0: it waits at the broker for ever."""

    topic: str
    payload: bytes
    retain: bool = False
    expires_s: int = 0


class MqttLink:
    """A connection made when needed. Thread-safe.

    Args:
        broker: Where to connect.
        will: What the broker says for us if we vanish.
        greeting: What we say ourselves at each connection.
        topic: What to subscribe to; none when empty.
        on_payload: Gets each payload of ``topic``, in paho's thread.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        will: Note | None = None,
        greeting: Note | None = None,
        topic: str = "",
        on_payload: Callable[[bytes], None] | None = None,
    ) -> None:
        self._broker = broker
        self._will = will
        self._greeting = greeting
        self._topic = topic
        self._on_payload = on_payload
        self._lock = threading.Lock()
        self._client: paho.Client | None = None

    @property
    def connected(self) -> bool:
        """Say whether the link stands."""
        client = self._client
        return client is not None and client.is_connected()

    def ensure(self) -> None:
        """Connect unless connected, within two seconds.

        Raises:
            LinkError: The broker is not there or does not want us.
        """
        with self._lock:
            if self.connected:
                return
            self._drop()
            self._client = self._connect()
        if self._greeting is not None:
            self.publish(self._greeting)

    def publish(self, note: Note) -> None:
        """Send one message and wait for the broker's receipt (QoS 1).

        Raises:
            LinkError: No receipt in time; the message will not be sent again.
        """
        client = self._client
        if client is None or not client.is_connected():
            raise LinkError("the MQTT broker can't be reached")
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho's own
        if note.expires_s:
            properties.MessageExpiryInterval = note.expires_s
        sent = client.publish(note.topic, note.payload, 1, note.retain, properties)
        try:
            sent.wait_for_publish(ANSWER_S)
            received = sent.is_published()
        except (RuntimeError, ValueError):
            received = False
        if not received:
            with self._lock:
                if self._client is client:
                    self._drop()
            raise LinkError("the MQTT broker gave no receipt")

    def close(self) -> None:
        """Say goodbye with the will's own words, then disconnect."""
        if self._will is not None and self.connected:
            with contextlib.suppress(LinkError):  # the broker will say it for us
                self.publish(self._will)
        with self._lock:
            self._drop()

    def _connect(self) -> paho.Client:
        client = self._new_client()
        greeted = threading.Event()
        refused: list[str] = []

        def on_connect(_c: object, _u: object, _f: object, reason: Any, _p: object) -> None:
            if reason.is_failure:
                refused.append(str(reason))
            elif self._topic:
                client.subscribe(self._topic, 1)
            greeted.set()

        client.on_connect = on_connect
        try:
            client.connect(self._broker.host, self._broker.port, KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise LinkError(f"the MQTT broker can't be reached: {error}") from error
        client.loop_start()
        if not greeted.wait(ANSWER_S) or refused:
            client.disconnect()
            client.loop_stop()
            raise LinkError(f"the MQTT broker refused us: {refused or 'no answer'}")
        return client

    def _new_client(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = ANSWER_S
        if self._broker.user:
            client.username_pw_set(self._broker.user, self._broker.password)
        if self._broker.tls:
            client.tls_set()
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, 1, self._will.retain)
        on_payload = self._on_payload
        if on_payload is not None:
            client.on_message = lambda _client, _userdata, message: on_payload(
                bytes(message.payload)
            )
        return client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()
