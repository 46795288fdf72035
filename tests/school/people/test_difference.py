"""What a file would change: who is new, changed, gone, spared, or for a person to decide."""

from datetime import date

import pytest

from portique.core.values import Kind
from portique.school.people.changes import Change
from portique.school.people.difference import Choices, Concern, compare
from portique.school.people.matching import Answer, KnownPerson, Why
from portique.school.people.records import Role, Tie

BORN = date(2012, 2, 1)
PUPILS = {Kind.PUPIL}
EVERYBODY = {Kind.PUPIL, Kind.GUARDIAN}


def known_of(*records, left=False):
    """Make people known, whose ids are p0, p1 and so on."""
    return [KnownPerson(f"p{number}", record, left) for number, record in enumerate(records)]


def many(make, count, label="6E01", start=0):
    """Make a whole class."""
    return [
        make.person(f"NOM{'ABCDEFGHIJ'[n // 10]}{'ABCDEFGHIJ'[n % 10]}", "Zoé",
                    birth_date=BORN, label=label)
        for n in range(start, start + count)
    ]  # fmt: skip


def guardian(make, family, first, *pupils, role=Role.LEGAL):
    """Make a guardian of pupils."""
    ties = tuple(Tie(pupil.match, role) for pupil in pupils)
    return make.person(family, first, kind=Kind.GUARDIAN, label=None, ties=ties)


def test_the_first_import_adds_everybody(make):
    """Nobody is known yet."""
    records = many(make, 5)
    difference = compare([], records, kinds=PUPILS)

    assert [added.record for added in difference.added] == records
    assert not difference.needs_confirmation


def test_the_same_again_changes_nothing(make):
    """Importing twice is importing once."""
    records = many(make, 5)
    difference = compare(known_of(*records), records, kinds=PUPILS)

    assert difference.is_empty
    assert len(difference.unchanged) == 5


def test_the_ine_matches_whatever_the_name_became(make):
    """A new civil name is a change, and prompts a new card."""
    before = make.person("DUPONT", ine="123456789AB", birth_date=BORN)
    after = make.person("DURAND", ine="123456789AB", birth_date=BORN)
    (changed,) = compare(known_of(before), [after], kinds=PUPILS).changed

    assert changed.changes == (Change("family_name", "DUPONT", "DURAND"),)
    assert changed.needs_new_card


def test_name_and_birth_date_match_where_there_is_no_ine(make):
    """Accents and hyphens don't part two spellings; the INE is learnt."""
    before = make.person("LEBŒUF", "Anne-Zoé", birth_date=BORN)
    after = make.person("LEBOEUF", "ANNE ZOE", birth_date=BORN, ine="123456789AB")
    (changed,) = compare(known_of(before), [after], kinds=PUPILS).changed

    assert changed.changes == (Change("ine", "", "123456789AB"),)
    assert not changed.needs_new_card


def test_a_spelling_with_accents_replaces_one_without(make):
    """The richer one is kept, whichever came first."""
    before, after = make.person(first="Zoe", birth_date=BORN), make.person(birth_date=BORN)
    (changed,) = compare(known_of(before), [after], kinds=PUPILS).changed

    assert changed.changes == (Change("first_name", "Zoe", "Zoé"),)
    assert compare(known_of(after), [before], kinds=PUPILS).is_empty


def test_a_usual_first_name_survives_a_file_that_has_none(make):
    """Nobody gets their former name back by an import."""
    known = make.person(usual_first_name="Alex", birth_date=BORN, ine="123456789AB")
    file = make.person(birth_date=BORN, ine="123456789AB", label="5E01")
    (changed,) = compare(known_of(known), [file], kinds=PUPILS).changed

    assert changed.after.shown_name == "Alex DUPONT"
    assert [change.field for change in changed.changes] == ["label"]


def test_a_usual_first_name_in_the_file_is_taken_and_prompts_a_card(make):
    """It is shown everywhere, so on the card too."""
    known = make.person(birth_date=BORN)
    file = make.person(birth_date=BORN, usual_first_name="Alex")
    (changed,) = compare(known_of(known), [file], kinds=PUPILS).changed

    assert changed.needs_new_card
    assert changed.after.shown_name == "Alex DUPONT"


def test_a_file_that_says_nothing_of_groups_takes_none_away(make):
    """A column that isn't there is no order to empty."""
    known = make.person(birth_date=BORN, groups=("ANG",), meal_days=(1, 2))

    assert compare(known_of(known), [make.person(birth_date=BORN)], kinds=PUPILS).is_empty


def test_who_is_not_in_the_file_leaves(make):
    """One of twenty needs no confirmation."""
    records = many(make, 20)
    difference = compare(known_of(*records), records[1:], kinds=PUPILS)

    assert [person.id for person in difference.left] == ["p0"]
    assert not difference.needs_confirmation


