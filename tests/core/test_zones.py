"""Zones, lanes and postures."""

from dataclasses import replace

import pytest

from portique.core.alarms import CALM, TITLES, Alarm, Posture, strongest
from portique.core.errors import KnowledgeError
from portique.core.plain import Words
from portique.core.rules import FACTS
from portique.core.values import Direction
from portique.core.zones import INSIDE, OUTSIDE, Lane, Mode, Site, Zone, default_site

LABO = Lane(
    "labo",
    Direction.ENTRY,
    INSIDE,
    "labo",
    Words("Labo", "Lab"),
    Words("la loge", "the lodge"),
    Mode.COUNTING,
    staffed=False,
    pairing=True,
)


def test_a_new_school_has_one_lane_each_way():
    """Outside, inside, entry-1 and exit-1, controlled and without pairing."""
    site = default_site()

    assert [zone.name for zone in site.zones] == [OUTSIDE, INSIDE]
    lanes = [(one.name, one.direction, one.mode, one.pairing) for one in site.lanes]
    assert lanes == [
        ("entry-1", Direction.ENTRY, Mode.CONTROL, False),
        ("exit-1", Direction.EXIT, Mode.CONTROL, False),
    ]


def test_a_lane_is_found_by_name():
    """And one that isn't there is answered with those that are."""
    assert default_site().lane("exit-1").zone_to == OUTSIDE
    with pytest.raises(KnowledgeError, match=r"no lane is called porte.*entry-1, exit-1"):
        default_site().lane("porte")


def test_a_site_survives_plain_data():
    """Modes, pairing and the staffed point included."""
    site = default_site()
    larger = Site((*site.zones, Zone("labo", Words("labo", "lab"))), (*site.lanes, LABO))

    assert Site.from_data(larger.to_data()) == larger


def test_a_lane_leads_from_and_to_zones():
    """A door to a zone nobody drew is a mistake."""
    site = default_site()

    with pytest.raises(KnowledgeError, match="lane labo"):
        Site(site.zones, (LABO,))
    with pytest.raises(KnowledgeError, match="lane labo"):
        Site(site.zones, (replace(LABO, zone_from="labo", zone_to=INSIDE),))


def test_names_are_unique():
    """Two lanes or zones of one name could not be told apart."""
    site = default_site()

    with pytest.raises(KnowledgeError, match="same name"):
        Site(site.zones, (*site.lanes, site.lanes[0]))
    with pytest.raises(KnowledgeError, match="same name"):
        Site((*site.zones, site.zones[0]), site.lanes)


def test_an_alarm_survives_plain_data():
    """Posture, drill and beginning."""
    alarm = Alarm(Posture.SHELTER, drill=True, since_ms=12)

    assert Alarm.from_data(alarm.to_data()) == alarm


@pytest.mark.parametrize(
    "wrong", [{"posture": "fire"}, {"drill": "no"}, {"since_ms": -1}, {"x": 1}]
)
def test_a_damaged_alarm_is_refused(wrong: dict[str, object]):
    """A posture nobody knows is not taken for calm."""
    with pytest.raises(KnowledgeError):
        Alarm.from_data(CALM.to_data() | wrong)


def test_the_decision_knows_every_posture():
    """The table's postures are those of alarms, and each has a title."""
    assert set(FACTS["posture"]["in"]) == set(Posture) == TITLES.keys()


@pytest.mark.parametrize("weaker", [Posture.NORMAL, Posture.SHELTER, Posture.INTRUSION])
def test_fire_beats_everything(weaker: Posture):
    """Two alarms at once: the one that frees people is followed, from whichever source."""
    fire, other = (Alarm(p, drill=False, since_ms=0) for p in (Posture.EVACUATION, weaker))

    assert strongest(fire, other) == strongest(other, fire) == fire


def test_the_real_thing_beats_its_drill():
    """A drill that becomes real is real."""
    drill, real = (Alarm(Posture.SHELTER, drill=d, since_ms=0) for d in (True, False))

    assert strongest(drill, real) == strongest(real, drill) == real


@pytest.mark.parametrize("name", ["", "entrée 1", "a b", "-x", "x" * 41, "a/b", 7])
def test_a_name_the_journal_could_not_keep_is_refused(name):
    """A lane's name is a code: the journal writes it with every decision."""
    data = default_site().to_data()
    data["lanes"][0]["name"] = name

    with pytest.raises(KnowledgeError, match="name"):
        Site.from_data(data)
