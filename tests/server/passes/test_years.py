"""The turn of the year: new keys and numbers, asked twice, old cards as the head decided."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.conftest import AT

from portique.core.errors import RegisterError
from portique.core.revocation import Status
from portique.core.values import HolderId, from_ms
from portique.school import keys
from portique.school.folder import KEYS
from portique.school.rights_table import rights_of
from portique.server import clock
from portique.server.accounts.roles import Role
from portique.server.passes import actions, years
from portique.server.passes.actions.forgetting import forget_passes
from portique.server.passes.models import HolderRights, IssuedPass
from portique.server.people.actions import mark_left
from portique.server.people.erasing import erase
from portique.server.people.models import Person
from portique.server.school.house import served_school


@pytest.fixture
def zoe(person):
    """A pupil with rights."""
    return person(1, regime="red")


def test_a_new_year_links_nobody_to_the_last(served, by, zoe):
    """Another number, the same rights, newer keys."""
    issuer = served.keys.issuers[0]
    actions.roll(by, 2027, revoke=True)

    renewed = HolderId(Person.objects.get(pk=zoe.pk).holder or "")
    assert renewed != zoe.holder
    assert set(rights_of(served)) == {renewed}
    assert rights_of(served)[renewed].regime == "red"
    assert served.keys.issuers[0] != issuer


def test_old_cards_keep_their_rights_until_their_date(served, by, zoe):
    """Nobody is refused in July because the office prepares September."""
    card = actions.issue_for(by, zoe)
    actions.roll(by, 2027, revoke=False)

    assert served.register.get(card.pass_id).status is Status.VALID
    assert HolderRights.objects.filter(holder=zoe.holder).exists()


def test_an_old_card_ends_with_whoever_leaves(served, by, zoe):
    """In July too, when they have a new number already."""
    card = actions.issue_for(by, zoe)
    actions.roll(by, 2027, revoke=False)
    mark_left(Person.objects.get(pk=zoe.pk))

    assert served.register.get(card.pass_id).status is Status.REVOKED


def test_nothing_is_left_on_an_old_card_of_somebody_erased(by, zoe):
    """Neither the sealed name nor a number; nor the rights it had."""
    card = actions.issue_for(by, zoe)
    actions.roll(by, 2027, revoke=False)
    erase([zoe.pk])

    old = IssuedPass.objects.get(pk=card.pass_id)
    assert (old.holder, old.text, old.status) == ("", "", Status.REVOKED.value)
    assert not HolderRights.objects.exists()


def test_the_former_number_is_kept_for_passes_that_bear_it_alone(by, zoe, person):
    """Once the last of them is erased, nothing links two years."""
    actions.issue_for(by, zoe)
    person(2, regime="red")
    actions.roll(by, 2027, revoke=False)
    linked = set(Person.objects.exclude(former_holder="").values_list("pk", flat=True))
    forget_passes(AT + timedelta(days=3 * 366))

    assert linked == {zoe.pk}
    assert not Person.objects.exclude(former_holder="").exists()


def test_old_cards_may_be_revoked_at_once(served, by, zoe):
    """If the head says so."""
    card = actions.issue_for(by, zoe)
    actions.roll(by, 2027, revoke=True)

    assert served.register.get(card.pass_id).status is Status.REVOKED


def test_cards_of_the_new_year_last_until_its_end(by, zoe):
    """Also those that are made in the summer before."""
    actions.roll(by, 2027, revoke=False)

    card = actions.issue_for(by, Person.objects.get(pk=zoe.pk))

    assert from_ms(card.expires_ms) == datetime(2028, 8, 31, 22, tzinfo=UTC)


def test_a_year_begins_once(by, zoe):
    """A second click changes no number."""
    actions.roll(by, 2027, revoke=False)
    with pytest.raises(RegisterError):
        actions.roll(by, 2027, revoke=False)


def test_rights_that_change_meanwhile_wait_for_the_new_year(by, zoe):
    """Whoever writes some has to count the knowledge up first, and then reads them anew."""
    with CaptureQueriesContext(connection) as asked:
        actions.roll(by, 2027, revoke=False)

    done = [query["sql"] for query in asked]
    counted = next(n for n, sql in enumerate(done) if "'knowledge'" in sql and "UPDATE" in sql)
    read = next(n for n, sql in enumerate(done) if 'FROM "passes_holderrights"' in sql)
    assert counted < read


def test_two_that_begin_a_year_wait_for_each_other(by, zoe):
    """The list of people is taken before the year is looked at."""
    with CaptureQueriesContext(connection) as asked:
        actions.roll(by, 2027, revoke=False)

    done = [query["sql"] for query in asked]
    taken = next(n for n, sql in enumerate(done) if sql.startswith('UPDATE "people_census"'))
    looked = next(n for n, sql in enumerate(done) if "'school-year'" in sql)
    assert taken < looked


def test_keys_that_a_first_try_left_are_used(served, by, zoe):
    """What was stopped between keys and database is completed."""
    served.roll_keys(year=2027, entropy=lambda size: b"\x01" * size)

    assert actions.roll(by, 2027, revoke=False) == 1


def test_keys_made_within_the_same_tick_are_used_too(served, by, zoe):
    """The folder's time tells nothing of them; new cards have to be signed with them."""
    issuer, folder = served.keys.issuers[0], served.path / KEYS
    was = folder.stat()
    keys.roll(folder, year=2027, entropy=os.urandom)
    os.utime(folder, ns=(was.st_atime_ns, was.st_mtime_ns))

    actions.roll(by, 2027, revoke=False)

    assert served_school().keys.issuers[0] != issuer


def test_badges_follow_into_the_new_year(served, by, zoe):
    """With a pass of the new number, and the old one revoked."""
    before = actions.enrol_badge(by, zoe, "04A2B93C").issued_id
    actions.roll(by, 2027, revoke=False)

    heir = IssuedPass.objects.exclude(pk=before).get()
    assert heir.holder == Person.objects.get(pk=zoe.pk).holder
    assert heir.badge is not None
    assert served.register.get(before).status is Status.REVOKED


def test_the_page_asks_twice(signed_in, zoe):
    """The year has to be typed by hand before anything happens."""
    head, year = signed_in(Role.HEAD), years.next_year(clock.now())
    again = head.post("/passes/annee/", {"year": year, "old": "keep"})
    assert "Pour confirmer" in again.content.decode()
    assert Person.objects.get(pk=zoe.pk).holder == zoe.holder

    head.post("/passes/annee/", {"year": year, "old": "keep", "typed": year})

    assert Person.objects.get(pk=zoe.pk).holder != zoe.holder


def test_another_role_can_not_begin_a_year(signed_in, zoe):
    """Nor see the page."""
    assert signed_in(Role.SCHOOL_LIFE).get("/passes/annee/").status_code == 403


@pytest.mark.parametrize("year", ["1999", "2999", "x"])
def test_a_year_that_is_not_next_is_refused(signed_in, zoe, year):
    """A slip of the finger does not begin the wrong year."""
    page = signed_in(Role.HEAD).post("/passes/annee/", {"year": year, "old": "keep", "typed": year})

    assert page.status_code == 200
    assert Person.objects.get(pk=zoe.pk).holder == zoe.holder


def test_a_year_that_has_its_keys_is_not_offered_again(served):
    """In November 2026, of a school whose keys are of 2026, the next year is 2027."""
    assert years.next_year(AT) == 2027


def test_a_year_without_keys_is_begun_late(served):
    """A school that forgot to in summer begins it in autumn."""
    assert years.next_year(AT.replace(year=2027)) == 2027
