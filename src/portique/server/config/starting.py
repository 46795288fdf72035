"""Getting Django ready for one school, in whichever process needs it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem
from portique.school.folder import SETTINGS
from portique.server.vault import keyfiles

if TYPE_CHECKING:
    from pathlib import Path


def make_ready(school: Path, **variables: str) -> None:
    """Set Django up to serve a school in this process; other variables as in `environment`.

    Raises:
        EnvironmentProblem: There is no school there, or a key can't be made or read.
    """
    if not (school / SETTINGS).exists():
        raise EnvironmentProblem(
            f"there is no school in {school}; make one with: portique school init {school}"
            " --uai UAI --name NAME"
        )
    keyfiles.make(school)
    os.environ["PORTIQUE_SCHOOL"] = str(school.absolute())
    os.environ.update(variables)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portique.server.config.settings")
    use_current_sqlite()
    import django  # noqa: PLC0415 -- after the variables and the SQLite it will use

    django.setup()


def use_current_sqlite() -> None:
    """Put the SQLite that the lock file brings in the place of the system's older one.

    Django imports `sqlite3` by name. What this process opened before keeps the module it had.
    """
    import pysqlite3  # noqa: PLC0415 -- only a serving process needs it

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def migrate() -> None:
    """Bring the database to this version's tables."""
    from django.core.management import call_command  # noqa: PLC0415 -- Django must be set up

    call_command("migrate", verbosity=0, interactive=False)
