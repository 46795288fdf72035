"""`portique charter check`: today's records and the server's models, a table and an exit code."""

import sys
from types import SimpleNamespace

import pytest

from portique.cli import charter
from portique.cli.charter_words import told
from portique.core.charter import (
    ACTIVITIES,
    Charter,
    FieldInfo,
    Recipient,
    Sensitivity,
    Source,
    personal,
    technical,
)
from portique.core.charter_retention import ONE_YEAR, WHILE_KNOWN
from portique.core.charter_today import today
from portique.core.values import Language

NAME = personal(
    activity="directory",
    purpose="recognise",
    retention=WHILE_KNOWN,
    recipients=(Recipient.SCHOOL_LIFE, Recipient.HOLDER),
    sensitivity=Sensitivity.IDENTITY,
)
PERSON = Charter(id=technical("key"), name=NAME)


@pytest.fixture
def alone(monkeypatch):
    """Be where the server isn't installed."""
    monkeypatch.setattr(charter, "NEEDED", ("portique.nowhere",))


@pytest.fixture
def models(monkeypatch):
    """Have the server declare given fields."""

    def declare(fields: list[FieldInfo] | Exception) -> None:
        def declared_fields() -> list[FieldInfo]:
            if isinstance(fields, Exception):
                raise fields
            return fields

        checks = SimpleNamespace(declared_fields=declared_fields)
        monkeypatch.setitem(sys.modules, charter.CHECKS, checks)

    return declare


def test_without_a_server_what_exists_today_is_checked(run, alone):
    """All is declared, and it is said that no table of a server was looked at."""
    answer, said = run("charter", "check", "--json"), run("charter", "check")

    assert answer.code == said.code == 0
    assert answer.json["ok"]
    assert answer.json["server"] is False
    assert answer.json["fields"] == len(today())
    assert "server isn’t installed" in said.stdout


def test_there_is_a_table_for_each_activity_with_data(run, alone):
    """Purposes with their basis, people, recipients, and what is kept how long."""
    said = run("charter", "check").stdout

    assert "Control of entries and exits [entry-control]" in said
    assert "let those pass who may, and say why not (public task: GDPR art. 6(1)(e))" in said
    assert "DecisionBody: pass_id, holder, proof_s" in said
    assert "until the end of the next school day" in said
    assert "Accounts and sign-in" not in said  # nothing of it outside a server


def test_a_record_of_many_fields_takes_several_lines(run, alone):
    """A table fits a wide terminal, and no field is left out."""
    lines = run("charter", "check").stdout.splitlines()
    first = next(n for n, line in enumerate(lines) if "Permission: direction" in line)

    assert "closes" in lines[first + 1]
    assert "permit" in lines[first]
    assert max(map(len, lines)) < 160


def test_it_answers_in_french(run, alone):
    """French is the language of schools."""
    words = told(today(), [], Language.FR, school=None, server=True)

    assert words.startswith("Responsable du traitement\N{NO-BREAK SPACE}: le chef d’établissement")
    assert "jusqu’à la fin du jour de classe suivant" in words
    assert words.endswith(f"{len(today())} champs, aucune faute")


def test_the_school_s_head_is_the_controller(run, alone, lycee):
    """The school is named; a folder that is none is told."""
    said = run("charter", "check", "--school", lycee)

    assert "the head of school, Lycée des Essais (0999001W)" in said.stdout
    assert run("charter", "check", "--school", lycee / "nowhere").code == 5


def test_the_server_s_models_are_checked_too(run, models):
    """Their declarations stand in the tables of their activities."""
    models(PERSON.infos("people.Person", {"id": False, "name": True}))
    answer = run("charter", "check", "--json")
    (directory,) = (one for one in answer.json["activities"] if one["code"] == "directory")
    (name,) = (one for one in directory["fields"] if one["model"] == "people.Person")

    assert answer.code == 0
    assert answer.json["server"] is True
    assert name["field"] == "name"
    assert name["encrypted"] is True
    assert name["recipients"] == ["school-life", "holder"]
    assert name["source"] == str(Source.IMPORT)


def test_a_fault_is_told_and_fails(run, models):
    """Which field, what is wrong, what to do; exit code 1 for whoever builds."""
    models(PERSON.infos("people.Person", {"id": False, "name": False, "birthday": False}))
    answer, said = run("charter", "check", "--json"), run("charter", "check")

    assert answer.code == said.code == 1
    assert answer.json["ok"] is False
    assert [(one["field"], one["fault"]) for one in answer.json["faults"]] == [
        ("name", "readable-at-rest"),
        ("birthday", "undeclared"),
    ]
    assert "✗ people.Person.birthday: nothing is declared" in said.stdout
    assert said.stdout.endswith(", 2 faults\n")


def test_a_field_of_an_unknown_activity_is_told(run, models):
    """It stands in no table, and among the faults."""
    lost = personal(
        activity="advertising",
        purpose="sell",
        retention=ONE_YEAR,
        recipients=(),
        sensitivity=Sensitivity.PSEUDONYMOUS,
    )
    models([FieldInfo("people.Person", "taste", lost, encrypted=False)])
    answer = run("charter", "check", "--json")

    assert [one["fault"] for one in answer.json["faults"]] == ["unknown-activity"]
    assert [one["code"] for one in answer.json["activities"]] == list(ACTIVITIES)


def test_an_error_inside_the_server_is_never_taken_for_its_absence(run, models):
    """Otherwise a broken check would call every model lawful."""
    models(ModuleNotFoundError("No module named 'portique.server'", name="portique.server"))

    assert run("charter", "check").code == 5
