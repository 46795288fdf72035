"""What a wallet shows its holder: what is kept about them, who looked, their rights.

Sections of plain lines, in the language of the moment. Nothing here tells of movements: a phone is
handed around, and one's own are on one's own pages.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.timezone import localtime

from portique.core.charter_retention import BACKUP_NOTE
from portique.core.plain import Words
from portique.core.values import Kind, from_ms
from portique.school.rules import regimes_of
from portique.server.accounts.roles import TITLES, Role
from portique.server.holders.kept import kept_of
from portique.server.holders.queries import done_for
from portique.server.passes.permitted import told
from portique.server.passes.queries import passes_of, permissions_now
from portique.server.passes.words import USES, standing_words
from portique.server.people.queries import KIND_WORDS, accesses_of, guardians_of, pupils_of
from portique.server.people.rights import WITHOUT_RIGHTS, other_groups, rights_of_person
from portique.server.people.showing import days_text
from portique.server.school.house import served_school
from portique.server.words import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portique.server.holders.kept import Reason
    from portique.server.passes.queries import PermissionRow
    from portique.server.people.models import Person
    from portique.server.people.queries import Tied

NOBODY, NOTHING = Words("Personne.", "Nobody."), Words("Rien.", "Nothing.")
UNTIL = Words("{}, jusqu’au {}", "{}, until {}")
BY = Words("{} ({})", "{} ({})")
FOR, OR = Words("Pour {}", "To {}"), Words("\u202f; ", "; ")
KEPT = Words("Gardé\u00a0: {}", "Kept: {}")
KEPT_BY_KIND = Words("Gardé, selon la donnée\u00a0: {}", "Kept, depending on what it is: {}")
RECEIVED = Words("Reçu par\u00a0: {}", "Received by: {}")
RIGHTS = (
    Words(
        "Demander une copie de tout ce qui est gardé sur vous, faire corriger une erreur, faire"
        " effacer ce qui n’est plus utile, vous opposer, faire suspendre\u00a0: c’est gratuit, et"
        " l’établissement répond en un mois au plus.",
        "Ask for a copy of all that is kept about you, have a mistake corrected, have erased what"
        " is no longer needed, object, put on hold: it is free, and the school answers within a"
        " month.",
    ),
    Words(
        "À qui\u00a0: la vie scolaire ou la direction, puis le délégué à la protection des données,"
        " dont l’établissement affiche l’adresse\u202f; enfin la CNIL, cnil.fr/plaintes.",
        "Whom to ask: the school office or the head, then the data protection officer, whose"
        " address the school displays; at last the CNIL, cnil.fr/plaintes.",
    ),
    Words(
        "La carte en papier donne les mêmes droits que le téléphone\u00a0: en changer ne change"
        " rien d’autre.",
        "The paper card gives the same rights as the phone: changing from one to the other changes"
        " nothing else.",
    ),
    Words(
        "Vos passages ne sont pas montrés ici, car un téléphone se prête. Tant qu’ils sont gardés,"
        " vous les lisez sur vos propres pages, avec votre mot de passe\u202f; qui d’autre les"
        " reçoit est dit sous «\u202fPourquoi, jusqu’à quand\u202f».",
        "Your passages are not shown here, since a phone is handed around. While they are kept,"
        " you read them on your own pages, with your password; who else receives them is said"
        " under “Why, and until when”.",
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is about (may be empty), and what there is to say."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one title; `id` is the same in every language."""

    id: str
    title: str
    lines: tuple[Line, ...]


def sections_for(person: Person, at: datetime) -> list[dict[str, Any]]:
    """Return all sections as plain data, in the order to show them."""
    sections = (
        _section("own", Words("Ce que l’établissement sait de vous", "What the school knows"),
                 _own(person)),
        _section("passes", Words("Vos laissez-passer", "Your passes"), _passes(person, at)),
        _section("permissions", Words("Vos autorisations", "Your permissions"),
                 _permissions(person, at)),
        _section("seen", Words("Qui a consulté votre fiche", "Who looked you up"), _seen(person),
                 NOBODY),
        _section("done", Words("Ce qui a été fait", "What was done"), _done(person)),
        _section("kept", Words("Pourquoi, jusqu’à quand", "Why, and until when"), _kept(person)),
        _section("rights", Words("Vos droits", "Your rights"), _rights()),
    )  # fmt: skip
    return [asdict(section) for section in sections]


def _section(code: str, title: Words, lines: Iterator[Line], none: Words = NOTHING) -> Section:
    return Section(code, spoken(title), tuple(lines) or (Line("", spoken(none)),))


