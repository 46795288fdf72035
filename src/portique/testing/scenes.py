"""Render what a gate's camera sees: cards and phones carrying codes, before a background.

The picture is made in the order light takes: ink and paper, lamp (gain, glare), lens and shutter
(defocus, motion), then the sensor (noise, clipping). A glare spot is therefore brighter than white
before it is clipped, and really erases what lies under it.

Everything follows from the scene and its seed: the same scene gives the same bytes.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from portique.testing.backgrounds import Background, background

Frame = NDArray[np.uint8]
Layer = NDArray[np.float32]
Quad = tuple[tuple[float, float], ...]

QUIET_ZONE_MODULES = 4  # ISO/IEC 18004
SUPERSAMPLING = 2
FOCAL_LENGTH_WIDTHS = 1.0  # a field of view of 53 degrees, a common webcam
GLARE_PEAK = 900.0  # in grey levels: the core stays saturated even over ink and after blur


class Surface(StrEnum):
    """What carries the code."""

    PAPER = "paper"
    SCREEN = "screen"
    DARK_SCREEN = "dark-screen"  # dark mode: light modules on a dark page
    YELLOW_PAPER = "yellow-paper"
    BLUE_INK = "blue-ink"
    BADGE = "badge"


@dataclass(frozen=True, slots=True)
class Colours:
    """Paints of a surface, as blue, green, red in 0..255."""

    light: tuple[int, int, int]
    ink: tuple[int, int, int]
    body: tuple[int, int, int]  # the card around the quiet zone
    edge: tuple[int, int, int]  # its border: a phone's frame, the cut of a card


COLOURS = {
    Surface.PAPER: Colours((232, 236, 238), (34, 32, 32), (236, 238, 240), (200, 204, 206)),
    Surface.SCREEN: Colours((250, 248, 246), (14, 12, 12), (250, 248, 246), (18, 18, 20)),
    Surface.DARK_SCREEN: Colours((24, 22, 20), (226, 224, 222), (24, 22, 20), (12, 12, 12)),
    Surface.YELLOW_PAPER: Colours((120, 214, 236), (40, 38, 40), (124, 216, 238), (90, 180, 200)),
    Surface.BLUE_INK: Colours((230, 232, 234), (140, 62, 30), (234, 236, 238), (200, 200, 200)),
    Surface.BADGE: Colours((240, 240, 240), (28, 28, 28), (176, 120, 60), (90, 60, 30)),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A thing that carries one code. `version` None: the smallest that holds the text."""

    text: str
    surface: Surface = Surface.PAPER
    error_correction: str = "M"
    version: int | None = None
    margin_modules: int = 5  # of card, beyond the quiet zone


@dataclass(frozen=True, slots=True)
class Glare:
    """A lamp's reflection; inside its radius the sensor is saturated. Place: 0..1 of the symbol."""

    x: float
    y: float
    radius_modules: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A card somewhere in the frame. `module_px` is a module's side before any tilt."""

    card: Card
    centre_px: tuple[float, float]
    module_px: float
    rotation_deg: float = 0.0
    tilt_deg: float = 0.0
    tilt_axis_deg: float = 0.0
    defocus_px: float = 0.0  # sigma of a gaussian
    motion_px: float = 0.0  # length of the path during the exposure
    motion_deg: float = 0.0
    glare: Glare | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One exposure. `gain` 1 is full light; `noise_sigma` is in grey levels, after the gain."""

    placed: tuple[Placed, ...] = ()
    width_px: int = 1280
    height_px: int = 720
    background: Background = Background.CORRIDOR
    background_seed: int = 0  # the wall does not change from frame to frame, the noise does
    gain: float = 1.0
    noise_sigma: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """A frame, and the corners of each symbol (without quiet zone), clockwise from its top left."""

    frame: Frame
    quads: tuple[Quad, ...]


def render(scene: Scene, *, colour: bool = False) -> Rendered:
    """Render a scene.

    Returns:
        The frame, uint8, `(height, width)` in grey or `(height, width, 3)` in BGR, with the true
        quads in the order of `scene.placed`.
    """
    size = (scene.width_px, scene.height_px)
    picture = background(scene.background, size, scene.background_seed, colour=colour).copy()
    picture *= np.float32(scene.gain)
    for placed in scene.placed:
        _put(picture, placed, scene.gain)
    if scene.noise_sigma > 0:
        generator = np.random.default_rng(scene.seed)
        noise = generator.standard_normal(picture.shape, dtype=np.float32)
        picture += noise * np.float32(scene.noise_sigma)
    clipped = cv2.convertScaleAbs(np.maximum(picture, 0, out=picture))
    frame = np.asarray(clipped, dtype=np.uint8)
    return Rendered(frame, tuple(true_quad(p, size) for p in scene.placed))


def symbol_modules(card: Card) -> int:
    """Return how many modules the card's symbol has on a side."""
    return len(_matrix(card))


