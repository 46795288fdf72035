"""Starts whole gates for the kill campaign, each a fork of this process, which has loaded Portique.

Python takes a second to load a gate's modules, which would be most of a round. One line asked on
standard input, a configuration's path, is one gate: its own words on standard output, the first of
them `born PID`, stand between the asking and `dead STATUS`. Its capture and decode processes are
started afresh, as always.
"""

import os
import sys
import threading
import traceback

import portique.cli.gate
import portique.gate.main  # noqa: F401
from portique.cli.main import main


def live(config: str) -> None:
    os.setsid()
    os.write(1, f"born {os.getpid()}\n".encode())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # what is asked next is not the gate's to read
    sys.argv = ["portique", "gate", "run", config, "--json"]
    main()


def bear(config: str) -> None:
    assert threading.active_count() == 1, "a fork takes one thread along"
    child = os.fork()
    if child == 0:
        try:
            live(config)
        except BaseException:  # noqa: BLE001 - its mother is not to see it, the log is
            traceback.print_exc()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    os.write(1, f"dead {os.waitstatus_to_exitcode(status)}\n".encode())


for asked in sys.stdin:
    bear(asked.rstrip("\n"))
