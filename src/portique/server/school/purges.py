"""What ends the time of rules' rows: see `vault.purging`."""

from __future__ import annotations

from portique.core.charter_retention import (
    SIX_MONTHS,
    UNTIL_REPLACED,
    WHILE_PERMITTED,
)
from portique.server.school.actions.changes import forget_authors, forget_old_changes
from portique.server.school.actions.drafts import drop_old_drafts
from portique.server.school.models import (
    DRAFTS_KEPT,
    DayAction,
    RulesAct,
    SealedRules,
    TimetableDraft,
)
from portique.server.vault.purging import after, at_once, by

PURGES = (
    after(RulesAct, "at", SIX_MONTHS),
    by(forget_old_changes, (DayAction, WHILE_PERMITTED)),
    by(forget_authors, (DayAction, SIX_MONTHS)),
    by(drop_old_drafts, (TimetableDraft, DRAFTS_KEPT), (TimetableDraft, SIX_MONTHS)),
    at_once((SealedRules, UNTIL_REPLACED)),  # written over
)
