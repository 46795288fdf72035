"""Getting Django ready for one school, in whichever process needs it."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem
from portique.school.folder import SETTINGS
from portique.server.vault import keyfiles

if TYPE_CHECKING:
    from pathlib import Path


def make_ready(school: Path, **variables: str) -> None:
    """Set Django up to serve a school in this process; other variables as in `environment`.

    Raises:
        EnvironmentProblem: There is no school there, a key can't be made or read, or a part is
            missing.
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
    check_driver(os.environ.get("DATABASE_URL", ""))
    use_current_sqlite()
    import django  # noqa: PLC0415 -- after the variables and the SQLite it will use

    django.setup()


def check_driver(database_url: str) -> None:
    """Look whether what speaks to the database is installed: PostgreSQL's driver is extra.

    Raises:
        EnvironmentProblem: It is not.
    """
    if database_url and find_spec("psycopg") is None:
        raise EnvironmentProblem(
            "DATABASE_URL names a PostgreSQL database, and nothing here speaks to one: install "
            "psycopg, see docs/en/server.md, section 5"
        )


def use_current_sqlite() -> None:
    """Put the SQLite that the lock file brings in the place of the system's older one.

    Django imports `sqlite3` by name. What this process opened before keeps the module it had.
    """
    import pysqlite3  # noqa: PLC0415 -- only a serving process needs it

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def migrate() -> None:
    """Bring the database to this version's tables.

    Raises:
        EnvironmentProblem: It can't be reached or written.
    """
    from django.core.management import call_command  # noqa: PLC0415 -- Django must be set up
    from django.db import OperationalError  # noqa: PLC0415

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        why = str(error).partition("\n")[0]
        raise EnvironmentProblem(
            f"the database can't be used ({why}); is it running, DATABASE_URL right, the disk full?"
        ) from error
