"""Everything that changes passes, badges and permissions. Each act is recorded, gates are told."""

from __future__ import annotations

from portique.server.passes.actions.badges import enrol_badge, remove_badge
from portique.server.passes.actions.changing import replace, replace_many, resume, revoke, suspend
from portique.server.passes.actions.issuing import (
    give_holder,
    issue_for,
    issue_for_many,
    issue_missing,
)
from portique.server.passes.actions.permitting import give_permission, withdraw_permission
from portique.server.passes.actions.recording import allow, see_alert
from portique.server.passes.actions.rolling import roll
from portique.server.passes.actions.slips import admit_today, forget_slips, refer_today

__all__ = [
    "admit_today",
    "allow",
    "enrol_badge",
    "forget_slips",
    "give_holder",
    "give_permission",
    "issue_for",
    "issue_for_many",
    "issue_missing",
    "refer_today",
    "remove_badge",
    "replace",
    "replace_many",
    "resume",
    "revoke",
    "roll",
    "see_alert",
    "suspend",
    "withdraw_permission",
]
