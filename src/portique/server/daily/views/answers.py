"""What the pages of the day share: who acts, a person asked for by a form, the day's end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from portique.core.localtime import local_day, local_ms
from portique.core.plain import DAY_MINUTES
from portique.core.values import Kind, from_ms, to_ms
from portique.server.accounts.access import allowed
from portique.server.daily.actions.away import Span
from portique.server.daily.pages import OFFICE, WITH_SLIPS
from portique.server.passes.views.answers import pdf, uuid_or_404
from portique.server.people.models import Person
from portique.server.school.house import served_school
from portique.server.words import words

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = ["NOT_PRINTED", "local_date", "office", "pdf", "pupil_or_404", "whole_day", "with_slips"]

office = allowed(*OFFICE)
with_slips = allowed(*WITH_SLIPS)
NOT_PRINTED = words(
    "L’impression n’a pas abouti\u00a0: un nom a un caractère qu’aucune police ne dessine.",
    "It could not be printed: a name has a character that no font draws.",
)


def pupil_or_404(text: str) -> Person:
    """Return the pupil that a form names."""
    return get_object_or_404(Person, pk=uuid_or_404(text), kind=Kind.PUPIL, left_on=None)


def local_date(at: datetime) -> date:
    """Return the school's date."""
    return local_day(to_ms(at), served_school().settings.time_zone)


def whole_day(at: datetime) -> Span:
    """Return the school's whole day: the same mark made twice is then one."""
    day, zone = local_date(at), served_school().settings.time_zone
    begins, ends = (from_ms(local_ms(day, minute, zone)) for minute in (0, DAY_MINUTES))
    return Span(begins, ends)
