"""The processes that crash tests kill: each journals, then pulses a door, then acknowledges.

One line asked on standard input, `path door point turn seed`, is one fresh process, forked from
here so that Python need not start anew ten thousand times. Its effects are lines written straight
to the system: `d N` in the door's file when the door pulses for entry N, `a N` on standard output
when entry N is acknowledged. It kills itself the `turn`th time it reaches `point`, if ever. Its
first word is `born PID`; its mother's last word on it is `dead STATUS`.
"""

import os
import signal
import sys
import traceback
from pathlib import Path

from portique.testing.journals import START_MS, decision, open_journal

# Lines of one length that divides a page: a kill may cut a longer write at a page's edge.
PULSE_BYTES = 16


def live(path: Path, door_path: str, point: str, turn: int, seed: int) -> None:
    door = os.open(door_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    left = turn

    def reached(here: str) -> None:
        nonlocal left
        left -= here == point
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    journal = open_journal(
        path,
        seed=seed,
        reached=reached,
        checkpoint_rows=7,
        entries_per_file=60,
        ballast_bytes=4096,
    )
    for showing in range(10**9):
        receipt = journal.append(decision(showing), at_ms=START_MS + showing)
        name = f"{receipt.epoch}/{receipt.number}"
        reached("after-append")
        os.write(door, f"d {name}".ljust(PULSE_BYTES - 1).encode() + b"\n")
        reached("after-pulse")
        os.write(1, f"a {name}\n".encode())
        reached("after-acknowledgement")


def bear(line: str) -> None:
    path, door, point, turn, seed = line.rstrip("\n").split("\t")
    child = os.fork()
    if child == 0:
        try:
            # Said by the child: on a busy machine its mother may be slower than its first entry.
            os.write(1, f"born {os.getpid()}\n".encode())
            live(Path(path), door, point, int(turn), int(seed))
        except BaseException:  # noqa: BLE001 - its mother is not to see it, the report is
            traceback.print_exc()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    os.write(1, f"dead {os.waitstatus_to_exitcode(status)}\n".encode())


for asked in sys.stdin:
    bear(asked)
