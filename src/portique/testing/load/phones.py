"""A school for phones: its people in the database, and who is invited, for benches.

By `python -m portique.testing.load.phones ORDER FOLDER …`, in a process with the server's settings:
`fill DAY PUPILS` before it is served, `invite ADDRESS LANE HOLDERS` beside the server.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any


def fill(folder: Path, day: date, pupils: int) -> None:
    """Adopt the folder of the synthetic lycée; put in accounts, and its people up to so many."""
    from portique.server.config import starting  # noqa: PLC0415 -- Django is set up now
    from portique.server.school.adoption import adopt  # noqa: PLC0415
    from portique.testing.demo_site import accounts, people  # noqa: PLC0415
    from portique.testing.school import make_school  # noqa: PLC0415

    starting.migrate()
    adopt(folder)
    accounts.make_accounts()
    people.put(make_school(day, open_all_day=True).people[:pupils])


def invite(address: str, lane: str, holders: int) -> dict[str, Any]:
    """Give a link by which an agent's phone joins, and the codes of so many holders' phones."""
    from portique.core.values import Kind  # noqa: PLC0415 -- Django is set up now
    from portique.server.accounts.models import User  # noqa: PLC0415
    from portique.server.accounts.roles import Role  # noqa: PLC0415
    from portique.server.gates.actions.enrolling import invite as invited  # noqa: PLC0415
    from portique.server.gates.queries import invitation_text  # noqa: PLC0415
    from portique.server.passes.quotas import By  # noqa: PLC0415
    from portique.server.people.models import Person  # noqa: PLC0415
    from portique.server.school.house import served_school  # noqa: PLC0415
    from portique.server.wallet.actions import Lasts, codes_for  # noqa: PLC0415

    head = User.objects.get(role=Role.HEAD)
    people = list(Person.objects.filter(kind=Kind.PUPIL).order_by("pk")[:holders])
    codes = codes_for(By(head), people, Lasts.PAPER)
    return {
        "invitation": invitation_text(served_school(), invited(lane, head), address),
        "codes": [one.code for one in codes],
    }


if __name__ == "__main__":
    from portique.server.config import starting

    order, path, *rest = sys.argv[1:]
    starting.make_ready(Path(path))
    if order == "fill":
        fill(Path(path), date.fromisoformat(rest[0]), int(rest[1]))
    else:
        sys.stdout.write(json.dumps(invite(rest[0], rest[1], int(rest[2]))) + "\n")
