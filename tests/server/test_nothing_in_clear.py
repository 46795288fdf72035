"""Whoever takes the database, as a file or as a dump, reads nobody's name in it.

Other apps add what they keep of people to `seeded`: every table is looked at.
"""

import html
import re
from collections.abc import Iterator

import pytest
from django.db import connection

from portique.core.values import HolderId, Kind
from portique.school.issuing import Request, issue
from portique.server import clock
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role
from portique.server.entropy import entropy
from portique.server.passes.quotas import By
from portique.server.people import actions
from portique.server.people.models import AccessReason, Person, Upload
from portique.server.school.house import served_school
from portique.server.wallet.actions import Lasts, codes_for
from portique.testing.siecle import email_of, make_school, siecle_zip

LETTERS_MIN = 6  # a shorter name is found by chance: "guardian" and a row’s number are a Diane
IMPORT = "/personnes/importer/"


@pytest.fixture
def seeded(signed_in, account, served) -> list[str]:
    """Fill the tables as a school does; return what nobody may read there."""
    school = make_school(11, 40, uai=served.settings.uai)
    office = signed_in(Role.SCHOOL_LIFE)
    export = siecle_zip(school)
    office.post(IMPORT, {"files": _file(export)})
    page = html.unescape(office.get(f"{IMPORT}apercu/").content.decode())
    proof = re.search(r'name="proof" value="(\w+)"', page)
    assert proof
    office.post(f"{IMPORT}apercu/", {"do": "apply", "proof": proof[1]})
    office.post(IMPORT, {"files": _file(export)})  # another, under way
    pupil = Person.objects.filter(kind="pupil").order_by("pk").first()
    assert pupil is not None
    actions.set_usual_first_name(pupil, "Wilhelmine")
    actions.look_up(account(Role.AGENT), pupil, AccessReason.FORGOTTEN_CARD)
    request = Request(
        Kind.PUPIL, pupil.shown_name, pupil.label, holder=HolderId(pupil.holder or "")
    )
    issue(served_school(), request, at=clock.now(), entropy=entropy)
    (given,) = codes_for(By(account(Role.HEAD)), [pupil], Lasts.PAPER)
    return [*_secrets(school), given.code, given.code.replace("-", "")]


def _file(content: bytes):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("export.zip", content)


def _secrets(school) -> list[str]:
    names = {"Wilhelmine", *(user.name for user in User.objects.all())}
    for pupil in school.here:
        names |= {pupil.family_name, pupil.first_name, pupil.usual_family_name, pupil.ine}
        names |= {f"{pupil.birth_date:%d/%m/%Y}", pupil.birth_date.isoformat()}
    for guardian in school.guardians:
        names |= {guardian.family_name, guardian.first_name, email_of(guardian)}
    return sorted(name for name in names if len(name) >= LETTERS_MIN)


def _written(name: str) -> set[bytes]:
    """Return the forms in which a name could lie somewhere."""
    spelt = {name, name.lower(), name.upper(), name.title(), name.encode().hex().upper()}
    codes = ("utf-8", "cp1252", "utf-16-le")
    return {form.encode(code, "replace") for form in spelt for code in codes}


def _cells() -> Iterator[tuple[str, bytes]]:
    """Give every cell of every table, as bytes."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- its own tables
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, cell in zip(names, row, strict=True):
                    raw = (
                        bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    )
                    yield f"{table}.{name}", raw


def _found(secrets: list[str], raw: bytes) -> set[str]:
    return {secret for secret in secrets if any(form in raw for form in _written(secret))}


def test_no_cell_of_any_table_holds_a_name(seeded):
    """Names, e-mails, birth dates, national numbers, logins: not in one column."""
    everything = b"\n".join(raw for _, raw in _cells())
    wrong = _found(seeded, everything)

    assert len(seeded) > 100
    assert [(place, wrong & _found(seeded, raw)) for place, raw in _cells() if wrong] == []


def test_a_name_that_were_plain_would_be_found(seeded):
    """The test can fail: the class is in clear, and is found."""
    everything = b"\n".join(raw for _, raw in _cells())

    assert _found(["6E01"], everything)
    assert Upload.objects.exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the file is SQLite's")
def test_the_bytes_of_the_file_and_its_dump_hold_no_name(seeded):
    """Not in free pages either: what was deleted is overwritten."""
    raw = connection.connection.serialize()
    dump = "\n".join(connection.connection.iterdump()).encode()

    assert raw.startswith(b"SQLite format 3")
    assert _found(seeded, raw + dump) == set()
