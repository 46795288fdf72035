"""What the decode process says, how it is read, and what it does with one frame."""

import os
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core import canonical
from portique.core.errors import EnvironmentProblem
from portique.gate import capture_process, decode_process, frame_memory
from portique.gate.capture import Frame, Play
from portique.gate.capture.messages import (
    CODES_MAX,
    MESSAGE_BYTES_MAX,
    SUSPECTS_MAX,
    TEXT_CHARACTERS_MAX,
    Announced,
    BadMessage,
    Ended,
    Failed,
    Looked,
    Orders,
    ReadCode,
    Ready,
    Remark,
    Skipped,
    Suspect,
    encode_capture,
    encode_decode,
    parse_capture,
    parse_decode,
    parse_orders,
)
from portique.gate.capture.wishes import Wishes
from portique.gate.frames import FrameReader, FrameWriter

QUAD = ((1.0, 2.0), (9.0, 2.0), (9.0, 9.0), (1.0, 9.0))
FLAT = [1, 2, 9, 2, 9, 9, 1, 9]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.integers(), inner, max_size=3),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "message",
    [
        Ready(("calls", "files")),
        Looked(7, (ReadCode("PQ1:ABC", QUAD, sharpened=True),), (Suspect(QUAD, "closer"),), 120),
        Looked(0, (), (), 0),
        Skipped(3),
        Failed(3, "ValueError"),
    ],
)
def test_what_decode_says_is_understood(message):
    """Every message comes out as it went in."""
    assert parse_decode(encode_decode(message)) == message


@pytest.mark.parametrize(
    "message",
    [Announced(7, 1_795_420_800_000, 1280, 720), Remark("The camera is back."), Ended()],
)
def test_what_capture_says_is_understood(message):
    """Every message comes out as it went in."""
    assert parse_capture(encode_capture(message)) == message


def test_orders_are_understood():
    """Address, time, number and wishes reach the capture process."""
    orders = Orders("rtsp://a:b@192.0.2.1/1", 5, 9, Wishes(mains_hz=60, options=(("a", "b"),)))

    assert parse_orders(encode_capture(orders)) == orders


@given(st.binary(max_size=200) | VALUES.map(canonical.encode))
def test_no_packet_makes_the_parser_stumble(packet):
    """Whatever bytes arrive, the answer is a message or a `BadMessage`."""
    for parse in (parse_decode, parse_capture, parse_orders):
        try:
            message = parse(packet)
        except BadMessage:
            continue
        assert message is not None


@pytest.mark.parametrize(
    "body",
    [
        [4, -1, [], [], 0],
        [4, True, [], [], 0],
        [4, 0, [["x" * (TEXT_CHARACTERS_MAX + 1), FLAT, False]], [], 0],
        [4, 0, [["x", FLAT, 1]], [], 0],
        [4, 0, [["x", FLAT[:7], False]], [], 0],
        [4, 0, [["x", [*FLAT[:7], 1 << 20], False]], [], 0],
        [4, 0, [["x", FLAT, False]] * (CODES_MAX + 1), [], 0],
        [4, 0, [], [[FLAT, "closer"]] * (SUSPECTS_MAX + 1), 0],
        [4, 0, [], [[FLAT, "x" * 41]], 0],
        [3, ["x"] * 9],
        [True, 0],
        [],
    ],
)
def test_a_message_out_of_bounds_is_refused(body):
    """Numbers, texts and lists each have their limit, and `True` is no number."""
    with pytest.raises(BadMessage):
        parse_decode(canonical.encode(body))


def test_the_largest_look_fits_one_packet():
    """Four texts of the widest characters, all suspects."""
    code = ReadCode("\U0001f6aa" * TEXT_CHARACTERS_MAX, QUAD, sharpened=False)
    look = Looked(
        1 << 50, (code,) * CODES_MAX, (Suspect(QUAD, "hold-still"),) * SUSPECTS_MAX, 1 << 50
    )
    packet = encode_decode(look)

    assert len(packet) <= MESSAGE_BYTES_MAX
    assert parse_decode(packet) == look


def test_a_text_too_long_never_becomes_a_pass():
    """Only its beginning goes on, shorter than any pass."""
    code = ReadCode("PQ1:" + "A" * 5000, QUAD, sharpened=False)
    sent = parse_decode(encode_decode(Looked(0, (code,), (), 0)))

    assert isinstance(sent, Looked)
    assert len(sent.codes[0].text) <= 32


def test_a_text_no_one_can_encode_is_sent_all_the_same():
    """Half a surrogate pair costs its character, not the frame."""
    sent = parse_decode(
        encode_decode(Looked(0, (ReadCode("a\ud800", QUAD, sharpened=False),), (), 0))
    )

    assert isinstance(sent, Looked)
    assert sent.codes[0].text == "a?"


