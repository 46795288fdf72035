"""Make still pictures of codes as people photograph them: bent, dotted, stained, faint, far.

Each kind has one fault, drawn from a seed, over a range that goes further than what is easily read.
The order is that of light: ink and surface, shape in space, lamp, lens, sensor, file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import cv2
import numpy as np
import segno

from portique.testing.backgrounds import Background, background
from portique.testing.scenes import QUIET_ZONE_MODULES, motion_kernel

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.testing.scenes import Frame, Layer

TEXEL = 12  # pixels a module of the flat drawing
WORDS = ("lycee", "entree", "lundi", "carte", "salle", "menu", "visite", "plan", "atelier", "forum")
PAPER, INK = 236.0, 30.0


class Kind(StrEnum):
    """What makes a picture hard."""

    PLAIN = "plain"
    DOTTED = "dotted"
    LOGO = "logo"
    STAINED = "stained"
    CUT_OUT = "cut-out"
    BOTTLE = "bottle"
    CLOTH = "cloth"
    STEEP = "steep"
    TURNED = "turned"
    MIRRORED = "mirrored"
    DARK = "light-on-dark"
    FAINT = "faint"
    SHADOW = "shadow"
    GLARE = "glare"
    BLURRED = "blurred"
    MOVED = "moved"
    SQUEEZED = "jpeg-10"
    TINY = "tiny"
    LARGE = "large"
    SEVERAL = "several"
    PHONE = "everything-a-little"


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture, uint8 grey `(height, width)`, and the texts that it shows."""

    picture: Frame
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Shot:
    """How one code is drawn, bent, lit and taken. Lengths in modules unless named."""

    text: str
    module_px: float
    error: str = "M"
    dot_share: float = 0.0  # of a module, the dot's width; 0: squares
    logo_share: float = 0.0  # of the symbol's side
    stains: int = 0
    quiet: float = QUIET_ZONE_MODULES
    bend: float = 0.0  # half the angle of the cylinder that the card is bent to, in radians
    folds: float = 0.0  # how far cloth moves a module
    tilt_deg: float = 0.0
    turn_deg: float = 0.0
    mirrored: bool = False
    light_on_dark: bool = False
    contrast: float = 1.0
    shadow: float = 1.0  # what is left of the light in it
    glare: float = 0.0  # radius
    defocus: float = 0.0
    motion: float = 0.0
    noise_sigma: float = 2.0
    quality: int = 95  # of the file


def photograph(kind: Kind, seed: int) -> Photograph:
    """Take one picture of this kind; the same seed gives the same bytes."""
    draw = np.random.default_rng((seed, *kind.encode()))
    if kind is Kind.SEVERAL:
        shots = [_shot(Kind.PLAIN, draw) for _ in range(4)]
        pictures = [_taken(replace(shot, module_px=3.5), draw, (400, 400)) for shot in shots]
        rows = [np.hstack(pictures[:2]), np.hstack(pictures[2:])]
        return Photograph(np.vstack(rows), frozenset(shot.text for shot in shots))
    shot = _shot(kind, draw)
    size = (4000, 3000) if kind is Kind.LARGE else (640, 480)
    return Photograph(_taken(shot, draw, size), frozenset({shot.text}))