@pytest.mark.parametrize(("leavers", "confirmed"), [(2, False), (3, True)])
def test_more_than_one_in_ten_leaving_needs_confirmation(make, leavers: int, confirmed):
    """Two of twenty are one in ten; three are more."""
    records = many(make, 20)
    difference = compare(known_of(*records), records[leavers:], kinds=PUPILS)

    assert difference.needs_confirmation is confirmed
    assert (Concern.MANY_LEAVE in difference.concerns) is confirmed


def test_unread_rows_make_any_departure_a_question(make):
    """The person of a wrong row is in the file, though nobody could read them."""
    records = many(make, 20)
    difference = compare(known_of(*records), records[1:], kinds=PUPILS, unread=1)

    assert difference.needs_confirmation


def test_nobody_of_another_kind_leaves(make):
    """Importing pupils says nothing of staff."""
    staff = make.person("MARTIN", "Anne", kind=Kind.STAFF)

    assert compare(known_of(staff), many(make, 2), kinds=PUPILS).left == ()


def test_a_record_of_another_kind_is_a_mistake_of_the_caller(make):
    """It would be added and never leave."""
    with pytest.raises(ValueError, match="kinds"):
        compare([], many(make, 1), kinds={Kind.STAFF})


def test_classes_missing_as_a_whole_are_spared_and_offered(make):
    """A file of one class lets nobody of the others leave."""
    here, others = many(make, 10), many(make, 10, "5E01", 10)
    difference = compare(known_of(*here, *others), here[1:], kinds=PUPILS)

    assert [person.id for person in difference.left] == ["p0"]
    assert len(difference.spared) == 10
    assert difference.missing_classes == ("5E01",)
    assert Concern.CLASSES_MISSING in difference.concerns


def test_a_class_confirmed_to_be_no_more_lets_its_people_leave(make):
    """Only the class that a person named."""
    here = many(make, 10)
    others = [make.person("MARTIN", label="5E01"), make.person("PETIT", label="4E01")]
    choices = Choices(closed=frozenset({"5E01"}))
    difference = compare(known_of(*here, *others), here, kinds=PUPILS, choices=choices)

    assert [person.record.label for person in difference.left] == ["5E01"]
    assert difference.missing_classes == ("4E01",)


def test_a_file_said_to_be_a_part_lets_nobody_leave(make):
    """A list of half-boarders brings their meals, and takes nobody away."""
    records = many(make, 10)
    difference = compare(
        known_of(*records), records[:2], kinds=PUPILS, choices=Choices(nobody_leaves=True)
    )

    assert difference.left == ()
    assert len(difference.spared) == 8


def test_an_empty_file_lets_nobody_leave(make):
    """No record is no information."""
    assert compare(known_of(*many(make, 3)), [], kinds=PUPILS).left == ()


def test_homonyms_of_the_file_are_a_persons_to_place(make):
    """Same name and birth date twice: two children, or one written twice."""
    twice = [make.person(birth_date=BORN), make.person(birth_date=BORN, label="5E01")]
    difference = compare([], twice, kinds=PUPILS)

    assert [doubt.why for doubt in difference.doubtful] == [Why.TWICE_IN_FILE] * 2
    assert difference.added == ()


def test_two_known_of_one_name_are_not_guessed_between(make):
    """The one in the same class is suggested."""
    known = known_of(
        make.person(birth_date=BORN, groups=("ANG",)), make.person(birth_date=BORN, label="5E01")
    )
    difference = compare(known, [make.person(birth_date=BORN, groups=("ESP",))], kinds=PUPILS)
    (doubt,) = difference.doubtful

    assert (doubt.why, doubt.suggested) == (Why.TWICE_KNOWN, "p0")
    assert [person.id for person in doubt.candidates] == ["p0", "p1"]
    assert difference.left == ()


def test_homonyms_once_placed_stay_quiet(make):
    """Those who agree in everything are paired without asking again."""
    twins = [make.person(birth_date=BORN), make.person(birth_date=BORN, label="5E01")]

    assert compare(known_of(*twins), twins, kinds=PUPILS).is_empty


def test_the_same_name_with_another_ine_is_asked(make):
    """Either the INE was corrected, or these are two people."""
    before = make.person(birth_date=BORN, ine="123456789AB")
    after = make.person(birth_date=BORN, ine="987654321AB")
    (doubt,) = compare(known_of(before), [after], kinds=PUPILS).doubtful

    assert (doubt.why, doubt.suggested) == (Why.OTHER_INE, "p0")


def test_a_name_alone_is_asked_and_suggested(make):
    """A table without birth dates places nobody by itself; suggestions can be taken together."""
    known = known_of(make.person(birth_date=BORN), make.person("MARTIN", birth_date=BORN))
    records = [make.person(), make.person("MARTIN")]
    difference = compare(known, records, kinds=PUPILS)
    answers = {doubt.number: doubt.suggested for doubt in difference.doubtful}

    assert answers == {0: "p0", 1: "p1"}
    assert compare(known, records, kinds=PUPILS, choices=Choices(answers)).is_empty


