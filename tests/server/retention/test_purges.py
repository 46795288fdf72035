"""What the hourly chores end besides: a person who left, a pass, a permission, an account."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.server.gates.wired import alarms, decision
from tests.server.retention.any_row import row_of

from portique.core.charter_retention import WHILE_PERMITTED, WHILE_VALID
from portique.core.decide import Reason
from portique.core.entries import NEVER_ERASED
from portique.core.revocation import Status
from portique.core.rights import Permission
from portique.core.values import Direction, HolderId, from_ms, to_ms
from portique.school.permissions import permissions_of
from portique.school.rules import calendar_of
from portique.server.accounts import actions as accounts
from portique.server.accounts.models import AuditEntry, PairingCode, PaperCode, User
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.config.chores import do_chores
from portique.server.console.models import Event, Referral
from portique.server.gates.actions.knowledge import newest_version
from portique.server.gates.models import Crossing, Entry, Invitation
from portique.server.passes import actions as passes
from portique.server.passes.models import Badge, HolderRights, IssuedPass, PermissionNote
from portique.server.people.models import Import, Person, Upload
from portique.server.school.models import DayAction, TimetableDraft

HOUR = timedelta(hours=1)
WINTER = datetime(2027, 10, 31, 23, tzinfo=UTC)  # midnight in Paris


def last_instant(served, retention, at: datetime) -> datetime:
    """Return the last millisecond of a retention that runs from an instant."""
    return from_ms(retention.ends(to_ms(at), calendar_of(served)) - 1)


def test_a_person_who_left_is_gone_after_the_31st_of_october(known):
    """With a guardian of nobody else; the day before, both are there."""
    Person.objects.filter(pk=known.pupil.pk).update(left_on=date(2027, 7, 3))
    do_chores(WINTER - HOUR)
    before = Person.objects.count()
    do_chores(WINTER)

    assert (before, Person.objects.count()) == (2, 0)


def test_who_did_not_leave_stays(known):
    """However long they are known."""
    assert do_chores(WINTER) == ()
    assert Person.objects.count() == 2


def test_a_pass_is_gone_after_the_31st_of_october_that_follows_its_end(served, known):
    """Its badge too, and the rights of a number that nothing bears any more."""
    end = datetime(2027, 8, 31, 22, tzinfo=UTC)
    IssuedPass.objects.update(expires_ms=to_ms(end))
    over = last_instant(served, WHILE_VALID, end)
    do_chores(over)
    before = IssuedPass.objects.count(), Badge.objects.count()
    Person.objects.update(holder=None)
    do_chores(over + HOUR)

    assert before == (2, 1)
    assert not IssuedPass.objects.exists()
    assert not Badge.objects.exists()
    assert not HolderRights.objects.exists()


def test_the_status_list_keeps_its_length_when_passes_are_erased(served, known):
    """A gate would take an index beyond it for a stolen issuing key's: old cards are shown too."""
    end = datetime(2027, 8, 31, 22, tzinfo=UTC)
    IssuedPass.objects.update(expires_ms=to_ms(end))
    IssuedPass.objects.filter(pk=known.card).update(status_index=5000)
    before = served.register.list_length
    do_chores(last_instant(served, WHILE_VALID, end) + HOUR)

    assert not IssuedPass.objects.exists()
    assert (before, served.register.list_length) == (8192, 8192)


def test_a_pass_of_former_years_alarms_nobody(known):
    """It was erased here, and says itself that it ended."""
    IssuedPass.objects.filter(pk=known.card).delete()
    known.gate.write(
        decision(known.pupil.holder, pass_id=known.card, outcome=2, reasons=(Reason.EXPIRED,))
    )
    known.gate.acknowledged()

    assert alarms() == []


def test_a_badge_whose_pass_was_revoked_is_forgotten_within_the_hour(by, known):
    """Its holder left, or gave it up; gates learn of it."""
    version = newest_version(now())
    passes.revoke(by, known.badge)
    do_chores(now())

    assert not Badge.objects.exists()
    assert newest_version(now()).number > version.number + 1


def test_a_permission_and_its_reason_go_a_month_after_its_end(served, by, known):
    """Those that still run stay, with their reason."""
    end = now()
    ended = Permission(Direction.EXIT, 0, to_ms(end) + 1, "Vie scolaire")
    passes.give_permission(by, known.pupil, ended, reason="consultation")
    over = last_instant(served, WHILE_PERMITTED, end)
    do_chores(over)
    before = PermissionNote.objects.count()
    do_chores(over + HOUR)

    assert before == 2
    assert ended not in permissions_of(served, HolderId(known.pupil.holder))
    assert [note.reason for note in PermissionNote.objects.all()] == ["dialyse"]


def test_an_account_is_closed_once_nothing_says_when_it_was_disabled(account):
    """Half a year later; one that is open never."""
    head, user = account(Role.HEAD), account(Role.RECEPTION)
    accounts.disable(user, by=head)
    do_chores(now())
    before = User.objects.count()
    AuditEntry.objects.update(at=now() - timedelta(days=185))
    do_chores(now())

    assert (before, list(User.objects.all())) == (2, [head])


def test_what_was_not_used_in_time_is_gone(served):
    """Codes on paper, for devices, for gates."""
    codes = PaperCode, PairingCode, Invitation
    for model in codes:
        row_of(model, expires_at=now() - 2 * HOUR)
    do_chores(now())

    assert [model for model in codes if model.objects.exists()] == []


def test_what_was_left_lying_is_gone_within_the_hour(served):
    """Files of people, and of timetables."""
    for model in (Upload, TimetableDraft):
        row_of(model, at=now() - HOUR - timedelta(minutes=1))
    do_chores(now())

    assert (Upload.objects.count(), TimetableDraft.objects.count()) == (0, 0)


def test_how_to_undo_an_import_is_forgotten_after_two_weeks(served):
    """It holds names; that there was an import stays for a year."""
    undo = '{"remove": [], "restore": {}, "bring_back": [], "send_away": [], "suspended": {}}'
    done = row_of(Import, at=now() - timedelta(days=15), undo=undo)
    do_chores(now())

    assert Import.objects.get(pk=done.pk).undo == ""


def test_who_made_a_change_is_forgotten_before_the_change(account):
    """A lesson of next year was moved by somebody, half a year ago."""
    user = account(Role.SCHOOL_LIFE)
    late = {"at": now() - timedelta(days=185), "undone_at": now() - timedelta(days=185)}
    row_of(DayAction, by=user, undone_by=user, last_day=date(2027, 11, 1), **late)
    do_chores(now())

    assert DayAction.objects.filter(by=None, undone_by=None).count() == 1


def test_bodies_are_gone_at_the_end_of_the_next_school_day(known):
    """And who was let through, here and on the console."""
    do_chores(now() + timedelta(days=20))

    assert not Entry.objects.exclude(body=None).exclude(kind__in=NEVER_ERASED).exists()
    assert [m for m in (Crossing, Event, Referral) if m.objects.exists()] == []


@pytest.mark.parametrize("status", [Status.VALID, Status.SUSPENDED])
def test_a_badge_that_counts_is_kept(known, status):
    """Suspended for an import that can be undone, too."""
    IssuedPass.objects.filter(pk=known.badge).update(status=status)
    do_chores(now())

    assert Badge.objects.exists()
