"""Importing people, as the office does it: choose, look, confirm, undo."""

import re
from dataclasses import replace

import pytest

from portique.core.revocation import Status
from portique.core.rights import Permission
from portique.core.values import Direction, HolderId, Kind
from portique.school.issuing import Request, issue
from portique.school.rights_table import rights_of
from portique.server import clock
from portique.server.entropy import entropy
from portique.server.gates.actions.knowledge import newest_version
from portique.server.people import actions, applying, uploads
from portique.server.people.models import Import, Person, Tie, Upload
from portique.server.people.rights import other_groups, rights_of_person, write_rights
from portique.server.school.house import served_school
from portique.server.school.models import Counter
from portique.testing.onde import spreadsheet_csv
from portique.testing.siecle import siecle_zip

pytestmark = pytest.mark.slow  # whole schools


def pupils() -> list[Person]:
    return list(Person.objects.filter(kind="pupil", left_on=None))


def named(pupil) -> Person:
    return next(p for p in pupils() if p.national_id == pupil.ine)


def card_of(person: Person):
    request = Request(
        Kind.PUPIL, person.shown_name, person.label, holder=HolderId(person.holder or "")
    )
    return issue(served_school(), request, at=clock.now(), entropy=entropy)


def status_of(card) -> Status:
    return served_school().register.get(card.pass_id).status


def test_a_siecle_zip_brings_everybody_who_is_here_with_their_rights(office, lycee, export):
    """Class, groups and boarding are there at once for gates; guardians are tied."""
    office.bring_in(export)

    one = lycee.here[0]
    rights = rights_of_person(named(one))
    assert len(pupils()) == len(lycee.here)
    assert (rights.label, other_groups(rights)) == (one.label, one.groups)
    assert rights.groups[0] == one.label
    assert Tie.objects.filter(pupil=named(one)).exists()


def test_an_import_leads_on_to_cards_and_people(office, export):
    """When it is done; whoever comes to import sees nothing of it."""
    page = office.bring_in(export).content.decode()
    later = office.client.get("/personnes/importer/").content.decode()

    assert 'href="/passes/"' in page.partition('id="next"')[2].partition("</section>")[0]
    assert 'id="next"' not in later


def test_nothing_is_written_before_it_was_confirmed(office, export):
    """The preview counts, and changes nothing."""
    page = office.choose(export).content.decode()

    assert "Ce qui changerait" in page
    assert not Person.objects.exists()


def test_what_is_not_imported_is_listed(office, export):
    """Addresses, birthplaces and the rest are named, with how often they were filled."""
    assert re.search(r"VILLE_NAISS \(\d+\)", office.choose(export).content.decode())


def test_importing_the_same_file_again_changes_nothing(office, export):
    """The preview says so, and offers nothing to apply."""
    office.bring_in(export)
    before = {person.pk: person.changed_at for person in Person.objects.all()}
    page = office.choose(export).content.decode()

    assert "Il n’y a rien à changer." in page
    assert 'value="apply"' not in page
    assert {person.pk: person.changed_at for person in Person.objects.all()} == before


def test_gates_are_told(office, export):
    """The version of the knowledge goes up."""
    before = Counter.objects.get(name="knowledge").value
    office.bring_in(export)

    assert Counter.objects.get(name="knowledge").value > before


def test_rights_are_read_after_other_writers_were_made_to_wait(office, export, monkeypatch):
    """A permission given at the same moment is in what the import then writes."""
    before, seen = newest_version(clock.now()).number, []

    def watched(school):
        seen.append(newest_version(clock.now()).number > before)
        return rights_of(school)

    monkeypatch.setattr(applying, "rights_of", watched)
    office.bring_in(export)
    before = newest_version(clock.now()).number
    office.undo()

    assert seen == [True, True]


def test_a_usual_first_name_survives_every_import(office, lycee, export):
    """The civil name goes on matching; the usual one is what is shown."""
    office.bring_in(export)
    actions.set_usual_first_name(named(lycee.here[0]), "Alix")

    office.bring_in(export)

    assert named(lycee.here[0]).shown_first_name == "Alix"


def test_regime_and_permissions_survive_an_import_that_changes_the_class(office, lycee, export):
    """The file says nothing of them."""
    office.bring_in(export)
    person = named(lycee.here[0])
    permission = Permission(Direction.EXIT, 0, None, "cpe")
    rights = rights_of_person(person)
    write_rights(person, replace(rights, label="6E99", regime="green", permissions=(permission,)))
    Person.objects.filter(pk=person.pk).update(label="6E99")
    office.bring_in(export, leaving="0")

    after = rights_of_person(named(lycee.here[0]))
    assert (after.label, after.regime, after.permissions) == (
        lycee.here[0].label, "green", (permission,),
    )  # fmt: skip


