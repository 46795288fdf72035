"""School years: which was begun last, and which can be begun next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.school.folder import KEYS, school_year
from portique.server.school.house import served_school
from portique.server.school.models import Counter

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

ROLLED = "school-year"  # the counter of the last school year that was begun here


def rolled_year() -> int:
    """Return the school year that was begun last, 0 when none was."""
    return Counter.objects.filter(name=ROLLED).values_list("value", flat=True).first() or 0


def issuing_key(year: int) -> Path:
    """Return where a school year's issuing key is, or would be."""
    return served_school().path / KEYS / f"pass-{year}.pem"


def next_year(at: datetime) -> int:
    """Return the school year to begin next: this one if it has no keys yet, else the one after."""
    school = served_school()
    this = school_year(at, school.settings.zone)
    begun = issuing_key(this).exists() or rolled_year() >= this
    return max(rolled_year(), this) + 1 if begun else this
