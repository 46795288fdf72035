"""Finding people, correcting them, and who looked."""

import re
from datetime import date

import pytest

from portique.core.revocation import Status
from portique.core.values import HolderId, Kind
from portique.school.issuing import Request, issue
from portique.server import clock
from portique.server.accounts.roles import Role
from portique.server.entropy import entropy
from portique.server.people import actions, index
from portique.server.people.errors import NotAName
from portique.server.people.models import Access, AccessReason, Person
from portique.server.people.queries import accesses_of, classes
from portique.server.people.rights import rights_of_person

NAMES = re.compile("Zoé Abel|Inès Élan|Ali Roy|Yan Brun|Ana Zola")


def found(letters: str, **more) -> list[str]:
    return [named.name for named in index.search(letters, **more)]


@pytest.fixture
def two(pupil):
    """Two pupils of two classes."""
    return pupil("Zoé", "Lebœuf"), pupil("Fatou-Bintou", "N’Diaye", label="6E02")


@pytest.mark.parametrize(
    "typed", ["zoe", "ZOÉ", "leboeuf zo", "leb", "lebœuf"], ids=["plain", "accent", "two", "3", "œ"]
)
def test_a_name_is_found_as_people_type_it(two, typed):
    """No accents, capitals or hyphens; any word, in any order, from its beginning."""
    assert found(typed) == ["Zoé Lebœuf"]


@pytest.mark.parametrize("typed", ["fatou bin", "bintou", "ndi", "n'di", "dia"])
def test_hyphens_and_apostrophes_part_and_join(two, typed):
    """All of these are the same person."""
    assert found(typed) == ["Fatou-Bintou N’Diaye"]


def test_pupils_come_before_guardians_and_surnames_before_first_names(pupil):
    """Whoever types a name means a pupil of that name, whichever class they are in."""
    actions.add_person(Kind.GUARDIAN, actions.Particulars("Anne", "Bernard"))
    pupil("Bernard", "Aubin", label="2NDE1")
    pupil("Zoé", "Bernardin", label="2NDE1")
    pupil("Rémy", "Bernard", label="TLE4")

    ordered = ["Rémy Bernard", "Zoé Bernardin", "Bernard Aubin", "Anne Bernard"]
    assert found("bernard") == ordered
    assert found("bernard", limit=1) == ordered[:1]


def test_three_letters_and_a_class_part_homonyms(pupil):
    """The class is typed without regard to spaces and capitals."""
    pupil("Léa", "Martin", label="6E01")
    pupil("Léa", "Martin", label="6 E02")

    assert len(found("mar")) == 2
    assert len(found("mar", label="6e02")) == 1


def test_the_index_follows_every_change(two):
    """Also those of other processes: only the version tells."""
    zoe, _ = two
    actions.set_usual_first_name(zoe, "Alix")

    assert found("ali") == found("leb al") == ["Alix Lebœuf"]
    assert found("zoe") == []


def test_lists_go_by_last_name_and_show_the_first_name_first(office, pupil):
    """The same on every page: a class, its cards, what an import would bring."""
    for first, last in (("Zoé", "Abel"), ("Ali", "Roy"), ("Inès", "Élan")):
        pupil(first, last, label="6E01")
    people = office.client.get("/personnes/", {"class": "6E01"}).content.decode()
    cards = office.client.get("/passes/classe/", {"kind": "pupil", "label": "6E01"})
    office.choose("Nom;Prénom;Classe\nZola;Ana;6E02\nBrun;Yan;6E02\n".encode(), name="a.csv")
    columns = {"column-0": "family-name", "column-1": "first-name", "column-2": "label"}
    office.client.post("/personnes/importer/colonnes/", {"kind": "pupil", **columns})

    assert NAMES.findall(people) == ["Zoé Abel", "Inès Élan", "Ali Roy"]
    assert NAMES.findall(cards.content.decode()) == ["Zoé Abel", "Inès Élan", "Ali Roy"]
    assert NAMES.findall(office.preview())[:2] == ["Yan Brun", "Ana Zola"]


def test_those_who_left_are_found_only_when_asked_for(two):
    """And no class lists them."""
    actions.mark_left(two[0])

    assert found("leb") == []
    assert found("leb", left=True) == ["Zoé Lebœuf"]
    assert classes() == [("6E02", 1)]


def test_a_search_is_posted_so_that_no_address_holds_a_name(office, two):
    """Addresses reach logs and histories."""
    response = office.client.post("/personnes/", {"letters": "leb"})

    assert "Zoé Lebœuf" in response.content.decode()
    assert "6E01" in office.client.get("/personnes/").content.decode()
    assert "Lebœuf" not in office.client.get("/personnes/", {"letters": "leb"}).content.decode()


