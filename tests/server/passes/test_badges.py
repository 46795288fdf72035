"""Badges: the number is hashed at once; what it stands for is a pass like any other."""

import pytest
from django.db import connection

from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.accounts.roles import Role
from portique.server.passes import actions
from portique.server.passes.actions.badges import BadgeTakenError
from portique.server.passes.badge_numbers import BadgeNumberError, digests, read_number
from portique.server.passes.models import Badge, IssuedPass, Use

NUMBER = "04A2B93C7D1E80"


def database() -> str:
    """Return every value of every table, as a dump has them."""
    with connection.cursor() as cursor:
        values = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute("SELECT * FROM " + connection.ops.quote_name(table))  # noqa: S608
            values += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(values).upper()


def test_presenting_a_badge_enrols_it(served, signed_in, person):
    """The reader types its number into the page; the badge stands for a pass of its holder."""
    zoe = person(regime="green", number=1)

    signed_in(Role.SCHOOL_LIFE).post(f"/passes/personne/{zoe.pk}/badge/", {"number": NUMBER})

    badge = Badge.objects.get()
    assert badge.holder == zoe.holder
    assert IssuedPass.objects.get(pk=badge.issued_id).use == Use.BADGE


def test_the_number_is_nowhere_in_the_database(by, person):
    """Nor in anything else that was written."""
    actions.enrol_badge(by, person(), NUMBER)

    assert NUMBER not in database()


def test_the_number_is_not_written_to_logs(signed_in, person, caplog):
    """Whatever the page answers."""
    zoe, office = person(), signed_in(Role.HEAD)
    with caplog.at_level(0):
        for _ in range(2):  # enrolled, then refused: it is somebody's
            office.post(f"/passes/personne/{zoe.pk}/badge/", {"number": NUMBER})

    assert NUMBER not in caplog.text.upper()


@pytest.mark.parametrize("typed", [NUMBER, "04:a2:b9:3c:7d:1e:80", " 04 A2 B9 3C 7D 1E 80\n"])
def test_readers_write_one_number_in_many_ways(served, typed):
    """All are the same badge."""
    assert digests(read_number(typed)) == digests(NUMBER)


@pytest.mark.parametrize("typed", ["", "12", "zoé martin", "1" * 21, "PQ1:ABC"])
def test_what_is_no_number_is_refused_without_being_repeated(typed):
    """A name typed into the field does not come back in the message."""
    with pytest.raises(BadgeNumberError) as caught:
        read_number(typed)

    assert not typed or typed not in str(caught.value)


def test_a_badge_has_one_holder(by, person):
    """It must be removed from one before another has it."""
    badge = actions.enrol_badge(by, person(), NUMBER)
    with pytest.raises(BadgeTakenError):
        actions.enrol_badge(by, person(1), NUMBER)

    actions.remove_badge(by, PassId(badge.issued_id))

    assert actions.enrol_badge(by, person(1), NUMBER).holder != badge.holder


def test_a_removed_badge_opens_nothing(served, by, person):
    """The pass it stood for is revoked."""
    badge = actions.enrol_badge(by, person(), NUMBER)
    actions.remove_badge(by, PassId(badge.issued_id))

    assert served.register.get(badge.issued_id).status is Status.REVOKED


def test_a_badge_of_last_year_is_still_found(served, by, person):
    """New keys hash anew; the older ones are tried as well."""
    actions.enrol_badge(by, person(), NUMBER)
    actions.roll(by, 2027, revoke=False)

    assert Badge.objects.get().digest in digests(NUMBER)


def test_gates_are_told_which_pass_a_badge_stands_for(served, by, person):
    """By the digest alone; a removed one is told no more."""
    badge = actions.enrol_badge(by, person(), NUMBER)
    text = served.register.get(badge.issued_id).text
    assert served.register.badges() == {bytes.fromhex(badge.digest): text}

    actions.remove_badge(by, PassId(badge.issued_id))
    assert served.register.badges() == {}
