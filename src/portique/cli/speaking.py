"""Answering: in JSON for programs, in French or English for people.

Imports nothing that may be missing, so that an error is told whatever isn't installed.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

from portique.core.plain import Words
from portique.core.values import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# The first that is set decides; French, unless it is English.
VARIABLES = ("PORTIQUE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def spoken() -> Language:
    """Return the language of this command's words: `--lang`, else the environment's."""
    context = click.get_current_context(silent=True)
    chosen = context.find_root().params.get("lang") if context else None
    return Language(chosen) if chosen else language_of(os.environ)


def language_of(environment: Mapping[str, str]) -> Language:
    """Return English where the environment asks for it by name, French otherwise."""
    asked = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    return Language.EN if asked.lower().startswith("en") else Language.FR


def json_line(data: object) -> str:
    """Write one line of JSON in ASCII: no character in it can break a line or play a terminal."""
    return json.dumps(data)


def printable(text: str) -> str:
    """Return a text that can't play with a terminal: a pass may carry any character."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def many(count: int, noun: str, nouns: str | None = None) -> str:
    """Count in English: "1 pass", "2 passes"; `nouns` where a plural isn't made by an s."""
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


def many_fr(count: int, noun: str) -> str:
    """Count in French, where none is one too: "0 image", "2 images"."""
    return f"{count} {noun if count <= 1 else noun + 's'}"


def say(
    data: object,
    *,
    as_json: bool,
    words: Words | Callable[[], Words],
    language: Language | None = None,
) -> None:
    """Answer in JSON, or in words: those of `language`, by default the command line's."""
    if as_json:
        click.echo(json_line(data))
        return
    said = words if isinstance(words, Words) else words()
    click.echo(said.in_language(language or spoken()))


def warn(sentence: Words | str) -> None:
    """Say on standard error what doesn't stop a command; what the core says is English."""
    said = sentence if isinstance(sentence, str) else sentence.in_language(spoken())
    click.echo(f"portique: {said}", err=True)
