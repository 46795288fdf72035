"""The recovery key: typed from paper, its public half in the folder, its word in all knowledge."""

import pytest

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.core.recovery import is_authorised
from portique.school import keys, recovery
from portique.school.folder import SchoolFolder


@pytest.fixture
def text(folder, entropy) -> str:
    """Make a school's key."""
    return recovery.make(folder, entropy=entropy)


def test_a_key_is_read_as_people_type_it(text):
    """Small letters, spaces, no hyphens."""
    typed = text.lower().replace("-", " ") + "\n"

    assert recovery.text_of(recovery.read(typed)) == text


def test_it_is_made_to_be_typed(text):
    """Groups of four, letters and the digits that resemble none."""
    prefix, *groups = text.split("-")

    assert (prefix, [len(group) for group in groups]) == ("PQR", [4] * 14)
    assert set("".join(groups)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_a_mistyped_letter_is_noticed(text):
    """Whichever."""
    for place in range(4, len(text)):
        if text[place] != "-":
            other = "B" if text[place] != "B" else "C"
            with pytest.raises(ConfigError, match="mistyped"):
                recovery.read(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("typed", ["", "PQR", "1018", "PQR-AAAA", "é"])
def test_anything_else_is_no_key(typed):
    """Told so, not repeated."""
    with pytest.raises(ConfigError, match="not a recovery key"):
        recovery.read(typed)


def test_a_school_has_one_key_at_most(folder, text, entropy):
    """A second would shut out whoever has the first."""
    with pytest.raises(EnvironmentProblem, match="exists already"):
        recovery.make(folder, entropy=entropy)


def test_the_folder_holds_the_public_half_alone(folder, text):
    """Nothing that signs."""
    key = recovery.read(text)

    assert keys.load(folder / "keys").recovery == key.public
    held = b"".join(path.read_bytes() for path in (folder / "keys").iterdir())
    assert key.scalar().hex().encode() not in held


def test_a_damaged_half_is_told(folder, text):
    """Before anything is done."""
    (folder / "keys" / "recovery.pub").write_text("00" * 64)
    with pytest.raises(EnvironmentProblem, match="not a key file"):
        recovery.has_key(folder)


def test_another_schools_key_authorises_nothing(folder, text, entropy):
    """Nor is it taken for this one's."""
    other = recovery.read(text)
    (folder / "keys" / "recovery.pub").unlink()
    recovery.make(folder, entropy=entropy)
    opened = SchoolFolder.open(folder)
    with pytest.raises(ConfigError, match="another school's"):
        recovery.authorise(opened, 7, other)
    with pytest.raises(ConfigError, match="another school's"):
        recovery.check_key(folder, other)
    opened.close()


def test_the_word_goes_with_its_epoch(folder, text):
    """And with no other."""
    key, opened = recovery.read(text), SchoolFolder.open(folder)
    recovery.authorise(opened, 7, key)
    word = recovery.authorisation_of(opened, 7)

    assert word is not None
    assert is_authorised(word, 7, key.public, uai=opened.settings.uai)
    assert recovery.authorisation_of(opened, 8) is None
    opened.close()
