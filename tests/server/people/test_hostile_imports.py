"""Files made to harm, through the page: one clear sentence, and nothing changed."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from portique.server.people.models import Person, Upload

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]>
<BEE_ELEVES>&b;</BEE_ELEVES>"""
OUTER = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>
<BEE_ELEVES><PARAMETRES><UAJ>&f;</UAJ></PARAMETRES></BEE_ELEVES>"""
CUT = b'<?xml version="1.0"?>\n<BEE_ELEVES>\n<ELEVES>'
LATIN = '<?xml version="1.0" encoding="UTF-8"?><BEE_ELEVES>é</BEE_ELEVES>'.encode("latin-1")


def refusal(response) -> str:
    """Return what the page says of the file; it must have one sentence, and nothing changed."""
    page = html.unescape(response.content.decode())
    found = re.search(r'role="alert">.*?<p>(.*?)</p>', page, re.DOTALL)
    assert response.status_code == 422
    assert not Person.objects.exists()
    assert not Upload.objects.exists()
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (LAUGHS, "instructions qu’aucun export ne contient"),
        (OUTER, "instructions qu’aucun export ne contient"),
        (CUT, "s’interrompt ou a été modifié. Refaites l’export sans l’ouvrir ensuite. (ligne 3)"),
        (LATIN, "s’interrompt ou a été modifié"),
        (b"<BEE_STRUCTURES/>", "Il manque la liste des élèves"),
        (b"\xd0\xcf\x11\xe0 old", "ancien format"),
        (b"Nom;Prenom\n" + b"A;B\n" * 1_000_000, "trop de lignes"),
    ],
    ids=["laughs", "outer", "cut", "latin", "no pupils", "old workbook", "a million lines"],
)
def test_a_harmful_file_is_refused_in_one_sentence(office, content, sentence):
    """It says what to do, with the line where there is one."""
    assert sentence in refusal(office.choose(content))


def test_a_zip_bomb_is_not_opened(office, zipped):
    """Sixty megabytes of nothing in sixty kilobytes."""
    bomb = zipped({"ElevesSansAdresses.xml": bytes(60 * 1024 * 1024)})

    assert "remplirait la mémoire" in refusal(office.choose(bomb))


def test_a_file_over_the_cap_never_reaches_the_disk(office, monkeypatch):
    """Django's own way would write it to a temporary file, in clear, as the form is checked."""
    spilled: list[str] = []
    monkeypatch.setattr(TemporaryUploadedFile, "__init__", lambda *_args: spilled.append("file"))
    office.client.handler.enforce_csrf_checks = True
    page = office.client.get("/personnes/importer/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    large = SimpleUploadedFile("export.zip", b"A" * (33 * 1024 * 1024))
    said = {"csrfmiddlewaretoken": token[1], "files": large}

    response = office.client.post("/personnes/importer/", said)

    assert response.status_code == 413
    assert "32,0" in response.content.decode()
    assert spilled == []


def test_a_formula_is_no_name(office):
    """The line is left aside, and said by its number."""
    table = "Nom;Prénom;Né le\n=HYPERLINK(1);Zoé;01/02/2012\nMartin;Léa;01/02/2012\n"
    office.choose(table.encode(), name="a.csv")
    office.client.post(
        "/personnes/importer/colonnes/",
        {"column-0": "family-name", "column-1": "first-name", "column-2": "birth-date"},
    )

    page = office.preview()
    assert "Ligne 2" in page
    assert "HYPERLINK" not in page
