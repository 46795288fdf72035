"""The law as code: what may be said of a field, and every fault that `check` can find."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portique.core.charter import (
    ACTIVITIES,
    FAULT_WORDS,
    REASONS,
    Charter,
    Fault,
    FaultKind,
    FieldInfo,
    LegalBasis,
    Recipient,
    Sensitivity,
    Source,
    activity_of,
    check,
    personal,
    purpose_of,
    technical,
)
from portique.core.charter_law import (
    BASIS_WORDS,
    CONTROLLER,
    RECIPIENT_WORDS,
    SENSITIVITY_WORDS,
    SOURCE_WORDS,
)
from portique.core.charter_retention import (
    BACKUP_NOTE,
    NEXT_SCHOOL_DAY,
    ONE_YEAR,
    WHILE,
    DayCount,
    Event,
    Retention,
    SchoolDayEnd,
    YearDate,
)
from portique.core.plain import Words

PAGE = (Path(__file__).parents[2] / "docs" / "charter.md").read_text(encoding="utf-8")
GOOD = personal(
    activity="entry-control",
    purpose="admit",
    retention=NEXT_SCHOOL_DAY,
    recipients=(Recipient.AGENT,),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
FIELD = FieldInfo("Showing", "holder", GOOD, encrypted=False)


def said(**changed: Any) -> FieldInfo:
    """Return a good field whose declaration has something changed."""
    return replace(FIELD, declaration=replace(GOOD, **changed))


SPOILED: dict[FaultKind, FieldInfo] = {
    FaultKind.UNDECLARED: replace(FIELD, declaration=None),
    FaultKind.NO_SUCH_FIELD: replace(FIELD, exists=False),
    FaultKind.UNKNOWN_REASON: replace(FIELD, declaration=technical("because")),
    FaultKind.UNKNOWN_ACTIVITY: said(activity="advertising"),
    FaultKind.FOREIGN_PURPOSE: said(purpose="sign-in"),
    FaultKind.KEPT_TOO_LONG: said(retention=ONE_YEAR),
    FaultKind.FOREIGN_RECIPIENT: said(recipients=(Recipient.AGENT, Recipient.GUARDIAN)),
    FaultKind.READABLE_AT_REST: said(sensitivity=Sensitivity.IDENTITY),
}


def every_words() -> list[Words]:
    """List every text of the charter."""
    terms = (None, SchoolDayEnd(), SchoolDayEnd(3), DayCount(1), DayCount(31), YearDate(9, 1))
    kept = [Retention(event, term) for event in Event for term in terms]
    purposes = [purpose for one in ACTIVITIES.values() for purpose in one.purposes]
    tables: tuple[Any, ...] = (
        BASIS_WORDS,
        RECIPIENT_WORDS,
        SENSITIVITY_WORDS,
        SOURCE_WORDS,
        WHILE,
        FAULT_WORDS,
    )
    return [
        *(CONTROLLER, BACKUP_NOTE, *REASONS.values()),
        *(words for table in tables for words in table.values()),
        *(activity.title for activity in ACTIVITIES.values()),
        *(purpose.title for purpose in purposes),
        *(retention.words() for retention in kept),
    ]


def test_a_good_declaration_has_no_fault():
    """Nothing is wrong with a lawful field."""
    assert check([FIELD]) == []


@pytest.mark.parametrize("reason", REASONS)
def test_a_field_may_be_declared_not_personal(reason: str):
    """A word of the list is enough."""
    assert check([replace(FIELD, declaration=technical(reason))]) == []


@pytest.mark.parametrize("kind", FaultKind)
def test_each_fault_is_found_alone(kind: FaultKind):
    """No fault hides behind another, and each says where it is and what to do."""
    assert check([SPOILED[kind]]) == [Fault("Showing", "holder", kind)]
    assert check([SPOILED[kind]])[0].words() == FAULT_WORDS[kind]


def test_every_fault_of_a_field_is_found():
    """What is wrong in four ways is mended once."""
    spoiled = said(
        purpose="", retention=ONE_YEAR, recipients=(Recipient.DPO,), sensitivity=Sensitivity.SECRET
    )

    assert {fault.kind for fault in check([spoiled])} == {
        FaultKind.FOREIGN_PURPOSE,
        FaultKind.KEPT_TOO_LONG,
        FaultKind.FOREIGN_RECIPIENT,
        FaultKind.READABLE_AT_REST,
    }


@pytest.mark.parametrize("sensitivity", Sensitivity)
def test_what_is_encrypted_may_be_delicate(sensitivity: Sensitivity):
    """Encrypted at rest, data of every sensitivity may be kept; in clear, pseudonyms alone."""
    sealed = replace(said(sensitivity=sensitivity), encrypted=True)
    in_clear = bool(check([replace(sealed, encrypted=False)]))

    assert check([sealed]) == []
    assert in_clear is (sensitivity is not Sensitivity.PSEUDONYMOUS)


def test_a_secret_may_have_no_recipient():
    """Nobody reads a password."""
    assert check([said(recipients=())]) == []


@pytest.mark.parametrize(
    ("retention", "allowed"),
    [
        (Retention(Event.RECORDED), True),
        (Retention(Event.RECORDED, SchoolDayEnd(5)), True),
        (Retention(Event.RECORDED, DayCount(89)), True),
        (Retention(Event.RECORDED, DayCount(90)), False),
        (Retention(Event.RECORDED, YearDate(10, 31)), False),
        (Retention(Event.LEFT), False),
    ],
)
def test_no_passage_lives_over_three_months(retention: Retention, *, allowed: bool):
    """The shortest three months in a row have 89 days."""
    assert ACTIVITIES["entry-control"].allows(retention) is allowed


@pytest.mark.parametrize("activity", ACTIVITIES.values(), ids=lambda one: one.code)
def test_an_activity_is_complete_and_keeps_its_own_rule(activity):
    """Title, purposes, people and recipients are there; the person is always one of them."""
    assert activity.purposes
    assert activity.persons
    assert Recipient.HOLDER in activity.recipients
    assert activity.allows(activity.retention)


def test_a_purpose_brings_its_ground():
    """The basis in law is found from the declaration."""
    purpose, unknown = purpose_of(GOOD), replace(GOOD, activity="advertising")

    assert purpose is not None
    assert purpose.basis.article == "6(1)(e)"
    assert activity_of(unknown) is None
    assert purpose_of(unknown) is None


def test_every_table_of_words_is_complete():
    """No member of an enumeration lacks its words."""
    assert set(BASIS_WORDS) == set(LegalBasis)
    assert set(RECIPIENT_WORDS) == set(Recipient)
    assert set(SENSITIVITY_WORDS) == set(Sensitivity)
    assert set(SOURCE_WORDS) == set(Source)
    assert set(FAULT_WORDS) == set(FaultKind)
    assert set(WHILE) == set(Event) - {Event.RECORDED}


def test_every_text_is_in_both_languages():
    """Nothing is empty, nor left with an ASCII apostrophe or an unfilled place."""
    texts = [text for words in every_words() for text in (words.fr, words.en)]

    assert all(texts)
    assert [text for text in texts if "'" in text or "{" in text or " ;" in text] == []


def test_a_charter_is_extended_by_another():
    """A model adds to what its base declares."""
    base = Charter(id=technical("key"))
    whole = Charter(**base, holder=GOOD)

    assert dict(whole) == {"id": technical("key"), "holder": GOOD}
    assert len(whole) == 2


def test_a_charter_is_held_against_the_fields_there_are():
    """A field without a declaration and a declaration without a field are both told."""
    charter = Charter(holder=GOOD, former=technical())
    faults = check(charter.infos("Showing", {"holder": False, "added": True}))

    assert [(fault.field, fault.kind) for fault in faults] == [
        ("added", FaultKind.UNDECLARED),
        ("former", FaultKind.NO_SUCH_FIELD),
    ]


def test_the_page_s_example_is_right():
    """It can be copied into a model as it is; without encryption it would be two faults."""
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    made: dict[str, Any] = {}
    exec(example, made)  # noqa: S102 - the documentation's own example
    charter = made["Person"].charter

    assert check(charter.infos("Person", dict.fromkeys(charter, True))) == []
    assert len(check(charter.infos("Person", dict.fromkeys(charter, False)))) == 2


def test_the_page_names_every_fault_activity_and_reason():
    """Nothing is checked in secret."""
    codes = (*FaultKind, *ACTIVITIES, *REASONS)

    assert [code for code in codes if f"`{code}`" not in PAGE] == []