def true_quad(placed: Placed, size: tuple[int, int]) -> Quad:
    """Return the symbol's corners in the frame, in pixels, clockwise from its own top left."""
    side = symbol_modules(placed.card)
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], dtype=np.float64)
    moved = cv2.perspectiveTransform(corners[None], homography(placed, size))[0]
    return tuple((float(x) - 0.5, float(y) - 0.5) for x, y in moved)


def smallest_module_px(placed: Placed, size: tuple[int, int]) -> float:
    """Return the shortest side that any module has in the frame, tilt included."""
    side = symbol_modules(placed.card)
    matrix = homography(placed, size)
    smallest = np.inf
    for x, y in ((0, 0), (side, 0), (side, side), (0, side)):
        around = np.array([[[x, y], [x + 0.01, y], [x, y + 0.01]]], dtype=np.float64)
        at, right, below = cv2.perspectiveTransform(around, matrix)[0]
        jacobian = np.stack([right - at, below - at]) * 100
        smallest = min(smallest, float(np.linalg.svd(jacobian)[1].min()))
    return smallest


def homography(placed: Placed, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return the map from symbol coordinates (modules, from its top left) to frame pixels.

    Pixel coordinates here count from the frame's corner: a pixel's centre is at one half.
    """
    focal = FOCAL_LENGTH_WIDTHS * size[0]
    depth = focal / placed.module_px
    turn, lean, axis = np.deg2rad([placed.rotation_deg, placed.tilt_deg, placed.tilt_axis_deg])
    lean_vector = lean * np.array([np.cos(axis), np.sin(axis), 0.0])
    rotation = cv2.Rodrigues(lean_vector)[0] @ cv2.Rodrigues(np.array([0.0, 0.0, turn]))[0]
    half = symbol_modules(placed.card) / 2
    to_centre = np.array([[1, 0, -half], [0, 1, -half], [0, 0, 1.0]])
    pose = np.column_stack([rotation[:, 0], rotation[:, 1], [0.0, 0.0, depth]])
    x, y = placed.centre_px
    camera = np.array([[focal, 0, x], [0, focal, y], [0, 0, 1.0]])
    matrix: NDArray[np.float64] = camera @ pose @ to_centre
    return matrix


def _put(picture: Layer, placed: Placed, gain: float) -> None:
    """Blend a card, blurred as a whole with its edges, into the picture."""
    box = _box(placed, picture.shape)
    if box is None:
        return
    left, top, right, bottom = box
    colour = picture.ndim == 3
    size = (picture.shape[1], picture.shape[0])
    layer = _warped(placed, box, size, colour=colour)
    if placed.glare is not None:
        _add_glare(layer, placed, placed.glare, (box[0], box[1]), size)
    layer = _blurred(layer, placed)
    alpha = layer[..., -1:]
    region = picture[top:bottom, left:right]
    lit = layer[..., :-1] * np.float32(gain)
    if colour:
        region *= 1 - alpha
        region += lit
    else:
        region *= 1 - alpha[..., 0]
        region += lit[..., 0]


def _box(placed: Placed, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """Return the part of the frame that the card and its blur can touch."""
    height, width = shape[:2]
    card = placed.card
    beyond = QUIET_ZONE_MODULES + card.margin_modules
    far = symbol_modules(card) + beyond
    corners = np.array([[[-beyond, -beyond], [far, -beyond], [far, far], [-beyond, far]]], float)
    moved = cv2.perspectiveTransform(corners, homography(placed, (width, height)))[0]
    spread = 3 * placed.defocus_px + placed.motion_px / 2 + 2
    left, top = np.floor(moved.min(axis=0) - spread).astype(int)
    right, bottom = np.ceil(moved.max(axis=0) + spread).astype(int)
    left, top, right, bottom = max(0, left), max(0, top), min(width, right), min(height, bottom)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _warped(
    placed: Placed, box: tuple[int, int, int, int], size: tuple[int, int], *, colour: bool
) -> Layer:
    """Project the card's texture into the box, antialiased; the last channel is the coverage."""
    left, top, right, bottom = box
    texels = int(np.clip(round(SUPERSAMPLING * placed.module_px), 4, 14))
    texture = _texture(placed.card, texels, colour=colour)
    beyond = QUIET_ZONE_MODULES + placed.card.margin_modules
    scale = float(SUPERSAMPLING)
    to_symbol = np.array([[1 / texels, 0, -beyond], [0, 1 / texels, -beyond], [0, 0, 1.0]])
    to_box = np.array([[scale, 0, -left * scale], [0, scale, -top * scale], [0, 0, 1.0]])
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    matrix = np.linalg.inv(half) @ to_box @ homography(placed, size) @ to_symbol @ half
    fine = ((right - left) * SUPERSAMPLING, (bottom - top) * SUPERSAMPLING)
    warped = cv2.warpPerspective(texture, matrix, fine, flags=cv2.INTER_LINEAR)
    small = cv2.resize(warped, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    layer: Layer = np.asarray(small, dtype=np.float32)
    layer[..., -1] *= np.float32(1 / 255)
    return layer


def _blurred(layer: Layer, placed: Placed) -> Layer:
    if placed.motion_px > 0:
        kernel = motion_kernel(placed.motion_px, placed.motion_deg)
        layer = cv2.filter2D(layer, -1, kernel, borderType=cv2.BORDER_REPLICATE).astype(np.float32)
    if placed.defocus_px > 0:
        layer = cv2.GaussianBlur(layer, (0, 0), placed.defocus_px).astype(np.float32)
    return layer


@lru_cache(maxsize=64)
def motion_kernel(length_px: float, angle_deg: float) -> Layer:
    """Return the kernel, of sum 1, of a straight and even movement during the exposure."""
    side = 2 * int(np.ceil(length_px / 2 + 1)) + 1
    kernel = np.zeros((side, side), np.float64)
    steps = np.linspace(-0.5, 0.5, 8 * side) * length_px
    angle = np.deg2rad(angle_deg)
    for x, y in zip(
        np.cos(angle) * steps + side // 2, np.sin(angle) * steps + side // 2, strict=True
    ):
        column, row = int(x), int(y)
        right, below = x - column, y - row
        kernel[row, column] += (1 - right) * (1 - below)
        kernel[row, column + 1] += right * (1 - below)
        kernel[row + 1, column] += (1 - right) * below
        kernel[row + 1, column + 1] += right * below
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


@lru_cache(maxsize=64)
def _matrix(card: Card) -> tuple[bytes, ...]:
    code = segno.make(
        card.text, error=card.error_correction, version=card.version, micro=False, boost_error=False
    )
    return tuple(bytes(row) for row in code.matrix)


@lru_cache(maxsize=32)
def _texture(card: Card, texels: int, *, colour: bool) -> Frame:
    """Paint the flat card, `texels` pixels a module; the last channel is the coverage, full."""
    colours = COLOURS[card.surface]
    modules = np.array([list(row) for row in _matrix(card)], dtype=np.uint8)
    inside = np.pad(modules, QUIET_ZONE_MODULES)
    whole = np.pad(inside, card.margin_modules, constant_values=2)
    whole[[0, -1], :] = 3
    whole[:, [0, -1]] = 3
    paints = np.array([colours.light, colours.ink, colours.body, colours.edge], dtype=np.float32)
    if not colour:
        paints = paints @ np.array([[0.114], [0.587], [0.299]], dtype=np.float32)
    flat = np.dstack([paints[whole].round().astype(np.uint8), np.full_like(whole, 255)])
    return np.ascontiguousarray(flat.repeat(texels, axis=0).repeat(texels, axis=1))


def _add_glare(
    layer: Layer, placed: Placed, glare: Glare, corner: tuple[int, int], size: tuple[int, int]
) -> None:
    """Add a reflection to a card: saturated inside its radius, fading over half of it outside."""
    side = symbol_modules(placed.card)
    at = np.array([[[glare.x * side, glare.y * side]]], dtype=np.float64)
    x, y = cv2.perspectiveTransform(at, homography(placed, size))[0, 0] - corner
    radius = max(glare.radius_modules * placed.module_px, 1e-6)
    reach = int(2.5 * radius) + 1
    left, top = max(0, int(x) - reach), max(0, int(y) - reach)
    lit = layer[top : max(0, int(y) + reach), left : max(0, int(x) + reach)]
    rows, columns = np.ogrid[: lit.shape[0], : lit.shape[1]]
    away = np.hypot(columns + left - x, rows + top - y) / radius
    light = GLARE_PEAK * np.exp(-(np.maximum(away - 0.75, 0) ** 2) / 0.09)
    lit[..., :-1] += light[..., None].astype(np.float32) * lit[..., -1:]
