"""A door controller on an MQTT 5 broker.

    <topic>/order   {"order": "release", "for_s": 5.0, "at_ms": …}   QoS 1, never retained, expires
    <topic>/state   {"state": "alive"} or {"state": "dead", "fail": "secured"}   QoS 1, retained

Link lost: orders are lost with it and never sent again; the broker publishes the last will, the
controller takes the door to its fail state. Process dead: the same last will, 3 s later; a lane
that hangs stops `alive` orders (every second) at once. Fire: `free`, repeated until received, and
then every 2 s until the fire's end.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from portique.gate.doors.mqtt_link import Broker, MqttLink, Note
from portique.gate.doors.orders import Command, Order

if TYPE_CHECKING:
    from portique.gate.ports import Clock, FailState

EXPIRES_S = 2  # a controller that was away must not open for somebody long gone
LASTING = frozenset({Command.FREE, Command.RESET})


class MqttActuator:
    """`Actuator` over MQTT. Connects when it first has something to say."""

    alive_every_ms = 1_000

    def __init__(self, broker: Broker, topic: str, fail: FailState, clock: Clock) -> None:
        self._topic = topic
        self._clock = clock
        state = f"{topic}/state"
        dead = json.dumps({"state": "dead", "fail": fail.value}).encode()
        alive = json.dumps({"state": "alive"}).encode()
        self._link = MqttLink(
            broker,
            will=Note(state, dead, retain=True),
            greeting=Note(state, alive, retain=True),
        )

    def send(self, order: Order) -> None:
        """Publish one order and wait for the broker's receipt.

        Raises:
            LinkError: It was not received and will not be sent again.
        """
        self._link.ensure()
        payload = json.dumps(order.message() | {"at_ms": self._clock.now_ms()}).encode()
        lasts = order.command in LASTING and not order.again  # or a queue of them would fill up
        expires_s = 0 if lasts else EXPIRES_S
        self._link.publish(Note(f"{self._topic}/order", payload, expires_s=expires_s))

    def close(self) -> None:
        """Publish the last will ourselves and disconnect."""
        self._link.close()
