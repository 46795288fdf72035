"""Many passes at once, from a CSV file; nothing is issued unless every line is right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portique.core.errors import RegisterError
from portique.core.finding import plain
from portique.core.values import Kind, Window
from portique.school.instants import typed_end, typed_instant
from portique.school.issuing import Request, checked, default_window, to_second
from portique.school.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from portique.school.house import School

COLUMNS = ("kind", "name", "label", "regime", "from", "until")
REQUIRED = ("kind", "name")
KINDS = {kind.value: kind for kind in Kind} | {  # as French tables say them, without accents
    "eleve": Kind.PUPIL, "personnel": Kind.STAFF, "famille": Kind.GUARDIAN,
    "stagiaire": Kind.TRAINEE, "candidat": Kind.CANDIDATE, "visiteur": Kind.VISITOR,
}  # fmt: skip
FRENCH_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})(?: (\d{2}:\d{2}))?")  # a spreadsheet's


def read_requests(school: School, path: Path, at: datetime) -> dict[int, Request]:
    """Read a table with the columns `kind` and `name`, and any of the other `COLUMNS`.

    Returns:
        What is asked for, by the number of its line, in their order.

    Raises:
        RegisterError: Names the first line that is wrong, and why; nothing was issued.
    """
    return dict(_numbered(school, read_table(path, COLUMNS, REQUIRED), at))


def _numbered(
    school: School, table: Iterable[tuple[int, dict[str, str]]], at: datetime
) -> Iterator[tuple[int, Request]]:
    for number, fields in table:
        try:
            yield number, _request(school, fields, at)
        except RegisterError as error:
            raise RegisterError(f"line {number}: {error}") from error


def _request(school: School, fields: dict[str, str], at: datetime) -> Request:
    kind = KINDS.get(plain(fields["kind"]))
    if kind is None:
        raise RegisterError(f"kind must be one of {', '.join(KINDS)}")
    start = _instant(school, fields.get("from")) or at
    usual = default_window(school, kind, start)
    end = _instant(school, fields.get("until"), typed_end) or usual.closes
    if to_second(end) <= usual.opens:
        raise RegisterError("until must be later than from")
    request = Request(
        kind,
        fields["name"],
        fields.get("label", ""),
        fields.get("regime", ""),
        Window(usual.opens, to_second(end)),
    )
    return checked(request)


def _instant(
    school: School,
    text: str | None,
    read: Callable[[str, str], datetime] = typed_instant,
) -> datetime | None:
    if text and (found := FRENCH_DATE.fullmatch(text)):
        day, month, year, time = found.groups()
        text = f"{year}-{month}-{day}" + (f"T{time}" if time else "")
    try:
        return read(text, school.settings.time_zone) if text else None
    except ValueError as error:
        raise RegisterError(str(error)) from error
