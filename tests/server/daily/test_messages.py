"""Messages to guardians: nothing before somebody validates, each sent once, and soon forgotten."""

import smtplib
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from pypdf import PdfReader
from tests.server.conftest import AT
from tests.server.daily.conftest import DRAFT, PAGE

from portique.server.accounts.roles import Role
from portique.server.config.chores import do_chores
from portique.server.daily import actions
from portique.server.daily.models import Away, AwayKind, GuardianMessage, MessageState
from portique.server.people.models import Access

FROM, TO = "vie-scolaire@tilleuls.example", "camille.vantreuil@familles.example"
FORBIDDEN = ("portique", "gate", "entr", "vu", "seen", "absen", "Vantreuil")


@pytest.fixture
def by_mail(settings):
    """Give the school a mail server."""
    settings.PORTIQUE_MAIL_FROM = FROM


@pytest.fixture
def family(pupil, guardian):
    """A pupil who was not seen, and a guardian with an address."""
    zoe = pupil()
    return zoe, guardian(zoe, email=TO, mobile="+33600000000")


@pytest.fixture
def validated(by_mail, office, family) -> GuardianMessage:
    """A message that somebody of school life validated."""
    zoe, camille = family
    office.post(DRAFT.format(zoe.pk), {"mail": camille.pk, "language": "fr"})
    return GuardianMessage.objects.get()


def state() -> str:
    return GuardianMessage.objects.get().state


def breaking(monkeypatch, error: BaseException, *, at: str = "send_messages") -> None:
    def fail(self, *_):
        raise error

    monkeypatch.setattr(EmailBackend, at, fail, raising=False)


def test_a_draft_is_shown_and_nothing_is_kept(by_mail, office, family):
    """The text, the guardian, how to reach them; the look is recorded as the office's work."""
    zoe, _ = family
    page = office.get(DRAFT.format(zoe.pk)).content.decode()

    assert "pas d’information sur la présence de Zoé" in page
    assert TO in page
    assert not GuardianMessage.objects.exists()
    assert {access.reason for access in Access.objects.all()} == {"office"}


@pytest.mark.parametrize(("language", "greeting"), [("fr", "Bonjour"), ("en", "Hello")])
def test_the_words_tell_no_movement(by_mail, office, family, language, greeting):
    """No gate, no entry, no absence, no last name: in the mail itself, in both languages."""
    zoe, camille = family
    office.post(DRAFT.format(zoe.pk), {"mail": camille.pk, "language": language})
    actions.send_due(AT)
    (sent,) = mail.outbox

    assert sent.body.startswith(greeting)
    assert "Zoé" in sent.body
    assert [word for word in FORBIDDEN if word in sent.body.split("\n\n")[1]] == []
    assert "Zoé" not in sent.subject
    assert (sent.to, FROM in sent.from_email) == ([TO], True)


def test_who_validated_is_shown_and_the_message_is_sent_once(validated, office):
    """However often the outbox is emptied, and whoever validates it again."""
    zoe, camille = validated.pupil_id, validated.guardian_id
    assert actions.send_due(AT) == 1
    again = office.post(DRAFT.format(zoe), {"mail": camille}, follow=True).content.decode()
    actions.send_due(AT + timedelta(hours=1))

    assert "rien n’est envoyé deux fois" in again
    assert "Camille School-Life" in again
    assert (len(mail.outbox), state()) == (1, MessageState.SENT)


def test_a_process_that_dies_while_sending_sends_nothing_twice(
    validated, monkeypatch, office, hands
):
    """Nobody can know whether it arrived: the page says so, and no process tries again."""
    breaking(monkeypatch, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        actions.send_due(AT)
    monkeypatch.undo()
    hands.move(minutes=10)

    assert actions.send_due(AT + timedelta(minutes=10)) == 0
    assert state() == MessageState.SENDING


@pytest.mark.parametrize(
    ("error", "after"),
    [
        (smtplib.SMTPServerDisconnected("gone"), MessageState.SENDING),
        (smtplib.SMTPRecipientsRefused({TO: (550, b"no such user")}), MessageState.REFUSED),
        (smtplib.SMTPDataError(451, b"later"), MessageState.QUEUED),
        (ValueError("Invalid address"), MessageState.REFUSED),
    ],
)
def test_what_the_mail_server_answers_decides(validated, monkeypatch, error, after):
    """Unknown stays unknown, refused is final, put off is tried again; no address is no address."""
    breaking(monkeypatch, error)
    actions.send_due(AT)

    assert state() == after


def test_a_mail_server_that_is_down_is_tried_again_a_minute_later(validated, monkeypatch):
    """Not each few seconds; and the message arrives once."""
    breaking(monkeypatch, ConnectionRefusedError(), at="open")
    actions.send_due(AT)
    monkeypatch.undo()

    assert actions.send_due(AT + timedelta(seconds=5)) == 0
    assert actions.send_due(AT + timedelta(minutes=1)) == 1


def test_a_server_that_stops_leaves_what_waits(validated):
    """The next one sends it."""
    assert actions.send_due(AT, lambda: True) == 0
    assert (mail.outbox, state()) == ([], MessageState.QUEUED)


def test_a_slow_mail_server_has_the_list_worked_out_anew(validated, guardian, hands, monkeypatch):
    """After fifteen seconds the rest waits for the next round: a pupil may have been seen."""
    other = guardian(validated.pupil, first="Dominique", email=TO)
    kept = {"address": TO, "text": "…", "language": "fr", "validated_at": AT}
    GuardianMessage.objects.create(
        day=AT.date(), pupil=validated.pupil, guardian=other, state=MessageState.QUEUED, **kept
    )
    send = EmailBackend.send_messages

    def slowly(self, messages):
        hands.move(seconds=16)
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)

    assert actions.send_due(AT) == 1
    assert GuardianMessage.objects.filter(state=MessageState.QUEUED).count() == 1


