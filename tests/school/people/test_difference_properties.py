"""Whatever the files and the people known: nobody is lost, twice is once, undo is undo."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from portique.core.values import Kind
from portique.school.people.changes import applied
from portique.school.people.difference import Choices, Difference, Reversal, compare
from portique.school.people.matching import Answer, KnownPerson
from portique.school.people.records import PersonRecord, Role, Tie

KINDS = {Kind.PUPIL, Kind.GUARDIAN}
FEWER = settings(max_examples=settings().max_examples // 5)  # a second each, thousands in campaigns
# Few values, so that homonyms, shared INEs and near names are the rule.
PUPILS = st.builds(
    PersonRecord,
    kind=st.just(Kind.PUPIL),
    family_name=st.sampled_from(["DUPONT", "DUPOND", "Dupont", "LEBŒUF", "LEBOEUF"]),
    first_name=st.sampled_from(["Zoé", "ZOE", "Léo"]),
    usual_first_name=st.sampled_from(["", "Alex"]),
    birth_date=st.sampled_from([None, date(2012, 2, 1), date(2013, 3, 2)]),
    ine=st.sampled_from(["", "", "123456789AB", "987654321AB"]),
    label=st.sampled_from([None, "6E01", "5E01"]),
    groups=st.sampled_from([None, (), ("ANG",)]),
)
TIES = st.lists(
    st.builds(
        Tie,
        # Pupils whose keys no import changes: how keys are followed has tests of its own.
        st.sampled_from(["111111111AA", "222222222AA", "333333333AA"]),
        st.sampled_from(Role),
    ),
    max_size=2,
    unique_by=lambda tie: tie.pupil,
).map(lambda ties: tuple(sorted(ties)))
GUARDIANS = st.builds(
    PersonRecord,
    kind=st.just(Kind.GUARDIAN),
    family_name=st.sampled_from(["ROUX", "BLANC"]),
    first_name=st.just("Ève"),
    ties=TIES,
)
RECORDS = st.lists(st.one_of(PUPILS, PUPILS, GUARDIANS), max_size=8)


@st.composite
def people_known(draw):
    """Draw people known, some of whom left."""
    return [
        KnownPerson(f"k{number}", record, draw(st.booleans()) and draw(st.booleans()))
        for number, record in enumerate(draw(RECORDS))
    ]


def ids_of(difference: Difference) -> dict[int, str]:
    """Give an id to each of those added."""
    return {added.number: f"n{added.number}" for added in difference.added}


def after(known: list[KnownPerson], difference: Difference) -> list[KnownPerson]:
    """Apply a difference, as a server would."""
    changed = {change.known.id: change.after for change in difference.changed}
    gone = {person.id for person in difference.left}
    ids = ids_of(difference)
    return [
        KnownPerson(
            person.id,
            changed.get(person.id, person.record),
            person.id in gone or (person.left and person.id not in changed),
        )
        for person in known
    ] + [KnownPerson(ids[added.number], added.record) for added in difference.added]


def undone(known: list[KnownPerson], undo: Reversal) -> list[KnownPerson]:
    """Undo it, as a server would."""
    return [
        replace(
            person,
            record=applied(person.record, undo.restore.get(person.id, ())),
            left=(person.left or person.id in undo.send_away) and person.id not in undo.bring_back,
        )
        for person in known
        if person.id not in undo.remove
    ]


def settled(known: list[KnownPerson], records: list[PersonRecord]) -> Difference:
    """Compare, answering of each doubtful record that it is somebody new."""
    answers: dict[int, str] = {}
    while (found := compare(known, records, kinds=KINDS, choices=Choices(answers))).doubtful:
        answers |= {doubt.number: str(Answer.NEW) for doubt in found.doubtful}
    return found


@FEWER
@given(people_known(), RECORDS)
def test_nobody_is_lost(known, records):
    """Each record and each person known has exactly one fate."""
    difference = compare(known, records, kinds=KINDS)
    fates = sorted(
        [added.number for added in difference.added]
        + [doubt.number for doubt in difference.doubtful]
        + [change.number for change in difference.changed]
        + list(difference.left_out)
    )
    named = [change.known.id for change in difference.changed]
    named += [person.id for person in difference.unchanged]
    told = [*named, *(person.id for person in (*difference.left, *difference.spared))]
    asked = {person.id for doubt in difference.doubtful for person in doubt.candidates}

    assert len(fates) == len(set(fates))
    assert len(fates) + len(difference.unchanged) == len(records)
    assert len(told) == len(set(told))
    assert not asked & set(told)
    assert {person.id for person in known if not person.left} <= set(told) | asked


@FEWER
@given(people_known(), RECORDS)
def test_importing_the_same_again_changes_nothing(known, records):
    """Once applied, the same file finds everybody as they are."""
    first = settled(known, records)
    again = compare(after(known, first), records, kinds=KINDS)

    assert (again.added, again.changed, again.left, again.doubtful) == ((), (), (), ())


@FEWER
@given(people_known(), RECORDS)
def test_undo_gives_back_what_was_known(known, records):
    """Record by record, and who had left."""
    difference = settled(known, records)
    undo = difference.reverse(ids_of(difference))

    assert undone(after(known, difference), undo) == known


@FEWER
@given(people_known(), RECORDS)
def test_a_usual_first_name_is_never_taken_away(known, records):
    """Whoever had one has one after any import."""
    named = {person.id for person in known if person.record.usual_first_name}
    kept = after(known, settled(known, records))

    assert named <= {person.id for person in kept if person.record.usual_first_name}


@FEWER
@given(people_known(), RECORDS)
def test_a_part_lets_nobody_leave(known, records):
    """Whatever it holds."""
    part = Choices(nobody_leaves=True)

    assert compare(known, records, kinds=KINDS, choices=part).left == ()


@FEWER
@given(people_known(), RECORDS)
def test_comparing_is_a_function_of_what_it_is_given(known, records):
    """Asking twice shows the same page twice."""
    assert compare(known, records, kinds=KINDS) == compare(known, records, kinds=KINDS)
