"""«May this pupil leave at 15:30 on Tuesday?», and whoever else asks (issue 3, acceptance 5)."""

from dataclasses import replace
from datetime import date

from tests.school.times.school_year import MONDAY, TUESDAY, calendar, frame

from portique.core.calendars import Audience, On, Opening
from portique.core.decide import Outcome, Reason
from portique.core.exits import BUILT_IN
from portique.core.plain import Words
from portique.core.rights import Permission, Rights
from portique.core.values import Direction, Kind
from portique.core.zones import INSIDE, default_site
from portique.school.times.actions import Span
from portique.school.times.changes import book_of, teacher_absent
from portique.school.times.simulator import Asked, Rules, Simulated, asked_at, simulate
from portique.school.times.tables import TableReading, read_table

GROUPS = ("2DE 04", "2 ESP 1", "2 LAT", "2 SES", "CHORALE", "AS VOLLEY", "AIDE", "INTERNAT")
TABLE = """group;weekday;start;end;teacher
2DE 04;2;08:00;12:00;FONTAINE
2 ESP 1;2;13:00;14:00;MARCHAND
2 LAT;2;14:00;15:00;OLIVIER
2 SES;2;15:00;15:30;OLIVIER
CHORALE;2;16:30;17:30;ROUSSEL
AS VOLLEY;3;13:00;15:00;ROUSSEL
AIDE;4;17:00;18:00;ROUSSEL
INTERNAT;1;20:00;21:00;ROUSSEL
"""
FOUND = read_table(TABLE.encode(), frame(), TableReading(keep_teachers=True))
SATURDAY, SUNDAY = date(2026, 11, 28), date(2026, 11, 29)
ORDINARY = replace(
    calendar().openings[0],
    audience=Audience(kinds=(Kind.PUPIL, Kind.STAFF)),
    weekdays=(1, 2, 3, 4, 5),
)
RETURN = Opening(
    "retour des internes",
    INSIDE,
    Audience(groups=("INTERNAT",)),
    18 * 60,
    22 * 60,
    weekdays=(7,),
    on=On.EVES,
)
EXAM = Opening(
    "session d’examen",
    INSIDE,
    Audience(kinds=(Kind.CANDIDATE,)),
    7 * 60 + 30,
    13 * 60,
    dates=(SATURDAY,),
)
RULES = Rules(
    replace(calendar(FOUND.timetable), openings=(ORDINARY, RETURN, EXAM)),
    {regime.code: regime for regime in BUILT_IN},
)
ENTRY, EXIT = default_site().lanes
PUPIL = Rights(GROUPS[:7], regime="green")
BOARDER = Rights(GROUPS, regime="boarder", boarder=True, meal_days=(1, 2, 3, 4, 5))


def ask(
    rights: Rights, day: date, clock: str, lane: object = EXIT, kind: Kind = Kind.PUPIL
) -> Simulated:
    """Ask of a day and a time HH:MM."""
    hour, minute = map(int, clock.split(":"))
    at_ms = asked_at("Europe/Paris", day, hour * 60 + minute)
    return simulate(RULES, Asked(kind, rights, lane, at_ms))  # type: ignore[arg-type]


def test_a_pupil_of_eight_groups_stays_for_the_lesson_of_any_of_them():
    """At 15:30 the choir is still to come, after the lessons of four other groups."""
    found = ask(replace(PUPIL, groups=GROUPS), TUESDAY, "15:30")

    assert found.outcome is Outcome.REFUSE
    assert found.reasons == (Reason.EXIT_NOT_PERMITTED,)
    assert found.why.fr == (
        "pas de sortie à 15\xa0h\xa030\xa0: régime vert, encore un cours\u202f; "
        "possible à 17\xa0h\xa030 (plus de cours)"
    )
    assert "la vie scolaire" in found.next_steps[0].fr


def test_a_pupil_of_eight_groups_leaves_after_the_last_of_them():
    """Once the choir's teacher is absent, at 15:30 nothing is left of the eight."""
    days = book_of(RULES.calendar, FOUND.teaching)
    absent = days.also(teacher_absent(days, "1", "ROUSSEL", Span(TUESDAY)))
    rules = replace(RULES, calendar=replace(RULES.calendar, timetable=absent.timetable()))
    at_ms = asked_at("Europe/Paris", TUESDAY, 15 * 60 + 30)

    found = simulate(rules, Asked(Kind.PUPIL, replace(PUPIL, groups=GROUPS), EXIT, at_ms))
    assert found.outcome is Outcome.GRANT
    assert found.why == Words(
        "sortie possible à 15\xa0h\xa030\xa0: régime vert, plus de cours",
        "may leave at 15:30: green regime, no more lessons",
    )
    assert (found.reasons, found.next_steps) == ((), ())


