"""Issuing: one person, a class, the same number on all media, and gates are told."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portique.core.errors import RegisterError
from portique.core.revocation import Status
from portique.school.issuing import reopened
from portique.server.clock import now
from portique.server.gates.actions.knowledge import newest_version
from portique.server.passes import actions, quotas
from portique.server.passes.actions import many
from portique.server.passes.models import Act, ActKind, IssuedPass
from portique.server.passes.quotas import QuotaExceededError
from portique.server.people.models import Person


def identity(served, issued):
    return reopened(served, issued).identity


def test_a_card_holds_what_the_school_knows(served, by, person):
    """The name somebody goes by, their class, and the regime of their rights."""
    zoe = person(usual_first_name="Zo", regime="green")

    held = identity(served, actions.issue_for(by, zoe))

    assert (held.name, held.label, held.regime) == ("Zo Martin", "2de 4", "green")


def test_all_of_somebodys_passes_have_one_number(by, person):
    """Drawn at the first, for whoever had none."""
    zoe = person()
    first, second = actions.issue_for(by, zoe), actions.issue_for(by, zoe)

    assert {first.holder, second.holder} == {Person.objects.get(pk=zoe.pk).holder}


def test_a_class_is_issued_whole_or_not_at_all(by, person):
    """One name that no pass can carry, and nobody gets one."""
    people = [person(n) for n in range(3)]
    people.append(person(3, first=" ", usual_last_name=" "))

    with pytest.raises(RegisterError):
        actions.issue_for_many(by, people)

    assert not IssuedPass.objects.exists()
    assert not Act.objects.exists()


def test_a_second_click_and_who_left_meanwhile_make_no_card(by, person):
    """The list was drawn up before: whoever has a card, or is gone, gets none when asked again."""
    people = [person(n) for n in range(3)]
    actions.issue_for(by, people[0])
    Person.objects.filter(pk=people[1].pk).update(left_on=date(2026, 11, 20))

    made = actions.issue_missing(by, people)

    assert [one.holder for one in made] == [Person.objects.get(pk=people[2].pk).holder]
    assert actions.issue_missing(by, people) == []


def test_each_pass_is_recorded_with_who_made_it(by, person):
    """Who, which pass, when."""
    issued = actions.issue_for_many(by, [person(n) for n in range(3)])

    acts = Act.objects.filter(kind=ActKind.ISSUED, account=by.account)
    assert {act.pass_id for act in acts} == {one.pass_id for one in issued}


def test_gates_are_told_of_each_change(by, person):
    """The knowledge's version goes up, so that they ask for it."""
    before = newest_version(now()).number
    actions.issue_for(by, person())

    assert newest_version(now()).number > before


def test_a_replaced_card_is_void_and_its_heir_known(served, by, person):
    """The new one has the old end and today's name."""
    zoe = person(needs_card=True)
    old = actions.issue_for(by, zoe)
    Person.objects.filter(pk=zoe.pk).update(needs_card=True)
    again = Person.objects.get(pk=zoe.pk)
    again.usual_first_name = "Zo"
    again.save()

    new = actions.replace(by, old.pass_id)

    was = served.register.get(old.pass_id)
    assert (was.status, was.replaced_by) == (Status.REVOKED, new.pass_id)
    assert identity(served, new).name == "Zo Martin"
    assert new.expires_ms == old.expires_ms
    assert not Person.objects.get(pk=zoe.pk).needs_card


def test_a_lost_card_is_suspended_and_found_again(served, by, person):
    """Until it is revoked, which is final."""
    card = actions.issue_for(by, person()).pass_id
    actions.suspend(by, card)
    assert served.register.get(card).status is Status.SUSPENDED
    actions.resume(by, card)
    assert served.register.get(card).status is Status.VALID
    actions.revoke(by, card)

    with pytest.raises(RegisterError):
        actions.resume(by, card)


def test_what_was_made_before_a_refusal_stays(by, person, monkeypatch):
    """Somebody used the same account meanwhile: asked again later, it goes on with the others."""
    people = [person(n) for n in range(3)]
    verdicts = iter([None, (quotas.ACCOUNT, 121), None])
    monkeypatch.setattr(many, "AT_ONCE", 2)
    monkeypatch.setattr(quotas, "_excess", lambda *_: next(verdicts))

    made = actions.issue_for_many(by, people)
    rest = actions.issue_for_many(by, people[len(made) :])

    holders = [one.holder for one in (*made, *rest)]
    assert (len(made), holders) == (2, [one.holder for one in people])


def test_each_part_counts_with_all_that_are_to_come(by, person, monkeypatch):
    """More than usual is refused before the first card, not in the middle."""
    monkeypatch.setattr(many, "AT_ONCE", 1)
    monkeypatch.setattr(quotas, "ACCOUNT_HOUR_MAX", 2)

    with pytest.raises(QuotaExceededError):
        actions.issue_for_many(by, [person(n) for n in range(3)])

    assert not IssuedPass.objects.exists()


def test_a_name_that_no_pass_carries_stops_before_the_first(by, person, monkeypatch):
    """Nobody has to find out which of a school's cards were made."""
    monkeypatch.setattr(many, "AT_ONCE", 1)
    nameless = person(1)
    monkeypatch.setattr(Person, "shown_name", property(lambda one: "" if one == nameless else "A"))

    with pytest.raises(RegisterError):
        actions.issue_for_many(by, [person(0), nameless])

    assert not IssuedPass.objects.exists()


def test_a_class_s_cards_are_replaced_together_or_not(by, person, monkeypatch):
    """One too many for the hour: every old card still counts."""
    old = [actions.issue_for(by, person(n)).pass_id for n in range(2)]
    monkeypatch.setattr(quotas, "ACCOUNT_HOUR_MAX", 3)

    with pytest.raises(QuotaExceededError):
        actions.replace_many(by, old)

    assert set(IssuedPass.objects.values_list("status", flat=True)) == {Status.VALID.value}


def test_what_one_account_asks_for_at_once_is_counted_in_turn(by, person, monkeypatch):
    """The account is locked, then counted, then the cards are made: all in one transaction."""
    depths, counted = [], quotas._excess

    def watched(*asked):
        depths.append(len(connection.savepoint_ids))
        return counted(*asked)

    monkeypatch.setattr(quotas, "_excess", watched)
    outside = len(connection.savepoint_ids)
    with CaptureQueriesContext(connection) as asked:
        actions.issue_for(by, person())

    assert depths == [outside + 1]
    locks = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]]
    assert bool(locks) is connection.features.has_select_for_no_key_update
