"""The synthetic lycée: as large and as tangled as a real one, the same each time, and nobody's."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portique.core import canonical, passes
from portique.core.dayplans import Who, plan_day
from portique.core.exits import BUILT_IN
from portique.core.localtime import local_ms
from portique.core.rights import Rights
from portique.core.timetables import Timetable
from portique.core.values import Kind, is_uai, uai_letter
from portique.core.zones import INSIDE
from portique.school.bundles import make_bundle
from portique.school.rules import calendar_of, site_of
from portique.testing.people import BOARDERS, make_people
from portique.testing.school import UAI, make_school
from portique.testing.school_folder import create_folder
from portique.testing.school_week import absent_teacher, make_school_days

MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
SCHOOL = make_school(MONDAY)
PUPILS = SCHOOL.of_kind(Kind.PUPIL)


def timetable() -> Timetable:
    """Return the lycée's timetable, which it always has."""
    assert SCHOOL.calendar.timetable is not None
    return SCHOOL.calendar.timetable


def opening(kind: Kind, groups: tuple[str, ...], day: date, hour: float) -> str:
    """Say whether the lycée is open to somebody at a local hour."""
    at_ms = local_ms(day, round(hour * 60), SCHOOL.calendar.zone)
    return plan_day(SCHOOL.calendar, day).opening(INSIDE, Who(kind, None, groups), at_ms)


def test_the_lycee_has_a_thousand_pupils_and_ninety_staff():
    """The numbers are those of an ordinary lycée."""
    assert len(PUPILS) == 1000
    assert len(SCHOOL.of_kind(Kind.STAFF)) == 90


def test_the_same_seed_makes_the_same_people():
    """People follow from the seed alone, another seed makes others."""
    assert make_people(7) == make_people(7)
    assert make_people(7) != make_people(8)


def test_every_holder_is_one_person():
    """No two people share a holder's number."""
    assert len({person.holder for person in SCHOOL.people}) == len(SCHOOL.people)


def test_most_pupils_are_in_several_groups():
    """Rights have to merge the lessons of a class, a language, specialities, an option."""
    several = [person for person in PUPILS if len(person.groups) >= 2]

    assert len(several) > 900
    assert max(len(person.groups) for person in PUPILS) >= 6


def test_names_fit_on_a_pass():
    """No name or label is cut by what a pass carries."""
    for person in SCHOOL.people:
        assert len(person.name.encode()) <= passes.NAME_BYTES_MAX
        assert len(person.label.encode()) <= passes.LABEL_BYTES_MAX


def test_the_school_s_code_is_well_formed_and_of_no_department():
    """The control letter is right, and no department is numbered 099."""
    assert is_uai(UAI)
    assert uai_letter(UAI[:7]) == UAI[7]
    assert UAI.startswith("099")


def test_nobody_is_expected_in_two_places():
    """The lessons of a pupil's groups never overlap."""
    hours = defaultdict(list)
    for lesson in timetable().lessons:
        hours[lesson.group].append((lesson.weekday, lesson.begins))

    for person in PUPILS:
        expected = [hour for group in person.groups for hour in hours[group]]
        assert len(expected) == len(set(expected)), person.label


def test_every_pupil_has_a_full_week():
    """Nobody has fewer than 15 lessons or more than 36 in the week."""
    count: dict[str, int] = defaultdict(int)
    for lesson in timetable().lessons:
        count[lesson.group] += 1

    weeks = [sum(count[group] for group in person.groups) for person in PUPILS]
    assert 15 <= min(weeks) <= max(weeks) <= 36


def test_the_timetable_names_every_group():
    """Of a group not named nothing is known, and its pupils could not leave."""
    groups = {group for person in PUPILS for group in person.groups}

    assert groups <= set(timetable().groups)


def test_every_regime_is_one_of_the_school_s():
    """Each pupil's regime has a rule, and every usual one is met."""
    codes = {person.regime for person in PUPILS}

    assert codes == {"green", "amber", "red", "boarder", "adult"}
    assert codes <= {regime.code for regime in BUILT_IN}