def _shot(kind: Kind, draw: np.random.Generator) -> _Shot:
    """Draw how a picture of a kind is taken."""
    words = draw.choice(WORDS, int(draw.integers(2, 6)))
    text = "https://example.org/" + "/".join(words) + f"?n={draw.integers(10_000)}"
    plain = _Shot(text, float(draw.uniform(4, 7)), turn_deg=float(draw.uniform(-25, 25)))
    far: Callable[[float, float], float] = lambda low, high: float(draw.uniform(low, high))  # noqa: E731
    faults: dict[Kind, dict[str, object]] = {
        Kind.PLAIN: {},
        Kind.DOTTED: {"dot_share": far(0.45, 0.8), "error": "H"},
        Kind.LOGO: {"logo_share": far(0.2, 0.34), "error": "H"},
        Kind.STAINED: {"stains": 1 + int(draw.integers(4)), "error": "Q"},
        Kind.CUT_OUT: {"quiet": far(0.0, 0.6)},
        Kind.BOTTLE: {"bend": far(0.6, 1.25)},
        Kind.CLOTH: {"folds": far(0.5, 1.4), "turn_deg": far(-15, 15)},
        Kind.STEEP: {"tilt_deg": far(50, 68), "module_px": far(6, 8)},
        Kind.TURNED: {"turn_deg": 90.0 * int(draw.integers(1, 4)) + far(-3, 3)},
        Kind.MIRRORED: {"mirrored": True},
        Kind.DARK: {"light_on_dark": True, "contrast": far(0.3, 0.9)},
        Kind.FAINT: {"contrast": far(0.05, 0.14), "noise_sigma": far(2, 3.5)},
        Kind.SHADOW: {"shadow": far(0.12, 0.3), "module_px": far(3, 5)},
        Kind.GLARE: {"glare": far(2.0, 4.5)},
        Kind.BLURRED: {"defocus": far(0.55, 0.85)},
        Kind.MOVED: {"motion": far(1.6, 2.6)},
        Kind.SQUEEZED: {"quality": 10, "module_px": far(2.4, 4.0), "noise_sigma": 4.0},
        Kind.TINY: {"module_px": far(1.15, 1.7)},
        Kind.LARGE: {"module_px": far(8, 24)},
        Kind.PHONE: {"module_px": far(2.4, 4), "tilt_deg": far(10, 40), "bend": far(0.1, 0.5),
                     "contrast": far(0.3, 0.6), "shadow": far(0.4, 0.7), "defocus": far(0.25, 0.5),
                     "noise_sigma": far(3, 7), "quality": 50},
    }  # fmt: skip
    return replace(plain, **faults[kind])  # type: ignore[arg-type] # names checked by `replace`


