"""Ids, UAI, time and windows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.values import (
    Window,
    from_ms,
    hex_id,
    is_uai,
    parse_hex_id,
    to_ms,
    uai_letter,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_an_id_is_written_and_read_back():
    """Eight bytes are sixteen lowercase digits and come back as they were."""
    assert parse_hex_id(hex_id(bytes(range(8)))) == bytes(range(8))


@pytest.mark.parametrize("raw", [b"", bytes(7), bytes(9)])
def test_an_id_of_another_length_is_refused(raw):
    """An id is eight bytes and nothing else."""
    with pytest.raises(ValueError, match="8 bytes"):
        hex_id(raw)


@pytest.mark.parametrize("text", ["", "0" * 15, "0" * 17, "A" * 16, "g" * 16, "0" * 16 + "\n"])
def test_a_text_that_is_no_id_is_refused(text):
    """Capitals, other letters, other lengths and line ends are not an id."""
    with pytest.raises(ValueError, match="lowercase"):
        parse_hex_id(text)


@pytest.mark.parametrize(("digits", "letter"), [("0310053", "P"), ("0870003", "F")])
def test_the_control_letter_of_a_uai(digits, letter):
    """The letter is the number modulo 23, in an alphabet without I, O and Q."""
    assert uai_letter(digits) == letter


@pytest.mark.parametrize("text", ["0990001", "0990001s", "099000SS", "٠990001S", "0990001S\n"])
def test_what_has_not_the_form_of_a_uai(text):
    """Seven ASCII digits and one capital, nothing around them."""
    assert not is_uai(text)


@given(st.integers(-(10**13), 10**14))
def test_milliseconds_survive_the_way_there_and_back(ms):
    """An instant and its milliseconds say the same."""
    assert to_ms(from_ms(ms)) == ms


def test_a_window_excludes_its_end():
    """Two windows that touch never share an instant."""
    window = Window(NOON, NOON + timedelta(hours=1))

    assert NOON in window
    assert NOON + timedelta(hours=1) not in window
    assert NOON - timedelta(milliseconds=1) not in window


def test_a_window_in_local_time_is_refused():
    """Local times are ambiguous one night a year."""
    local = NOON.astimezone(ZoneInfo("Europe/Paris"))

    with pytest.raises(ValueError, match="UTC"):
        Window(local, local + timedelta(hours=1))


def test_an_empty_window_is_refused():
    """A window closes after it opens."""
    with pytest.raises(ValueError, match="closes"):
        Window(NOON, NOON)