def test_a_misspelt_name_is_asked_not_replaced(make):
    """Same first name and birth date as somebody who would leave: a new card would be wrong."""
    difference = compare(
        known_of(make.person("DUPOND", birth_date=BORN)),
        [make.person("DUPONT", birth_date=BORN)],
        kinds=PUPILS,
    )

    assert [doubt.why for doubt in difference.doubtful] == [Why.LOOKS_LIKE]
    assert (difference.added, difference.left) == ((), ())


def test_another_birth_date_is_another_person(make):
    """Homonyms born on different days are never asked about."""
    known = known_of(make.person(birth_date=BORN, ine="123456789AB"))
    record = make.person(birth_date=date(2011, 1, 1), ine="987654321AB")
    difference = compare(known, [record], kinds=PUPILS)

    assert (len(difference.added), difference.doubtful) == (1, ())


@pytest.mark.parametrize(
    ("answer", "added", "changed", "out"),
    [(Answer.NEW, 1, 0, 0), ("p0", 0, 1, 0), (Answer.LEAVE_OUT, 0, 0, 1)],
)
def test_an_answer_is_done(make, answer, added, changed, out):
    """New, somebody known, or left out."""
    known = known_of(make.person("DUPOND", birth_date=BORN))
    difference = compare(
        known, [make.person(birth_date=BORN)], kinds=PUPILS, choices=Choices({0: answer})
    )

    assert (len(difference.added), len(difference.changed), len(difference.left_out)) == (
        (added, changed, out)
    )
    assert difference.doubtful == ()


@pytest.mark.parametrize("answers", [{0: "p9"}, {0: "p0", 1: "p0"}])
def test_an_answer_that_names_nobody_or_one_twice_is_refused(make, answers):
    """A page that is out of date must not merge two people."""
    with pytest.raises(ValueError, match="answer"):
        compare(known_of(make.person()), many(make, 2), kinds=PUPILS, choices=Choices(answers))


def test_a_line_that_says_the_same_twice_counts_once(make):
    """INE included, it is one person."""
    record = make.person(ine="123456789AB", birth_date=BORN)
    difference = compare([], [record, record], kinds=PUPILS)

    assert (len(difference.added), difference.left_out) == (1, (1,))


def test_who_left_and_is_in_the_file_again_comes_back(make):
    """With the same id, so with the same permissions."""
    record = make.person(birth_date=BORN)
    (changed,) = compare(known_of(record, left=True), [record], kinds=PUPILS).changed

    assert changed.comes_back
    assert changed.changes == ()


def test_who_left_already_does_not_leave_again(make):
    """Nor do they count among those present."""
    difference = compare(known_of(make.person(), left=True), many(make, 1), kinds=PUPILS)

    assert (difference.left, difference.present) == ((), 0)


def test_guardians_are_recognised_by_name_and_pupil(make):
    """Two of one name with different children are two people."""
    child, other = make.person(birth_date=BORN), make.person("MARTIN", birth_date=BORN)
    guardians = [guardian(make, "ROUX", "Ève", child), guardian(make, "ROUX", "Ève", other)]
    records = [child, other, *guardians]

    assert compare(known_of(*records), records, kinds=EVERYBODY).is_empty


def test_guardians_follow_a_pupil_whose_key_changes(make):
    """A pupil who gets an INE keeps their guardians without a question."""
    before = make.person(birth_date=BORN)
    after = make.person(birth_date=BORN, ine="123456789AB")
    known = known_of(before, guardian(make, "ROUX", "Ève", before))
    difference = compare(known, [after, guardian(make, "ROUX", "Ève", after)], kinds=EVERYBODY)

    assert [change.known.id for change in difference.changed] == ["p0"]
    assert difference.doubtful == ()


def test_guardians_leave_with_their_last_pupil(make):
    """And stay while one of theirs is merely not in the file."""
    gone, spared = make.person("MARTIN", birth_date=BORN), make.person("PETIT", label="5E01")
    stays = many(make, 10)
    known = known_of(
        *stays, gone, spared, guardian(make, "ROUX", "Ève", gone),
        guardian(make, "BLANC", "Léo", gone, spared),
    )  # fmt: skip
    left = compare(known, stays, kinds=EVERYBODY).left

    assert [person.record.family_name for person in left] == ["MARTIN", "ROUX"]


def test_a_difference_says_how_to_undo_it(make):
    """Added go, changes turn round, those who left come back."""
    stays = many(make, 12)
    known = [*known_of(*stays), KnownPerson("back", make.person("RETOUR"), left=True)]
    moved = make.person(stays[1].family_name, birth_date=BORN, label="6E01", groups=("ANG",))
    new = make.person("NOUVEAU", "Ida", birth_date=date(2013, 1, 1))
    difference = compare(known, [moved, *stays[2:], new, make.person("RETOUR")], kinds=PUPILS)
    undo = difference.reverse({added.number: "new" for added in difference.added})

    assert (undo.remove, undo.bring_back, undo.send_away) == (("new",), ("p0",), ("back",))
    assert undo.restore == {"p1": (Change("groups", ("ANG",), None),)}