def test_a_group_nobody_knows_the_lessons_of_is_for_an_agent():
    """Seven known groups and an unknown one: nobody can say that there is no lesson."""
    found = ask(replace(PUPIL, groups=("2DE 04", "UNKNOWN")), TUESDAY, "15:30")

    assert found.outcome is Outcome.REFER
    assert found.reasons == (Reason.TIMETABLE_UNKNOWN,)


def test_a_boarder_comes_back_on_sunday_evening():
    """From 18:00, by the opening of the eve; not before; nobody else."""
    back = ask(BOARDER, SUNDAY, "19:00", ENTRY)

    assert back.outcome is Outcome.GRANT
    assert back.why.fr == "entrée possible à 19\xa0h\xa0: retour des internes"
    assert ask(BOARDER, SUNDAY, "17:59", ENTRY).reasons == (Reason.OUTSIDE_OPENING,)
    assert ask(PUPIL, SUNDAY, "19:00", ENTRY).outcome is Outcome.REFER


def test_a_boarder_does_not_leave_again_on_sunday_evening():
    """The week that begins on Sunday isn't over before its last lesson, on Thursday evening."""
    found = ask(BOARDER, SUNDAY, "20:00")

    assert found.outcome is Outcome.REFUSE
    assert found.why.fr == "pas de sortie à 20\xa0h\xa0: régime interne, la semaine n’est pas finie"
    assert ask(BOARDER, date(2026, 11, 26), "18:00").outcome is Outcome.GRANT


def test_no_boarder_is_expected_on_the_eve_of_holidays():
    """Sunday in the holidays is no eve of a school day: an agent is asked."""
    assert ask(BOARDER, date(2026, 10, 18), "19:00", ENTRY).outcome is Outcome.REFER


def test_a_candidate_comes_on_saturday_for_the_exam_only():
    """The opening is for candidates, on its date, in its hours."""
    candidate = Rights()
    found = ask(candidate, SATURDAY, "08:00", ENTRY, Kind.CANDIDATE)

    assert found.outcome is Outcome.GRANT
    assert found.why.fr == "entrée possible à 8\xa0h\xa0: session d’examen"
    late = ask(candidate, SATURDAY, "13:00", ENTRY, Kind.CANDIDATE)
    assert late.reasons == (Reason.OUTSIDE_OPENING,)
    assert late.why.fr.startswith("entrée à vérifier à 13\xa0h\xa0: en dehors des heures")
    pupil = ask(PUPIL, SATURDAY, "08:00", ENTRY)
    assert pupil.outcome is Outcome.REFER


def test_a_candidate_leaves_without_a_regime():
    """Exit regimes are for pupils."""
    found = ask(Rights(), SATURDAY, "11:00", EXIT, Kind.CANDIDATE)

    assert found.outcome is Outcome.GRANT
    assert found.why.en == "may leave at 11:00: candidate, may leave freely"
    assert found.exit_answer is None


def test_a_permanent_permission_without_a_reason_is_enough():
    """Every Tuesday from two, for good, no reason given: it is enough, and none is said."""
    permission = Permission(Direction.EXIT, 0, None, "infirmerie", weekdays=(2,), opens=14 * 60)
    rights = replace(PUPIL, regime="red", permissions=(permission,))
    found = ask(rights, TUESDAY, "14:00")

    assert found.outcome is Outcome.GRANT
    assert found.reasons == (Reason.EXIT_NOTE,)
    assert found.why.fr == "sortie possible à 14\xa0h\xa0: autorisation ponctuelle, infirmerie"
    assert ask(rights, TUESDAY, "13:30").outcome is Outcome.REFUSE
    assert ask(rights, MONDAY, "14:00").outcome is Outcome.REFUSE
    assert ask(rights, date(2027, 6, 29), "14:00").outcome is Outcome.GRANT


def test_a_permission_to_enter_is_said_without_its_reason():
    """Who allowed it, never why."""
    permission = Permission(Direction.ENTRY, 0, None, "direction", reason="rendez-vous médical")
    found = ask(replace(PUPIL, permissions=(permission,)), SUNDAY, "10:00", ENTRY)

    assert found.outcome is Outcome.GRANT
    assert found.why.fr == "entrée possible à 10\xa0h\xa0: autorisation ponctuelle, direction"
    assert "médical" not in str(found)


def test_a_late_pupil_enters_and_both_things_are_said():
    """Late is a note, not a refusal."""
    found = ask(PUPIL, TUESDAY, "08:20", ENTRY)

    assert found.outcome is Outcome.GRANT
    assert found.reasons == (Reason.LATE,)
    assert found.why.fr.endswith(", horaires ordinaires")


def test_a_pupil_without_a_regime_is_for_an_agent():
    """Nothing is assumed of an empty or unknown regime."""
    assert ask(replace(PUPIL, regime=""), TUESDAY, "15:30").reasons == (Reason.EXIT_REGIME_UNKNOWN,)
