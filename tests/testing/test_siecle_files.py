"""The fictional school's files have what real ones have."""

import zipfile
from io import BytesIO

from portique.testing.siecle import make_school, siecle_zip


def test_the_same_seed_gives_the_same_bytes():
    """A fault found with a generated file can be found again."""
    assert siecle_zip(make_school(7, 60)) == siecle_zip(make_school(7, 60))
    assert siecle_zip(make_school(7, 60)) != siecle_zip(make_school(8, 60))


def test_the_zip_holds_the_three_files_in_siecles_encoding():
    """ISO-8859-15, which has œ where ISO-8859-1 has none."""
    with zipfile.ZipFile(BytesIO(siecle_zip(make_school(7, 60)))) as opened:
        texts = {name: opened.read(name).decode("ISO-8859-15") for name in opened.namelist()}

    assert set(texts) == {
        *("ElevesSansAdresses.xml", "ResponsablesSansAdresses.xml", "Structures.xml"),
    }
    assert "LEBŒUF" in texts["ElevesSansAdresses.xml"]


def test_a_school_has_all_that_makes_imports_hard():
    """Homonyms, compound names, usual names, groups, who left, who has no class, siblings."""
    school = make_school(7, 600)
    names = [(pupil.family_name, pupil.first_name) for pupil in school.pupils]

    assert len(set(names)) < len(names)
    assert any("-" in first for _, first in names)
    assert any(pupil.usual_family_name for pupil in school.pupils)
    assert any(len(pupil.groups) > 3 for pupil in school.pupils)
    assert any(pupil.left_on for pupil in school.pupils)
    assert any(not pupil.label for pupil in school.pupils)
    assert any(len(guardian.pupils) > 1 for guardian in school.guardians)
    assert len({pupil.ine for pupil in school.pupils}) == 600
