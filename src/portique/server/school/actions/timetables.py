"""A timetable that was read and looked at becomes the school's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from portique.school.rules import calendar_of
from portique.school.times.imported import Teaching, joined
from portique.school.times.slots import unusable
from portique.server.clock import now
from portique.server.school.actions.telling import record, rewrite, telling_gates
from portique.server.school.house import served_school
from portique.server.school.models import RulesActKind, SealedRules, TimetableDraft
from portique.server.school.queries import (
    TEACHING,
    TIMETABLE,
    base_timetable,
    taken_actions,
    teaching,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.core.timetables import Lesson
    from portique.school.times.actions import Action
    from portique.school.times.imported import Imported
    from portique.server.accounts.models import User


def use_timetable(by: User, imported: Imported, *, whole: bool) -> int:
    """Put an import in place of the timetable, or of its groups' part; gates get it.

    Args:
        by: Who agreed to it.
        imported: What was read.
        whole: It replaces everything, groups it doesn't name included.

    Returns:
        How many changes of the day went, because their groups have no lessons any more.

    Raises:
        TimetableError: It lacks lessons of the file, or has none.
    """
    check_usable(imported)
    with telling_gates():
        school = served_school()
        calendar = calendar_of(school)
        base = joined(None if whole else base_timetable(calendar), imported.timetable)
        school.write_data(TIMETABLE, base.to_data())
        _keep_teaching(imported, base.groups)
        gone = _drop_foreign(by, set(base.groups))
        rewrite(calendar)
        TimetableDraft.objects.filter(by=by).delete()
        record(by, RulesActKind.TIMETABLE)
    return gone


def check_usable(imported: Imported) -> None:
    """Refuse an import by which pupils would be let out too early.

    Raises:
        TimetableError: It lacks lessons of the file, or has none.
    """
    if not imported.complete:
        raise unusable(
            "des cours n’ont pas de groupe ou des lignes sont fausses\xa0: corrigez-les d’abord",
            "some lessons have no group or some lines are wrong: correct them first",
        )
    if not imported.lessons:
        raise unusable(
            "aucun cours entre ces dates\xa0: vérifiez les dates et les fichiers",
            "no lesson between these dates: check the dates and the files",
        )


def _keep_teaching(imported: Imported, groups: Iterable[str]) -> None:
    """Keep who teaches what, sealed: of the new groups as imported, of the others as it was."""
    others = set(groups) - set(imported.timetable.groups)
    kept: dict[str, tuple[Lesson, ...]] = dict(imported.teaching.lessons)
    for teacher, lessons in teaching().lessons.items():
        left = tuple(lesson for lesson in lessons if lesson.group in others)
        if left:
            kept[teacher] = (*left, *kept.get(teacher, ()))
    SealedRules.objects.filter(name=TEACHING).delete()
    if kept:
        data = json.dumps(Teaching(kept).to_data(), ensure_ascii=False)
        SealedRules.objects.create(name=TEACHING, data=data)


def _drop_foreign(by: User, groups: set[str]) -> int:
    """Undo changes of groups that have no timetable any more."""
    rows = [taken.row for taken in taken_actions() if not _groups_of(taken.action) <= groups]
    for row in rows:
        row.undone_at, row.undone_by = now(), by
        row.save(update_fields=["undone_at", "undone_by"])
    return len(rows)


def _groups_of(action: Action) -> set[str]:
    return {slot.group for slot in (*action.gone, *action.come)}
