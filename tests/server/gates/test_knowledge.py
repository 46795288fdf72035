"""Knowledge down: signed when asked, counted up by changes, never the same number twice."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from tests.server.conftest import UAI
from tests.server.gates.wired import alarms

from portique.core.badges import read_badges
from portique.core.daylists import Listed, read_day_part
from portique.core.knowledge import Version, read_bundle, read_keys_part, read_manifest
from portique.core.values import HolderId, Kind, PassId
from portique.core.zones import Lane, Site
from portique.school.bundles import make_bundle
from portique.school.rules import site_of, write_site
from portique.server.config.waking import NOTES
from portique.server.gates import actions
from portique.server.gates.actions import knowledge
from portique.server.gates.models import AlarmKind, Gate
from portique.server.passes.register import DatabaseRegister

PATH = "/gate/v1/knowledge"


@pytest.fixture
def fetched(served, gate):
    """Fetch knowledge as a gate and verify it."""

    def fetch(have: Version | None = None):
        query = f"?have={have.epoch}.{have.number}" if have else ""
        answered = gate.call("GET", PATH + query)
        if answered.status == 204:
            return None
        return read_bundle(answered.body, served.keys.knowledge.public, uai=UAI)

    return fetch


def test_a_gate_that_has_nothing_gets_all_with_its_keys(served, gate, fetched):
    """Signed by the school, with the name keys wrapped to this gate."""
    known = fetched()
    keys = read_keys_part(known.parts["keys"], gate.key)

    assert [key.secret for key in keys.names] == [key.secret for key in served.keys.public.names]


def test_a_gate_that_has_the_newest_gets_nothing(fetched):
    """204, until something changes."""
    version = fetched().manifest.version
    assert fetched(version) is None
    actions.knowledge_changed()

    assert fetched(version).manifest.version == Version(1, version.number + 1)


def test_the_same_version_is_signed_once(gate, fetched):
    """Two gates that ask get the same bytes."""
    first, second = (gate.call("GET", PATH).body for _ in range(2))

    assert first == second


def test_what_changed_is_in_the_next_version(fetched):
    """Rights given in the same transaction arrive."""
    before = fetched()
    holder = HolderId("00112233aabbccdd")
    DatabaseRegister().set_rights(holder, {"groups": ["2de-4"]})
    actions.knowledge_changed()
    after = fetched(before.manifest.version)

    assert (len(before.parts["rights"]), len(after.parts["rights"])) == (0, 1)


def test_knowledge_is_signed_anew_before_it_grows_old(served, gate):
    """After twelve hours there is a newer version, and only one."""
    at = datetime(2026, 11, 23, 6, tzinfo=UTC)
    version, _ = actions.newest_bundle(at)
    later = at + timedelta(hours=12)

    assert actions.newest_version(at + timedelta(hours=11)) == version
    assert actions.newest_version(later) == Version(1, version.number + 1)
    assert actions.newest_version(later) == Version(1, version.number + 1)


def test_knowledge_that_was_carried_to_all_gates_is_signed_anew_too(served):
    """None of them asks for the version it has: without age of its own it would be the last."""
    at = datetime(2026, 11, 23, 6, tzinfo=UTC)
    for day in (at, at + timedelta(days=1)):  # before the server ever signed any, and after
        bundle = make_bundle(served, at=day, entropy=os.urandom)
        carried = read_manifest(bundle, served.keys.knowledge.public, uai=UAI).version

        assert actions.newest_version(day + timedelta(hours=12)) > carried
        actions.newest_bundle(day + timedelta(hours=12))


def test_a_restored_server_opens_the_next_epoch(gate, fetched):
    """Its versions are above all that were given out before, whatever number they had."""
    version = fetched(Version(1, 0)).manifest.version
    actions.begin_knowledge_epoch()

    assert fetched(version).manifest.version.epoch > version.epoch


def test_a_copy_that_is_put_back_twice_begins_two_epochs(fetched, monkeypatch):
    """What gates took after the first time is not newer than what they are given after it."""
    copy = transaction.savepoint()
    actions.begin_knowledge_epoch()
    first = fetched().manifest.version
    transaction.savepoint_rollback(copy)
    monkeypatch.setattr(knowledge, "now_ms", lambda: (first.epoch + 1) * 1000)
    actions.begin_knowledge_epoch()

    assert fetched(first).manifest.version.epoch > first.epoch


def test_an_epoch_never_falls_with_the_clock(fetched, monkeypatch):
    """A server whose clock was ahead when a copy was put back goes on from there."""
    actions.begin_knowledge_epoch()
    first = fetched().manifest.version
    monkeypatch.setattr(knowledge, "now_ms", lambda: 0)
    actions.begin_knowledge_epoch()

    assert fetched(first).manifest.version.epoch == first.epoch + 1


def test_a_gate_that_knows_more_than_the_server_is_an_alarm_and_taught_anew(gate, fetched):
    """The database is an older copy, put in place by hand; another is begun above it, once."""
    have = Version(2_000_000_000, 7)
    news, again = (gate.news(knowledge=have) for _ in range(2))

    assert alarms() == [AlarmKind.NEWER_KNOWLEDGE]
    assert news.knowledge > have
    assert again.knowledge == news.knowledge == fetched(have).manifest.version


def test_one_gate_s_lie_leaves_room_for_epochs(gate):
    """An epoch that no clock says is an alarm, and nothing more."""
    before = gate.news().knowledge

    assert gate.news(knowledge=Version(2**53 - 1, 1)).knowledge == before
    assert alarms() == [AlarmKind.NEWER_KNOWLEDGE]


def test_knowledge_that_changed_wakes_the_streams(served, monkeypatch):
    """Gates that listen ask at once."""
    woken: list[str] = []
    monkeypatch.setattr(knowledge, "wake", lambda channel, _: woken.append(channel))
    actions.knowledge_changed()

    assert woken == [NOTES]


def test_a_removed_gate_is_in_no_newer_knowledge(gate_at, served, gate, fetched):
    """Nothing is wrapped to its key any more."""
    other = gate_at("exit-1")
    before = fetched()
    actions.remove(Gate.objects.get(pk="exit-1"))
    after = fetched(before.manifest.version)

    assert read_keys_part(before.parts["keys"], other.key).names
    assert not read_keys_part(after.parts["keys"], other.key).names


def test_badges_and_the_day_s_list_are_sealed_for_the_gates_that_need_them(
    served, gate, gate_at, fetched, monkeypatch
):
    """Every enrolled gate finds badges; names are for lanes with an agent."""
    alone = gate_at("exit-1")
    site = site_of(served)
    write_site(served, replace(site, lanes=tuple(_agent_at_the_entry(site))))
    zoe = Listed(
        PassId("00112233445566aa"), HolderId("00112233aabbccdd"), Kind.PUPIL,
        "Zoé Martin", "2de 4", 3, 0, 9,
    )  # fmt: skip
    monkeypatch.setattr(DatabaseRegister, "listed_on", lambda _register, _at: [zoe])
    monkeypatch.setattr(DatabaseRegister, "badges", lambda _register: {bytes(32): "PQ1:A"})
    parts = fetched().parts

    for reads, key in ((True, gate.key), (False, alone.key)):
        badges = read_badges(parts["badges"], read_keys_part(parts["keys"], key).names)
        today = read_day_part(parts["today"], key)
        assert badges is not None
        assert "PQ1:A" in badges
        assert (today is not None and today.listed == (zoe,)) is reads


def _agent_at_the_entry(site: Site) -> list[Lane]:
    return [replace(lane, staffed=lane.name == "entry-1") for lane in site.lanes]


def test_a_school_without_badges_or_cards_says_nothing_of_them(fetched):
    """The parts are absent, as they always were."""
    assert {"badges", "today"}.isdisjoint(fetched().parts)


def test_each_day_has_its_own_list(served, gate):
    """From the school's midnight on there is a newer version, however young the last is."""
    at = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)  # a minute to midnight in Paris
    version, _ = actions.newest_bundle(at)
    midnight = at + timedelta(minutes=1)

    assert actions.newest_version(at + timedelta(seconds=59)) == version
    assert actions.newest_version(midnight) == Version(1, version.number + 1)


def test_a_clock_that_was_ahead_does_not_keep_knowledge_from_being_signed(served):
    """A little, and it may be another server's; by a day, and it was wrong."""
    at = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # midnight in Paris
    version, _ = actions.newest_bundle(at)

    assert actions.newest_version(at - timedelta(seconds=1)) == version
    assert actions.newest_version(at - timedelta(days=1)) > version


@pytest.mark.parametrize("query", ["?have=1", "?have=a.b", "?other=1.2", "?have=1.2&x=1"])
def test_a_query_in_another_form_is_damaged(gate, query: str):
    """There is one form."""
    assert gate.call("GET", PATH + query).status == 400
