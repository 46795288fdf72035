"""From the configuration to the door and the fire line it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.values import Direction
from portique.gate.config import read_secret
from portique.gate.doors.fire import ContactFire, LineFire, MqttFire, WebhookFire
from portique.gate.doors.gpio import GpioActuator
from portique.gate.doors.keeper import Wiring
from portique.gate.doors.lines import open_input
from portique.gate.doors.mqtt import MqttActuator
from portique.gate.doors.mqtt_link import Broker
from portique.gate.doors.simulated import NoDoor, SimulatedDoor
from portique.gate.doors.webhook import WebhookActuator, WebhookSettings
from portique.gate.doors.worker import DoorSettings, WorkerDoor
from portique.gate.ports import FailState

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.doors.orders import Actuator
    from portique.gate.ports import Clock, Door, FireInput
    from portique.gate.sections import GateConfig, MqttSection


def open_door(
    config: GateConfig, clock: Clock, on_restart: Callable[[], None] = lambda: None
) -> Door:
    """Open the door that ``config`` names.

    Args:
        config: The lane's configuration.
        clock: The gate's clock.
        on_restart: Called, from a thread of the door, when its keeper had to be started again.

    Raises:
        EnvironmentProblem: A line, or gpiozero, is missing.
        ConfigError: A secret can't be read or can be read by others.
    """
    role = Direction(config.gate.direction)
    if config.door.kind == "none":
        return NoDoor()
    if config.door.kind == "simulated":
        return SimulatedDoor(clock, role)
    return WorkerDoor(
        _actuator(config, clock, on_restart), clock, DoorSettings(role, config.door.lamp_s)
    )


def open_fire(config: GateConfig) -> FireInput | None:
    """Open the fire line that ``config`` names; None when it names none.

    Raises:
        EnvironmentProblem: A line, a FIFO or a port can't be opened.
        ConfigError: A secret can't be read or can be read by others.
    """
    fire = config.fire
    if fire.kind == "contact" and fire.pin is not None:
        line = open_input(fire.pin, config.door.gpio.lines)
        return ContactFire(line, fire_is_high=fire.contact == "opens")
    if fire.kind == "line" and fire.path is not None:
        return LineFire(fire.path)
    if fire.kind == "webhook":
        return WebhookFire(fire.port)
    if fire.kind == "mqtt":
        return MqttFire(_broker(config.door.mqtt), fire.topic)
    return None


def _actuator(config: GateConfig, clock: Clock, on_restart: Callable[[], None]) -> Actuator:
    door = config.door
    if door.kind == "webhook":
        hook = door.webhook
        secret = read_secret(hook.secret) if hook.secret is not None else ""
        settings = WebhookSettings(hook.url, config.gate.id, secret, hook.timeout_s)
        return WebhookActuator(settings, clock)
    if door.kind == "mqtt":
        fail = FailState(door.fail.process_dead)
        return MqttActuator(_broker(door.mqtt), door.mqtt.topic, fail, clock)
    return GpioActuator(_wiring(config), clock, on_restart)


def _broker(mqtt: MqttSection) -> Broker:
    password = read_secret(mqtt.password) if mqtt.password is not None else ""
    return Broker(mqtt.host, mqtt.port, mqtt.user, password, mqtt.tls)


def _wiring(config: GateConfig) -> Wiring:
    gpio = config.door.gpio
    return Wiring(
        role=config.gate.direction,
        dead=config.door.fail.process_dead,
        released_high=gpio.released == "high",
        door=gpio.door,
        go=gpio.go,
        agent=gpio.agent,
        heartbeat=gpio.heartbeat,
        folder=None if gpio.lines is None else str(gpio.lines),
    )
