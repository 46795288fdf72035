"""Everything an import says, it says in French and English."""

import re
from enum import StrEnum

import pytest

from portique.school.people.difference import Concern
from portique.school.people.mapping import Field
from portique.school.people.matching import Answer, Why
from portique.school.people.records import Boarding, Cause, Caution, Role, Skip
from portique.school.people.refusals import Refusal
from portique.school.people.sentences import SENTENCES

SAID: list[type[StrEnum]] = [
    *(Refusal, Cause, Skip, Caution, Concern, Why, Answer, Field, Boarding, Role),
]


@pytest.mark.parametrize("codes", SAID, ids=lambda codes: codes.__name__)
def test_every_code_has_its_sentence(codes: type[StrEnum]):
    """A page never shows a bare code."""
    by_code = {(type(code), str(code)) for code in SENTENCES}

    assert {(codes, str(code)) for code in codes} <= by_code


def test_sentences_are_typeset():
    """French apostrophes are curved, no plain space stands before a double mark."""
    for words in SENTENCES.values():
        assert "'" not in words.fr
        assert not re.search(r" [;!?»]|« ", words.fr)
        assert "'" not in words.en
