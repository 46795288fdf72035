"""How a school's folder becomes a served one: register, rights and rules move to the database.

Done once, in one transaction; afterwards the database is the truth, for the command line too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portique.school.checks import CHECKS, shares_of
from portique.school.folder import CALENDAR, MOVED, REGISTER, ZONES, SchoolFolder, is_served
from portique.school.rules import REGIMES
from portique.server.passes.register import DatabaseRegister
from portique.server.school.models import Counter, Rules

if TYPE_CHECKING:
    from pathlib import Path

COUNTED = "knowledge"


def adopt(path: Path) -> bool:
    """Move what a folder holds into the database, once; say whether there was anything to move.

    Raises:
        EnvironmentProblem: There is no school there, or it can't be read.
        ConfigError: One of its rules is damaged.
    """
    if is_served(path):
        return False
    folder = SchoolFolder.open(path)
    try:
        with transaction.atomic():
            _copy(folder)
    finally:
        folder.close()
    # Last: until the copy is committed, the file is the truth, and a second try finds it.
    (path / REGISTER).rename(path / MOVED)
    return True


def _copy(folder: SchoolFolder) -> None:
    register = DatabaseRegister()
    if register.count() or register.rights():
        return  # committed before, and stopped ahead of the renaming
    for issued in folder.register.all():
        register.add(issued)
    for holder, data in folder.register.rights().items():
        register.set_rights(holder, data)
    for gate in folder.register.gates():
        register.add_gate(gate)
    shares_of(folder)  # gates would refuse all knowledge for a damaged table of these
    for name in (CALENDAR, ZONES, REGIMES, CHECKS):
        data = folder.read_data(name)
        if data is not None:
            Rules.objects.update_or_create(name=name, defaults={"data": data})
    Counter.objects.update_or_create(
        name=COUNTED, defaults={"value": folder.register.next_number(COUNTED)}
    )