def test_a_card_that_shows_another_class_is_flagged(office, lycee, export):
    """Only where there is a card."""
    office.bring_in(export)
    person = named(lycee.here[0])
    card_of(person)
    Person.objects.filter(pk=person.pk).update(label="6E99")
    office.bring_in(export)

    assert named(lycee.here[0]).needs_card
    assert not named(lycee.here[1]).needs_card


def test_those_who_left_are_marked_and_their_cards_taken_no_more(office, lycee, export, without):
    """They are kept by name until the autumn; an undo gives everything back."""
    office.bring_in(export)
    leaver = named(lycee.here[-1])
    card = card_of(leaver)
    office.bring_in(siecle_zip(without(lycee, 2)))

    leaver.refresh_from_db()
    assert leaver.left_on is not None
    assert status_of(card) is Status.SUSPENDED
    office.undo()
    assert len(pupils()) == len(lycee.here)
    assert status_of(card) is Status.VALID


def test_an_import_that_is_followed_by_another_is_final(office, lycee, export, without):
    """The cards of those it sent away are revoked."""
    office.bring_in(export)
    card = card_of(named(lycee.here[-1]))
    office.bring_in(siecle_zip(without(lycee, 1)))
    office.bring_in(siecle_zip(without(lycee, 2)))

    assert status_of(card) is Status.REVOKED
    assert Import.objects.exclude(undo=b"").count() == 1


def test_a_card_made_after_its_holder_left_ends_with_the_import(office, lycee, export, without):
    """Whichever cards those who are away came by; who is there again keeps theirs."""
    office.bring_in(export)
    away, back = (named(pupil) for pupil in lycee.here[-2:])
    office.bring_in(siecle_zip(without(lycee, 2)))
    actions.mark_back(back)
    cards = [card_of(away), card_of(back)]
    office.bring_in(siecle_zip(without(lycee, 3)))

    assert [status_of(card) for card in cards] == [Status.REVOKED, Status.SUSPENDED]


def test_those_whom_the_next_file_brings_back_have_their_card_again(office, lycee, export, without):
    """A wrong file mended by the right one costs nobody a card."""
    office.bring_in(export)
    card = card_of(named(lycee.here[-1]))
    office.bring_in(siecle_zip(without(lycee, 1)))
    office.bring_in(export)

    assert status_of(card) is Status.VALID
    assert named(lycee.here[-1]).left_on is None


def test_when_many_would_leave_their_number_must_be_typed(office, lycee, export, without):
    """Anything else changes nothing."""
    office.bring_in(export)
    office.choose(siecle_zip(without(lycee, 12)))
    page = office.preview()
    leaving = re.search(r'id="leaving-hint">(\d+)<', page)
    assert leaving
    refusal = office.apply(leaving="oui").content.decode()

    assert "Rien n’a été changé" in refusal
    assert len(pupils()) == len(lycee.here)
    office.apply(leaving=leaving[1])
    assert len(pupils()) == len(lycee.here) - 12


def test_a_file_of_another_school_is_confirmed_apart(office, lycee):
    """Somebody may have taken the wrong file."""
    office.choose(siecle_zip(replace(lycee, uai="0999001W")))
    office.apply()
    assert not pupils()
    office.apply(sure="on")

    assert pupils()


def test_what_changed_since_the_preview_is_shown_again(office, pupil, export):
    """Nobody confirms what they haven't seen."""
    office.choose(export)
    page = office.preview()
    proof = re.search(r'name="proof" value="(\w+)"', page)
    assert proof
    pupil("Maël", "Nouveau")
    response = office.client.post(
        "/personnes/importer/apercu/", {"do": "apply", "proof": proof[1], "leaving": "1"}
    )

    assert len(pupils()) == 1
    assert response.status_code == 422


def test_confirming_twice_applies_once(office, export):
    """A second click finds nothing left to apply."""
    office.choose(export)
    office.apply()
    again = office.apply()

    assert "choisissez-le de nouveau" in again.content.decode()
    assert Import.objects.count() == 1


