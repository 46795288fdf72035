"""A post that is never left empty: a child, replaced when it ends, hangs or talks nonsense."""

from __future__ import annotations

import contextlib
import selectors
from typing import TYPE_CHECKING

from portique.gate.child import Patience
from portique.gate.clock import SystemTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.gate.child import Child

BAD_MESSAGES_MAX = 20  # a child that talks nonsense this often is replaced

_ticks_ms = SystemTime().boot_ms


class Post:
    """Used by one thread, which waits on `selector` and then calls `fill` and `bury`.

    Attributes:
        warm: The child has said that it is ready; false again for its successor.
        due_ms: When something must have happened: a word from the child, or a new child.
    """

    def __init__(
        self,
        start: Callable[[], Child],
        hear: Callable[[], None],
        complain: Callable[[str], None],
        selector: selectors.BaseSelector,
    ) -> None:
        """Keep what starts a child, what listens to it, and what tells a technician."""
        self._start = start
        self._hear = hear
        self._complain = complain
        self._selector = selector
        self._patience = Patience()
        self._child: Child | None = None
        self._ended = False
        self._bad = 0
        self.warm = False
        self.due_ms: int | None = 0

    @property
    def pid(self) -> int | None:
        """The child's process number, if there is one."""
        return self._child.pid if self._child else None

    def expect(self, due_ms: int | None) -> None:
        """Set when the child must have spoken; None: it owes nothing."""
        self.due_ms = due_ms

    def heard(self) -> None:
        """Note that the child did its work: should it end, the next one starts at once."""
        self._patience.heard()

    def bad(self) -> None:
        """Note that it talked nonsense, and end it when that is too much."""
        self._bad += 1
        if self._bad >= BAD_MESSAGES_MAX:
            self.kill()

    def packets(self) -> Iterator[bytes]:
        """Give what the child has said; one that hung up is ended."""
        if self._child is None:
            return
        for packet in self._child.packets():
            if not packet:
                self.kill()
                with contextlib.suppress(KeyError):
                    self._selector.unregister(self._child.talk)
                return
            yield packet

    def fill(self, now_ms: int) -> None:
        """Start a child if there is none and the wait is over."""
        if self._child is not None or (self.due_ms is not None and now_ms < self.due_ms):
            return
        try:
            self._child = child = self._start()
        except OSError as error:
            self._complain(
                f"A process of the gate's eyes can't be started ({error.strerror}): the lane is "
                "blind until it can; close other programs, or run `portique doctor`."
            )
            self._retry()
            return
        self._selector.register(child.talk, selectors.EVENT_READ, self._hear)
        self._selector.register(child.watch, selectors.EVENT_READ, self._note_end)

    def kill_if_overdue(self, now_ms: int) -> None:
        """End a child that owes a word since too long."""
        if self._child is not None and self.due_ms is not None and now_ms >= self.due_ms:
            self.kill()
            self.due_ms = None

    def bury(self) -> int | None:
        """Let go of a child that has ended; its exit status, or None when it lives."""
        if self._child is None or not self._ended:
            return None
        self._hear()  # its last words count
        status = self._let_go()
        self._retry()
        return status

    def close(self) -> None:
        """End the child for good."""
        if self._child is not None:
            self.kill()
            self._let_go()

    def _note_end(self) -> None:
        self._ended = True

    def kill(self) -> None:
        """End the child; another takes its place."""
        if self._child is not None:
            self._child.kill()

    def _let_go(self) -> int:
        assert self._child is not None  # noqa: S101 - ours
        for watched in (self._child.talk, self._child.watch):
            with contextlib.suppress(KeyError):
                self._selector.unregister(watched)
        status = self._child.bury()
        self._child, self._ended, self._bad, self.warm = None, False, 0, False
        return status

    def _retry(self) -> None:
        self.due_ms = _ticks_ms() + round(self._patience.wait_s() * 1000)
