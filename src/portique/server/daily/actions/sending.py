"""The outbox: validated messages go to the school's mail server, each once.

A message is marked before it is handed over. If the process dies in between, or the connection
breaks at the wrong moment, nobody can know whether it arrived: it is never sent again by itself,
the page says so, and a person calls. What the server certainly did not take is tried again.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from email.utils import formataddr
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q

from portique.core.localtime import local_day
from portique.core.values import Language, to_ms
from portique.server import clock
from portique.server.daily.models import GuardianMessage, MessageState
from portique.server.daily.queries import unseen_people
from portique.server.daily.words import SUBJECT
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from django.core.mail.backends.base import BaseEmailBackend
    from django.db.models import QuerySet

AGAIN_AFTER = timedelta(minutes=1)
AT_ONCE = 50  # messages: what one connection carries
TURN = timedelta(seconds=15)  # then the list is worked out anew: a pupil may have been seen
REFUSED_FROM = 500  # SMTP: a reply from here on is final
log = logging.getLogger(__name__)


def _never() -> bool:
    return False


def send_due(at: datetime, stopped: Callable[[], bool] = _never) -> int:
    """Send what waits; return how many were handed over.

    Args:
        at: Now.
        stopped: Says whether the process is ending: then nothing more is sent.
    """
    if not settings.PORTIQUE_MAIL_FROM or not _waiting().exists():
        return 0  # asked each few seconds: nothing is written where nothing waits
    drop_stale(at)
    due = _due(at)
    if not due:
        return 0
    with_server = get_connection()
    if not _opened(with_server):
        GuardianMessage.objects.filter(pk__in=[one.pk for one in due]).update(tried_at=at)
        return 0
    try:
        return _send_some(due, with_server, at, stopped)
    finally:
        with_server.close()


def _send_some(
    due: list[GuardianMessage],
    connection: BaseEmailBackend,
    at: datetime,
    stopped: Callable[[], bool],
) -> int:
    """Send one after the other, until one fails: its connection may carry nothing any more.

    The others then wait, untouched, for the next round and a connection of its own.
    """
    until, unseen, sent = clock.now() + TURN, unseen_people(at), 0
    for message in due:
        if stopped() or clock.now() > until:
            break
        if message.pupil_id not in unseen:
            _waiting().filter(pk=message.pk).update(state=MessageState.DROPPED)
        elif _claimed(message, at):
            if not _send(message, connection, at):
                break
            sent += 1
    return sent


def drop_stale(at: datetime) -> int:
    """Give up what could not be sent on its day: it would be wrong tomorrow."""
    return _waiting().filter(day__lt=_today(at)).update(state=MessageState.DROPPED)


def _waiting() -> QuerySet[GuardianMessage]:
    return GuardianMessage.objects.filter(state=MessageState.QUEUED)


def _due(at: datetime) -> list[GuardianMessage]:
    rested = Q(tried_at=None) | Q(tried_at__lte=at - AGAIN_AFTER)
    return list(_waiting().filter(rested, day=_today(at)).order_by("validated_at")[:AT_ONCE])


def _today(at: datetime) -> date:
    return local_day(to_ms(at), served_school().settings.time_zone)


def _opened(connection: BaseEmailBackend) -> bool:
    try:
        connection.open()
    except (OSError, SMTPException):
        log.warning("the mail server does not answer, or refuses the sign-in; check PORTIQUE_SMTP")
        return False
    return True


def _claimed(message: GuardianMessage, at: datetime) -> bool:
    """Take a message to send it: of several processes one wins."""
    mine = _waiting().filter(pk=message.pk)
    return mine.update(state=MessageState.SENDING, tried_at=at) == 1


def _send(message: GuardianMessage, connection: BaseEmailBackend, at: datetime) -> bool:
    try:
        connection.send_messages([_mail(message)])
    except (OSError, SMTPException, ValueError) as error:
        _failed(message, error)
        return False
    _become(message, MessageState.SENT, sent_at=at)
    return True


def _failed(message: GuardianMessage, error: Exception) -> None:
    """Try again what was put off, give up what was refused, leave what nobody can know."""
    code = _reply(error)
    log.warning("a message could not be sent", extra={"status_code": code})
    if code is not None:
        final = code >= REFUSED_FROM
        _become(message, MessageState.REFUSED if final else MessageState.QUEUED)


def _reply(error: Exception) -> int | None:
    """Return what the server replied; None: the connection broke."""
    if isinstance(error, ValueError):
        return REFUSED_FROM  # no such address can be: the server was not even asked
    if isinstance(error, SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=REFUSED_FROM)
    return error.smtp_code if isinstance(error, SMTPResponseException) else None


def _become(message: GuardianMessage, state: MessageState, **more: object) -> None:
    GuardianMessage.objects.filter(pk=message.pk).update(state=state, **more)


def _mail(message: GuardianMessage) -> EmailMessage:
    sender, language = settings.PORTIQUE_MAIL_FROM, Language(message.language)
    return EmailMessage(
        SUBJECT.in_language(language),
        message.text,
        formataddr((served_school().settings.name, sender)),
        [message.address],
        headers={"Message-ID": f"<{message.pk}@{sender.rpartition('@')[2]}>"},
    )
