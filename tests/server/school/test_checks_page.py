"""Random checks: the head decides a lane's share, which counts from the next day on."""

import os
from datetime import timedelta

import pytest
from tests.server.school.conftest import MORNING

from portique.core.errors import ConfigError
from portique.core.knowledge import read_bundle
from portique.core.zones import LANES_MAX
from portique.school.bundles import make_bundle
from portique.school.checks import CHECKS, shares_of
from portique.server.accounts.roles import Role
from portique.server.school.forms_checks import in_words
from portique.server.school.models import RulesAct, RulesActKind

PAGE, DECIDE = "/regles/controles/", "/regles/controles/decider/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    """Make it Monday morning here too."""
    for module in ("actions.checks", "views.checks"):
        monkeypatch.setattr(f"portique.server.school.{module}.now", lambda: MORNING)


@pytest.fixture
def told(served):
    """Give what gates are told on a day after Monday: shares by lane."""

    def on(days: int):
        data = make_bundle(served, at=MORNING + days * DAY, entropy=os.urandom)
        known = read_bundle(data, served.keys.knowledge.public, uai=served.settings.uai)
        return known.parts.get("checks")

    return on


def choose(client, *shares: object):
    """Post the page's form: the entry's share, then the exit's."""
    sent = {f"lane-{place}": str(share) for place, share in enumerate(shares)}
    return client.post(DECIDE, sent, follow=True)


def test_a_share_counts_from_the_next_day_on(signed_in, told):
    """Nobody can be picked by changing it as they come; a lane without a share is left out."""
    choose(signed_in(Role.HEAD), 20, "")

    assert [told(0), told(1), told(30)] == [None, {"entry-1": 20}, {"entry-1": 20}]


def test_the_share_before_counts_until_then(signed_in, told, monkeypatch):
    """Nor can somebody be spared; a second thought of the same day replaces the first."""
    head = signed_in(Role.HEAD)
    choose(head, 20, 0)
    monkeypatch.setattr("portique.server.school.actions.checks.now", lambda: MORNING + 3 * DAY)
    monkeypatch.setattr("portique.server.school.views.checks.now", lambda: MORNING + 3 * DAY)
    choose(head, 200, 0)
    choose(head, 0, 0)

    assert [told(3), told(4)] == [{"entry-1": 20, "exit-1": 0}, {"entry-1": 0, "exit-1": 0}]


def test_a_change_taken_back_the_same_day_changes_nothing(signed_in, told, served):
    """What counted goes on counting, and nothing is to come."""
    head = signed_in(Role.HEAD)
    served.write_data(CHECKS, {"entry-1": [{"first": "2026-11-02", "share": 20}]})
    choose(head, 200, "")
    choose(head, 20, "")

    assert [told(0), told(1)] == [{"entry-1": 20}] * 2


def test_who_decided_and_when_is_recorded(signed_in):
    """Once for a change; the same again is none."""
    head = signed_in(Role.HEAD)
    for _ in range(2):
        choose(head, 20, "")

    assert [act.kind for act in RulesAct.objects.all()] == [RulesActKind.CHECKS]
    assert "Changé le" in head.get(PAGE).content.decode()


def test_the_page_says_what_holds_today_and_what_will(signed_in):
    """A coming share is shown beside the one that still counts."""
    head = signed_in(Role.HEAD)
    told = choose(head, 20, "").content.decode().replace("\xa0", " ")

    assert "à partir de demain" in told
    assert "Jusqu’à ce soir : Pas de part décidée ici" in told
    assert '<option value="20" selected>' in told


@pytest.mark.parametrize("share", [1000, 201, -1, "x", "2,5"])
def test_no_other_share_than_those_offered_is_taken(signed_in, served, share):
    """Nobody checks everybody by this page."""
    choose(signed_in(Role.HEAD), share, "")

    assert shares_of(served) == {}


def test_the_office_sees_and_does_not_decide(signed_in, served):
    """The page says who does."""
    office = signed_in(Role.SCHOOL_LIFE)

    assert "C’est la direction qui décide." in office.get(PAGE).content.decode()
    assert choose(office, 20, "").status_code == 403
    assert shares_of(served) == {}


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"entry-1": 20},
        {"entry-1": [{"first": "2026-11-24", "share": 1001}]},
        {"entry-1": [{"first": "2026-11-24", "share": 20, "class": "2de 4"}]},
        {"entry-1": [{"first": "2026-11-24", "share": 20}] * 3},
        {"Entrée 1": [{"first": "2026-11-24", "share": 20}]},
        {"": []},
        {f"entry-{place}": [] for place in range(LANES_MAX + 1)},
    ],
)
def test_a_damaged_table_is_named(served, data):
    """With its file and key, as every rule is."""
    served.write_data(CHECKS, data)

    with pytest.raises(ConfigError, match="checks"):
        shares_of(served)


def test_a_lane_s_name_that_is_none_is_told_with_what_to_do(served):
    """Gates would refuse all knowledge for it: it is never signed."""
    served.write_data(CHECKS, {"Entrée 1": [{"first": "2026-11-01", "share": 20}]})

    with pytest.raises(ConfigError, match=r"'Entrée 1' is no lane's name; write .* zones.json"):
        make_bundle(served, at=MORNING, entropy=os.urandom)


def test_the_most_lanes_there_can_be_are_read(served):
    """As many as gates accept."""
    served.write_data(CHECKS, {f"entry-{place}": [] for place in range(LANES_MAX)})

    assert len(shares_of(served)) == LANES_MAX


def test_shares_are_said_as_people_say_them():
    """Per cent, with a comma, and in words at nought."""
    said = [in_words(share).replace("\xa0", " ") for share in (0, 5, 20, 125)]

    assert said == [
        "Personne",
        "0,5 % des présentations",
        "2 % des présentations",
        "12,5 % des présentations",
    ]
