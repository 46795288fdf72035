"""One message to an MQTT 5 broker, with its receipt: a connection of its own, closed after it."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from portique.server.outgoing.errors import Cause, SendError

if TYPE_CHECKING:
    from portique.server.outgoing.models import Destination
    from portique.server.outgoing.sending import Message

ANSWER_S = 3.0  # for each of: connection, greeting, receipt
KEEPALIVE_S = 30


class _Pinned(paho.Client):
    """A client that connects to an address that was judged, under the name it was judged for."""

    address = ""

    def _create_socket_connection(self) -> socket.socket:
        return socket.create_connection((self.address, self._port), ANSWER_S)


def publish(
    destination: Destination,
    message: Message,
    place: tuple[str, str, int],
    context: ssl.SSLContext | None,
) -> None:
    """Publish an event under the destination's topic and wait for the broker's receipt (QoS 1).

    Args:
        destination: The broker's, with who we are to it.
        message: What to say; its kind is the last part of the topic.
        place: The broker's name, the address that was judged, and the port.
        context: What TLS trusts; None: without.

    Raises:
        SendError: The broker is not there, does not want us, or gave no receipt.
    """
    host, address, port = place
    client = _client(destination, context)
    client.address = address
    greeted = threading.Event()
    refused: list[object] = []

    def on_connect(_c: object, _u: object, _f: object, reason: Any, _p: object) -> None:
        if reason.is_failure:
            refused.append(reason)
        greeted.set()

    client.on_connect = on_connect
    try:
        client.connect(host, port, KEEPALIVE_S)
        client.loop_start()
        if not greeted.wait(ANSWER_S):
            raise SendError(Cause.UNREACHABLE)
        if refused:
            raise SendError(Cause.REFUSED)
        sent = client.publish(f"{destination.topic}/{message.kind}", message.body, qos=1)
        sent.wait_for_publish(ANSWER_S)
        if not sent.is_published():
            raise SendError(Cause.UNREACHABLE)
    except ssl.SSLError as error:
        raise SendError(Cause.TLS) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise SendError(Cause.UNREACHABLE) from error
    finally:
        client.disconnect()
        client.loop_stop()


def _client(destination: Destination, context: ssl.SSLContext | None) -> _Pinned:
    client = _Pinned(
        CallbackAPIVersion.VERSION2,
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
    )
    client.connect_timeout = ANSWER_S
    if destination.login:
        client.username_pw_set(destination.login, destination.secret)
    if context is not None:
        client.tls_set_context(context)
    return client
