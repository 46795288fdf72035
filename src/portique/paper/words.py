"""The words printed on a pass, in French and English.

French typography: a narrow no-break space (U+202F) before ; ! ? and inside
« », a no-break space (U+00A0) before : and inside hours, « 1er » for the first.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from portique.core.values import Kind, Language

if TYPE_CHECKING:
    from portique.core.values import Window

_THIN, _WIDE = "\u202f", "\u00a0"  # espaces insécables, fine et entière
PARIS = ZoneInfo("Europe/Paris")
_END_OF_DAY = time(23, 59)  # a pass that ends in the last minute holds the whole day

_DAYS = {
    Language.FR: ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    Language.FR: (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    Language.EN: (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip

# What a pass says its holder is: words that fit everybody.
KINDS = {
    Language.FR: {
        Kind.PUPIL: "élève",
        Kind.STAFF: "personnel",
        Kind.GUARDIAN: "famille",
        Kind.TRAINEE: "stagiaire",
        Kind.CANDIDATE: "examen",
        Kind.RESIDENT: "résidence",
        Kind.VISITOR: "visite",
    },
    Language.EN: {
        Kind.PUPIL: "pupil",
        Kind.STAFF: "staff",
        Kind.GUARDIAN: "family",
        Kind.TRAINEE: "trainee",
        Kind.CANDIDATE: "exam",
        Kind.RESIDENT: "resident",
        Kind.VISITOR: "visitor",
    },
}
_TO_SCHOOL = {  # « au », « à la » or « à l’ » before the first word of a school's name
    "lycée": "au ",
    "collège": "au ",
    "groupe": "au ",
    "campus": "au ",
    "cité": "à la ",
    "maison": "à la ",
    "école": "à l’",
    "institut": "à l’",
    "institution": "à l’",
    "internat": "à l’",
    "établissement": "à l’",
    "erea": "à l’",
}


def date_words(day: date, language: Language, *, year: bool = True, weekday: bool = False) -> str:
    """Write a day in full: « mardi 1er septembre 2026 », "Tuesday 1 September 2026"."""
    first = language is Language.FR and day.day == 1
    parts = ["1er" if first else str(day.day), _MONTHS[language][day.month - 1]]
    parts += [str(day.year)] if year else []
    written = _WIDE.join(parts)  # a line never ends inside a date
    return f"{_DAYS[language][day.weekday()]} {written}" if weekday else written


def hour_words(at: datetime, language: Language) -> str:
    """Write an hour: « 8 h 05 », « 18 h », "08:05"."""
    if language is Language.EN:
        return f"{at:%H:%M}"
    minutes = f"{_WIDE}{at.minute:02d}" if at.minute else ""
    return f"{at.hour}{_WIDE}h{minutes}"


def validity_words(window: Window, language: Language, *, zone: ZoneInfo = PARIS) -> str:
    """Say when a pass is valid, in the school's local time.

    A pass of several days leaves out its opening hour, which is when it was
    issued; it gives its closing hour unless it lasts to the end of the day.
    """
    opens, last, whole = _local(window, zone)
    if opens.date() == last.date():
        return _one_day(opens, last, language, whole=whole)
    same_year = opens.year == last.year
    start = date_words(opens, language, year=not same_year)
    end = date_words(last, language) + ("" if whole else _until(last, language))
    if language is Language.FR:
        return f"Valable du{_WIDE}{start} au{_WIDE}{end}"
    return f"Valid from {start} to{_WIDE}{end}"


def day_words(window: Window, language: Language, *, zone: ZoneInfo = PARIS) -> dict[str, str]:
    """Return what a slip shows large: one day's weekday, day and year, or a period's two ends.

    A pass of several days has no day to show large: its first would be taken for today's.
    """
    opens, last, _ = _local(window, zone)
    if opens.date() == last.date():
        weekday = _DAYS[language][opens.weekday()]
        day = date_words(opens, language, year=False)
        return {"weekday": weekday, "day": day, "rest": str(opens.year)}
    start, end = (date_words(day, language) for day in (opens, last))
    if language is Language.FR:
        return {"from": f"du{_WIDE}{start}", "to": f"au{_WIDE}{end}"}
    return {"from": f"from {start}", "to": f"to {end}"}


def notice_title(language: Language) -> str:
    """Return the heading of the notice behind a card."""
    return (
        "Ce que ce laissez-passer contient" if language is Language.FR else "What this pass holds"
    )


def _local(window: Window, zone: ZoneInfo) -> tuple[datetime, datetime, bool]:
    """Return the local opening, the local end, and whether that end closes its day.

    A window ends at an excluded instant: midnight belongs to the day before.
    """
    opens = window.opens.astimezone(zone)
    last_second = (window.closes - timedelta(seconds=1)).astimezone(zone)
    if last_second.time() >= _END_OF_DAY:
        return opens, last_second, True
    return opens, window.closes.astimezone(zone), False


def _one_day(opens: datetime, last: datetime, language: Language, *, whole: bool) -> str:
    day = date_words(opens, language, weekday=True)
    hours = "" if whole and opens.time() == time(0) else _hours(opens, last, language, whole=whole)
    return f"Valable le {day}{hours}" if language is Language.FR else f"Valid on {day}{hours}"


def _hours(opens: datetime, last: datetime, language: Language, *, whole: bool) -> str:
    start = hour_words(opens, language)
    if language is Language.FR:
        return f", à partir de {start}" if whole else f", de {start} à {hour_words(last, language)}"
    return f", from {start}" + ("" if whole else f" to {hour_words(last, language)}")


def _until(last: datetime, language: Language) -> str:
    words = hour_words(last, language)
    return f" à {words}" if language is Language.FR else f", {words}"


def found_words(school: str, language: Language) -> str:
    """Tell whoever finds a pass what to do with it."""
    if language is Language.EN:
        return f"Found? Please return it to {school}."
    first, _, rest = school.partition(" ")
    article = _TO_SCHOOL.get(first.lower())
    if article is None:
        return f"Trouvé{_THIN}? Rapportez-le à{_WIDE}: {school}."
    return f"Trouvé{_THIN}? Rapportez-le {article}{first.lower()} {rest}".rstrip() + "."


def number_words(pass_id: str, language: Language) -> str:
    """Return the short number a desk asks for when it replaces a pass."""
    short = pass_id[:8]
    return f"n°{_WIDE}{short}" if language is Language.FR else f"no. {short}"


def title_words(language: Language, *, many: bool) -> str:
    """Return a document's title."""
    if language is Language.FR:
        return "Laissez-passer" + (" à distribuer" if many else "")
    return "School passes" if many else "School pass"


