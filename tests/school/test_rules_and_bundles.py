"""The school's rules as files, and the knowledge signed from them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portique.core.errors import ConfigError, EnvironmentProblem, KnowledgeError
from portique.core.exits import BUILT_IN
from portique.core.revocation import Status
from portique.core.rights import Rights
from portique.core.seal import Purpose, private_key
from portique.core.timetables import Timetable
from portique.core.values import Kind
from portique.gate.knowing import Knowledge, open_bundle
from portique.school.bundles import make_bundle
from portique.school.doubts import doubts
from portique.school.instants import typed_instant
from portique.school.issuing import Request, issue
from portique.school.register import EnrolledGate
from portique.school.rules import (
    calendar_of,
    regimes_of,
    site_of,
    write_calendar,
    write_regimes_file,
    write_site,
)
from portique.testing.school import make_school

MONDAY = date(2026, 11, 23)


def opened(school, data: bytes, mine=None) -> Knowledge:
    """Open a bundle as a gate of the school."""
    key = school.keys.knowledge.public
    return open_bundle(data, key, uai=school.settings.uai, mine=mine)


def test_a_new_school_has_the_usual_rules(school):
    """Without files: two lanes, ordinary hours, the built-in regimes."""
    assert [lane.name for lane in site_of(school).lanes] == ["entry-1", "exit-1"]
    assert len(calendar_of(school).openings) == 1
    assert list(regimes_of(school)) == [regime.code for regime in BUILT_IN]


@pytest.mark.parametrize(
    ("name", "read"), [("calendar.json", calendar_of), ("zones.json", site_of)]
)
def test_a_rule_that_was_lost_is_not_a_new_school_s(school, name, read):
    """The usual hours would open a school whose own were shorter."""
    (school.path / name).unlink()

    with pytest.raises(EnvironmentProblem, match=rf"{name} is missing; restore it"):
        read(school)


def test_a_school_that_emptied_its_regimes_has_none(school):
    """An empty list is a choice: the built-in regimes don't come back to grant exits."""
    school.write_data("regimes.json", [])

    assert regimes_of(school) == {}


def test_rules_are_written_and_read_back(school):
    """The whole synthetic lycée, lesson by lesson."""
    synthetic = make_school(MONDAY)
    write_calendar(school, synthetic.calendar)
    write_site(school, synthetic.site)
    write_regimes_file(school, BUILT_IN[:2])

    assert calendar_of(school) == synthetic.calendar
    assert site_of(school) == synthetic.site
    assert tuple(regimes_of(school).values()) == BUILT_IN[:2]


def test_a_wrong_rule_is_named_with_its_file(school):
    """So that a person finds it."""
    school.write_data("zones.json", {"zones": []})

    with pytest.raises(ConfigError, match=r"zones\.json: .*lanes is missing"):
        site_of(school)


def test_what_fits_badly_is_doubted(school, at):
    """Each doubt once, none of them naming anybody."""
    calendar = calendar_of(school)
    known = Timetable(MONDAY, MONDAY, ("2DE 04",), ())
    write_calendar(school, replace(calendar, zone="America/Cayenne", timetable=known))
    rights = [Rights(("2DE 04", "LATIN"), regime="purple"), Rights(("LATIN",))]
    found = [doubt.en for doubt in doubts(school, rights, at + timedelta(days=1))]

    assert [any(word in one for one in found) for word in ("Cayenne", "2026-11-24")] == [True] * 2
    assert [any(word in one for one in found) for word in ("LATIN", "purple")] == [True] * 2
    assert len(found) == 4


def test_a_bundle_tells_an_enrolled_gate_everything(school, at, entropy):
    """Keys, status, calendar, rights, zones, regimes; names for this gate alone."""
    mine, other = (private_key(Purpose.GATE, entropy(40)) for _ in range(2))
    issued = issue(school, Request(Kind.PUPIL, "Zoé"), at=at, entropy=entropy)
    school.register.set_status(issued.pass_id, Status.SUSPENDED)
    school.register.set_rights(issued.holder, Rights(("2DE 04",)).to_data())
    gate = EnrolledGate("entry-1", "entry-1", mine.public.x, mine.public.y)
    data = make_bundle(school, at=at, extra_gates=[gate], entropy=entropy)
    known = opened(school, data, mine)

    assert known.rights[issued.holder].groups == ("2DE 04",)
    assert known.status.of(issued.status_index) is Status.SUSPENDED
    assert known.keys.names
    assert not opened(school, data, other).keys.names


def test_a_number_never_drawn_is_revoked(school, at, entropy):
    """So that a stolen issuing key is noticed."""
    issued = issue(school, Request(Kind.PUPIL, "Zoé"), at=at, entropy=entropy)
    known = opened(school, make_bundle(school, at=at, entropy=entropy))
    others = [known.status.of(n) for n in range(4096) if n != issued.status_index]

    assert known.status.of(issued.status_index) is Status.VALID
    assert set(others) == {Status.REVOKED}


@pytest.mark.parametrize("days", [0, 32, -1])
def test_knowledge_is_believed_for_a_month_at_most(school, at, entropy, days):
    """A forgotten gate ends by asking its agent."""
    with pytest.raises(ValueError, match="1 to 31 days"):
        make_bundle(school, at=at, days=days, entropy=entropy)


def test_versions_count_up_unless_one_is_given(school, at, entropy):
    """What a command signs for itself uses no number up."""
    numbers = [
        opened(school, make_bundle(school, at=at, number=given, entropy=entropy)).version.number
        for given in (None, 1, None)
    ]

    assert numbers == [1, 1, 2]


def test_another_school_s_bundle_is_refused(school, at, entropy):
    """Its key is pinned."""
    data = make_bundle(school, at=at, entropy=entropy)
    foreign = private_key(Purpose.KNOWLEDGE, entropy(40)).public

    with pytest.raises(KnowledgeError):
        open_bundle(data, foreign, uai=school.settings.uai, mine=None)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-11-23T08:00", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-11-23T08:00:30-10:00", datetime(2026, 11, 23, 18, 0, 30, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of two
        ("1971-01-01T00:00:00+14:00", datetime(1970, 12, 31, 10, tzinfo=UTC)),
        ("9990-12-31T23:59:59", datetime(9990, 12, 31, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_as_typed(typed, utc):
    """Local unless it says otherwise."""
    assert typed_instant(typed, "Europe/Paris") == utc


@pytest.mark.parametrize(
    "typed", ["", "Zoé", "2026-13-01", "2026-03-29T02:30", "1970-01-01", "9991-01-01", "0001-01-01"]
)
def test_what_is_no_instant_is_not_repeated(typed):
    """The sentence says what one looks like."""
    with pytest.raises(ValueError, match=r"year|written like|does not exist") as caught:
        typed_instant(typed, "Europe/Paris")

    assert not typed or typed not in str(caught.value)