def _taken(shot: _Shot, draw: np.random.Generator, size: tuple[int, int]) -> Frame:
    """Draw, bend, light, blur, expose and store one code before a wall."""
    flat = _drawn(shot, draw)
    walls = list(Background)
    wall = background(walls[int(draw.integers(len(walls)))], size, 0, colour=False).copy()
    seen = _bent(flat, wall, shot, draw)
    seen = _lit(seen, shot, draw)
    if shot.motion:
        kernel = motion_kernel(shot.motion * shot.module_px, float(draw.uniform(0, 180)))
        seen = np.asarray(cv2.filter2D(seen, -1, kernel), dtype=np.float32)
    if shot.defocus:
        sigma = shot.defocus * shot.module_px
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), sigma), dtype=np.float32)
    seen += draw.standard_normal(seen.shape, dtype=np.float32) * np.float32(shot.noise_sigma)
    frame = np.clip(seen.round(), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, shot.quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _drawn(shot: _Shot, draw: np.random.Generator) -> Layer:
    """Draw the flat card: modules, logo, stains, quiet zone."""
    code = segno.make(shot.text, error=shot.error, micro=False, boost_error=False)
    modules = np.array([list(row) for row in code.matrix], dtype=np.uint8)
    dark = modules.repeat(TEXEL, 0).repeat(TEXEL, 1)
    if shot.dot_share:
        dark &= np.tile(_dot(shot.dot_share), modules.shape) | _finders(len(modules))
    card = np.where(dark > 0, INK, PAPER).astype(np.float32)
    side = len(card)
    if shot.logo_share:
        half = int(shot.logo_share * side / 2)
        middle = slice(side // 2 - half, side // 2 + half)
        card[middle, middle] = PAPER
        cv2.circle(card, (side // 2, side // 2), int(0.8 * half), (110.0,), -1)
    for _ in range(shot.stains):
        x, y = (int(v) for v in draw.integers(0, side, 2))
        cv2.circle(
            card, (x, y), int(draw.uniform(1, 3) * TEXEL), (float(draw.uniform(20, 240)),), -1
        )
    quiet = round(shot.quiet * TEXEL)
    card = np.pad(card, quiet, constant_values=PAPER)
    card = np.float32(128) + (card - np.float32(128)) * np.float32(shot.contrast)
    card = 255 - card if shot.light_on_dark else card
    return np.ascontiguousarray(card[:, ::-1] if shot.mirrored else card)


def _dot(share: float) -> Frame:
    """Return one dot in its module."""
    offset = np.abs(np.arange(TEXEL) + 0.5 - TEXEL / 2)
    inside = np.hypot(offset[:, None], offset[None, :]) <= share * TEXEL / 2
    return np.asarray(inside, dtype=np.uint8)


def _finders(modules: int) -> Frame:
    """Return where the finder patterns are, which printers of dots leave whole."""
    mask = np.zeros((modules, modules), np.uint8)
    mask[:7, :7] = mask[:7, -7:] = mask[-7:, :7] = 1
    return np.asarray(mask.repeat(TEXEL, 0).repeat(TEXEL, 1), dtype=np.uint8)


def _bent(flat: Layer, wall: Layer, shot: _Shot, draw: np.random.Generator) -> Layer:
    """Bend the card in space and put it before the wall."""
    fine = min(2.0, 12 / shot.module_px) if shot.module_px < 12 else 1.0
    height, width = (round(fine * side) for side in wall.shape)
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    scale = shot.module_px * fine / TEXEL
    x, y = (columns - width / 2) / scale, (rows - height / 2) / scale
    turn, tilt = np.deg2rad([shot.turn_deg, shot.tilt_deg])
    x, y = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
    distance = 3.0 * len(flat)
    nearer = distance / (distance * np.cos(tilt) + y * np.sin(tilt))  # a plane leaning back
    x, y = x * nearer * np.cos(tilt), y * nearer
    half = len(flat) / 2
    if shot.bend:
        radius = half / shot.bend
        x = radius * np.arcsin(np.clip(x / radius, -1, 1))
    if shot.folds:
        phase = draw.uniform(0, 2 * np.pi, 4)
        waves = draw.uniform(0.7, 1.6, 4) * 2 * np.pi / len(flat)
        move = shot.folds * TEXEL / 2
        x, y = (
            x + move * (np.sin(waves[0] * y + phase[0]) + np.sin(waves[1] * x + phase[1])),
            y + move * (np.sin(waves[2] * x + phase[2]) + np.sin(waves[3] * y + phase[3])),
        )
    maps = ((x + half - 0.5).astype(np.float32), (y + half - 0.5).astype(np.float32))
    card = cv2.remap(
        flat, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=-1e4
    )
    behind = cv2.resize(wall, (width, height), interpolation=cv2.INTER_LINEAR)
    whole = np.where(card >= 0, card, behind).astype(np.float32)
    small = cv2.resize(whole, (wall.shape[1], wall.shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32)


def _lit(seen: Layer, shot: _Shot, draw: np.random.Generator) -> Layer:
    """Let a shadow's edge cross the picture, and a lamp shine on it."""
    height, width = seen.shape
    columns, rows = np.meshgrid(np.arange(width) - width / 2, np.arange(height) - height / 2)
    if shot.shadow < 1:
        angle = draw.uniform(0, 2 * np.pi)
        across = (np.cos(angle) * columns + np.sin(angle) * rows) / (2 * shot.module_px)
        dark = 1 / (1 + np.exp(-np.clip(across, -40, 40)))
        seen = seen * (1 - (1 - shot.shadow) * dark)
    if shot.glare:
        x, y = draw.uniform(-9, 9, 2) * shot.module_px
        away = np.hypot(columns - x, rows - y) / (shot.glare * shot.module_px)
        seen = seen + 900 * np.exp(-(np.maximum(away - 0.75, 0) ** 2) / 0.09)
    return np.asarray(seen, dtype=np.float32)
