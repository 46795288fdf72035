"""A child process of the gate: started afresh (never forked), watched, killed without ceremony."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from portique.gate.capture.messages import MESSAGE_BYTES_MAX
from portique.sight.limits import OPENCV_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What a child may know of the environment: where its code is and how to write dates. No keys.
KEPT_VARIABLES = (
    "PATH",
    "PYTHONPATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "COVERAGE_PROCESS_START",
)
# One thread and one memory arena each: the lane's two cores are shared by three processes, and a
# process with one thread is shut in whole. OpenCL would load a driver among strangers' data.
SET_VARIABLES = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENCV_OPENCL_RUNTIME": "disabled",
    "MALLOC_ARENA_MAX": "1",
} | OPENCV_LIMITS
PACKETS_A_TURN = 32
STARTS_AT_ONCE = 2  # a child that dies unheard this often in a row is started with growing waits
WAIT_S_FIRST, WAIT_S_MAX = 0.1, 5.0


class Child:
    """One running process and the socket on which it talks.

    `watch` becomes readable when the process ends (pidfd), `talk` when it says something.
    """

    def __init__(self, module: str, arguments: Sequence[str], descriptors: Sequence[int]) -> None:
        """Start `python -m module ARGUMENTS DESCRIPTORS TALK`.

        Raises:
            OSError: The machine has no room for another process.
        """
        self.talk, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        given = (*descriptors, theirs.fileno())
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
                [sys.executable, "-P", "-m", module, *arguments, *map(str, given)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # a stranger's picture must not write to the gate's log
                pass_fds=given,
                env=environment(),
                start_new_session=True,  # Ctrl-C is for the main process alone
            )
        except OSError:
            self.talk.close()
            raise
        finally:
            theirs.close()
        self.pid = self._process.pid
        try:
            self.watch = os.pidfd_open(self.pid)
        except OSError:  # an old kernel, or a container that forbids it
            self._process.kill()
            self._process.wait()
            self.talk.close()
            raise

    def packets(self) -> Iterator[bytes]:
        """Give what it has said, a bounded number of packets; an empty one: it hung up.

        A packet longer than any message comes one byte too long, for its parser to refuse.
        """
        for _ in range(PACKETS_A_TURN):
            try:
                packet = self.talk.recv(MESSAGE_BYTES_MAX + 1, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except ConnectionError:
                packet = b""
            yield packet
            if not packet:
                return

    def kill(self) -> None:
        """Send it an end it can't refuse; `watch` tells when it came."""
        self._process.kill()

    def bury(self) -> int:
        """Wait for its end, let go of it, and return its exit status (negative: a signal)."""
        status = self._process.wait()
        os.close(self.watch)
        self.talk.close()
        return status


class Patience:
    """How long to wait before starting a child again: not at all, unless it keeps dying unheard."""

    def __init__(self) -> None:
        self._unheard = 0

    def heard(self) -> None:
        """Note that the child did its work at least once."""
        self._unheard = 0

    def wait_s(self) -> float:
        """Note a death and return how long to wait, in seconds."""
        self._unheard += 1
        growth = self._unheard - STARTS_AT_ONCE
        return 0.0 if growth <= 0 else min(WAIT_S_MAX, WAIT_S_FIRST * 2 ** min(growth - 1, 10))


def environment() -> dict[str, str]:
    """Return the whole environment a child is given."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | SET_VARIABLES
