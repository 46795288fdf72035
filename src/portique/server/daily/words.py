"""What the pages, messages and papers of the day say, in both languages.

A message tells no movement: that somebody was not seen at a gate is one.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.core.values import Language
from portique.paper.words import date_words
from portique.server.daily.expecting import Expectation
from portique.server.daily.models import AwayKind, MessageState

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from portique.server.daily.models import Away

AWAY_WORDS = {
    AwayKind.INTERNSHIP: Words("stage", "internship"),
    AwayKind.OUTING: Words("sortie ou voyage scolaire", "school outing or trip"),
    AwayKind.JUSTIFIED: Words("absence justifiée", "justified absence"),
    AwayKind.HERE: Words("vu dans l’établissement", "seen inside the school"),
}
LEFT_OUT_WORDS = {
    Expectation.BOARDER: Words("internes", "boarders"),
    Expectation.AWAY: Words("en stage, en sortie ou excusés", "on internship, outing or excused"),
    Expectation.PERMITTED: Words(
        "avec une autorisation en ce moment", "with a permission at this moment"
    ),
    Expectation.NO_TIMETABLE: Words(
        "sans emploi du temps connu, dont on ne peut rien dire",
        "without a known timetable, of whom nothing can be said",
    ),
}
STATE_WORDS = {
    MessageState.QUEUED: Words("en attente d’envoi", "waiting to be sent"),
    MessageState.SENDING: Words("envoi en cours", "being sent"),
    MessageState.SENT: Words("parti", "sent"),
    MessageState.REFUSED: Words(
        "refusé par la messagerie\u00a0: appelez, ou imprimez la lettre",
        "refused by the mail server: call, or print the letter",
    ),
    MessageState.DROPPED: Words(
        "pas parti\u00a0: l’élève n’est plus sur la liste, ou la journée est finie",
        "not sent: the pupil is no longer on the list, or the day is over",
    ),
    MessageState.PRINTED: Words("lettre à imprimer et à remettre", "letter to print and hand over"),
}
UNSURE = Words(
    "peut-être parti\u00a0: la messagerie n’a pas répondu. Appelez plutôt que d’écrire encore",
    "perhaps sent: the mail server did not answer. Call rather than write again",
)
SUBJECT = Words("Message de la vie scolaire", "Message from the school life office")
MIDNIGHT = time()
MORNING, TODAY = Words("ce matin", "this morning"), Words("aujourd’hui", "today")
TEXT = Words(
    "Bonjour,\n\n"
    "Nous n’avons pas d’information sur la présence de {name} dans l’établissement {when}, {day}. "
    "Merci de contacter la vie scolaire.\n\n"
    "La vie scolaire\n{school}",
    "Hello,\n\n"
    "We have no information about the presence of {name} at school {when}, {day}. "
    "Please contact the school life office.\n\n"
    "School life office\n{school}",
)


def day_said(day: date) -> Words:
    """Name a date with its weekday, in full."""
    return Words(
        *(date_words(day, one, weekday=True, year=False) for one in (Language.FR, Language.EN))
    )


def span_words(begins: datetime, ends: datetime) -> Words:
    """Say from when until when, in local times; whole days without hours, the last one included."""
    first = f"{begins:%d/%m}" if begins.time() == MIDNIGHT else f"{begins:%d/%m %H:%M}"
    whole = ends.time() == MIDNIGHT
    last = f"{ends - timedelta(days=1):%d/%m}" if whole else f"{ends:%d/%m %H:%M}"
    if first == last:
        return Words(f"le {first}", f"on {first}")
    return Words(f"du {first} au {last}", f"from {first} to {last}")


def away_words(away: Away, zone: tzinfo) -> tuple[Words, Words]:
    """Say why somebody is not expected, and from when until when."""
    span = span_words(away.begins_at.astimezone(zone), away.ends_at.astimezone(zone))
    return AWAY_WORDS[AwayKind(away.kind)], span


def message_text(language: Language, *, name: str, when: Words, day: date, school: str) -> str:
    """Return what a guardian reads: the first name, the half day, and nothing of any gate."""
    return TEXT.in_language(language).format(
        name=name,
        when=when.in_language(language),
        day=date_words(day, language, weekday=True, year=False),
        school=school,
    )
