"""The gate's eyes: capture and decode, each its own process, and the thread that keeps them alive.

    capture ──frames (shared memory)──▶ decode
       │  └──announcements (packets)──▶   │
       ▼                                  ▼
    main process: this thread ──looks──▶ a bounded queue ──▶ the gate's loop

The main process keeps both ends of the packets' way from capture to decode, and
the frames' memory, so a killed decoder is replaced while capture notices
nothing. A decoder that doesn't answer in time is killed and replaced: a poison
frame costs itself. No frame and no picture library ever enters this process.
"""

from __future__ import annotations

import contextlib
import os
import queue
import selectors
import socket
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from portique.gate.capture.messages import (
    Announced,
    BadMessage,
    Ended,
    Failed,
    Looked,
    Orders,
    Ready,
    Remark,
    Skipped,
    encode_capture,
    parse_capture,
    parse_decode,
)
from portique.gate.child import Child
from portique.gate.clock import SystemTime
from portique.gate.eyes import EyesHealth, EyesSettings, Seen
from portique.gate.frame_memory import create_memory, read_only
from portique.gate.post import Post

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.capture.messages import FromCapture, FromDecode

DECODE, CAPTURE = "portique.gate.decode_process", "portique.gate.capture_process"
ANNOUNCED_MAX = 256  # frames remembered until answered for; 8 s at 30 a second
TURN_MS_MAX = 1_000
CAPTURE_ENDED = "What takes the camera's pictures ended or hung, and is started again."
DECODER_BLIND = "the lane is blind; run `portique doctor` to see what is missing."

__all__ = ["Eyes", "EyesHealth", "EyesSettings", "Seen"]

_ticks_ms = SystemTime().boot_ms


