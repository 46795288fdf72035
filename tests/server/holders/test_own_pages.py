"""A person's own pages: theirs whole, and nothing of anybody else's."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.server.accounts.test_matrix import ANYTHING, pages

from portique.core.charter import ACTIVITIES
from portique.core.rights import Permission
from portique.core.values import Direction, Kind, PassId
from portique.server.accounts.actions import print_code
from portique.server.accounts.roles import Role
from portique.server.clock import now, now_ms
from portique.server.daily.actions import note_away
from portique.server.daily.actions.away import Span
from portique.server.daily.models import AwayKind, GuardianMessage, MessageState
from portique.server.holders.kept import WHAT, kept_of
from portique.server.holders.models import HolderAccount
from portique.server.holders.queries import movements_of
from portique.server.passes.actions import give_permission, suspend
from portique.server.passes.quotas import By
from portique.server.people.actions import look_up
from portique.server.people.models import AccessReason, Tie

OWN = ("", "consultations/", "conservation/", "droits/")


@pytest.fixture
def tom(somebody):
    """Return another pupil of the same class."""
    return somebody("Tom", "Marchand")


def test_a_person_sees_what_is_kept_and_their_day(zoe, passes):
    """Name, class, card with its state, and each showing with the answer."""
    passes(zoe)
    passes(zoe, 1, "outside-opening")
    page = zoe.page()

    assert "Zoé Lebœuf" in page
    assert zoe.pass_id[:8] in page
    assert "jusqu’au 31/08/" in page  # the last day, as its paper says
    assert page.count("Entrée 1") == 2
    assert "Laissé passer" in page
    assert "Envoyé vers une personne" in page


def test_nobody_is_shown_anything_of_another(zoe, tom, passes, head):
    """Not a name, card, showing or look of somebody else's, on any own page."""
    passes(tom)
    look_up(head, tom.person, AccessReason.SAFETY)
    shown = "".join(zoe.page(address) for address in OWN)

    assert "Marchand" not in shown
    assert tom.pass_id[:8] not in shown
    assert "Sécurité" not in shown
    assert movements_of(zoe.person) == []


def test_every_address_of_another_persons_things_is_shut(zoe, tom):
    """Their pages, passes, permissions, prints: looked at or sent to, in every app."""
    kinds = {"person_id": tom.person.pk, "key": tom.person.pk, "pass_id": tom.pass_id}
    kinds["account_id"] = tom.user.pk
    tried = 0
    for address in pages():
        named = kinds.keys() & address.arguments.keys()
        if not named:
            continue
        filled = {
            key: kinds.get(key) or ANYTHING[form]() for key, form in address.arguments.items()
        }
        path = reverse(address.name, kwargs=filled)
        for method in (zoe.browser.get, zoe.browser.post):
            answer = method(path)
            assert answer.status_code in {302, 403, 404}, address.name
            assert answer.status_code != 302 or "/poste/" in answer["Location"], address.name
        tried += 1

    assert tried > 15


def test_a_look_is_told_to_whom_it_was_about(zoe, head):
    """In which role and why; no name of whoever looked."""
    look_up(head, zoe.person, AccessReason.FORGOTTEN_CARD)
    page = zoe.page("consultations/")

    assert "Carte oubliée" in page
    assert "Direction" in page
    assert head.name not in page


def test_what_was_done_says_with_which_pass(zoe, head):
    """By the number that stands on it: somebody may have several."""
    assert zoe.pass_id[:8] not in zoe.page("consultations/")
    suspend(By(head), PassId(zoe.pass_id))

    assert zoe.pass_id[:8] in zoe.page("consultations/")


def test_whoever_prints_a_code_for_an_account_is_told_to_its_owner(zoe, head):
    """The code opens their pages: it is not made behind their back."""
    before = zoe.page("consultations/")
    print_code(zoe.user, by=head)
    zoe.browser.force_login(zoe.user)
    page = zoe.page("consultations/")

    assert "Compte créé" in before
    assert "Code sur papier créé" not in before
    assert "Code sur papier créé" in page
    assert head.name not in page