class Line:
    """Capture and decode joined in one process, as the main process joins them."""

    def __init__(self) -> None:
        """Make memory and sockets."""
        self.memory = frame_memory.create_memory()
        self.writer, self.reader = FrameWriter(self.memory), FrameReader(self.memory)
        kind = socket.AF_UNIX, socket.SOCK_SEQPACKET
        self.frames_in, self.frames_out = socket.socketpair(*kind)
        self.main, self.child = socket.socketpair(*kind)

    def close(self) -> None:
        """Close what is still open."""
        os.close(self.memory)
        for end in (self.frames_in, self.frames_out, self.main, self.child):
            end.close()


@pytest.fixture
def line():
    """Give a line, closed at the end."""
    joined = Line()
    yield joined
    joined.close()


def frame(number: int) -> Frame:
    """Make a small frame."""
    return Frame(number, 1000 + number, np.full((4, 6), number, np.uint8))


def reading(grey: Any, *, at_ms: int) -> SimpleNamespace:
    """Read a frame's grey as its only code."""
    code = SimpleNamespace(text=str(grey[0, 0]), quad=QUAD, sharpened=False)
    return SimpleNamespace(codes=(code,), suspects=(), work=at_ms)


def test_only_the_newest_frame_is_looked_at(line):
    """What waited while the decoder was busy is passed over."""
    capture_process.publish(iter(map(frame, range(4))), line.writer, line.frames_in, line.child)

    assert decode_process.newest(line.frames_out) == Announced(3, 1003, 6, 4)
    assert decode_process.newest(line.frames_out) is None


def test_a_frame_gone_is_skipped(line):
    """An announcement whose slot was overwritten gets an answer, and no look."""
    reader = SimpleNamespace(read=reading)
    line.writer.write(0, frame(0).grey)
    line.writer.write(frame_memory.SLOTS, frame(1).grey)

    assert decode_process.answer(reader, line.reader, Announced(0, 0, 6, 4)) == Skipped(0)


def test_the_decoder_answers_until_the_main_process_is_gone(line):
    """One look for the newest frame, then a quiet end."""
    reader = SimpleNamespace(read=reading)
    line.writer.write(5, frame(5).grey)
    line.frames_in.send(encode_capture(Announced(5, 1005, 6, 4)))
    worker = threading.Thread(
        target=decode_process.serve, args=(reader, line.reader, line.frames_out, line.child)
    )
    worker.start()
    look = parse_decode(line.main.recv(MESSAGE_BYTES_MAX))
    line.main.close()
    worker.join(10)

    assert look == Looked(5, (ReadCode("5", QUAD, sharpened=False),), (), 1005)
    assert not worker.is_alive()


def test_capture_never_waits_for_a_dead_decoder(line):
    """With the queue full, announcements are dropped and every frame is still taken."""
    capture_process.publish(
        iter([frame(n % 200) for n in range(2000)]), line.writer, line.frames_in, line.child
    )

    assert decode_process.newest(line.frames_out) is not None


def test_capture_tells_a_loss_and_the_end(line):
    """A camera lost for good is one sentence, then the end."""

    def lost() -> Iterator[Frame]:
        yield frame(0)
        raise EnvironmentProblem("pulled")

    capture_process.publish(lost(), line.writer, line.frames_in, line.child)
    told = [parse_capture(line.main.recv(MESSAGE_BYTES_MAX)) for _ in range(3)]

    assert told == [Announced(0, 1000, 6, 4), Remark("pulled"), Ended()]


def test_capture_waits_for_a_camera_that_is_not_there_yet():
    """A gate may start before its camera."""
    notices: list[str] = []
    attempts = iter([EnvironmentProblem("not there"), EnvironmentProblem("not there"), None])

    def open_frames(_source, _play):
        problem = next(attempts)
        if problem is not None:
            raise problem
        return iter([frame(0)])

    play = Play(0, notice=notices.append, retry_s=(0.0,))

    assert len(list(capture_process.opened(Orders("0", 0, 0), play, open_frames))) == 1
    assert notices == ["not there", "not there"]


def test_capture_does_not_wait_for_a_file_that_is_not_there(tmp_path):
    """A wrong path is told once and ends."""
    notices: list[str] = []
    play = Play(0, notice=notices.append)

    assert list(capture_process.opened(Orders(str(tmp_path / "no.mp4"), 0, 0), play)) == []
    assert len(notices) == 1


def test_a_reader_is_tried_before_it_is_trusted():
    """Two frames of noise load what is loaded late; the reader that serves is a fresh one."""
    made = []

    class Counting:
        def __init__(self) -> None:
            self.frames = 0
            made.append(self)

        def read(self, grey, *, at_ms):
            self.frames += 1
            return reading(grey, at_ms=at_ms)

    decode_process.Counting = Counting  # type: ignore[attr-defined]
    reader = decode_process.warm_reader("portique.gate.decode_process:Counting")
    del decode_process.Counting  # type: ignore[attr-defined]

    assert [counting.frames for counting in made] == [2, 0]
    assert reader is made[1]
