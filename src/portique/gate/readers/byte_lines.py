"""Bytes into texts: one line is one text, with exactly one terminator removed and nothing else."""

from __future__ import annotations

from portique.gate.ports import TEXT_CHARACTERS_MAX

LINE_BYTES_MAX = 4 * TEXT_CHARACTERS_MAX  # UTF-8 takes at most four bytes a character


class ByteLines:
    """Cuts a stream of bytes into texts. Pure.

    Args:
        line_end: ``lf``: LF, or CR LF; ``cr``: CR, and a LF right after it is part of it.
    """

    def __init__(self, line_end: str = "lf") -> None:
        self._mark = b"\r" if line_end == "cr" else b"\n"
        self._waiting = b""
        self._overlong = False

    def feed(self, received: bytes) -> list[tuple[str, str | None]]:
        """Return the texts finished by these bytes, each with why it must be dropped, or None."""
        *lines, self._waiting = (self._waiting + received).split(self._mark)
        finished = [self._finish(line) for line in lines]
        if len(self._waiting) > LINE_BYTES_MAX + 2:  # keep no more of an endless line
            self._overlong, self._waiting = True, b""
        return finished

    def rest(self) -> list[tuple[str, str | None]]:
        """Return the last text of a file that does not end with a terminator."""
        return [self._finish(self._waiting)] if self._waiting or self._overlong else []

    def _finish(self, line: bytes) -> tuple[str, str | None]:
        bare = line.removeprefix(b"\n") if self._mark == b"\r" else line.removesuffix(b"\r")
        overlong, self._overlong = self._overlong or len(bare) > LINE_BYTES_MAX, False
        if overlong:
            return "", "overlong"
        try:
            return bare.decode("utf-8"), None
        except UnicodeDecodeError:
            return "", "unreadable"
