"""Whether the school lets phones carry passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.server.passes.phones import PHONES, phones_on
from portique.server.school.actions.telling import record, telling_gates
from portique.server.school.house import served_school
from portique.server.school.models import RulesActKind

if TYPE_CHECKING:
    from portique.server.accounts.models import User


def switch(by: User, *, on: bool) -> None:
    """Let phones carry passes, or no more; gates take it up with the next knowledge.

    Off, no code is given or taken, and no phone's pass counts. None is touched: on again, they
    count as they did.
    """
    with telling_gates():
        if phones_on() is not on:
            served_school().write_data(PHONES, {"on": on})
            record(by, RulesActKind.PHONES)
