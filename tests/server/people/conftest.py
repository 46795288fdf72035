"""A school that doesn't exist, its exports, and somebody of the office who imports them."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest
from django.test import Client

from portique.server.accounts.models import User
from portique.server.accounts.roles import Role
from portique.server.people import index
from portique.server.people.models import Person
from portique.testing.siecle import FictionalSchool, make_school, siecle_zip

UAI = "0990001S"
TODAY = date(2026, 11, 23)


@dataclass(slots=True)
class Office:
    """The vie scolaire at its browser."""

    client: Client

    def choose(self, *contents: bytes, name: str = "export.zip"):
        """Choose files; return the page one is led to."""
        files = []
        for content in contents:
            files.append(io.BytesIO(content))
            files[-1].name = name
        return self.client.post("/personnes/importer/", {"files": files}, follow=True)

    def apply(self, **said: str):
        """Confirm what is previewed."""
        page = self.client.get("/personnes/importer/apercu/").content.decode()
        proof = re.search(r'name="proof" value="(\w+)"', page)
        return self.client.post(
            "/personnes/importer/apercu/",
            {"do": "apply", "proof": proof[1] if proof else "", **said},
            follow=True,
        )

    def bring_in(self, *contents: bytes, **said: str):
        """Import files as they are."""
        self.choose(*contents)
        return self.apply(**said)

    def preview(self) -> str:
        """Return the preview's page."""
        return self.client.get("/personnes/importer/apercu/").content.decode()

    def undo(self):
        """Undo the latest import."""
        page = self.client.get("/personnes/importer/").content.decode()
        address = re.search(r'action="(/personnes/importer/[\w-]+/annuler/)"', page)
        return self.client.post(address[1] if address else "/gone", follow=True)


@pytest.fixture
def office(signed_in) -> Office:
    """Sit at the office's desk, with nobody known yet."""
    index.forget_names()
    return Office(signed_in(Role.SCHOOL_LIFE))


@pytest.fixture
def head(account) -> User:
    """Make the head's account."""
    made: User = account(Role.HEAD)
    return made


@pytest.fixture
def lycee() -> FictionalSchool:
    """Draw a school of sixty pupils."""
    return make_school(5, 60, today=TODAY, uai=UAI)


@pytest.fixture
def export(lycee) -> bytes:
    """Write its SIECLE zip."""
    return siecle_zip(lycee)


@pytest.fixture
def without() -> Callable[[FictionalSchool, int], FictionalSchool]:
    """Give the school without its last pupils who are here."""

    def shorten(school: FictionalSchool, count: int) -> FictionalSchool:
        gone = {pupil.number for pupil in school.here[-count:]}
        kept = tuple(pupil for pupil in school.pupils if pupil.number not in gone)
        return replace(school, pupils=kept)

    return shorten


@pytest.fixture
def zipped() -> Callable[[dict[str, bytes]], bytes]:
    """Pack files."""

    def pack(files: dict[str, bytes]) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, content in files.items():
                opened.writestr(name, content)
        return packed.getvalue()

    return pack


@pytest.fixture
def pupil(served) -> Callable[..., Person]:
    """Add pupils by hand."""
    from portique.core.values import Kind
    from portique.server.people.actions import Particulars, add_person

    def add(first: str = "Zoé", last: str = "Lebœuf", **more: object) -> Person:
        values: dict[str, object] = {"label": "6E01"} | more
        return add_person(Kind.PUPIL, Particulars(first, last, **values))  # type: ignore[arg-type]  # a test's fields

    return add
