"""`portique charter check`: is every field about people declared, and lawfully?"""

from __future__ import annotations

import importlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portique.cli.charter_words import described, told
from portique.cli.options import json_option, open_school
from portique.cli.speaking import say
from portique.core.charter import FieldInfo, check
from portique.core.charter_today import today
from portique.core.plain import Words
from portique.core.values import Language

if TYPE_CHECKING:
    from portique.school.folder import Settings

EXIT_FAULT = 1
NEEDED = ("django", "portique.server")
CHECKS, SETTINGS = "portique.server.vault.checks", "portique.server.config.settings"


@click.group()
def charter() -> None:
    """Say what is processed about people, on what ground, and check that it is true."""


@charter.command("check")
@click.option(
    "--school",
    "folder",
    type=click.Path(path_type=Path, readable=False),
    help="The folder of the school to name as the controller.",
)
@json_option
def check_charter(folder: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Check every field: journal, knowledge, passes and, where it is installed, the server.

    A field that is not declared, kept too long, given to somebody the activity
    doesn't know, or readable at rest though it names somebody, is a fault.

    \b
    Exit code: 0 no fault, 1 a fault, 2 wrong use, 5 no such school.

    \b
    Example:
        portique charter check --school lycee
    """
    school: Settings | None = open_school(folder).settings if folder else None
    models = server_fields()
    fields = today() + (models or [])
    faults = check(fields)
    say(
        described(fields, faults, server=models is not None),
        as_json=as_json,
        words=lambda: Words(
            *(
                told(fields, faults, language, school=school, server=models is not None)
                for language in (Language.FR, Language.EN)
            )
        ),
    )
    sys.exit(EXIT_FAULT if faults else 0)


def server_fields() -> list[FieldInfo] | None:
    """Return what the server's models declare; None where the server isn't installed.

    An error inside the server is not caught: a check that skips what it can't
    read would call everything lawful.
    """
    if any(find_spec(name) is None for name in NEEDED):
        return None
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    importlib.import_module("django").setup()
    return list(importlib.import_module(CHECKS).declared_fields())
