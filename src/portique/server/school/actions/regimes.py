"""The exit regimes, saved whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.errors import TooLate
from portique.core.exits import write_regimes
from portique.school.rules import regimes_of, write_regimes_file
from portique.server.school.actions.telling import record, telling_gates
from portique.server.school.house import served_school
from portique.server.school.models import RulesActKind
from portique.server.school.queries import mark_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portique.core.exits import ExitRegime
    from portique.server.accounts.models import User


def set_regimes(by: User, regimes: Sequence[ExitRegime], *, seen: str) -> None:
    """Put a list of regimes in place of the one that was shown; gates get it.

    Raises:
        TooLate: Somebody else changed it meanwhile.
    """
    with telling_gates():
        school = served_school()
        if mark_of(write_regimes(regimes_of(school).values())) != seen:
            raise TooLate("somebody else changed the exit regimes meanwhile")
        write_regimes_file(school, regimes)
        regimes_of(school)  # reads them as gates' bundles will, before anything is committed
        record(by, RulesActKind.REGIMES)
