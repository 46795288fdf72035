"""What is done to tokens, and the answers that are kept to be given again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from portique.core.localtime import local_day
from portique.core.values import to_ms
from portique.server import clock
from portique.server.accounts import audit
from portique.server.accounts.codes import keyed_hash, new_token
from portique.server.accounts.models import Deed
from portique.server.api.models import Answer, Token
from portique.server.api.queries import TOKEN, text_of
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from portique.server.accounts.models import User
    from portique.server.api.scopes import Scope

ANSWERS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token as the head asks for it: for which program, to do what, for how long."""

    name: str
    scopes: tuple[Scope, ...]
    lasts: timedelta


@transaction.atomic
def make_token(by: User, wanted: Wanted) -> tuple[Token, str]:
    """Make a token.

    Returns:
        The row, and the token's text: to be shown once, it is kept nowhere.
    """
    at, secret = clock.now(), new_token()
    token = Token.objects.create(
        name=wanted.name,
        token_hash=keyed_hash(TOKEN, secret),
        scopes=[scope.value for scope in wanted.scopes],
        made_by=by,
        made_at=at,
        expires_at=at + wanted.lasts,
    )
    audit.record(by, Deed.KEYS_CHANGED, detail=f"+ {wanted.name} ({' '.join(wanted.scopes)})")
    return token, text_of(token, secret)


@transaction.atomic
def revoke_token(by: User, token_id: UUID) -> None:
    """End a token at once; what was recorded of it stays."""
    row = Token.objects.filter(pk=token_id).first()
    if row is not None and row.delete()[0]:
        audit.record(by, Deed.KEYS_CHANGED, detail=f"- {row.name}")


def note_use(token: Token, at: datetime) -> None:
    """Remember the day on which a token was last used; written once a day."""
    today = _today(at)
    if token.used_on != today:
        Token.objects.filter(pk=token.pk).update(used_on=today)


def note_names_read(token: Token, at: datetime) -> None:
    """Record, once a day for each program, that it was given people's names."""
    today = _today(at)
    if token.names_read_on == today:
        return  # before a transaction: on SQLite each waits for its turn to write
    with transaction.atomic():
        others = Token.objects.filter(pk=token.pk).exclude(names_read_on=today)
        if others.update(names_read_on=today):
            audit.record(token.made_by, Deed.EXPORTED, detail=token.name)


def _today(at: datetime) -> date:
    return local_day(to_ms(at), served_school().settings.time_zone)


# --- answers that are given again ---


def begin_answer(token: Token, key: str, asked: str) -> tuple[Answer, bool]:
    """Claim a key for a call, or find what was answered under it.

    Returns:
        The row, and whether it is new: then the call is to be made, and the row finished.
    """
    at, hashed = clock.now(), keyed_hash("idempotency", key)
    Answer.objects.filter(at__lt=at - ANSWERS_KEPT).delete()
    try:
        with transaction.atomic():
            return Answer.objects.create(token=token, key=hashed, asked=asked, at=at), True
    except IntegrityError:
        return Answer.objects.get(token=token, key=hashed), False


def finish_answer(answer: Answer, status: int, body: str) -> None:
    """Keep what was answered."""
    answer.status, answer.body = status, body
    answer.save(update_fields=["status", "body"])


def drop_answers(answers: Iterable[Answer]) -> None:
    """Forget calls that changed nothing: their keys are free again."""
    Answer.objects.filter(pk__in=[answer.pk for answer in answers]).delete()
