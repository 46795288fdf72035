"""What ends the time of passes' rows: see `vault.purging`."""

from __future__ import annotations

from portique.core.charter_retention import (
    SIX_MONTHS,
    WHILE_KNOWN,
    WHILE_ON_MEDIUM,
    WHILE_PERMITTED,
    WHILE_VALID,
)
from portique.server.passes.actions.forgetting import (
    forget_badges,
    forget_holders,
    forget_passes,
    forget_permissions,
    forget_rights,
)
from portique.server.passes.actions.slips import forget_slips
from portique.server.passes.models import (
    Act,
    Badge,
    HolderRights,
    IssuedPass,
    PermissionNote,
    QuotaAlert,
)
from portique.server.vault.purging import after, by

PURGES = (
    after(Act, "at", SIX_MONTHS),
    after(QuotaAlert, "at", SIX_MONTHS),
    by(forget_slips),
    by(forget_badges, (Badge, WHILE_ON_MEDIUM)),
    by(forget_permissions, (PermissionNote, WHILE_PERMITTED)),
    by(forget_passes, (IssuedPass, WHILE_VALID)),
    by(forget_rights, (HolderRights, WHILE_KNOWN)),
)
PEOPLE_ERASED = (forget_holders,)
