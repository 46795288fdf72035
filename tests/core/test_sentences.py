"""Every reason and label has its words, kind and well typeset, in both languages."""

import re
from typing import Any

import pytest

from portique.core.alarms import TITLES
from portique.core.decide import Outcome, Reason
from portique.core.exit_words import WHY_WORDS
from portique.core.exits import BUILT_IN, VERDICTS, Why
from portique.core.sentences import (
    POINT,
    SENTENCES,
    AdmitReason,
    DenyReason,
    ManualReason,
    label,
    sentence,
)
from portique.core.values import Direction, Kind, Language, Medium

LABELLED: list[Any] = [
    value
    for values in (Outcome, Kind, Medium, Direction, AdmitReason, DenyReason, ManualReason)
    for value in values
]
EVERY = [(reason, language) for reason in Reason for language in Language]
HARSH = re.compile(
    r"fraud|tricheu|voleu|menteu|interdit|punition|cheat|thief|liar|forbidden|punish", re.IGNORECASE
)
LOOSE = re.compile(r"(?<![\u202f])[;!?]|[^\u00a0]:|'|\.\.\.| $|^ |  ")


def words_of(reason: Reason, language: Language) -> tuple[str, str, str]:
    """Return the three sentences as one tuple."""
    said = sentence(reason, language, point="{point}")
    return said.agent, said.aloud, said.next_step


@pytest.mark.parametrize(("reason", "language"), EVERY)
def test_every_reason_has_three_sentences(reason: Reason, language: Language):
    """To the agent, aloud, and the next step: whole sentences, none missing."""
    for text in words_of(reason, language):
        assert len(text) > 10
        assert text[0].isupper()
        assert text[-1] in ".?"


@pytest.mark.parametrize(("reason", "language"), EVERY)
def test_every_next_step_names_the_staffed_point(reason: Reason, language: Language):
    """Nobody is sent away without being told where to."""
    assert "{point}" in SENTENCES[language][reason][2]
    assert "la loge" in sentence(reason, language, point="la loge").next_step


@pytest.mark.parametrize(("reason", "language"), EVERY)
def test_what_is_read_aloud_blames_nobody(reason: Reason, language: Language):
    """The sentence others can hear holds no accusation."""
    assert not HARSH.search(sentence(reason, language).aloud)


@pytest.mark.parametrize("reason", Reason)
def test_french_is_typeset(reason: Reason):
    """Narrow no-break spaces before ; ! ?, a no-break space before the colon, real apostrophes."""
    assert [text for text in words_of(reason, Language.FR) if LOOSE.search(text)] == []


@pytest.mark.parametrize("reason", Reason)
def test_english_is_typeset(reason: Reason):
    """Real apostrophes, no French spaces before punctuation."""
    loose = re.compile(r"'|[\u202f\u00a0 ][;:!?]|  ")

    assert [text for text in words_of(reason, Language.EN) if loose.search(text)] == []


@pytest.mark.parametrize("language", Language)
def test_no_reason_is_left_over(language: Language):
    """The tables of words hold the reasons and nothing else."""
    assert SENTENCES[language].keys() == set(Reason)


@pytest.mark.parametrize("value", LABELLED, ids=repr)
def test_every_label_exists_in_both_languages(value: Any):
    """Screens can name everything they list."""
    assert all(label(value, language).strip() for language in Language)


def test_labels_of_one_list_differ():
    """Two choices never look the same."""
    for values in (Outcome, Kind, Medium, Direction, AdmitReason, DenyReason, ManualReason):
        for language in Language:
            names = [label(value, language) for value in values]

            assert len(set(names)) == len(names)


def test_without_a_point_the_school_office_is_named():
    """A lane that names no staffed point still sends people to people."""
    for language, point in POINT.items():
        assert point in sentence(Reason.EXPIRED, language).next_step


def test_a_slot_is_never_read_as_a_template():
    """What a school writes is put in as it is, braces included."""
    assert "{0.__class__}" in sentence(Reason.EXPIRED, Language.FR, point="{0.__class__}").next_step


def test_exit_answers_postures_and_regimes_have_words():
    """Whatever the gate may have to say about leaving, it has the words for."""
    assert WHY_WORDS.keys() == VERDICTS.keys() == set(Why)
    for words in (*WHY_WORDS.values(), *TITLES.values(), *(regime.title for regime in BUILT_IN)):
        assert all(words.in_language(language) for language in Language)


@pytest.mark.parametrize(("language", "untrue"), [(Language.FR, "remplac"), (Language.EN, "repl")])
def test_nobody_is_told_of_a_replacement_that_may_not_exist(language, untrue):
    """A cancelled pass may be lost or withdrawn: no other one need have been made."""
    said = sentence(Reason.REVOKED, language)

    assert untrue not in said.aloud
    assert untrue not in said.next_step
