"""Try to break out of the decoder's sandbox, and say which attempts were refused.

What a kernel claims and what it does can differ (containers, old kernels), so
the answer comes from trying, in a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem
from portique.gate import sandbox
from portique.gate.child import environment
from portique.gate.sandbox_calls import landlock_version

if TYPE_CHECKING:
    from collections.abc import Callable

PROBE_S_MAX = 30


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong a sandbox this machine gives.

    `refused` names each attempt and whether it was refused; `measures` what was
    taken (`sandbox.Measure`); `landlock` the kernel's version of it, 0 for none.
    """

    measures: tuple[str, ...]
    refused: dict[str, bool]
    landlock: int

    @property
    def full(self) -> bool:
        """Whether no attempt got through."""
        return all(self.refused.values())

    @property
    def lacks(self) -> tuple[str, ...]:
        """Which measures could not be taken, sorted."""
        return tuple(sorted(set(map(str, sandbox.Measure)) - set(self.measures)))

    @property
    def got_through(self) -> tuple[str, ...]:
        """Which attempts were not refused."""
        return tuple(attempt for attempt, refused in self.refused.items() if not refused)


def require_strongest() -> None:
    """Refuse to start a gate whose configuration says `sandbox.level = "required"` in vain.

    Raises:
        EnvironmentProblem: This machine can't shut a decoder in whole.
    """
    strength = probe()
    if strength.lacks or not strength.full:
        lacks = ", ".join(strength.lacks) or "nothing by name"
        could = ", ".join(strength.got_through) or "nothing that was tried"
        raise EnvironmentProblem(
            'sandbox.level = "required" can\'t be had on this machine (missing: '
            f"{lacks}; a decoder taken over could: {could}): use a kernel 5.13 or newer with "
            'seccomp and Landlock, outside a container that hides them, or set it to "best"'
        )


def probe() -> Strength:
    """Measure this machine's sandbox in a process of its own.

    Raises:
        EnvironmentProblem: The process didn't answer.
    """
    command = [sys.executable, "-P", "-m", "portique.gate.sandbox_probe"]
    try:
        answer = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, capture_output=True, timeout=PROBE_S_MAX, check=True, env=environment()
        ).stdout
        found = json.loads(answer)
        return Strength(tuple(found["measures"]), dict(found["refused"]), int(found["landlock"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise EnvironmentProblem(
            f"The sandbox could not be tried ({type(error).__name__}), so nothing is known of its "
            "strength: check that this user may start processes."
        ) from error


def main() -> None:
    """Shut this process in like a decoder, try everything, and print what was refused as JSON."""
    attempts = _attempts(tempfile.gettempdir())
    landlock = landlock_version()
    measures = sandbox.confine_decoder()
    refused = {name: _refused(attempt) for name, attempt in attempts.items()}
    found = {"measures": measures, "refused": refused, "landlock": landlock}
    os.write(1, json.dumps(found).encode())


def _attempts(folder: str) -> dict[str, Callable[[], object]]:
    unused = os.path.join(folder, f"portique-probe-{os.getpid()}")  # noqa: PTH118 - see below
    # Bare calls: what pathlib loads on the way would fail for want of files, which proves nothing.
    return {
        "read a file": lambda: os.open("/proc/self/status", os.O_RDONLY),
        "write a file": lambda: _write(unused),
        "open a connection": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "start a process": _fork,
        "signal the gate": lambda: os.kill(os.getppid(), 0),
        "make memory executable": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
    }


def _write(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    os.unlink(path)  # noqa: PTH108


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
    with contextlib.suppress(ChildProcessError):
        os.wait()


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False


if __name__ == "__main__":
    main()
