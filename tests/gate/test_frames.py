"""Frames in shared memory: whole or not at all."""

import os
import threading

import numpy as np
import pytest

from portique.gate import frame_memory, frames
from portique.gate.frames import FrameReader, FrameWriter


@pytest.fixture
def memory():
    """Give a fresh memory, closed afterwards."""
    descriptor = frame_memory.create_memory()
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def reader(memory):
    """Read through a descriptor that cannot write, as the decode process does."""
    descriptor = frame_memory.read_only(memory)
    yield FrameReader(descriptor)
    os.close(descriptor)


def grey(value: int, width: int = 64, height: int = 48):
    """Paint a plain frame."""
    return np.full((height, width), value, np.uint8)


def test_a_frame_written_is_read_back(memory, reader):
    """Pixels and shape cross unchanged."""
    frame = np.arange(48 * 64, dtype=np.uint16).astype(np.uint8).reshape(48, 64)

    FrameWriter(memory).write(7, frame)

    got = reader.read(7, width=64, height=48)
    assert got is not None
    assert np.array_equal(got, frame)


def test_a_frame_never_written_is_not_there(reader):
    """The memory starts empty: number 0 is not mistaken for a blank slot."""
    assert reader.read(0, width=64, height=48) is None


def test_a_frame_overwritten_by_a_later_one_is_gone(memory, reader):
    """A late reader gets nothing rather than another frame's pixels."""
    writer = FrameWriter(memory)
    writer.write(0, grey(1))
    writer.write(frame_memory.SLOTS, grey(2))

    assert reader.read(0, width=64, height=48) is None


def test_a_frame_begun_but_not_finished_is_torn(memory, reader, monkeypatch):
    """A capture process killed while it writes leaves nothing that can be read."""
    writer = FrameWriter(memory)
    writer.write(0, grey(1))

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "copyto", killed)
    with pytest.raises(KeyboardInterrupt):
        writer.write(frame_memory.SLOTS, grey(2))

    assert reader.read(0, width=64, height=48) is None
    assert reader.read(frame_memory.SLOTS, width=64, height=48) is None


def test_no_torn_frame_is_ever_delivered(memory, reader):
    """A writer that laps the reader all the time never shows it two frames in one."""
    writer, done, read, torn = FrameWriter(memory), threading.Event(), 0, 0
    newest = [0]

    def write() -> None:
        for number in range(3000):
            writer.write(number, grey(number % 251, 640, 480))
            newest[0] = number
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    while not done.is_set():
        number = max(0, newest[0] - frame_memory.SLOTS + 1)  # the slot about to be overwritten
        got = reader.read(number, width=640, height=480)
        if got is None:
            torn += 1
            continue
        read += 1
        assert got.min() == got.max() == number % 251
    thread.join()
    assert read + torn > 0


@pytest.mark.parametrize(
    ("width", "height"), [(0, 48), (-64, -48), (64, -1), (1 << 40, 1 << 40), (8192, 4096)]
)
def test_an_impossible_size_is_refused(memory, reader, width, height):
    """A size from a message is not believed."""
    FrameWriter(memory).write(0, grey(1))

    assert reader.read(0, width=width, height=height) is None


def test_the_reader_cannot_write(memory):
    """The decode process cannot change a frame, nor shrink the memory under the camera."""
    descriptor = frame_memory.read_only(memory)

    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(descriptor, b"x")
    with pytest.raises(OSError, match=r"Invalid argument|not permitted"):
        os.ftruncate(descriptor, 0)
    os.close(descriptor)


def test_a_frame_too_large_for_a_slot_is_thinned():
    """An 8K frame loses resolution, not the lane."""
    thinned = frames.fit(np.zeros((4320, 7680), np.uint8))

    assert thinned.shape == (2160, 3840)
