"""From the configuration's sections to what each part of the gate is told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from portique.core.errors import ConfigError
from portique.core.plain import Words
from portique.core.values import Language
from portique.core.zones import Mode, default_site
from portique.gate.capture.wishes import Wishes
from portique.gate.eyes import EyesSettings
from portique.gate.private_files import open_private
from portique.gate.sandbox import Measure
from portique.gate.screen.settings import SECRET_BYTES, Agent, ScreenSettings
from portique.gate.showing import AimArea

GOES_ON = "The lane works without it and takes it back when it returns."

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.core.zones import Lane
    from portique.gate.knowing import Knowledge
    from portique.gate.sections import GateConfig


def lane_row(config: GateConfig, knowledge: Knowledge | None) -> Lane:
    """Return this gate's lane: as the school says it, or without knowledge as configured.

    A mode other than control in the configuration wins over the school's.

    Raises:
        ConfigError: The school has no such lane, and the message names those it has; or the
            lane goes the other way, and the door would be driven for the wrong role.
    """
    gate = config.gate
    lanes = knowledge.site.lanes if knowledge else default_site().lanes
    found = next((lane for lane in lanes if lane.name == gate.lane), None)
    if found is None:
        raise ConfigError(
            f"gate.lane is {gate.lane!r}, but the school's lanes are "
            f"{', '.join(lane.name for lane in lanes)}: correct the configuration"
        )
    if found.direction != gate.direction:
        raise ConfigError(
            f"gate.direction is {gate.direction!r}, but lane {gate.lane!r} is the school's "
            f"{found.direction}: correct the configuration"
        )
    if knowledge is None:
        found = replace(found, point=Words(gate.staffed_point, gate.staffed_point))
    mode = Mode(gate.mode)
    return found if mode is Mode.CONTROL else replace(found, mode=mode)


def eyes_settings(config: GateConfig, now_ms: int, notice: Callable[[str], None]) -> EyesSettings:
    """Translate the configuration's camera and sandbox into what the eyes are told.

    What `notice` gets ends in `GOES_ON`: alone, it would read like the end of the gate.
    """
    camera, sandbox = config.camera, config.sandbox
    wishes = Wishes(
        width_px=camera.width,
        height_px=camera.height,
        frames_per_second=camera.rate,
        exposure_us=int(camera.exposure_ms * 1000),
        alternate_exposure=camera.alternate_exposure,
        lock_focus=camera.focus == "locked",
        mains_hz=camera.mains_hz,
        options=tuple(camera.options.items()),
    )
    return EyesSettings(
        camera.source,
        now_ms,
        wishes=wishes,
        memory_bytes_max=sandbox.memory_mb << 20,
        answer_within_ms=sandbox.frame_ms,
        required=frozenset(Measure) if sandbox.level == "required" else frozenset(),
        notice=lambda sentence: notice(f"{sentence} {GOES_ON}"),
    )


def screen_settings(config: GateConfig) -> ScreenSettings:
    """Translate the configuration's section into the screens' own settings."""
    screens = config.screens
    return ScreenSettings(
        host=screens.host,
        port=screens.port,
        agents=tuple(Agent(agent.alias, agent.pin_hash) for agent in screens.agents),
        hosts=tuple(screens.names),
        languages=_languages(config),
        certificate=screens.tls_certificate,
        private_key=screens.tls_key,
    )


def secret_file(config: GateConfig) -> Path:
    """Return where the gate keeps what signs the cookies of paired devices."""
    return config.journal.file.with_name("screens.secret")


def screens_secret(path: Path, entropy: Callable[[int], bytes]) -> bytes:
    """Return what signs the cookies of paired devices, kept over restarts beside the journal.

    A disk that can't keep it costs only that devices pair again after the next start.
    """
    with suppress(OSError):
        kept = path.read_bytes()
        if len(kept) == SECRET_BYTES:
            return kept
    secret = entropy(SECRET_BYTES)
    with suppress(OSError), open_private(path, "wb") as file:
        file.write(secret)
    return secret


def _languages(config: GateConfig) -> tuple[Language, ...]:
    first = Language(config.gate.language)
    others = (Language(language) for language in config.screens.languages)
    return (first, *(language for language in others if language is not first))


def aim_area(config: GateConfig) -> AimArea:
    """Return where codes count."""
    return AimArea(*config.camera.aim, code_width_min=config.camera.minimum_size)
