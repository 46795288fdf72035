"""A difference as pages show it: in words, a limited number of lines, nothing that only matches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portique.core.finding import plain
from portique.core.plain import Words
from portique.core.values import Kind
from portique.school.people.mapping import Field
from portique.school.people.records import Boarding
from portique.school.people.sentences import SENTENCES
from portique.server.people.queries import KIND_WORDS
from portique.server.words import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from portique.core.exits import ExitRegime
    from portique.school.people.changes import Change
    from portique.school.people.difference import Changed, Difference
    from portique.school.people.matching import Doubt, KnownPerson
    from portique.school.people.records import Fault, PersonRecord
    from portique.server.people.wizard import Preview

LISTED_MAX = 300
DOUBTS_SHOWN_MAX = 50
SECRET_FIELDS = {"birth_date", "ine"}  # they match imports and are shown nowhere
OTHER_FIELDS = {
    "ties": Words("élèves dont c’est un responsable", "pupils they are a guardian of"),
    "email": Words("adresse électronique", "e-mail address"),
    "mobile": Words("téléphone portable", "mobile number"),
}
CHANGED = Words("corrigé", "corrected")
NOTHING = Words("rien", "nothing")
SEVERAL = {  # the kinds that an import may bring
    Kind.PUPIL: Words("élèves", "pupils"),
    Kind.GUARDIAN: Words("responsables", "guardians"),
    Kind.STAFF: Words("personnels", "staff"),
    Kind.TRAINEE: Words("stagiaires", "trainees"),
}
SAYING = Words("{}\u00a0: {}", "{}: {}")
DAYS = (
    Words("lundi", "Monday"),
    Words("mardi", "Tuesday"),
    Words("mercredi", "Wednesday"),
    Words("jeudi", "Thursday"),
    Words("vendredi", "Friday"),
    Words("samedi", "Saturday"),
    Words("dimanche", "Sunday"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody of a list: name, class or service, and what else there is to say.

    `last_name` is where the list has them.
    """

    name: str
    last_name: str
    label: str
    kind: Words
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """One list of the preview; `more` are those not shown."""

    code: str
    title: Words
    count: int
    shown: tuple[Line, ...]

    @property
    def more(self) -> int:
        """Count those of whom no line is shown."""
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class Question:
    """A doubtful record, with the answers there are."""

    number: int
    line: Line
    why: Words
    options: tuple[tuple[str, str], ...]
    suggested: str


def counts_of(difference: Difference) -> list[tuple[int, Words, str]]:
    """Return how many of each fate: the number, what becomes of them, how many of each kind."""
    fates = (
        (Words("nouvelles personnes", "new people"), [one.record for one in difference.added]),
        (Words("changent", "change"), [one.known.record for one in difference.changed]),
        (Words("partent", "leave"), [one.record for one in difference.left]),
        (Words("à placer", "to place"), [one.record for one in difference.doubtful]),
        (Words("inchangées", "unchanged"), [one.record for one in difference.unchanged]),
    )
    return [(len(records), title, kinds_text(records)) for title, records in fates]


def kinds_text(records: Iterable[PersonRecord]) -> str:
    """Say how many are pupils, how many guardians: a file holds more of these than of those."""
    found = Counter(record.kind for record in records)
    return ", ".join(
        f"{found[kind]} {spoken(several if found[kind] > 1 else KIND_WORDS[kind])}"
        for kind, several in SEVERAL.items()
        if found[kind]
    )


def lists_of(shown: Preview, regimes: Mapping[str, ExitRegime]) -> list[Lines]:
    """Return the lists of a preview, those that are empty left out."""
    difference = shown.difference
    told = Telling(regimes)
    lists = (
        ("new", Words("Nouvelles personnes", "New people"),
         [_line(one.record) for one in difference.added]),
        ("changed", Words("Ce qui change", "What changes"),
         [told.changed(one) for one in difference.changed]),
        ("left", Words("Personnes qui partent", "People who leave"),
         [_line(one.record) for one in difference.left]),
        ("spared", Words("Absentes du fichier, mais gardées", "Not in the file, but kept"),
         [_line(one.record) for one in difference.spared]),
    )  # fmt: skip
    return [
        Lines(code, title, len(lines), tuple(sorted(lines, key=_order)[:LISTED_MAX]))
        for code, title, lines in lists
        if lines
    ]


def questions_of(shown: Preview) -> list[Question]:
    """Return the first doubts to settle."""
    return [_question(doubt) for doubt in shown.difference.doubtful[:DOUBTS_SHOWN_MAX]]


def faults_of(faults: Iterable[Fault]) -> list[tuple[int, str, str, bool]]:
    """Return what could not be read: line, whose list, why, and whether the person was kept."""
    return [
        (fault.row, spoken(KIND_WORDS[fault.kind]), spoken(SENTENCES[fault.cause]), fault.kept)
        for fault in list(faults)[:LISTED_MAX]
    ]


class Telling:
    """Says changes in words, with the school's own regimes."""

    def __init__(self, regimes: Mapping[str, ExitRegime]) -> None:
        self._regimes = regimes

    def changed(self, one: Changed) -> Line:
        """Say what changes of somebody."""
        notes = [self.change(change) for change in one.changes]
        if one.comes_back:
            notes.insert(0, spoken(Words("revient", "comes back")))
        if one.needs_new_card:
            notes.append(spoken(Words("carte à refaire si elle existe", "card to be made anew")))
        return _line(one.known.record, tuple(notes))

    def change(self, change: Change) -> str:
        """Say one change: the field, what it was, what it becomes."""
        if change.field in SECRET_FIELDS:
            return spoken(SAYING).format(field_words(change.field), spoken(CHANGED))
        old, new = self.value(change.field, change.old), self.value(change.field, change.new)
        return spoken(SAYING).format(field_words(change.field), f"{old} → {new}")

    def value(self, name: str, value: Any) -> str:
        """Say a value of a field."""
        if value in (None, "", ()):
            return spoken(NOTHING)
        if name == "exit_regime" and value in self._regimes:
            return spoken(self._regimes[value].title)
        said = SAID.get(name)
        return said(value) if said else str(value)


def field_words(name: str) -> str:
    """Name a field of a record."""
    words = OTHER_FIELDS.get(name) or SENTENCES[Field(name.replace("_", "-"))]
    return spoken(words).split(" (")[0]


def days_text(days: Iterable[int]) -> str:
    """Name weekdays."""
    return ", ".join(spoken(DAYS[day - 1]) for day in days)


_PLACE = {words.fr: place for place, words in enumerate(KIND_WORDS.values())}
SAID: dict[str, Callable[[Any], str]] = {
    "boarding": lambda value: spoken(SENTENCES[Boarding(value)]),
    "meal_days": days_text,
    "groups": ", ".join,
    "ties": lambda value: str(len(value)),
}


def _question(doubt: Doubt) -> Question:
    options = tuple((known.id, _option(known)) for known in doubt.candidates)
    return Question(
        doubt.number, _line(doubt.record), SENTENCES[doubt.why], options, doubt.suggested
    )


def _option(known: KnownPerson) -> str:
    parts: Iterator[str] = filter(None, (known.record.shown_name, known.record.label))
    return ", ".join(parts)


def _line(record: PersonRecord, notes: tuple[str, ...] = ()) -> Line:
    last_name = record.usual_family_name or record.family_name
    kind = KIND_WORDS[record.kind]
    return Line(record.shown_name, last_name, record.label or "", kind, notes)


def _order(line: Line) -> tuple[int, str, str, str]:
    return _PLACE[line.kind.fr], line.label, plain(line.last_name), plain(line.name)
