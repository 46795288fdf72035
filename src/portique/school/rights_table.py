"""Holders' rights from a table: groups, exit regime, meals, boarding. All lines or none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from portique.core.errors import KnowledgeError, RegisterError
from portique.core.rights import UNKNOWN, Rights
from portique.core.values import HolderId
from portique.school.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.school.house import School

COLUMNS = ("holder", "groups", "label", "regime", "meal_days", "boarder")
REQUIRED = ("holder",)
CARD_NUMBER = re.compile(r"[0-9a-f]{8,16}")
BETWEEN = "|"  # between groups or days in one field; commas and semicolons part the columns
TRUTHS = {"": False, "no": False, "non": False, "0": False, "yes": True, "oui": True, "1": True}


def write_rights_table(school: School, path: Path) -> dict[HolderId, Rights]:
    """Change the rights of the holders a CSV file names, in the columns it has; others stay.

    Returns:
        The holders changed and their rights as they are now.

    Raises:
        EnvironmentProblem: The file can't be read, or the register not be written.
        RegisterError: Names the first line that is wrong, and why; nothing was changed.
    """
    table = read_table(path, COLUMNS, REQUIRED)
    with school.register.transaction():
        changed = dict(_changed(school, table))
        for holder, rights in changed.items():
            school.register.set_rights(holder, rights.to_data())
    return changed


def rights_of(school: School) -> dict[HolderId, Rights]:
    """Return everybody's rights."""
    return {h: Rights.from_data(data) for h, data in school.register.rights().items()}


def _changed(
    school: School, table: list[tuple[int, dict[str, str]]]
) -> Iterator[tuple[HolderId, Rights]]:
    known, book = {issued.holder for issued in school.register.all()}, rights_of(school)
    seen: set[HolderId] = set()
    for number, fields in table:
        holder = _holder(school, known, fields.pop("holder").lower(), number)
        if holder in seen:
            raise RegisterError(f"line {number}: this holder has a line already")
        seen.add(holder)
        try:
            rights = replace(book.get(holder, UNKNOWN), **dict(_values(fields)))
            yield holder, Rights.from_data(rights.to_data())
        except (KnowledgeError, ValueError) as error:
            raise RegisterError(f"line {number}: {error}") from error


def _holder(school: School, known: set[HolderId], typed: str, line: int) -> HolderId:
    """Return whose number it is: a holder's own, or that of one of their cards."""
    if typed in known:
        return HolderId(typed)
    if not CARD_NUMBER.fullmatch(typed):  # not repeated: it may be a name
        raise RegisterError(
            f"line {line}: holder is the number of a card, 8 to 16 of its digits 0-9 and a-f, "
            "as `pass list --unseal` shows it"
        )
    try:
        return school.register.find(typed).holder
    except RegisterError as error:
        raise RegisterError(f"line {line}: {error}") from error


def _values(fields: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for column, text in fields.items():
        match column:
            case "groups":
                yield column, tuple(_split(text))
            case "meal_days":
                yield column, _meal_days(text)
            case "boarder":
                yield column, _truth(text)
            case _:
                yield column, text


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(BETWEEN) if part.strip()]


def _meal_days(text: str) -> tuple[int, ...]:
    days = _split(text)
    if any(day not in {"1", "2", "3", "4", "5", "6", "7"} for day in days):
        raise ValueError("meal_days are weekdays from 1, Monday, to 7, such as 1|2|4|5")
    return tuple(sorted({int(day) for day in days}))


def _truth(text: str) -> bool:
    if text.lower() not in TRUTHS:
        raise ValueError("boarder is yes or no")
    return TRUTHS[text.lower()]