def test_a_pupil_seen_before_it_is_sent_is_not_written_about(validated, let_in):
    """The message is dropped."""
    let_in(validated.pupil)
    actions.send_due(AT)

    assert (mail.outbox, state()) == ([], MessageState.DROPPED)


def test_what_another_process_sent_meanwhile_stays_sent(validated, let_in, monkeypatch):
    """Even if the pupil was seen since: the page does not say that it never left."""
    monkeypatch.setattr(actions.sending, "_due", lambda _: [validated])
    GuardianMessage.objects.create(  # something waits, or nothing is looked at
        day=AT.date(), pupil=validated.pupil, guardian=validated.pupil, text="…", language="fr",
        state=MessageState.QUEUED, validated_at=AT,
    )  # fmt: skip
    GuardianMessage.objects.filter(pk=validated.pk).update(state=MessageState.SENT)
    let_in(validated.pupil)
    actions.send_due(AT)

    assert GuardianMessage.objects.get(pk=validated.pk).state == MessageState.SENT


def test_a_message_of_yesterday_is_never_sent(validated):
    """It would be wrong today."""
    actions.send_due(AT + timedelta(days=1))

    assert (mail.outbox, state()) == ([], MessageState.DROPPED)


def test_nothing_is_written_about_a_pupil_who_is_not_on_the_list(by_mail, office, family, let_in):
    """Neither shown nor kept: seen since, or never expected."""
    zoe, camille = family
    let_in(zoe)
    for answer in (
        office.get(DRAFT.format(zoe.pk)),
        office.post(DRAFT.format(zoe.pk), {"mail": camille.pk}),
    ):
        assert answer.headers["Location"] == PAGE

    assert not GuardianMessage.objects.exists()


def test_only_guardians_of_this_pupil_can_be_written_to(by_mail, office, pupil, guardian):
    """A mere contact, somebody else's guardian and one who left are nobody to write to."""
    zoe = pupil()
    others = [
        guardian(zoe, role="contact", email=TO),
        guardian(pupil("Ali"), email=TO),
        guardian(zoe, email=TO, left_on="2026-11-01"),
    ]
    codes = [office.post(DRAFT.format(zoe.pk), {"mail": one.pk}).status_code for one in others]

    assert codes == [404, 404, 404]
    assert not GuardianMessage.objects.exists()


def test_without_a_mail_server_there_is_text_to_copy_and_a_letter(office, family):
    """No button sends; a validated letter is printed, with the same words, and nothing leaves."""
    zoe, camille = family
    page = office.get(DRAFT.format(zoe.pk)).content.decode()
    office.post(DRAFT.format(zoe.pk), {"mail": camille.pk})
    kept = GuardianMessage.objects.get()
    printed = office.post(f"{PAGE}messages/{kept.pk}/lettre/")
    text = PdfReader(BytesIO(printed.content)).pages[0].extract_text()

    assert 'name="mail"' not in page
    assert (kept.state, kept.address) == (MessageState.PRINTED, "")
    assert "la présence de Zoé" in " ".join(text.split())
    assert actions.send_due(AT) == 0


def test_messages_and_who_was_away_are_erased_after_the_next_school_day(validated, account, hands):
    """There until Tuesday ends, gone on Wednesday."""
    span = actions.away.Span(AT, AT + timedelta(hours=1))
    actions.note_away(account(Role.HEAD), validated.pupil, AwayKind.OUTING, span)
    do_chores(AT + timedelta(days=1))
    assert (GuardianMessage.objects.count(), Away.objects.count()) == (1, 1)

    do_chores(AT + timedelta(days=2))

    assert (GuardianMessage.objects.count(), Away.objects.count()) == (0, 0)


def test_who_was_away_a_whole_day_is_forgotten_after_the_next_one(office, pupil):
    """A day ends at midnight, not on the day after: one click of Monday ends on Tuesday."""
    office.post(f"{PAGE}noter/", {"here": pupil().pk})
    do_chores(AT + timedelta(days=1))
    assert Away.objects.exists()

    do_chores(AT + timedelta(days=2))

    assert not Away.objects.exists()


def test_an_address_lies_sealed(validated):
    """Neither it nor the words are in the row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, text FROM daily_guardianmessage")
        address, text = map(bytes, cursor.fetchone())

    assert TO.encode() not in address
    assert "Zoé".encode() not in text
    assert validated.address == TO
