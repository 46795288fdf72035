"""Answering: in JSON for programs, in words for people. Imports nothing that may be missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def json_line(data: object) -> str:
    """Write one line of JSON in ASCII: no character in it can break a line or play a terminal."""
    return json.dumps(data)


def printable(text: str) -> str:
    """Return a text that can't play with a terminal: a pass may carry any character."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def many(count: int, noun: str, nouns: str | None = None) -> str:
    """Count things: "1 pass", "2 passes"; `nouns` where a plural isn't made by an s."""
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


def say(data: object, *, as_json: bool, words: Callable[[], str] | str) -> None:
    """Answer in JSON, or in words."""
    if as_json:
        click.echo(json_line(data))
    else:
        click.echo(words if isinstance(words, str) else words())


def warn(sentence: str) -> None:
    """Say on standard error what doesn't stop a command."""
    click.echo(f"portique: {sentence}", err=True)