def test_the_usual_first_name_is_shown_everywhere_and_the_civil_one_nowhere(office, two):
    """But on the form where the office corrects it."""
    actions.set_usual_first_name(two[0], "Alix")
    page = office.client.get(f"/personnes/{two[0].pk}/").content.decode()
    listed = office.client.get("/personnes/", {"class": "6E01"}).content.decode()

    assert "Alix Lebœuf" in page
    assert "Alix Lebœuf" in listed
    assert "Zoé" not in page + listed


def test_birth_date_and_national_number_are_on_no_page(office, lycee, export):
    """They match imports, and that is all."""
    office.bring_in(export)
    person = Person.objects.filter(kind="pupil").first()
    assert person is not None
    page = office.client.get(f"/personnes/{person.pk}/").content.decode()
    form = office.client.get(f"/personnes/{person.pk}/modifier/").content.decode()

    assert person.national_id
    assert person.national_id not in page + form
    assert person.birth_date not in page + form


def test_somebody_is_added_and_corrected_by_hand(office):
    """With rights that gates will know."""
    said = {"kind": "staff", "first_name": "Ada", "last_name": "Exemple", "label": "loge"}
    office.client.post("/personnes/nouvelle/", said)
    person = Person.objects.get()
    corrected = said | {"regime": "green", "groups": "A, B", "meal_days": ["1", "2"]}
    office.client.post(f"/personnes/{person.pk}/modifier/", corrected)

    rights = rights_of_person(person)
    assert person.kind == Kind.STAFF
    assert (rights.groups, rights.regime, rights.meal_days) == (("loge", "A", "B"), "green", (1, 2))


@pytest.mark.parametrize("name", ["=1+1", "", "<b>"])
def test_what_is_no_name_is_refused_by_hand_too(pupil, name):
    """And nobody is added."""
    with pytest.raises(NotAName):
        pupil(name)
    assert not Person.objects.exists()


def test_the_offices_look_at_a_page_is_recorded_once_a_day(office, two):
    """Ordinary work, said as such to the person."""
    for _ in range(3):
        office.client.get(f"/personnes/{two[0].pk}/")

    assert [(a.role.fr, a.reason.fr) for a in accesses_of(two[0])] == [
        ("Vie scolaire", "travail de la vie scolaire")
    ]


def test_an_edit_that_waited_overwrites_nothing_else(two):
    """A new year gave another number, and somebody noted a departure, since the page was read."""
    read = Person.objects.get(pk=two[0].pk)
    Person.objects.filter(pk=read.pk).update(holder="00c0ffee00c0ffee", left_on=date(2026, 11, 16))

    actions.set_usual_first_name(read, "Alix")

    now = Person.objects.get(pk=read.pk)
    assert (now.usual_first_name, now.holder) == ("Alix", "00c0ffee00c0ffee")
    assert now.left_on == date(2026, 11, 16)


def test_who_leaves_while_the_year_turns_has_their_new_cards_revoked(two, served):
    """The number that the page had read is nobody's any more."""
    read = Person.objects.get(pk=two[0].pk)
    Person.objects.filter(pk=read.pk).update(holder="00c0ffee00c0ffee")
    request = Request(Kind.PUPIL, "Zoé Lebœuf", holder=HolderId("00c0ffee00c0ffee"))
    card = issue(served, request, at=clock.now(), entropy=entropy)

    actions.mark_left(read)

    assert served.register.get(card.pass_id).status is Status.REVOKED


def test_a_look_up_with_a_reason_is_recorded_each_time(two, account):
    """Who, whom, when, why."""
    agent = account(Role.AGENT)
    actions.look_up(agent, two[0], AccessReason.FORGOTTEN_CARD)
    actions.look_up(agent, two[0], AccessReason.FORGOTTEN_CARD)

    assert Access.objects.filter(by=agent, person=two[0], reason="forgotten-card").count() == 2
    assert accesses_of(two[1]) == []


def test_nothing_here_tells_of_passages(office, two):
    """Guardians, and the office on these pages, see no movement."""
    page = office.client.get(f"/personnes/{two[0].pk}/").content.decode().lower()

    assert "passage" not in page.replace("laissez-passer", "")


@pytest.mark.parametrize("page", ["", "importer/", "nouvelle/"])
def test_pages_are_in_english_too(office, two, page):
    """Whole sentences."""
    response = office.client.get(f"/personnes/{page}", headers={"accept-language": "en"})

    assert 'lang="en"' in response.content.decode()
    assert "Importer" not in response.content.decode()
