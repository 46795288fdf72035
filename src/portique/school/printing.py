"""From the register to what a pass shows on paper: names are opened for the print run only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.errors import RegisterError
from portique.school.issuing import reopened

if TYPE_CHECKING:
    from portique.core.passes import Identity, Pass
    from portique.school.house import School
    from portique.school.register import Issued


def is_a_phones(school: School, issued: Issued) -> bool:
    """Say whether a pass is bound to a phone: shown on paper, every gate would refuse it."""
    return reopened(school, issued).phone_key is not None


def printable(school: School, issued: Issued) -> tuple[Pass, Identity]:
    """Open one registered pass for printing.

    Raises:
        RegisterError: It is bound to a phone, or the school's name keys don't open it.
    """
    held = reopened(school, issued)
    if held.phone_key is not None:
        raise RegisterError(f"pass {issued.pass_id} lives on a phone; paper would not be accepted")
    if held.identity is None:
        raise RegisterError(f"pass {issued.pass_id} can't be opened with the school's name keys")
    return held, held.identity
