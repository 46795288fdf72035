"""How many passes are usual: more need the person's own second proof, or somebody else's word.

A stolen session or a careless click then makes a few cards, not a bagful.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from portique.core.errors import RegisterError
from portique.core.localtime import local_day, local_ms
from portique.core.revocation import Status
from portique.core.values import to_ms
from portique.server.accounts.models import User
from portique.server.passes.models import Act, ActKind, IssuedPass, QuotaAlert, Use
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

PERSON_DAY_MAX = 3
PERSON_MONTH_MAX = 6
MONTH = timedelta(days=30)
ACCOUNT_HOUR_MAX = 120  # three classes; a whole school at once is asked for with a second proof
HOUR = timedelta(hours=1)
MAKES = (ActKind.ISSUED, ActKind.REPLACED, ActKind.SLIP, ActKind.BADGE, ActKind.PHONE_CODE)
PERSON, ACCOUNT = "person", "account"


@dataclass(frozen=True, slots=True)
class By:
    """Who asks; `stepped_up`: they proved anew, just now, that it is they."""

    account: User
    stepped_up: bool = False


class QuotaExceededError(RegisterError):
    """More passes than usual: nothing was made; somebody else agrees to it, or waits."""

    def __init__(self, cause: str, asked: int) -> None:
        super().__init__(f"{asked} passes are more than usual for one {cause}; nothing was issued")
        self.cause, self.asked = cause, asked


@contextmanager
def within(
    by: By, holders: Sequence[str | None], at: datetime, *, slips: bool = False
) -> Iterator[None]:
    """Make passes in one transaction, or refuse what is more than usual and tell the head.

    What one account asks for at the same time is counted one after the other.

    Args:
        by: Who asks.
        holders: For whom a pass is asked, each once; None for somebody who never had one.
        at: Now.
        slips: The passes are of one day: they are counted apart.

    Raises:
        QuotaExceededError: Nobody else agreed to it within the hour, nor was it proved anew.
    """
    try:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).filter(pk=by.account.pk).first()
            _check(by, holders, at, _counted(slips=slips))
            yield
    except QuotaExceededError as error:  # after the rollback: the alert stays
        QuotaAlert.objects.create(at=at, account=by.account, cause=error.cause, asked=error.asked)
        raise


def _check(
    by: By, holders: Sequence[str | None], at: datetime, counted: QuerySet[IssuedPass]
) -> None:
    found = _excess(by, holders, at, counted)
    if found is not None and not by.stepped_up and not _allowed(by, at):
        raise QuotaExceededError(*found)


def _excess(
    by: By, holders: Sequence[str | None], at: datetime, counted: QuerySet[IssuedPass]
) -> tuple[str, int] | None:
    made = Act.objects.filter(account=by.account, kind__in=MAKES, at__gt=at - HOUR).count()
    if made + len(holders) > ACCOUNT_HOUR_MAX:
        return ACCOUNT, made + len(holders)
    known = [holder for holder in holders if holder]
    most = max(_for_one(known, counted, at), default=0)
    return (PERSON, most) if most else None


def _counted(*, slips: bool) -> QuerySet[IssuedPass]:
    """Choose the passes that count beside those asked for.

    Nobody stays outside because a card was replaced twice today, nor because a phone was lost: a
    phone's pass that no longer counts at gates, which only its phone could show, is left out.
    """
    if slips:
        return IssuedPass.objects.filter(use=Use.SLIP)
    lost = Q(use=Use.PHONE) & ~Q(status=Status.VALID)
    return IssuedPass.objects.exclude(use=Use.SLIP).exclude(lost)


def _for_one(holders: Sequence[str], counted: QuerySet[IssuedPass], at: datetime) -> list[int]:
    """Return how many passes each would have, of those who would have too many."""
    issued = counted.filter(holder__in=holders, issued_ms__gt=to_ms(at - MONTH))
    times = list(issued.values_list("holder", "issued_ms"))
    zone = served_school().settings.time_zone
    midnight = local_ms(local_day(to_ms(at), zone), 0, zone)
    month = Counter(holder for holder, _ in times)
    day = Counter(holder for holder, issued_ms in times if issued_ms >= midnight)
    return [
        month[holder] + 1
        for holder in holders
        if day[holder] >= PERSON_DAY_MAX or month[holder] >= PERSON_MONTH_MAX
    ]


def _allowed(by: By, at: datetime) -> bool:
    return QuotaAlert.objects.filter(account=by.account, allowed_until__gt=at).exists()
