"""The standard showings by which reading is measured: one code held by a hand that trembles.

57 modules at 4 pixels a module before a 1280 x 720 camera: what a gate sees of a pass with a
template at arm's length. Tests, benchmarks and the chart in the documentation share it.
"""

from dataclasses import dataclass

import numpy as np

from portique.testing.scenes import Card, Placed, Rendered, Scene, render

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
FRAME_MS = 67  # fifteen a second
VERSION = 10
MODULE_PX = 4.0
TREMBLE_PX = 2.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a showing. Lengths in modules; noise in grey levels."""

    defocus_modules: float = 0.0
    motion_modules: float = 0.0
    motion_deg: float | None = None  # None: some direction, the same for all frames
    noise_sigma: float = 5.0


def pass_like_text(seed: int, length: int = 300) -> str:
    """Return a text that looks like a pass: reading doesn't verify it."""
    letters = np.random.default_rng(seed).choice(list(ALPHABET), length - 4)
    return "PQ1:" + "".join(letters)


def held(seed: int, number: int, fault: Fault, *, text: str | None = None) -> Rendered:
    """Render one frame of a showing. The seed sets the pose, the number the hand's tremble."""
    pose = np.random.default_rng(seed)
    tremble = np.random.default_rng((seed, number)).normal(0, TREMBLE_PX, 2)
    where = (
        640 + pose.uniform(-150, 150) + tremble[0],
        360 + pose.uniform(-100, 100) + tremble[1],
    )
    rotation, tilt, axis, along = pose.uniform(0, 1, 4) * (360, 12, 360, 180)
    placed = Placed(
        Card(text or pass_like_text(seed), version=VERSION),
        where,
        MODULE_PX,
        rotation,
        tilt,
        axis,
        defocus_px=MODULE_PX * fault.defocus_modules,
        motion_px=MODULE_PX * fault.motion_modules,
        motion_deg=along if fault.motion_deg is None else fault.motion_deg,
    )
    scene = Scene(
        (placed,),
        noise_sigma=fault.noise_sigma,
        seed=1000 * seed + number,
        background_seed=seed,
    )
    return render(scene)
