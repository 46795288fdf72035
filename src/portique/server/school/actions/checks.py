"""The shares of random checks, decided lane by lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.localtime import local_day
from portique.core.values import to_ms
from portique.school.checks import decided, shares_of, write_shares
from portique.server.clock import now
from portique.server.school.actions.telling import record, telling_gates
from portique.server.school.house import served_school
from portique.server.school.models import RulesActKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portique.server.accounts.models import User


def decide_checks(by: User, chosen: Mapping[str, int]) -> None:
    """Decide how many thousandths of some lanes' showings are checked, from tomorrow on.

    Gates take it up with the knowledge that is signed then.
    """
    with telling_gates():
        school = served_school()
        before = shares_of(school)
        after = decided(before, chosen, local_day(to_ms(now()), school.settings.time_zone))
        if after != before:
            write_shares(school, after)
            record(by, RulesActKind.CHECKS)
