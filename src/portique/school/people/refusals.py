"""Why a whole file is refused."""

from __future__ import annotations

from enum import StrEnum

from portique.core.errors import FileRefused


class Refusal(StrEnum):
    """The causes of a `FileRefused` raised while reading people's files."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    BOMB = "bomb"
    TOO_MANY_MEMBERS = "too-many-members"
    LOCKED = "locked"
    DAMAGED = "damaged"
    ENTITIES = "entities"
    NOT_WELL_FORMED = "not-well-formed"
    TOO_DEEP = "too-deep"
    TOO_MANY_PARTS = "too-many-parts"
    TEXT_TOO_LONG = "text-too-long"
    WRONG_ROOT = "wrong-root"
    NO_PUPILS = "no-pupils"
    TWO_LISTS = "two-lists"
    TOO_MANY_PEOPLE = "too-many-people"
    NOT_A_TABLE = "not-a-table"
    OLD_FORMAT = "old-format"
    TOO_MANY_ROWS = "too-many-rows"
    TOO_MANY_COLUMNS = "too-many-columns"
    HEADER_WRONG = "header-wrong"
    MAPPING_WRONG = "mapping-wrong"


def refused(cause: Refusal, detail: str) -> FileRefused:
    """Make the error of a refused file; `detail` says what, why and what to do, and no name."""
    return FileRefused(cause, detail)
