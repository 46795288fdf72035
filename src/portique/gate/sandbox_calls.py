"""The kernel's own means to shut a process in: prctl, Landlock and seccomp, by raw system call.

Python has no binding for them in its library, and a compiled one would be one
more part to trust. Numbers: Linux uapi headers `landlock.h`, `seccomp.h`,
`filter.h`, `prctl.h`, and the tables of system calls of x86-64 and of arm64.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import struct
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def forbid_new_privileges() -> None:
    """Make setuid programs useless to this process and its children."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send this process a signal when the thread that started it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal_number)


def _prctl(option: int, argument: int) -> None:
    if _LIBC.prctl(option, argument, 0, 0, 0) != 0:
        raise _last_error("prctl")


def _syscall(number: int, *arguments: object) -> int:
    result = int(_LIBC.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        raise _last_error(f"system call {number}")
    return result


def _last_error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")


# --- Landlock: which files may be opened -------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every machine
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _IOCTL_DEV = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | _IOCTL_DEV
_BIND_TCP = 1 << 0
_SCOPE_ALL = 0b11  # abstract sockets and signals stay inside
_FS_RIGHTS_OF_ABI = {1: 13, 2: 14, 3: 15, 4: 15}  # how many bits; 16 from version 5 on


class Access(Enum):
    """What a rule allows beneath a path."""

    READ = _EXECUTE | _READ_FILE | _READ_DIR
    DEVICE = _WRITE_FILE | _READ_FILE | _READ_DIR | _IOCTL_DEV


def landlock_version() -> int:
    """Return the version of Landlock the kernel offers, 0 for none."""
    with contextlib.suppress(OSError):
        return _syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    return 0


def restrict_files(rules: Mapping[Path, Access]) -> None:
    """Allow this thread and its children to open only what `rules` name, for good.

    Also keeps them from signalling, tracing or reading the memory of processes outside.

    Raises:
        OSError: The kernel has no Landlock.
    """
    version = landlock_version()
    if version < 1:
        raise OSError(errno.EOPNOTSUPP, "no Landlock")
    handled = (1 << _FS_RIGHTS_OF_ABI.get(version, 16)) - 1
    words = (handled, _BIND_TCP, _SCOPE_ALL)[: 1 if version < 4 else 2 if version < 6 else 3]
    attributes = struct.pack(f"={len(words)}Q", *words)
    ruleset = _syscall(
        _CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)
    )
    try:
        for path, access in rules.items():
            _allow(ruleset, path, access.value & handled)
        _syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    """Add one rule; a path that isn't there needs none."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, place)
        _syscall(
            _ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0)
        )
    finally:
        os.close(place)


# --- seccomp: which system calls may be made ---------------------------------------------------


_NO = -1  # a call this machine doesn't have

# What a warm decoder still needs, as (x86-64, arm64): memory, locks, its sockets, the time, an end.
_ALLOWED = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57),
    "brk": (12, 214), "munmap": (11, 215), "mremap": (25, 216), "madvise": (28, 233),
    "futex": (202, 98), "sched_yield": (24, 124), "membarrier": (324, 283),
    "set_robust_list": (273, 99), "rseq": (334, 293), "sched_getaffinity": (204, 123),
    "poll": (7, _NO), "ppoll": (271, 73), "select": (23, _NO), "pselect6": (270, 72),
    "sendto": (44, 206), "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132), "restart_syscall": (219, 128),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115),
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173),
    "getrusage": (98, 165), "sysinfo": (99, 179), "getrandom": (318, 278),
    "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
# Allowed unless they make memory executable.
_DATA_ONLY = {"mmap": (9, 222), "mprotect": (10, 226)}


@dataclass(frozen=True, slots=True)
class _Machine:
    column: int  # in the tables above
    audit: int  # AUDIT_ARCH_…
    seccomp: int  # the number of seccomp(2) itself


_MACHINES = {"x86_64": _Machine(0, 0xC000003E, 317), "aarch64": _Machine(1, 0xC00000B7, 277)}
_LOAD, _JUMP_EQUAL, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _THIRD_ARGUMENT_AT = 0, 4, 32
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | errno.EPERM
_PROT_EXEC = 4
_SET_MODE_FILTER, _ALL_THREADS = 1, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def restrict_calls() -> None:
    """Refuse this process every system call but those of `_ALLOWED`, in all its threads, for good.

    Raises:
        OSError: The kernel has no seccomp filters, or the machine's table is not known here.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(errno.EOPNOTSUPP, f"no table of system calls for {platform.machine()}")
    code = b"".join(_filter(machine))
    program = _Program(len(code) // 8, code)
    _syscall(
        machine.seccomp,
        ctypes.c_uint(_SET_MODE_FILTER),
        ctypes.c_uint(_ALL_THREADS),
        ctypes.byref(program),
    )


def _filter(machine: _Machine) -> Iterator[bytes]:
    """Assemble the filter; each jump skips at most one instruction."""
    yield _instruction(_LOAD, _MACHINE_AT)
    yield _instruction(_JUMP_EQUAL, machine.audit, equal=1)
    yield _instruction(_RETURN, _DENY)
    yield _instruction(_LOAD, _NUMBER_AT)
    for number in _numbers(_ALLOWED, machine):
        yield _instruction(_JUMP_EQUAL, number, other=1)
        yield _instruction(_RETURN, _ALLOW)
    for number in _numbers(_DATA_ONLY, machine):
        yield _instruction(_JUMP_EQUAL, number, other=4)
        yield _instruction(_LOAD, _THIRD_ARGUMENT_AT)
        yield _instruction(_JUMP_BITS, _PROT_EXEC, equal=1)
        yield _instruction(_RETURN, _ALLOW)
        yield _instruction(_RETURN, _DENY)
    yield _instruction(_RETURN, _DENY)


def _numbers(calls: Mapping[str, tuple[int, int]], machine: _Machine) -> Iterator[int]:
    numbers = (both[machine.column] for both in calls.values())
    return (number for number in numbers if number != _NO)


def _instruction(code: int, operand: int, *, equal: int = 0, other: int = 0) -> bytes:
    return struct.pack("=HBBI", code, equal, other, operand)
