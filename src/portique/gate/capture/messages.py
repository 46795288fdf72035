"""What the processes of a gate say to each other: small canonical CBOR arrays, one per packet.

    capture ─▶ decode    Announced                     which frame is in shared memory
    capture ─▶ decide    Announced Remark Ended
    decode  ─▶ decide    Ready Looked Skipped Failed
    decide  ─▶ capture   Orders

The decode process works on pictures made by strangers, so what it says is read
like a stranger's word: exact types, bounded sizes, nothing repeated, and the
frame's time and size come from capture, not from it.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from portique.core import canonical
from portique.core.errors import UnreadablePass
from portique.gate.capture.wishes import DEFAULT_WISHES, Wishes

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT_CHARACTERS_MAX = 1200
CODES_MAX = 4
SUSPECTS_MAX = 8
SENTENCE_CHARACTERS_MAX = 400
WORD_CHARACTERS_MAX = 40
ADVICES = frozenset({"closer", "flatter", "hold-still", "less-glare"})
NUMBER_MAX = 1 << 53
PIXELS_ABSOLUTE_MAX = 1 << 16
MESSAGE_BYTES_MAX = 24_000  # four texts of 1,200 characters of four bytes, and some
_DEPTH_MAX, _ITEMS_MAX = 6, 160
_ANNOUNCED, _REMARK, _ENDED, _READY, _LOOKED, _SKIPPED, _FAILED, _ORDERS = range(8)

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


class BadMessage(Exception):  # noqa: N818 - not a failure of ours: somebody spoke nonsense
    """A packet that no process of ours would send; its catcher drops and counts it."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A frame is in shared memory."""

    number: int
    at_ms: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Remark:
    """The camera has something to tell a technician."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The source has no more frames."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The decoder is warm and shut in; `measures` says how (`sandbox.Measure`)."""

    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadCode:
    """One code read: its text, and four corners in pixels, clockwise from its own top left."""

    text: str
    quad: Quad
    sharpened: bool


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something that looks like a code and couldn't be read; `advice` is what would help."""

    quad: Quad
    advice: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What the decoder found in one frame: sight's `Look`, free of picture libraries."""

    number: int
    codes: tuple[ReadCode, ...]
    suspects: tuple[Suspect, ...]
    work: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """The frame was overwritten before it could be copied."""

    number: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The reader raised on this frame; `error` is the exception's class, nothing else."""

    number: int
    error: str


@dataclass(frozen=True, slots=True)
class Orders:
    """What capture is to play; sent, because arguments are public and addresses hold passwords."""

    source: str
    starts_ms: int
    first_number: int
    wishes: Wishes = DEFAULT_WISHES


FromCapture = Announced | Remark | Ended
FromDecode = Ready | Looked | Skipped | Failed


def encode_capture(message: FromCapture | Orders) -> bytes:
    """Encode what capture says or is told."""
    match message:
        case Announced(number, at_ms, width, height):
            body: list[object] = [_ANNOUNCED, number, at_ms, width, height]
        case Remark(sentence):
            body = [_REMARK, sentence[:SENTENCE_CHARACTERS_MAX]]
        case Ended():
            body = [_ENDED]
        case Orders(source, starts_ms, first_number, wishes):
            *numbers, options = astuple(wishes)
            body = [_ORDERS, source, starts_ms, first_number, numbers, dict(options)]
    return canonical.encode(body)


def encode_decode(message: FromDecode) -> bytes:
    """Encode what decode says, cut to what `parse_decode` accepts."""
    match message:
        case Ready(measures):
            body: list[object] = [_READY, list(measures)]
        case Looked(number, codes, suspects, work):
            found = [[_sendable(c.text), _flat(c.quad), c.sharpened] for c in codes[:CODES_MAX]]
            unread = [[_flat(s.quad), s.advice] for s in suspects[:SUSPECTS_MAX]]
            body = [_LOOKED, number, found, unread, min(work, NUMBER_MAX)]
        case Skipped(number):
            body = [_SKIPPED, number]
        case Failed(number, error):
            body = [_FAILED, number, error[:WORD_CHARACTERS_MAX]]
    return canonical.encode(body)


def parse_capture(packet: bytes) -> FromCapture:
    """Read what capture says.

    Raises:
        BadMessage: It is none of capture's messages.
    """
    match _values(packet):
        case [tag, number, at_ms, width, height] if tag == _ANNOUNCED:
            size = _side(width), _side(height)
            return Announced(_whole(number), _whole(at_ms), *size)
        case [tag, sentence] if tag == _REMARK:
            return Remark(_text(sentence, SENTENCE_CHARACTERS_MAX))
        case [tag] if tag == _ENDED:
            return Ended()
    raise BadMessage("not capture's")