@pytest.fixture
def written(zoe, tom, somebody):
    """Write about both pupils to a guardian: what left, and what was dropped."""
    parent = somebody("Ana", "Lebœuf", Kind.GUARDIAN, "")
    made = {"guardian": parent.person, "language": "fr", "validated_at": now(), "day": now().date()}
    GuardianMessage.objects.create(pupil=zoe.person, text="MOT", state=MessageState.SENT, **made)
    GuardianMessage.objects.create(
        pupil=tom.person, text="TAIRE", state=MessageState.DROPPED, **made
    )
    return parent


def test_a_pupil_sees_when_they_are_not_expected_and_what_was_written(zoe, tom, written, head):
    """Theirs, and nobody else's: also what did not leave."""
    span = Span(now(), now() + timedelta(days=1))
    note_away(head, zoe.person, AwayKind.INTERNSHIP, span)
    note_away(head, tom.person, AwayKind.OUTING, span)
    hers, his = zoe.page(), tom.page()

    assert ("stage" in hers, "voyage" in hers) == (True, False)
    assert ("MOT" in hers, "TAIRE" in hers) == (True, False)
    assert "TAIRE" in his


def test_a_guardian_sees_what_they_were_sent_and_not_what_was_dropped(written):
    """Dropped, it would say that the pupil was seen."""
    page = written.page()

    assert "MOT" in page
    assert "TAIRE" not in page


def test_a_permission_is_told_without_its_reason(zoe, head):
    """It may speak of somebody's health: it is asked for, and read before it is given."""
    at = now_ms()
    permission = Permission(Direction.EXIT, at, at + 3_600_000, "vie scolaire")
    give_permission(By(head), zoe.person, permission, reason="mère hospitalisée")
    page = zoe.page()

    assert "Peut sortir" in page
    assert "Un motif est gardé" in page
    assert "hospitalisée" not in page


def test_guardians_see_no_showing_not_even_their_own(somebody, zoe, passes):
    """They see whose guardian they are, and how they are written to."""
    parent = somebody("Ana", "Lebœuf", Kind.GUARDIAN, "")
    parent.person.email = "ana@exemple.fr"
    parent.person.save()
    Tie.objects.create(guardian=parent.person, pupil=zoe.person, role="legal")
    passes(zoe)
    page = parent.page()

    assert "Zoé Lebœuf" in page
    assert "ana@exemple.fr" in page
    assert "Entrée 1" not in page
    assert "passages" not in page
    assert movements_of(parent.person) is None


def test_an_account_of_nobody_shows_nothing(zoe):
    """The person was erased: the tie is gone."""
    HolderAccount.objects.all().delete()

    assert [zoe.browser.get(f"/mes-donnees/{each}").status_code for each in OWN] == [404] * 4


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HOLDER}))
def test_others_have_no_such_pages(signed_in, role):
    """Whoever works here sees people by other pages, with a reason."""
    assert signed_in(role).get("/mes-donnees/").status_code == 403


@pytest.mark.parametrize("kind", Kind)
def test_what_is_kept_is_told_from_the_charter_itself(kind, served):
    """Each activity that concerns such a person, in words, with its end and its ground."""
    told = {one.title for one in kept_of(kind)}
    of_theirs = {each.title for each in ACTIVITIES.values() if kind in each.persons}

    assert told <= of_theirs
    assert {each.title for code, each in ACTIVITIES.items() if code in WHAT} >= told
    assert all(reason.retentions for one in kept_of(kind) for reason in one.reasons)


def test_no_own_page_shows_a_database_id(zoe):
    """Nor a holder's number: what stands in the page is for its reader."""
    shown = "".join(zoe.page(address) for address in OWN)

    assert str(zoe.person.holder) not in shown
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", shown)