def test_some_have_a_permission_and_some_of_these_no_reason():
    """A matter of health is recorded without its reason."""
    permissions = [p for rights in SCHOOL.rights.values() for p in rights.permissions]

    assert 10 <= len(permissions) <= 60
    assert any(permission.reason == "" for permission in permissions)


def test_the_school_is_open_on_a_school_day_and_closed_at_night():
    """Hours are those of the calendar, for staff and pupils alike."""
    assert opening(Kind.PUPIL, ("2DE 01",), MONDAY, 8) == "open"
    assert opening(Kind.STAFF, (), MONDAY, 8) == "open"
    assert opening(Kind.PUPIL, ("2DE 01",), MONDAY, 22) == "closed"


def test_holidays_close_the_school():
    """The Monday of the Christmas holidays is no school day."""
    assert opening(Kind.PUPIL, ("2DE 01",), date(2026, 12, 21), 8) == "closed"


def test_boarders_come_back_on_sunday_evening():
    """The eve of a school day opens to boarders alone."""
    sunday = date(2026, 11, 22)

    assert opening(Kind.PUPIL, ("2DE 01", BOARDERS), sunday, 20) == "open"
    assert opening(Kind.PUPIL, ("2DE 01",), sunday, 20) == "closed"


def test_a_class_is_away():
    """The film's people of the wrong hours find the school closed, whatever the time."""
    assert len(SCHOOL.away) >= 20
    assert all(opening(Kind.PUPIL, person.groups, MONDAY, 8) == "closed" for person in SCHOOL.away)


def test_a_demonstration_is_open_at_night():
    """The demonstration shows the same at any hour, and still nothing to those who are away."""
    shown = make_school(MONDAY, open_all_day=True)
    plan = plan_day(shown.calendar, MONDAY)
    at_ms = local_ms(MONDAY, 180, shown.calendar.zone)

    assert plan.opening(INSIDE, Who(Kind.PUPIL, None, ("TG 01",)), at_ms) == "open"
    assert plan.opening(INSIDE, Who(Kind.PUPIL, None, ("BTS 1",)), at_ms) == "closed"


@pytest.mark.parametrize("year", range(2024, 2034))
def test_holidays_run_from_saturday_to_sunday(year: int):
    """Each holiday of any year is sixteen days from a Saturday."""
    for holiday in make_school_days(year).holidays:
        assert holiday.first.isoweekday() == 6
        assert holiday.last.isoweekday() == 7
        assert (holiday.last - holiday.first).days == 15


def test_an_absent_teacher_frees_the_last_lesson():
    """Cancelling a class's last lesson leaves one lesson fewer that day."""
    change = absent_teacher(timetable(), "2DE 01", MONDAY)
    lessons = [
        lesson
        for lesson in timetable().lessons
        if lesson.group == "2DE 01" and lesson.falls_on(MONDAY)
    ]

    assert max(lesson.ends for lesson in lessons) == change.ends


def test_a_folder_of_the_lycee_exports_knowledge(tmp_path: Path):
    """What was written reads back, and a bundle can be made from it."""
    entropy = random.Random(1).randbytes
    folder = create_folder(tmp_path / "school", SCHOOL, at=NOON, entropy=entropy)

    assert calendar_of(folder) == SCHOOL.calendar
    assert site_of(folder) == SCHOOL.site
    assert len(folder.register.rights()) == 1090
    assert make_bundle(folder, at=NOON, entropy=entropy)
    folder.close()


def test_rights_survive_being_written_down():
    """Everybody's rights are the same after a trip through the knowledge's bytes."""
    for rights in SCHOOL.rights.values():
        data = canonical.decode(
            canonical.encode(rights.to_data()), bytes_max=4096, depth_max=8, items_max=200
        )
        assert Rights.from_data(data) == rights
