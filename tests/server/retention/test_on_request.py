"""A person is erased at their request: by the head, who proves it is them, once they left."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portique.server.accounts.models import AuditEntry, Deed
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.people.erasing import erase
from portique.server.people.models import Census, Person
from portique.server.school.models import Counter


def test_the_head_erases_somebody_who_left(known, signed_in):
    """Said what it means first; who did it is recorded, without whom."""
    Person.objects.filter(pk=known.pupil.pk).update(left_on=now().date())
    head = signed_in(Role.HEAD)
    asked = head.get(f"/personnes/{known.pupil.pk}/effacer/").content.decode()
    done = head.post(f"/personnes/{known.pupil.pk}/effacer/", follow=True).content.decode()

    assert "Effacer définitivement" in asked
    assert "La personne est effacée." in done
    assert not Person.objects.exists()
    [entry] = AuditEntry.objects.filter(deed=Deed.PERSON_ERASED)
    assert (entry.by_name, entry.about) == ("Camille Head", None)


def test_nobody_is_erased_who_still_belongs_to_the_school(known, signed_in):
    """Their departure is noted first."""
    head = signed_in(Role.HEAD)
    page = head.get(f"/personnes/{known.pupil.pk}/effacer/").content.decode()
    head.post(f"/personnes/{known.pupil.pk}/effacer/")

    assert "notez d’abord son départ" in page
    assert Person.objects.count() == 2


@pytest.mark.parametrize(("role", "offered"), [(Role.HEAD, True), (Role.SCHOOL_LIFE, False)])
def test_the_page_offers_it_to_the_head_alone(known, signed_in, role, offered):
    """Of a guardian: they have no rights here that could be noted as over."""
    page = signed_in(role).get(f"/personnes/{known.guardian.pk}/").content.decode()

    assert ("/effacer/" in page) is offered


def test_an_erasure_waits_for_who_changes_people_before_all_else(known):
    """They raise the census, then tell gates; the other way round both would wait for ever."""
    with CaptureQueriesContext(connection) as done:
        erase([known.pupil.pk])

    written = [query["sql"] for query in done if query["sql"].startswith("UPDATE")]
    census, counter = (f'UPDATE "{model._meta.db_table}"' for model in (Census, Counter))
    assert written[0].startswith(census)
    assert any(statement.startswith(counter) for statement in written)
