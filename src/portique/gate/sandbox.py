"""Take away from a child process everything its work doesn't need (reliability.md B19, T6).

A decoder of pictures is C++ fed by strangers. Once warm it only needs memory,
the clock and the sockets it already holds, so it gives up the rest for good:

- no new privileges, root's rights and identity (when it was started by root);
- resources: bounded memory, no files written, no new processes, no core dump;
- files: nothing can be opened any more (Landlock, seccomp);
- calls: every system call but some forty is refused (seccomp): no socket, no
  program started, no signal sent, no memory made executable.

Each measure is tried by itself. What the machine doesn't offer is left out and
reported: `sandbox_probe` tries to break out, and `portique doctor` says what held.
Sources: kernel documentation, userspace-api/seccomp_filter and userspace-api/landlock.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from portique.gate import sandbox_calls as calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MEMORY_BYTES_MAX = 2 << 30  # address space, not use: OpenCV alone maps half a gigabyte
DESCRIPTORS_MAX = 64
NOBODY = 65534

CAPTURE_SYSTEM_FILES = (
    "/usr", "/lib", "/lib64", "/sys", "/proc/self", "/proc/cpuinfo",
    "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
    "/etc/services", "/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/localtime",
    "/etc/ld.so.cache", "/etc/alternatives",
)  # fmt: skip


class Measure(StrEnum):
    """One thing taken away. The values are shown by `doctor` and in the gate's metrics."""

    NO_NEW_PRIVILEGES = "no-new-privileges"
    NOT_ROOT = "not-root"
    LIMITS = "limits"
    FILES = "files"
    CALLS = "calls"


def confine_decoder(memory_bytes_max: int = MEMORY_BYTES_MAX) -> tuple[Measure, ...]:
    """Leave this process nothing but its memory, the clock and its open sockets; no way back.

    Call it once everything is imported and warm: afterwards no module can be loaded.

    Args:
        memory_bytes_max: Address space, most of it never touched.
    """
    return _take(
        {
            Measure.NO_NEW_PRIVILEGES: calls.forbid_new_privileges,
            Measure.NOT_ROOT: _leave_root,
            Measure.LIMITS: lambda: _limit_decoder(memory_bytes_max),
            Measure.FILES: lambda: calls.restrict_files({}),
            Measure.CALLS: calls.restrict_calls,
        }
    )


def confine_capture(source: Path | None) -> tuple[Measure, ...]:
    """Leave this process cameras, the network and the files it plays, and nothing of the gate's.

    It parses streams of strangers with FFmpeg, so it must not be able to read
    the gate's keys, which lie in a file of the same user.

    Args:
        source: The file or folder it plays, if any.
    """
    return _take(
        {
            Measure.NO_NEW_PRIVILEGES: calls.forbid_new_privileges,
            Measure.LIMITS: _limit_capture,
            Measure.FILES: lambda: calls.restrict_files(_capture_files(source)),
        }
    )


def _take(measures: dict[Measure, Callable[[], None]]) -> tuple[Measure, ...]:
    """Take every measure in turn and return those the machine granted."""
    taken = []
    for measure, take in measures.items():
        with contextlib.suppress(OSError, ValueError):
            take()
            taken.append(measure)
    return tuple(taken)


def _capture_files(source: Path | None) -> dict[Path, calls.Access]:
    programs = {sys.prefix, sys.base_prefix, sys.exec_prefix, *filter(None, sys.path)}
    readable = [Path(path) for path in (*CAPTURE_SYSTEM_FILES, *programs)]
    rules = dict.fromkeys(readable, calls.Access.READ)
    rules[Path("/dev")] = calls.Access.DEVICE
    if source is not None:
        rules[source] = calls.Access.READ
    return rules


def _leave_root() -> None:
    """Become nobody if this is root; being an ordinary user already is as good."""
    if os.geteuid() != 0:
        return
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _limit_decoder(memory_bytes_max: int) -> None:
    _limit(
        (
            (resource.RLIMIT_AS, memory_bytes_max),
            (resource.RLIMIT_NOFILE, DESCRIPTORS_MAX),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_RTPRIO, 0),
            (resource.RLIMIT_CORE, 0),
        )
    )


def _limit_capture() -> None:
    _limit(
        (
            (resource.RLIMIT_AS, 2 * MEMORY_BYTES_MAX),
            (resource.RLIMIT_FSIZE, 0),  # mapped memory, where frames go, is no file
            (resource.RLIMIT_RTPRIO, 0),  # real time is for what frees a door in a fire
            (resource.RLIMIT_CORE, 0),
        )
    )


def _limit(limits: Iterable[tuple[int, int]]) -> None:
    """Lower soft and hard limits, never raising one that is lower already."""
    for kind, wanted in limits:
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))
