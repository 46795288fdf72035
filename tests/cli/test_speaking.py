"""People are answered in French, or in English if they ask for it; programs always alike."""

import pytest

from portique.cli.speaking import language_of, many, many_fr
from portique.core.values import Language

FR, EN = Language.FR, Language.EN


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, FR),
        ({"LANG": "C.UTF-8"}, FR),
        ({"LANG": "fr_FR.UTF-8"}, FR),
        ({"LANG": "en_GB.UTF-8"}, EN),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_US.UTF-8"}, EN),
        ({"LANG": "en_US.UTF-8", "PORTIQUE_LANG": "fr"}, FR),
        ({"LANG": "fr_FR.UTF-8", "PORTIQUE_LANG": "EN"}, EN),
        ({"LANG": "en_US.UTF-8", "LC_ALL": ""}, EN),
    ],
)
def test_french_unless_the_environment_is_english(environment, language: Language):
    """The first variable that is set decides."""
    assert language_of(environment) is language


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (("pass", "suspend"), "suspendu"),
        (("pass", "resume"), "de nouveau valable"),
        (("pass", "replace"), "maintenant annulé"),
        (("pass", "revoke"), "annulé"),
    ],
)
def test_what_was_done_is_said_in_french(school, verb, said: str):
    """The option wins over the environment."""
    pass_id = school.issue()["pass_id"]
    answer = school.run("--lang", "fr", *verb, pass_id, "--school", school.folder)

    assert said in answer.stdout


def test_a_list_is_a_french_table(school):
    """Headings, kinds, states and days."""
    school.issue("--label", "2DE 04")
    asked = ("pass", "list", "--school", school.folder, "--unseal")
    heading, row = school.run("--lang", "fr", *asked).lines

    assert heading.split() == ["numéro", "sorte", "état", "jusqu’au", "nom", "classe"]
    assert row.split()[1:] == ["élève", "valable", "31/08/2027", "Zoé", "Martin", "2DE", "04"]


def test_a_judgement_is_in_the_agent_s_words(school):
    """The same sentences as on the screen."""
    asked = ("pass", "show", school.issue()["text"], "--school", school.folder)
    answer = school.run("--lang", "fr", *asked, "--at", "2026-11-23T23:00")

    assert answer.lines[0] == "à voir"
    assert "ne laissez pas un élève dans la rue" in answer.stdout


def test_notices_are_in_french(school, tmp_path):
    """With the typography of French."""
    path = tmp_path / "class.csv"
    path.write_text(f"kind,name\npupil,{'é' * 40}\n")
    answer = school.run("--lang", "fr", "pass", "issue", "--school", school.folder, "--csv", path)

    assert "ligne 2\N{NO-BREAK SPACE}: le nom est coupé à 32 octets" in answer.stderr
    assert answer.stdout == "1 laissez-passer\n"


def test_a_gate_is_made_in_french(school, tmp_path):
    """The PIN and the next two commands."""
    asked = ("gate", "init", "--school", school.folder, "--lane", "entry-1")
    answer = school.run("--lang", "fr", *asked, "--out", tmp_path / "entry-1.toml")

    assert "L’agent agent-1 entre avec le code" in answer.stdout
    assert "Ensuite\N{NO-BREAK SPACE}: portique knowledge export" in answer.stdout


def test_json_is_the_same_in_every_language(school):
    """Codes and fields are for programs."""
    text = school.issue()["text"]
    asked = ("pass", "show", text, "--school", school.folder, "--at", "2026-11-23T08:00", "--json")

    assert school.run("--lang", "fr", *asked) == school.run("--lang", "en", *asked)


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (0, "0 décision", "0 decisions"),
        (1, "1 décision", "1 decision"),
        (2, "2 décisions", "2 decisions"),
    ],
)
def test_things_are_counted(count: int, french: str, english: str):
    """One is not several; in French, nor is none."""
    assert many_fr(count, "décision") == french
    assert many(count, "decision") == english
