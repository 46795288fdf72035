"""Permissions: gates are told when and which way; who and why stay in the office, sealed."""

import pytest
from tests.server.passes.test_badges import database

from portique.core.canonical import encode
from portique.core.rights import Permission
from portique.core.values import Direction, HolderId
from portique.school.permissions import permissions_of
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.gates.actions.knowledge import newest_version
from portique.server.passes import actions
from portique.server.passes.actions import permitting
from portique.server.passes.models import PermissionNote
from portique.server.passes.queries import mark_of
from portique.server.people.models import Person

REASON = "dialyse le mardi"
ASKED = {
    "way": "exit", "first": "2026-11-24", "last": "2027-03-30", "days": ["2", "4"],
    "opens": "14:00", "closes": "15:30", "reason": REASON,
}  # fmt: skip


@pytest.fixture
def zoe(person):
    """A pupil with rights."""
    return person(1, regime="red")


def address(zoe):
    return f"/passes/personne/{zoe.pk}/autorisations/"


def test_a_weekly_permission_reaches_the_rights_without_its_reason(served, signed_in, zoe):
    """Which way, when and by which role: no more."""
    signed_in(Role.SCHOOL_LIFE).post(address(zoe), ASKED)

    (held,) = permissions_of(served, zoe.holder)
    assert (held.direction, held.weekdays, held.opens) == (Direction.EXIT, (2, 4), 14 * 60)
    assert (held.by, held.reason) == ("Vie scolaire", "")
    assert REASON.encode() not in encode(served.register.rights())


def test_the_reason_is_sealed_in_the_database(signed_in, zoe):
    """A dump shows nothing of it; the page does."""
    office = signed_in(Role.SCHOOL_LIFE)
    office.post(address(zoe), ASKED)

    assert REASON.upper() not in database()
    assert REASON in office.get(address(zoe)).content.decode()
    assert "Camille School-Life" in office.get(address(zoe)).content.decode()


def test_a_permanent_permission_needs_no_reason(served, signed_in, zoe):
    """Nor an end."""
    signed_in(Role.HEAD).post(address(zoe), {"way": "exit", "first": "2026-11-24"})

    (held,) = permissions_of(served, zoe.holder)
    assert held.until_ms is None


def test_a_withdrawn_permission_takes_its_reason_with_it(served, signed_in, zoe):
    """Nothing is left of why."""
    office = signed_in(Role.SCHOOL_LIFE)
    office.post(address(zoe), ASKED)
    mark = PermissionNote.objects.get().mark

    office.post(f"{address(zoe)}retirer/", {"mark": mark})

    assert permissions_of(served, zoe.holder) == ()
    assert not PermissionNote.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"last": "2026-11-01"}, {"closes": "13:00"}, {"way": "up"}, {"first": "yesterday"}]
)
def test_what_makes_no_sense_is_asked_again(served, signed_in, zoe, wrong):
    """The page comes back with what was typed, and nothing is permitted."""
    response = signed_in(Role.HEAD).post(address(zoe), {**ASKED, **wrong})

    assert response.status_code == 200
    assert permissions_of(served, zoe.holder) == ()


def test_permissions_outlive_a_replaced_card_and_a_year(served, by, zoe):
    """They hang on the holder, not on the card."""
    actions.give_permission(by, zoe, Permission(Direction.EXIT, 0, None, "Vie scolaire"))
    actions.replace(by, actions.issue_for(by, zoe).pass_id)
    actions.roll(by, 2027, revoke=True)

    renewed = HolderId(Person.objects.get(pk=zoe.pk).holder or "")
    assert renewed != zoe.holder
    assert len(permissions_of(served, renewed)) == 1
    assert PermissionNote.objects.get().holder == renewed


def test_permissions_are_read_after_other_writers_were_made_to_wait(zoe, by, monkeypatch):
    """Two offices at the same moment: neither's permission is lost."""
    before, seen = newest_version(now()).number, []
    held = Permission(Direction.EXIT, 0, None, by="Vie scolaire", reason="")

    def watched(*asked):
        seen.append(newest_version(now()).number > before)
        return permissions_of(*asked)

    monkeypatch.setattr(permitting, "permissions_of", watched)
    actions.give_permission(by, zoe, held)
    before = newest_version(now()).number
    actions.withdraw_permission(by, zoe, mark_of(held))

    assert seen == [True, True]
