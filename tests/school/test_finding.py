"""Finding a pass of the register by what is sealed in it."""

from datetime import timedelta
from typing import Any

import pytest

from portique.core.revocation import Status
from portique.core.rights import Rights
from portique.core.values import Kind
from portique.school.finding import Standing, Wanted, find_passes, standing_of
from portique.school.issuing import Request, issue

PEOPLE = (
    Request(Kind.PUPIL, "Zoé Martin", "2DE 04"),
    Request(Kind.PUPIL, "Jean-Éloi N’Diaye", "1RE 02"),
    Request(Kind.TRAINEE, "Łukasz Søren-Müller", "CDI"),
    Request(Kind.STAFF, "Martine Œuvrard", "CDI"),
)


@pytest.fixture
def named(school, at, entropy):
    """Give a way to name whoever is found."""
    for request in PEOPLE:
        issue(school, request, at=at, entropy=entropy)

    def find(**wanted: Any) -> list[str]:
        found = find_passes(school, Wanted(**wanted), at, unseal=True)
        return [one.identity.name for one in found if one.identity]

    return find


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("martin", ["Zoé Martin", "Martine Œuvrard"]),
        ("martin zoe", ["Zoé Martin"]),
        ("ELOI", ["Jean-Éloi N’Diaye"]),
        ("oeuvrard", ["Martine Œuvrard"]),
        ("n'diaye", ["Jean-Éloi N’Diaye"]),
        ("ndiaye jean eloi", ["Jean-Éloi N’Diaye"]),
        ("lukasz soren", ["Łukasz Søren-Müller"]),
        ("", [request.name for request in PEOPLE]),
        ("Durand", []),
    ],
)
def test_a_name_is_found_as_people_type_it(named, typed: str, found: list[str]):
    """Words in any order, without accents or capitals; words alone, or their beginning."""
    assert named(name=typed) == found


@pytest.mark.parametrize(("typed", "count"), [("2DE 04", 1), ("2de04", 1), ("2DE", 0), ("", 0)])
def test_a_label_is_found_whole(named, typed: str, count: int):
    """A class is not the beginning of another; spaces don't count."""
    assert len(named(label=typed)) == count


def test_a_kind_is_found(named):
    """Everybody else is left out."""
    assert named(kind=Kind.STAFF) == ["Martine Œuvrard"]


def test_a_pupil_who_changed_class_is_found_in_the_new_one(school, at, entropy):
    """Rights win over what was sealed, as at the gate."""
    moved = issue(school, PEOPLE[0], at=at, entropy=entropy)
    rights = Rights(groups=("2DE 05",), label="2DE 05")
    school.register.set_rights(moved.holder, rights.to_data())

    assert [one.label for one in find_passes(school, Wanted(label="2DE 05"), at)] == ["2DE 05"]
    assert list(find_passes(school, Wanted(label="2DE 04"), at)) == []


def test_nothing_is_opened_unless_asked(school, at, entropy):
    """A list without names doesn't read them."""
    issue(school, PEOPLE[0], at=at, entropy=entropy)

    assert [one.identity for one in find_passes(school, Wanted(), at)] == [None]


def test_only_what_counts_is_found_unless_asked(school, at, entropy):
    """Suspended passes still do: they may come back."""
    kept, suspended, revoked = (issue(school, PEOPLE[0], at=at, entropy=entropy) for _ in range(3))
    school.register.set_status(suspended.pass_id, Status.SUSPENDED)
    school.register.set_status(revoked.pass_id, Status.REVOKED)
    found = [one.issued.pass_id for one in find_passes(school, Wanted(), at)]

    assert found == [kept.pass_id, suspended.pass_id]
    assert list(find_passes(school, Wanted(), at + timedelta(days=400))) == []


def test_a_pass_stands_in_one_way(school, at, entropy):
    """Revoked stays revoked; the instant of its end is past it."""
    issued = issue(school, PEOPLE[0], at=at, entropy=entropy)
    end = at + timedelta(milliseconds=issued.expires_ms - at.timestamp() * 1000)
    school.register.set_status(issued.pass_id, Status.SUSPENDED)
    suspended = school.register.get(issued.pass_id)
    school.register.set_status(issued.pass_id, Status.REVOKED)

    assert standing_of(issued, end - timedelta(milliseconds=1)) is Standing.VALID
    assert standing_of(issued, end) is Standing.EXPIRED
    assert standing_of(suspended, at) is Standing.SUSPENDED
    assert standing_of(school.register.get(issued.pass_id), end) is Standing.REVOKED


def test_those_of_one_table_come_in_its_order(school, at, entropy):
    """Their numbers are random, and were issued in the same instant."""
    made = [issue(school, PEOPLE[0], at=at, entropy=entropy) for _ in range(20)]

    assert [one.issued for one in find_passes(school, Wanted(), at)] == made
