"""Which kind of file somebody chose, told by its content, never by its name."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

from portique.school.people import limits
from portique.school.people.onde import is_onde
from portique.school.people.sheets import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKBOOK_PARTS = {"xl/workbook.xml", "content.xml"}


class Source(StrEnum):
    """Where a file of people comes from, and so who reads it."""

    SIECLE = "siecle"  # siecle.read_siecle
    ONDE = "onde"  # onde.read_onde
    TABLE = "table"  # sheets.read_table, mapping.propose, rows.records_from


def recognise(streams: Sequence[BinaryIO]) -> Source:
    """Say how to read files chosen together; leaves each at its start.

    Raises:
        FileRefused: One is empty, too large, or neither XML, zip nor table.
    """
    if any(_is_xml(stream) for stream in streams):
        return Source.SIECLE
    onde = [is_onde(read_table(stream)) for stream in streams]
    for stream in streams:
        stream.seek(0)
    return Source.ONDE if all(onde) else Source.TABLE


def _is_xml(stream: BinaryIO) -> bool:
    """Say whether a file is XML, or a zip that is no workbook."""
    limits.size_of(stream)
    if limits.is_zip(stream):
        with limits.open_zip(stream) as opened:
            names = set(opened.namelist())
        stream.seek(0)
        return not names & WORKBOOK_PARTS
    start = stream.read(100).lstrip(b"\xef\xbb\xbf \r\n\t")
    stream.seek(0)
    return start.startswith(b"<")
