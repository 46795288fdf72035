"""A bundle opened: every part checked, or nothing of it used."""

from datetime import timedelta

import pytest

from portique.core import canonical, knowledge
from portique.core.errors import KnowledgeError
from portique.core.knowledge import PARTS, Manifest, Version
from portique.core.values import Uai, from_ms
from portique.gate.knowing import PLANS_KEPT_MAX, ages, open_bundle
from portique.testing.fakes import MONDAY_0800_MS as NOW

DAY_MS = 24 * 3_600_000


def test_a_bundle_says_all_a_gate_needs(school):
    """Version, school's name, lanes, regimes, and the keys to read names."""
    known = school.knowledge(3)

    assert known.version == Version(1, 3)
    assert known.school_name == "Lycée des Essais"
    assert known.site.lane("entry-1").title.en == "Entry 1"
    assert "green" in known.regimes
    assert len(known.keys.names) == 1


def test_a_gate_that_is_not_enrolled_reads_no_names(school):
    """The name keys are wrapped to each gate's own key."""
    assert school.knowledge(enrolled=False).keys.names == ()


def test_a_bundle_of_another_school_is_refused(school):
    """Even if its key were ours."""
    data = school.bundle()

    with pytest.raises(KnowledgeError, match="0990001N"):
        open_bundle(data, school.knowledge_key.public, uai=Uai("0999002X"), mine=None)


def test_an_older_bundle_is_refused(school):
    """Versions only go up."""
    with pytest.raises(KnowledgeError, match="older"):
        open_bundle(
            school.bundle(1),
            school.knowledge_key.public,
            uai=school.uai,
            mine=None,
            at_least=Version(1, 2),
        )


def test_a_bundle_that_lacks_a_part_is_refused_by_name(school):
    """Signed or not, half a bundle is none."""
    manifest = Manifest(school.uai, Version(1, 1), from_ms(NOW), from_ms(NOW + DAY_MS))
    data = knowledge.write_bundle(manifest, {"alarms": canonical.encode({})}, school.knowledge_key)

    with pytest.raises(KnowledgeError, match="lacks calendar, keys, rights"):
        open_bundle(data, school.knowledge_key.public, uai=school.uai, mine=None)


def test_the_plan_of_a_day_is_worked_out_once(school):
    """Every showing of a day shares one plan."""
    known = school.knowledge()

    assert known.plan_at(NOW) is known.plan_at(NOW + 3_600_000)


def test_only_a_few_plans_are_kept(school):
    """A gate that runs for a year keeps no year of plans."""
    known = school.knowledge()
    for day in range(PLANS_KEPT_MAX + 3):
        known.plan_at(NOW + day * DAY_MS)

    assert len(known.plans) == PLANS_KEPT_MAX


def test_a_local_day_is_the_schools(school):
    """23:30 UTC on Monday is Tuesday in Paris."""
    known = school.knowledge()
    evening = NOW + int(timedelta(hours=15, minutes=30).total_seconds() * 1000)

    assert known.plan_at(evening).day.isoformat() == "2026-11-24"


def test_ages_are_counted_from_each_parts_signature(school):
    """The status list carries its own; a gate that knows nothing has no ages."""
    known = school.knowledge(at_ms=NOW - 60_000)
    told = ages(known, from_ms(NOW))

    assert set(told) == set(PARTS)
    assert told["status"] == told["rights"] == timedelta(minutes=1)
    assert set(ages(None, from_ms(NOW)).values()) == {None}
