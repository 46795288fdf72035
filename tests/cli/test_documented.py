"""docs/commands.md, the help of every command, and what commands do are one and the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import cv2
import pytest
from tests.cli.conftest import frame

from portique.cli.main import COMMANDS, main
from portique.core.calendars import Calendar, Opening, SchoolDays
from portique.core.exits import read_regimes
from portique.core.timetables import Timetable
from portique.core.zones import Site
from portique.school.checks import read_shares

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "commands.md").read_text(encoding="utf-8")
FRENCH_PAGE = (DOCS / "fr" / "commandes.md").read_text(encoding="utf-8")
CALENDAR_GUIDE = (DOCS / "fr" / "calendrier.md").read_text(encoding="utf-8")
FOLDER_PAGE = (DOCS / "school-folder.md").read_text(encoding="utf-8")
ANSWERS_IN_COMMON = {"--json", "--school", "--help"}


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command under one, by what is typed."""
    context = click.Context(command)
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from walk(inner, f"{path} {name}")


TREE = dict(walk(main, "portique"))
PATHS = sorted(TREE)


def section(path: str, page: str = PAGE) -> str:
    """Return what a page says under a command's heading, up to the next heading."""
    found = re.search(rf"^##+ {re.escape(path)}\n(.*?)(?=^##+ |\Z)", page, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def headings(page: str) -> list[str]:
    """Return the commands and groups that a page describes, in its order."""
    return re.findall(r"^##+ (portique .*)$", page, re.MULTILINE)


def options(path: str) -> set[str]:
    """Return the long options of a command."""
    return {
        name
        for parameter in TREE[path].params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
        if name.startswith("--")
    }


def test_the_tree_has_every_command_of_the_design():
    """The names that other programs rely on are there."""
    promised = {
        *("portique demo", "portique explain", "portique bench", "portique doctor"),
        *(f"portique school {verb}" for verb in ("init", "roll")),
        *(f"portique pass {verb}" for verb in ("issue", "show", "revoke", "suspend")),
        *(f"portique pass {verb}" for verb in ("replace", "print")),
        *(f"portique gate {verb}" for verb in ("init", "run", "replay")),
        *(f"portique journal {verb}" for verb in ("verify", "export", "show")),
        *("portique server run", "portique manage", "portique charter check"),
        *("portique knowledge export", "portique sight read", "portique doctor camera"),
    }

    assert promised <= set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_the_page_describes_the_command(path: str):
    """A heading, an example that begins with it, and exit codes."""
    said = section(path)

    assert f"\n{path}" in said
    assert "Exit code: 0" in said


@pytest.mark.parametrize("path", PATHS)
def test_the_page_names_every_option(path: str):
    """No option is known to the help alone."""
    said = section(path)

    assert [name for name in options(path) - ANSWERS_IN_COMMON if name not in said] == []


@pytest.mark.parametrize("path", PATHS)
def test_the_french_page_says_as_much(path: str):
    """Options, an example and exit codes; fields are told once, in the other page."""
    said = section(path, FRENCH_PAGE)

    assert [name for name in options(path) - ANSWERS_IN_COMMON if name not in said] == []
    assert f"\n{path}" in said
    assert re.search(r"^Codes\N{NO-BREAK SPACE}: (0|ceux)", said, re.MULTILINE)


def test_both_pages_go_in_the_same_order():
    """Whoever looks for the fields finds them in the same place."""
    assert headings(FRENCH_PAGE) == headings(PAGE)


@pytest.mark.parametrize("path", [path for path in PATHS if path != "portique manage"])
def test_the_command_has_json(path: str):
    """Every command answers other programs; `manage` answers as Django's own does."""
    assert "--json" in options(path)


@pytest.mark.parametrize("path", PATHS)
def test_the_help_has_an_example_and_exit_codes(run, path: str):
    """They stand on lines of their own, as they are typed."""
    answer = run(*path.split()[1:], "--help")

    assert answer.code == 0
    assert re.search(rf"^  Examples?:\n      {re.escape(path)}", answer.stdout, re.MULTILINE)
    assert re.search(r"^  Exit codes?: 0", answer.stdout, re.MULTILINE)
    assert "\\b" not in answer.stdout


def test_an_answer_in_json_is_ascii_whatever_a_code_says(run, tmp_path):
    """No character of a code read anywhere can end a line or play a terminal."""
    said = "Zoé \u2028\x1b[2J"
    cv2.imwrite(str(tmp_path / "code.png"), frame(said))
    answer = run("sight", "read", tmp_path / "code.png", "--json")

    assert answer.stdout.isascii()
    assert answer.json["texts"] == [said]


def test_every_option_says_what_it_is_for():
    """An option without a word is a guess."""
    silent = [
        f"{path} {parameter.name}"
        for path, command in TREE.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]

    assert [one for one in silent if not one.endswith(" language")] == []


def test_the_page_describes_no_command_that_is_gone():
    """Each heading is a command or a group."""
    groups = {f"portique {name}" for name in COMMANDS}

    assert set(headings(PAGE)) <= set(PATHS) | groups


def test_the_page_s_facts_are_an_ordinary_grant(run):
    """The example can be copied as it is."""
    (facts,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

    assert run("explain", "-", "--json", stdin=facts.encode()).json["outcome"] == "grant"


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("calendar", Calendar.from_data),
        ("regimes", read_regimes),
        ("zones", Site.from_data),
        ("checks", read_shares),
    ],
)
def test_the_folder_s_examples_are_right(title: str, read):
    """Each file of the page can be put into a folder as it is."""
    (example,) = re.findall(rf"```json {title}\n(.*?)```", FOLDER_PAGE, re.DOTALL)

    assert read(json.loads(example))


@pytest.mark.parametrize(
    ("title", "read", "count"),
    [
        ("school_days", SchoolDays.from_data, 1),
        ("opening", Opening.from_data, 3),
        ("timetable", Timetable.from_data, 1),
    ],
)
def test_the_calendar_guide_s_examples_are_right(title: str, read, count: int):
    """Each can be copied into calendar.json as it is."""
    examples = re.findall(rf"```json {title}\n(.*?)```", CALENDAR_GUIDE, re.DOTALL)

    assert len([read(json.loads(example)) for example in examples]) == count