def _line(label: Words, text: str) -> Line:
    return Line(spoken(label), text or "—")


def _own(person: Person) -> Iterator[Line]:
    kind = Kind(person.kind)
    yield _line(Words("Nom montré", "Name shown"), person.shown_name)
    if person.usual_first_name or person.usual_last_name:
        civil = f"{person.civil_first_name} {person.civil_last_name}"
        yield _line(Words("Nom à l’état civil", "Civil name"), civil)
    yield _line(Words("Qualité", "Kind"), spoken(KIND_WORDS[kind]))
    if kind not in WITHOUT_RIGHTS:
        yield from _held_rights(person)
    kept = spoken(Words("gardé, montré nulle part", "kept, shown nowhere"))
    if person.birth_date:
        yield _line(Words("Date de naissance", "Birth date"), kept)
    if person.national_id:
        yield _line(Words("Identifiant national", "National number"), kept)
    if person.email:
        yield _line(Words("Adresse électronique", "E-mail"), person.email)
    if person.mobile:
        yield _line(Words("Téléphone portable", "Mobile"), person.mobile)
    yield from _ties(Words("Vos responsables", "Your guardians"), guardians_of(person))
    yield from _ties(Words("Responsable de", "Guardian of"), pupils_of(person))


def _held_rights(person: Person) -> Iterator[Line]:
    rights = rights_of_person(person)
    regime = regimes_of(served_school()).get(rights.regime)
    said = spoken(regime.title) if regime else rights.regime
    yield _line(Words("Classe ou service", "Class or service"), person.label)
    yield _line(Words("Autres groupes", "Other groups"), ", ".join(other_groups(rights)))
    yield _line(Words("Jours de repas", "Meal days"), days_text(rights.meal_days))
    yield _line(Words("Régime de sortie", "Exit regime"), said)


def _ties(label: Words, tied: list[Tied]) -> Iterator[Line]:
    if tied:
        names = (spoken(BY).format(one.person.shown_name, spoken(one.role)) for one in tied)
        yield _line(label, ", ".join(names))


def _passes(person: Person, at: datetime) -> Iterator[Line]:
    for row in passes_of(person, at):
        standing = spoken(standing_words(row))
        until = _day(from_ms(row.issued.expires_ms - 1))
        yield Line(
            f"{capfirst(spoken(USES[row.use]))} {row.issued.pass_id[:8]}",
            spoken(UNTIL).format(standing, until),
        )


def _permissions(person: Person, at: datetime) -> Iterator[Line]:
    for row in permissions_now(person, at):
        by = row.note.account if row.note else None
        yield Line(spoken(TITLES[Role(by.role)]) if by else "", _permitted(row))


def _permitted(row: PermissionRow) -> str:
    """Say a permission as one's own pages do."""
    page = render_to_string("passes/_permitted.html", {"told": told(row)})
    return " ".join(unescape(strip_tags(page)).split())


def _seen(person: Person) -> Iterator[Line]:
    for one in accesses_of(person):
        yield Line(_when(one.at), spoken(BY).format(spoken(one.role), spoken(one.reason)))


def _done(person: Person) -> Iterator[Line]:
    for one in done_for(person):
        what = f"{spoken(one.what)} {one.number}".rstrip()
        yield Line(_when(one.at), spoken(BY).format(what, spoken(one.role)) if one.role else what)


def _kept(person: Person) -> Iterator[Line]:
    for one in kept_of(Kind(person.kind)):
        yield Line(spoken(one.title), spoken(one.what))
        for reason in one.reasons:
            yield Line(spoken(FOR).format(spoken(reason.purpose)), _why(reason))
    yield Line("", spoken(BACKUP_NOTE))


def _why(reason: Reason) -> str:
    """Say until when data is kept for one reason, who receives it, and the law's ground."""
    kept = KEPT if len(reason.retentions) == 1 else KEPT_BY_KIND
    said = [spoken(kept).format(spoken(OR).join(reason.retentions))]
    if reason.recipients:
        said.append(spoken(RECEIVED).format(", ".join(reason.recipients)))
    said.append(capfirst(reason.basis))
    return " ".join(f"{sentence}." for sentence in said)


def _rights() -> Iterator[Line]:
    for one in RIGHTS:
        yield Line("", spoken(one))


def _when(at: datetime) -> str:
    return f"{localtime(at):%d/%m/%Y %H:%M}"


def _day(at: datetime) -> str:
    return f"{localtime(at):%d/%m/%Y}"
