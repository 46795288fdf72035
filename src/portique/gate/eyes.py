"""What the gate's eyes are told, what they see and how they are: plain values, no process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.gate.capture.wishes import DEFAULT_WISHES, Wishes
from portique.gate.sandbox import MEMORY_BYTES_MAX, Measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.capture.messages import Looked

READER = "portique.sight.codes:CodeReader"


@dataclass(frozen=True, slots=True)
class EyesSettings:
    """What to look at, and how patiently.

    Args:
        source: An address that `portique.gate.capture.open_source` takes.
        starts_ms: Camera time of the start, UTC milliseconds.
        reader: `package.module:factory` of what reads codes.
        wishes: What a camera is asked for.
        memory_bytes_max: The decoder's address space.
        required: Without these measures of the sandbox no picture is looked at.
        looks_max: Looks waiting for the gate's loop; the oldest goes when one more comes.
        answer_within_ms: A decoder silent for longer, with frames waiting, is replaced.
        warm_within_ms: The same, from its start until it is ready.
        quiet_max_ms: A capture process that says nothing for longer is replaced.
        notice: Called from the eyes' thread with each new sentence for a technician.
    """

    source: str
    starts_ms: int
    reader: str = READER
    wishes: Wishes = DEFAULT_WISHES
    memory_bytes_max: int = MEMORY_BYTES_MAX
    required: frozenset[Measure] = frozenset()
    looks_max: int = 8
    answer_within_ms: int = 2_000
    warm_within_ms: int = 20_000
    quiet_max_ms: int = 30_000
    notice: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame looked at. Time and size are capture's word, the rest is the decoder's."""

    frame_number: int
    at_ms: int
    width: int
    height: int
    look: Looked


@dataclass(frozen=True, slots=True)
class EyesHealth:
    """How the eyes are; counts since `start`."""

    capture_pid: int | None = None
    decode_pid: int | None = None
    seeing: bool = False  # the last frame was looked at and the decoder is alive
    ended: bool = False  # the source has no more frames
    frames: int = 0  # captured
    looks: int = 0  # looked at
    looks_dropped: int = 0  # the gate's loop was too slow
    frames_torn: int = 0  # overwritten before they could be copied
    frames_failed: int = 0  # the reader raised
    decode_ends: int = 0
    capture_ends: int = 0
    bad_messages: int = 0
    measures: tuple[str, ...] = ()  # how the decoder is shut in (`sandbox.Measure`)
    notice: str | None = None  # the last sentence for a technician
