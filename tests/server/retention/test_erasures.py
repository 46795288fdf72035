"""Erased is erased everywhere, and again once an older copy of the database was put back."""

from datetime import date

import pytest
from tests.server.backup.test_copies import PUBLIC, SECRET, emptied

from portique.core.entries import NEVER_ERASED
from portique.core.errors import EnvironmentProblem
from portique.core.revocation import Status
from portique.server.accounts import actions as accounts
from portique.server.accounts.models import AuditEntry, User
from portique.server.accounts.roles import Role
from portique.server.backup import copies
from portique.server.backup.after import Wanted, put_back
from portique.server.clock import now
from portique.server.console.models import Event, Referral
from portique.server.gates import actions as gates
from portique.server.gates.models import Crossing, Entry, ErasureOrder
from portique.server.passes.models import Act, Badge, HolderRights, IssuedPass, PermissionNote
from portique.server.people import index
from portique.server.people.erasing import erase, erase_again, take_out
from portique.server.people.models import Access, Person, Tie
from portique.server.vault import erasures
from portique.server.vault.models import Erasure


@pytest.fixture
def restoring(served, tmp_path):
    """Copy now, do something, put the copy back; return how many erasures were done again."""

    def play(act) -> int:
        copy = tmp_path / "copy.age"
        copies.save(copy, PUBLIC, uai=served.settings.uai, at=now())
        act()
        erasures.keep_apart()  # as it follows the commit
        emptied()
        return put_back(served.path, Wanted(copy, SECRET)).erased

    return play


def bodies() -> int:
    """Count the entries that still say something of somebody."""
    return Entry.objects.exclude(body=None).exclude(kind__in=NEVER_ERASED).count()


def test_nobody_to_erase_again_is_no_news_for_gates(known):
    """The restored copy may be older than whoever was erased."""
    before = gates.newest_version(now())
    erase_again(["00000000-0000-4000-8000-000000000000"])

    assert gates.newest_version(now()) == before


def test_a_person_who_is_erased_is_in_no_table(known):
    """Nor is the guardian who is nobody else's; their pass is revoked and nobody's."""
    assert [one.name for one in index.everybody()] == ["Anne Lebœuf", "Zoé Lebœuf"]
    erase([known.pupil.pk])

    gone = (Person, Tie, Access, Badge, HolderRights, PermissionNote, Referral)
    assert [model for model in gone if model.objects.exists()] == []
    assert set(IssuedPass.objects.values_list("status", "holder", "text")) == {
        (Status.REVOKED, "", "")
    }
    assert not Act.objects.exclude(holder="").exists()
    assert not Event.objects.filter(data__pass=known.card).exists()
    assert index.everybody() == ()


def test_an_erasure_of_entries_reaches_the_console(known):
    """Who passed is gone there too; that somebody did stays, for those who count."""
    before = Event.objects.get(data__number=2).people
    gates.order_erasure(known.row, 1, [2, 3])
    first = Event.objects.get(data__number=2)

    assert (first.data["pass"], first.data["kind"], first.data["reasons"]) == ("", "", [])
    assert (before, first.people) == (1, 1)
    assert not Referral.objects.exists()


def test_other_entries_stay_on_the_console(known):
    """Only those that were named."""
    gates.order_erasure(known.row, 1, [2])

    assert Event.objects.get(data__number=3).data["pass"] == known.card
    assert Referral.objects.count() == 1


@pytest.mark.parametrize("path", ["/direct/", "/portiques/"])
def test_the_pages_show_what_is_left_of_it(known, signed_in, path):
    """A line without a name."""
    gates.order_erasure(known.row, 1, [2, 3])

    assert signed_in(Role.HEAD).get(path).status_code == 200


def test_a_person_erased_since_the_copy_is_erased_again(known, restoring):
    """With all that the copy brought back of them."""
    erased = restoring(lambda: erase([known.pupil.pk]))

    assert erased == 2
    assert not Person.objects.exists()
    assert not HolderRights.objects.exists()
    assert IssuedPass.objects.get(pk=known.card).status == Status.REVOKED


def test_entries_erased_since_the_copy_are_erased_again(known, restoring):
    """And the order is given again: the gate may not have it yet."""
    restoring(lambda: gates.order_erasure(known.row, 1, [2, 3]))

    assert (bodies(), Crossing.objects.count()) == (0, 0)
    assert [order.ranges for order in ErasureOrder.objects.all()] == [[[2, 3]]]


def test_an_account_closed_since_the_copy_is_closed_again(account, restoring):
    """Nobody signs in with what it was."""
    head, user = account(Role.HEAD), account(Role.RECEPTION)
    User.objects.filter(pk=user.pk).update(is_active=False)
    restoring(lambda: accounts.close([user]))

    assert list(User.objects.all()) == [head]


def test_what_ended_since_the_copy_is_purged_with_the_restore(known, restoring):
    """No hour is waited for."""
    Person.objects.filter(pk=known.pupil.pk).update(left_on=date(2025, 7, 3))
    restoring(lambda: None)

    assert not Person.objects.exists()


def test_an_undone_import_stays_undone(known, restoring):
    """Whom it added is not brought back."""
    restoring(lambda: take_out([known.guardian.pk]))

    assert list(Person.objects.values_list("pk", flat=True)) == [known.pupil.pk]


def test_the_list_names_nobody_and_is_kept_apart(known, served, restoring):
    """Numbers drawn at random, in a file that no backup holds and only its owner reads."""
    restoring(lambda: erase([known.pupil.pk]))
    path = served.path / erasures.FILE

    assert sorted(erasures.lines_of(path)) == sorted(
        f"person {one.pk}" for one in (known.pupil, known.guardian)
    )
    assert path.stat().st_mode & 0o077 == 0


def test_a_list_beside_the_copy_is_heeded_too(known, served, restoring, tmp_path):
    """The school's machine is lost: the newest list lies where its backups are."""

    def act() -> None:
        erase([known.pupil.pk])
        erasures.keep_apart()
        (served.path / erasures.FILE).rename(tmp_path / f"{served.settings.uai}.erased")

    assert restoring(act) == 2
    assert not Person.objects.exists()


def test_a_line_cut_short_counts_for_nothing_and_is_written_anew(served):
    """The power went while it was written."""
    path = served.path / erasures.FILE
    path.write_text("person 3f .\nperson 4", encoding="ascii")
    Erasure.objects.create(line="person 4a")
    erasures.keep_apart()
    erasures.keep_apart()

    assert erasures.lines_of(path) == ["person 3f", "person 4a"]
    assert path.read_text(encoding="ascii").count("4a") == 1


def test_a_list_that_cannot_be_written_is_tried_again(served):
    """The erasure holds all the same; the next hour finds what is missing."""
    (served.path / erasures.FILE).mkdir()
    Erasure.objects.create(line="person 4a")
    with pytest.raises(EnvironmentProblem, match="restore it"):
        erasures.keep_apart()

    assert Erasure.objects.filter(apart=False).exists()


def test_who_acted_stays_recorded_without_the_account(account):
    """For as long as the charter says, by a number."""
    head, user = account(Role.HEAD), account(Role.RECEPTION)
    accounts.disable(user, by=head)
    accounts.close([user])

    assert AuditEntry.objects.filter(about=user.pk).exists()
