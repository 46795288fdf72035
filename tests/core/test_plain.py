"""Plain data is read strictly, key by key."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.errors import KnowledgeError
from portique.core.plain import Fields, Words, clock_minute, clock_text
from portique.core.values import Language
from portique.core.zones import Mode


@given(st.integers(0, 1440))
def test_clock_times_survive_text(minute: int):
    """From 00:00 to 24:00."""
    assert clock_minute(clock_text(minute)) == minute


@pytest.mark.parametrize(
    "text", ["24:01", "7:00", "07:60", "07h00", "", "07:00 ", "29:00", "٠٧:٠٠"]
)
def test_other_clock_texts_are_none(text: str):
    """One way to write a time."""
    assert clock_minute(text) is None


@pytest.mark.parametrize(
    ("read", "good", "wrong"),
    [
        ("text", "x", 3),
        ("text", "x", "x" * 81),
        ("truth", True, 1),
        ("truth", False, None),
        ("whole", 3, True),
        ("whole", 3, 3.0),
        ("whole", 3, 2**53),
        ("rows", [], ()),
        ("map", {}, []),
        ("clock", "07:00", 420),
        ("clock", "07:00", "7:00"),
        ("day", "2026-02-28", "2026-02-29"),
        ("day", "2026-02-28", 20260228),
        ("texts", ["a"], [1]),
        ("texts", ["a"], ["x" * 81]),
        ("weekdays", [1, 7], [True]),
        ("weekdays", [], [1, 1]),
        ("weekdays", [1], [0]),
        ("days", ["2026-02-28"], [None]),
    ],
)
def test_each_type_is_checked(read: str, good: object, wrong: object):
    """What fits is taken; what doesn't is refused by the name of its key."""
    with Fields({"key": good}, "thing") as fields:
        getattr(fields, read)("key")
    with pytest.raises(KnowledgeError, match="thing"), Fields({"key": wrong}, "thing") as fields:
        getattr(fields, read)("key")


def test_a_list_is_bounded():
    """A limit on everything."""
    with pytest.raises(KnowledgeError, match="at most 2"):
        Fields({"key": [1, 2, 3]}, "thing").rows("key", 2)


def test_a_number_has_bounds():
    """Both ends included."""
    assert Fields({"key": 7}, "thing").whole("key", 1, 7) == 7
    with pytest.raises(KnowledgeError, match="from 1 to 7"):
        Fields({"key": 8}, "thing").whole("key", 1, 7)


@pytest.mark.parametrize("value", ["open", 3, None, ["free"], {}])
def test_a_choice_is_one_of_its_values(value: object):
    """The message lists them."""
    assert Fields({"key": "free"}, "thing").choice("key", Mode) is Mode.FREE
    with pytest.raises(KnowledgeError, match="control, counting, free"):
        Fields({"key": value}, "thing").choice("key", Mode)


def test_maybe_takes_null_or_the_value():
    """But not an absent key."""
    fields = Fields({"day": "2026-02-28", "none": None}, "thing")

    assert fields.maybe("day", fields.day) == date(2026, 2, 28)
    assert fields.maybe("none", fields.day) is None
    with pytest.raises(KnowledgeError, match="absent is missing"):
        fields.maybe("absent", fields.day)


def test_a_key_left_over_is_named():
    """A typing mistake in an optional key would otherwise go unseen."""
    with pytest.raises(KnowledgeError, match="unknown key nmae"), Fields({"nmae": 1}, "thing"):
        pass


def test_a_reading_error_is_not_hidden_by_what_is_left():
    """The first mistake is the one told."""
    with pytest.raises(KnowledgeError, match="a is missing"), Fields({"b": 1}, "thing") as fields:
        fields.text("a")


@pytest.mark.parametrize("data", [None, [], "map", 3])
def test_fields_are_a_map(data: Any):
    """Anything else is refused at once."""
    with pytest.raises(KnowledgeError, match="a map was expected"):
        Fields(data, "thing")


def test_words_come_in_both_languages():
    """And survive plain data."""
    words = Words("porte", "door")

    assert Words.from_data(words.to_data()) == words
    assert [words.in_language(language) for language in Language] == ["porte", "door"]