def code_words(pass_id: str, language: Language) -> str:
    """Describe a code for who can't see it, without saying whose it is."""
    number = number_words(pass_id, language)
    if language is Language.FR:
        return f"Code QR du laissez-passer {number}"
    return f"QR code of pass {number}"


def notice_words(language: Language, *, contact: str = "", kept: str = "") -> tuple[str, ...]:
    """Tell the holder, in plain words, what the card holds and what the gate keeps.

    `kept` says how long passages are kept and `contact` whom to ask; both are the
    school's to decide, so without them the notice points to the reception desk.
    """
    return _notice_fr(contact, kept) if language is Language.FR else _notice_en(contact, kept)


def _notice_fr(contact: str, kept: str) -> tuple[str, ...]:
    keeping = f"Durée de conservation{_WIDE}: {kept}." if kept else _KEPT_FR
    asking = f"Contact{_WIDE}: {contact}." if contact else "Adressez-vous à l’accueil."
    return (
        (
            f"{_CODE_FR} Votre nom et votre classe y sont chiffrés{_WIDE}: un téléphone ne les lit "
            "pas, les portiques de l’établissement oui."
        ),
        f"À chaque passage, le portique note le numéro, l’heure et sa réponse. {keeping}",
        (
            f"{_REVIEW_FR} Carte oubliée{_WIDE}: un agent vous fait entrer. Carte perdue{_WIDE}: "
            "dites-le, elle sera annulée."
        ),
        (
            "Vous pouvez demander ce qui est enregistré à votre sujet, le faire corriger ou le "
            f"contester. {asking}"
        ),
    )


def _notice_en(contact: str, kept: str) -> tuple[str, ...]:
    keeping = f"Kept for: {kept}." if kept else _KEPT_EN
    asking = f"Contact: {contact}." if contact else "Ask at the reception desk."
    return (
        (
            f"{_CODE_EN} Your name and class are in it encrypted: a phone can’t read them, the "
            "school’s gates can."
        ),
        f"At each passage the gate writes down the number, the time and its answer. {keeping}",
        (
            f"{_REVIEW_EN} Forgot the card: an agent lets you in. Lost it: say so, it will be "
            "cancelled."
        ),
        f"You may ask what is recorded about you, have it corrected, or contest it. {asking}",
    )


_CODE_FR = (
    "Ce code contient l’identifiant de l’établissement, deux dates et un numéro tiré au sort."
)
_CODE_EN = "This code holds the school’s identifier, two dates and a number drawn at random."
_KEPT_FR = "La durée de conservation est affichée à l’accueil."
_KEPT_EN = "How long this is kept is posted at the reception desk."
_REVIEW_FR = "Une réponse du portique peut toujours être revue par une personne."
_REVIEW_EN = "A person can always review what the gate answered."
