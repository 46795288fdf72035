"""The words printed on a pass."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from portique.core.values import Kind, Language, Window
from portique.paper.words import (
    KINDS,
    code_words,
    day_words,
    found_words,
    notice_words,
    number_words,
    validity_words,
)

NARROW, WIDE = "\u202f", "\u00a0"


def _window(opens: str, closes: str) -> Window:
    """Make a window from local Paris times."""
    paris = ZoneInfo("Europe/Paris")
    ends = (datetime.fromisoformat(text).replace(tzinfo=paris) for text in (opens, closes))
    return Window(*(end.astimezone(UTC) for end in ends))


VALIDITIES = [
    (
        ("2026-09-01T00:00", "2027-09-01T00:00"),
        "Valable du 1er septembre 2026 au 31 août 2027",
        "Valid from 1 September 2026 to 31 August 2027",
    ),
    (
        ("2026-11-03T14:32", "2026-12-18T23:59:59"),
        "Valable du 3 novembre au 18 décembre 2026",
        "Valid from 3 November to 18 December 2026",
    ),
    (
        ("2026-11-03T08:00", "2026-11-03T18:30"),
        "Valable le mardi 3 novembre 2026, de 8 h à 18 h 30",
        "Valid on Tuesday 3 November 2026, from 08:00 to 18:30",
    ),
    (
        ("2026-12-01T00:00", "2026-12-02T00:00"),
        "Valable le mardi 1er décembre 2026",
        "Valid on Tuesday 1 December 2026",
    ),
    (
        ("2026-12-01T08:05", "2026-12-02T00:00"),
        "Valable le mardi 1er décembre 2026, à partir de 8 h 05",
        "Valid on Tuesday 1 December 2026, from 08:05",
    ),
    (
        ("2026-10-24T07:00", "2026-10-26T12:00"),
        "Valable du 24 octobre au 26 octobre 2026 à 12 h",
        "Valid from 24 October to 26 October 2026, 12:00",
    ),
    (  # the long night of 25 October: midnight of the 26th is 25 hours after that of the 25th
        ("2026-10-25T00:00", "2026-10-26T00:00"),
        "Valable le dimanche 25 octobre 2026",
        "Valid on Sunday 25 October 2026",
    ),
]


@pytest.mark.parametrize(("window", "french", "english"), VALIDITIES)
def test_validity_is_said_in_the_schools_time(window: tuple[str, str], french: str, english: str):
    """An excluded end at midnight belongs to the day before; the first is « 1er »."""
    said = [validity_words(_window(*window), language) for language in Language]

    assert [words.replace(WIDE, " ") for words in said] == [french, english]


def test_a_line_never_ends_inside_a_date_or_an_hour():
    """Dates and hours are held together by no-break spaces."""
    words = validity_words(_window("2026-11-03T08:00", "2026-11-03T18:30"), Language.FR)

    assert f"3{WIDE}novembre{WIDE}2026" in words
    assert f"18{WIDE}h{WIDE}30" in words


def test_a_day_slip_shows_its_day_apart():
    """The day is what an agent reads first."""
    window = _window("2026-11-03T08:00", "2026-11-03T18:30")

    assert day_words(window, Language.FR) == {
        "weekday": "mardi",
        "day": f"3{WIDE}novembre",
        "rest": "2026",
    }


def test_a_slip_of_several_days_shows_no_day_large():
    """Its first would be taken for today's: both ends are said alike."""
    window = _window("2026-11-03T08:00", "2026-11-05T18:30")

    assert day_words(window, Language.FR) == {
        "from": f"du{WIDE}3{WIDE}novembre{WIDE}2026",
        "to": f"au{WIDE}5{WIDE}novembre{WIDE}2026",
    }
    assert day_words(window, Language.EN)["to"] == f"to 5{WIDE}November{WIDE}2026"


@pytest.mark.parametrize(
    ("school", "words"),
    [
        ("Lycée Honorine-Vasseur", "Rapportez-le au lycée Honorine-Vasseur."),
        ("École Jean-Ruel", "Rapportez-le à l’école Jean-Ruel."),
        ("Cité scolaire du Val", "Rapportez-le à la cité scolaire du Val."),
        ("Les Tilleuls", f"Rapportez-le à{WIDE}: Les Tilleuls."),
        ("Lycée", "Rapportez-le au lycée."),
    ],
)
def test_who_finds_a_pass_is_told_where_to_bring_it(school: str, words: str):
    """The article agrees with the school's first word, when it is a known one."""
    assert found_words(school, Language.FR) == f"Trouvé{NARROW}? {words}"


def test_the_finder_is_told_in_english_too():
    """English has one form for all schools."""
    assert found_words("Lycée Vasseur", Language.EN) == "Found? Please return it to Lycée Vasseur."


def test_every_kind_has_a_word_in_both_languages():
    """A new kind without a word fails here."""
    assert {language: set(KINDS[language]) for language in Language} == {
        language: set(Kind) for language in Language
    }


def test_the_short_number_is_the_first_eight_digits():
    """Enough for a desk to find a pass, and nothing about its holder."""
    assert number_words("1a2b3c4d5e6f7081", Language.FR) == f"n°{WIDE}1a2b3c4d"
    assert number_words("1a2b3c4d5e6f7081", Language.EN) == "no. 1a2b3c4d"


def test_a_code_is_described_without_its_holder():
    """The alternative text names the pass, not the person."""
    assert code_words("1a2b3c4d5e6f7081", Language.EN) == "QR code of pass no. 1a2b3c4d"


@pytest.mark.parametrize("language", Language)
def test_the_notice_points_to_the_desk_until_the_school_says_more(language: Language):
    """No period and no address is invented for a school."""
    plain = " ".join(notice_words(language))
    told = " ".join(notice_words(language, contact="dpo@ecole.example", kept="2 jours"))

    assert "2 jours" not in plain
    assert "2 jours" in told
    assert "dpo@ecole.example." in told