def parse_orders(packet: bytes) -> Orders:
    """Read what capture is told.

    Raises:
        BadMessage: It is no orders.
    """
    match _values(packet):
        case [tag, source, starts_ms, first_number, [*numbers], dict(options)] if tag == _ORDERS:
            wishes = _wishes(numbers, options)
            return Orders(_text(source, 4096), _whole(starts_ms), _whole(first_number), wishes)
    raise BadMessage("not orders")


def _wishes(numbers: list[object], options: dict[object, object]) -> Wishes:
    texts = tuple((_text(name, 256), _text(value, 4096)) for name, value in options.items())
    match numbers:
        case [width, height, rate, exposure, bool(alternate), bool(focus), mains]:
            size = _whole(width), _whole(height)
            return Wishes(
                *size, _whole(rate), _whole(exposure), alternate, focus, _whole(mains), texts
            )
    raise BadMessage("not wishes")


def parse_decode(packet: bytes) -> FromDecode:
    """Read what decode says, as a stranger's word.

    Raises:
        BadMessage: It is none of decode's messages, or exceeds a bound.
    """
    match _values(packet):
        case [tag, [*measures]] if tag == _READY and len(measures) <= 8:
            return Ready(tuple(_text(measure, WORD_CHARACTERS_MAX) for measure in measures))
        case [tag, number, [*codes], [*suspects], work] if tag == _LOOKED:
            if len(codes) > CODES_MAX or len(suspects) > SUSPECTS_MAX:
                raise BadMessage("too many codes")
            found = tuple(_code(code) for code in codes)
            unread = tuple(_suspect(suspect) for suspect in suspects)
            return Looked(_whole(number), found, unread, _whole(work))
        case [tag, number] if tag == _SKIPPED:
            return Skipped(_whole(number))
        case [tag, number, error] if tag == _FAILED:
            return Failed(_whole(number), _text(error, WORD_CHARACTERS_MAX))
    raise BadMessage("not decode's")


def _values(packet: bytes) -> list[object]:
    try:
        value = canonical.decode(
            packet, bytes_max=MESSAGE_BYTES_MAX, depth_max=_DEPTH_MAX, items_max=_ITEMS_MAX
        )
    except UnreadablePass as error:
        raise BadMessage(error.detail) from error
    if not isinstance(value, list) or type(value[0] if value else None) is not int:
        raise BadMessage("no message begins like this")
    return value


def _code(value: object) -> ReadCode:
    match value:
        case [text, quad, bool(sharpened)]:
            return ReadCode(_text(text, TEXT_CHARACTERS_MAX), _quad(quad), sharpened)
    raise BadMessage("not a code")


def _suspect(value: object) -> Suspect:
    match value:
        case [quad, advice]:
            if advice not in ADVICES:
                raise BadMessage("advice that no reader gives")
            return Suspect(_quad(quad), _text(advice, WORD_CHARACTERS_MAX))
    raise BadMessage("not a suspect")


def _quad(value: object) -> Quad:
    if not isinstance(value, list) or len(value) != 8:
        raise BadMessage("not four corners")
    x1, y1, x2, y2, x3, y3, x4, y4 = (float(_coordinate(number)) for number in value)
    return (x1, y1), (x2, y2), (x3, y3), (x4, y4)


def _coordinate(value: object) -> int:
    if type(value) is not int or not -PIXELS_ABSOLUTE_MAX <= value <= PIXELS_ABSOLUTE_MAX:
        raise BadMessage("not a coordinate")
    return value


def _side(value: object) -> int:
    side = _whole(value, PIXELS_ABSOLUTE_MAX)
    if side == 0:
        raise BadMessage("a picture without pixels")
    return side


def _whole(value: object, most: int = NUMBER_MAX) -> int:
    if type(value) is not int or not 0 <= value <= most:  # `type`: True is no number here
        raise BadMessage("not a whole number in bounds")
    return value


def _text(value: object, characters_max: int) -> str:
    if not isinstance(value, str) or len(value) > characters_max:
        raise BadMessage("not a text in bounds")
    return value


def _sendable(text: str) -> str:
    """Make any text of any code fit a packet without ever making a pass of it.

    One too long can't be a pass; its beginning alone, far shorter than any
    pass, shows the gate that something foreign was presented.
    """
    whole = text if len(text) <= TEXT_CHARACTERS_MAX else text[:32]
    return whole.encode("utf-8", "replace").decode()


def _flat(quad: Sequence[tuple[float, float]]) -> list[int]:
    bound = PIXELS_ABSOLUTE_MAX
    return [max(-bound, min(bound, round(number))) for corner in quad for number in corner]