def test_undo_takes_away_those_added_and_keeps_what_was_corrected_since(
    office, lycee, export, pupil
):
    """By hand means by hand."""
    known = pupil(lycee.here[0].first_name, lycee.here[0].family_name, label="6E99")
    office.choose(export)
    page = office.preview()
    number = re.search(r'name="answer-(\d+)"', page)
    assert number
    office.client.post(
        "/personnes/importer/apercu/", {"do": "answer", f"answer-{number[1]}": str(known.pk)}
    )
    office.apply()
    known.refresh_from_db()
    actions.set_usual_first_name(known, "Alix")
    office.undo()

    assert [(p.label, p.usual_first_name, p.national_id) for p in Person.objects.all()] == [
        ("6E99", "Alix", "")
    ]


def test_a_second_undo_says_that_it_is_too_late(office, export):
    """Nothing changes twice."""
    office.bring_in(export)
    address = f"/personnes/importer/{Import.objects.get().pk}/annuler/"
    office.client.post(address)

    page = office.client.post(address, follow=True).content.decode()
    assert "ne peut plus être annulée" in page


def test_a_table_is_mapped_by_somebody_and_then_imported(office, lycee):
    """Titles suggest; three lines are shown; the telephone column is dropped."""
    page = office.choose(spreadsheet_csv(lycee), name="classes.csv").content.decode()
    fields = re.findall(r'name="column-(\d+)".*?</select>', page)
    chosen = dict(re.findall(r'name="(column-\d+)".*?value="([\w-]+)" selected', page))
    office.client.post("/personnes/importer/colonnes/", {"kind": "pupil", **chosen})
    office.apply()

    assert len(fields) == 9
    assert len(pupils()) == len(lycee.here)
    assert rights_of_person(named(lycee.here[0])).regime == "free"


def test_a_table_without_a_name_column_is_not_read(office, lycee):
    """The page says which columns are needed."""
    office.choose(spreadsheet_csv(lycee), name="classes.csv")
    page = office.client.post("/personnes/importer/colonnes/", {"column-0": "family-name"})

    assert "Indiquez la colonne du nom" in page.content.decode()


def test_homonyms_are_asked_about_never_guessed(office, pupil):
    """Two pupils of one name: somebody says which."""
    pupil("Léa", "Martin", label="6E01")
    pupil("Léa", "Martin", label="6E02")
    office.choose("Nom;Prénom;Classe\nMartin;Léa;6E03\n".encode(), name="a.csv")
    office.client.post(
        "/personnes/importer/colonnes/",
        {"column-0": "family-name", "column-1": "first-name", "column-2": "label"},
    )

    page = office.preview()
    assert "À vous de choisir" in page
    assert "Il n’y a rien à changer." in page


def test_files_between_two_steps_are_sealed_and_forgotten_after_an_hour(office, export):
    """The database holds no byte of them in clear."""
    office.choose(export)
    upload = Upload.objects.get()
    upload.at -= uploads.KEPT * 2
    upload.save()
    uploads.drop_old(clock.now())

    assert not Upload.objects.exists()


@pytest.mark.parametrize("role", ["reception", "agent", "technician", "dpo", "auditor", "holder"])
def test_only_the_office_and_the_head_import(signed_in, role):
    """Others are told that the page is not theirs."""
    from portique.server.accounts.roles import Role

    client = signed_in(Role(role))
    for page in ("", "importer/", "importer/apercu/", "importer/colonnes/", "nouvelle/"):
        assert client.get(f"/personnes/{page}").status_code == 403


def test_a_file_gives_a_usual_first_name_but_never_replaces_one(office, pupil):
    """What a person goes by is theirs to say; nothing is left to change either."""
    zoe, lea = pupil("Zoé", "Lebœuf", usual_first_name="Alix"), pupil("Léa", "Martin")
    rows = "Nom;Prénom;Prénom d'usage;Classe\nLebœuf;Zoé;Autre;6E01\nMartin;Léa;Lou;6E01\n"
    office.choose(rows.encode(), name="a.csv")
    fields = ("family-name", "first-name", "usual-first-name", "label")
    said = {f"column-{place}": field for place, field in enumerate(fields)}
    office.client.post("/personnes/importer/colonnes/", said)
    office.apply()
    zoe.refresh_from_db()
    lea.refresh_from_db()

    assert (zoe.usual_first_name, lea.usual_first_name) == ("Alix", "Lou")


def test_pupils_and_guardians_are_counted_apart(office, lycee, export):
    """Before and after: of a lycée's list, guardians are the greater part."""
    seen = office.choose(export).content.decode()
    assert f"({len(lycee.here)} élèves, " in seen
    assert "sont sans classe" not in seen
    assert "Les personnes qui partent" not in seen

    done = office.bring_in(export).content.decode()
    guardians = Person.objects.filter(kind="guardian").count()
    assert f"{len(lycee.here) + guardians}<br>dont {guardians} responsables" in done