class Eyes:
    """Start with `start`, read `looks` (None: the source ended), end with `stop`."""

    def __init__(self, settings: EyesSettings) -> None:
        self._settings = settings
        self.looks: queue.Queue[Seen | None] = queue.Queue(settings.looks_max)
        self._health = EyesHealth()
        self._stopping = threading.Event()
        self._told_end = False
        self._thread = threading.Thread(target=self._run, name="eyes", daemon=True)

    def start(self) -> None:
        """Start both processes; looks arrive as soon as the decoder is warm."""
        self._memory = create_memory()
        self._memory_to_read = read_only(self._memory)
        pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._frames_in, self._frames_out = pair
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._thread.start()

    def take(self, timeout_s: float) -> Seen | None:
        """Wait for a look; None when none came in time or the source ended (`health` says)."""
        with contextlib.suppress(queue.Empty):
            return self.looks.get(timeout=timeout_s)
        return None

    @property
    def health(self) -> EyesHealth:
        """How the eyes are now."""
        return self._health

    @property
    def running(self) -> bool:
        """Whether somebody looks after the processes: false before `start`, after `stop`."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End both processes and let go of everything."""
        self._stopping.set()
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        for descriptor in (self._memory, self._memory_to_read, self._wake):
            os.close(descriptor)
        self._frames_in.close()
        self._frames_out.close()

    # --- the thread: it alone starts children (they die with it) and touches what follows ------

    def _run(self) -> None:
        self._began_ms = _ticks_ms()
        self._announced: dict[int, Announced] = {}
        self._next_number = 0
        with selectors.DefaultSelector() as self._selector:
            self._selector.register(self._wake, selectors.EVENT_READ, lambda: None)
            self._capture = self._post(self._start_capture, self._hear_capture)
            self._decode = self._post(self._start_decode, self._hear_decode)
            try:
                while not self._stopping.is_set():
                    self._turn()
            finally:
                self._capture.close()
                self._decode.close()
                self._note(seeing=False)

    def _post(self, start: Callable[[], Child], hear: Callable[[], None]) -> Post:
        return Post(start, hear, self._say, self._selector)

    def _turn(self) -> None:
        now = _ticks_ms()
        self._fill_posts(now)
        self._replace_the_silent(now)
        for key, _ in self._selector.select(self._turn_ms(now) / 1000):
            key.data()
        self._bury()

    def _fill_posts(self, now: int) -> None:
        for post in (self._capture, self._decode):
            if not (self._health.ended and post is self._capture):
                post.fill(now)
        self._note(capture_pid=self._capture.pid, decode_pid=self._decode.pid)

    def _turn_ms(self, now: int) -> int:
        """Return how long nothing can be due."""
        times = (self._capture.due_ms, self._decode.due_ms)
        waits = [due - now for due in times if due is not None]
        return max(0, min([TURN_MS_MAX, *waits]))

    def _replace_the_silent(self, now: int) -> None:
        self._capture.kill_if_overdue(now)
        self._decode.kill_if_overdue(now)

    def _bury(self) -> None:
        if (status := self._capture.bury()) is not None:
            ended = self._health.ended or status == 0
            if not ended:
                self._say(CAPTURE_ENDED)
            self._note(capture_ends=self._health.capture_ends + 1, ended=ended)
        if self._health.ended:
            self._capture.expect(None)
        if (status := self._decode.bury()) is not None:
            if not self._ready_heard:
                self._say(f"The decoder ended before it was ready ({status}): {DECODER_BLIND}")
            self._note(decode_ends=self._health.decode_ends + 1, seeing=False)
            self._announced.clear()  # whatever it was looking at is lost with it
        if self._health.ended and not self._announced and not self._told_end:
            self._told_end = True
            self._deliver(None)

    def _start_capture(self) -> Child:
        child = Child(CAPTURE, (), (self._frames_in.fileno(), self._memory))
        settings = self._settings
        starts_ms = settings.starts_ms + _ticks_ms() - self._began_ms
        orders = Orders(settings.source, starts_ms, self._next_number, settings.wishes)
        child.talk.send(encode_capture(orders))
        self._capture.expect(_ticks_ms() + settings.quiet_max_ms)
        return child

    def _start_decode(self) -> Child:
        self._ready_heard = False
        descriptors = (self._frames_out.fileno(), self._memory_to_read)
        memory = str(self._settings.memory_bytes_max)
        child = Child(DECODE, (self._settings.reader, memory), descriptors)
        self._decode.expect(_ticks_ms() + self._settings.warm_within_ms)
        return child

    def _hear_capture(self) -> None:
        for packet in self._capture.packets():
            try:
                self._heard_capture(parse_capture(packet))
            except BadMessage:
                self._bad(self._capture)

    def _heard_capture(self, message: FromCapture) -> None:
        self._capture.heard()
        self._capture.expect(_ticks_ms() + self._settings.quiet_max_ms)
        match message:
            case Announced(number):
                self._remember(message)
                self._next_number = number + 1
                self._note(frames=self._health.frames + 1)
            case Remark(sentence):
                self._say(sentence)
            case Ended():
                self._note(ended=True)

    def _remember(self, frame: Announced) -> None:
        """Await an answer about this frame; the clock runs from the first one unanswered."""
        if not self._announced and self._decode.warm:
            self._decode.expect(_ticks_ms() + self._settings.answer_within_ms)
        self._announced[frame.number] = frame
        if len(self._announced) > ANNOUNCED_MAX:
            del self._announced[next(iter(self._announced))]

    def _hear_decode(self) -> None:
        self._hear_capture()  # an announcement precedes its answer, though on another socket
        for packet in self._decode.packets():
            try:
                self._heard_decode(parse_decode(packet))
            except BadMessage:
                self._bad(self._decode)

    def _heard_decode(self, message: FromDecode) -> None:
        if isinstance(message, Ready):
            if self._decode.warm:
                raise BadMessage("ready twice: a way to seem alive")
            self._warmed(message)
        else:
            self._answered(message)
        due = _ticks_ms() + self._settings.answer_within_ms
        self._decode.expect(due if self._announced else None)

    def _warmed(self, ready: Ready) -> None:
        self._ready_heard = True
        self._note(measures=ready.measures)
        missing = sorted(self._settings.required - set(ready.measures))
        if not missing:
            self._decode.warm = True
            return
        self._say(
            f"The decoder isn't shut in as the configuration requires ({', '.join(missing)}): no "
            "picture is looked at; `portique doctor` says what this machine offers."
        )
        self._decode.kill()

    def _answered(self, message: Looked | Skipped | Failed) -> None:
        """Count an answer, which must be about a frame announced and not answered yet."""
        frame = self._announced.get(message.number)
        if frame is None or not self._decode.warm:
            raise BadMessage("an answer about no frame of ours")
        for older in [number for number in self._announced if number <= message.number]:
            del self._announced[older]
        self._decode.heard()
        match message:
            case Looked():
                self._note(looks=self._health.looks + 1, seeing=True)
                size = frame.width, frame.height
                self._deliver(Seen(frame.number, frame.at_ms, *size, message))
            case Skipped():
                self._note(frames_torn=self._health.frames_torn + 1)
            case Failed():
                self._note(frames_failed=self._health.frames_failed + 1)

    def _bad(self, post: Post) -> None:
        self._note(bad_messages=self._health.bad_messages + 1)
        post.bad()

    def _deliver(self, seen: Seen | None) -> None:
        """Queue a look; when the gate's loop is slow, the oldest look goes, not the newest."""
        while True:
            try:
                self.looks.put_nowait(seen)
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    self.looks.get_nowait()
                    self._note(looks_dropped=self._health.looks_dropped + 1)
            else:
                return

    def _say(self, sentence: str) -> None:
        if sentence != self._health.notice and self._settings.notice is not None:
            self._settings.notice(sentence)
        self._note(notice=sentence, seeing=False)

    def _note(self, **changes: object) -> None:
        self._health = replace(self._health, **changes)  # type: ignore[arg-type]
