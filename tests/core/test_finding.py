"""Finding somebody by a few letters and a class: the rules of the console and of the gate."""

import pytest

from portique.core.finding import Asked, plain, words_of


def finds(letters: str, label: str, *, name: str, of: str) -> bool:
    asked = Asked.typed(letters, label)
    assert asked is not None
    return asked.fits(words_of(name), of)


@pytest.mark.parametrize(
    ("letters", "label"),
    [("mar", ""), ("ZOE", "2de 4"), ("zoé m", "2d"), ("mar zoe", "2DE4"), ("Œuv", "")],
)
def test_letters_begin_any_word_and_the_class_may_be_cut(letters: str, label: str):
    """Accents, capitals, order and spaces don't matter."""
    name = "Œuvrard Zoé" if letters == "Œuv" else "Zoé Martin"

    assert finds(letters, label, name=name, of="2de 4")


@pytest.mark.parametrize(("letters", "label"), [("art", ""), ("zoe", "2de 5"), ("zoe dup", "")])
def test_what_begins_nothing_finds_nobody(letters: str, label: str):
    """Inside of a word, another class, another name."""
    assert not finds(letters, label, name="Zoé Martin", of="2de 4")


@pytest.mark.parametrize("letters", ["", "zo", "  z "])
def test_fewer_than_three_letters_ask_nothing(letters: str):
    """They would list a school."""
    assert Asked.typed(letters, "2de 4") is None


def test_a_name_is_also_found_behind_its_apostrophe():
    """People say Argent or D'Argent, and type either."""
    assert words_of("Léo D’Argent") == ("leo", "dargent", "argent")


def test_what_is_typed_in_a_hurry_has_no_marks():
    """One form for every hyphen and apostrophe."""
    assert plain("Jean‑Noël O’Brien") == "jean noel obrien"
