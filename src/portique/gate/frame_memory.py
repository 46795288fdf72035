"""The memory that frames cross in, without the pixels: the main process makes it and never looks.

    slot = begun u64 · finished u64 · up to a page · pixels      (numbers plus one: 0 is "never")

It has no name (memfd): nothing is left behind, nobody else can open it. It is
sealed against resizing, and the reader's descriptor cannot write.
"""

from __future__ import annotations

import fcntl
import os

SLOTS = 6  # one being written, one being read, four frames of advance (130 ms at 30 a second)
PIXELS_MAX = 3840 * 2160  # untouched pages cost nothing, so room for 4K is free
BEGUN_AT, FINISHED_AT = 0, 64  # a cache line apart
PIXELS_AT = 4096  # a page: the two numbers never share one with pixels
SLOT_BYTES = PIXELS_AT + -(-PIXELS_MAX // PIXELS_AT) * PIXELS_AT
MEMORY_BYTES = SLOTS * SLOT_BYTES
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


def create_memory() -> int:
    """Create the slots' memory and return its descriptor; the caller closes it."""
    memory = os.memfd_create("portique-frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(memory, MEMORY_BYTES)
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, _SEALS)
    return memory


def read_only(memory: int) -> int:
    """Return another descriptor of the same memory through which nobody can write."""
    return os.open(f"/proc/self/fd/{memory}", os.O_RDONLY | os.O_CLOEXEC)
