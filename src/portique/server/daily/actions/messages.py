"""A message to a guardian: somebody of the school validates it, one by one; then it is queued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from portique.core.errors import PortiqueError
from portique.core.localtime import local_day
from portique.core.values import to_ms
from portique.server import clock
from portique.server.daily.models import GuardianMessage, MessageState
from portique.server.daily.queries import draft_of, unseen_people
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from portique.core.values import Language
    from portique.server.accounts.models import User
    from portique.server.people.models import Person


class NoLongerUnseenError(PortiqueError):
    """The pupil was seen meanwhile, or is not expected: there is nothing to write about."""

    def __init__(self) -> None:
        super().__init__("the pupil is no longer on the list; read it again")


@dataclass(frozen=True, slots=True)
class Letter:
    """About whom, to whom, in which language; on paper, or to the guardian's address."""

    pupil: Person
    guardian: Person
    language: Language
    on_paper: bool


def validate(by: User, letter: Letter) -> tuple[GuardianMessage, bool]:
    """Keep a message as validated by somebody; it is sent soon, or printed.

    Whoever validates what somebody else validated today gets that one.

    Returns:
        The message, and whether it is new.

    Raises:
        NoLongerUnseenError: The pupil was seen meanwhile.
    """
    at, school = clock.now(), served_school()
    on_paper = letter.on_paper or not letter.guardian.email or not settings.PORTIQUE_MAIL_FROM
    with transaction.atomic():
        if letter.pupil.pk not in unseen_people(at):
            raise NoLongerUnseenError
        return GuardianMessage.objects.get_or_create(
            day=local_day(to_ms(at), school.settings.time_zone),
            pupil=letter.pupil,
            guardian=letter.guardian,
            defaults={
                "address": "" if on_paper else letter.guardian.email,
                "text": draft_of(letter.pupil, letter.language, at),
                "language": letter.language.value,
                "state": MessageState.PRINTED if on_paper else MessageState.QUEUED,
                "validated_by": by,
                "validated_at": at,
            },
        )
