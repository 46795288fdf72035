"""Serve the demonstration: `python -m portique.testing.demo_site SCHOOL PORT STREAM_PORT DAY`.

The school's folder is a copy made for this run, so that whatever is tried on the pages is gone at
the next start. DAY is the local date the synthetic lycée was made for.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

SETTINGS = "portique.testing.demo_site.settings"


def main(school: Path, port: str, stream_port: str, day: date) -> None:
    """Fill the database, then serve until told to stop."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    from portique.server.config import starting  # noqa: PLC0415 -- after the settings are named

    starting.make_ready(school)
    starting.migrate()
    fill(school, day)
    command = [sys.executable, "-m", "portique.cli", "server", "run", "--school", str(school)]
    os.execv(sys.executable, [*command, "--port", port, "--stream-port", stream_port])  # noqa: S606 -- our own interpreter, in this process's place


def fill(school: Path, day: date) -> None:
    """Adopt the folder; put in the accounts and the people."""
    from portique.server.school.adoption import adopt  # noqa: PLC0415 -- Django is set up now
    from portique.testing.demo_site import accounts, people  # noqa: PLC0415
    from portique.testing.school import make_school  # noqa: PLC0415

    adopt(school)
    accounts.make_accounts()
    people.put(make_school(day, open_all_day=True).people)
    accounts.make_holder()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], date.fromisoformat(sys.argv[4]))
