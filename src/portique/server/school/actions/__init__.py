"""Everything that changes the school's rules. Each act is recorded, and gates are told."""

from __future__ import annotations

from portique.server.school.actions.calendar import (
    add_days,
    add_opening,
    remove_days,
    remove_opening,
    replace_opening,
    set_school_days,
)
from portique.server.school.actions.changes import forget_old_changes, take, undo
from portique.server.school.actions.checks import decide_checks
from portique.server.school.actions.drafts import drop_draft, keep_draft, set_choices
from portique.server.school.actions.regimes import set_regimes
from portique.server.school.actions.timetables import use_timetable

__all__ = [
    "add_days",
    "add_opening",
    "decide_checks",
    "drop_draft",
    "forget_old_changes",
    "keep_draft",
    "remove_days",
    "remove_opening",
    "replace_opening",
    "set_choices",
    "set_regimes",
    "set_school_days",
    "take",
    "undo",
    "use_timetable",
]
