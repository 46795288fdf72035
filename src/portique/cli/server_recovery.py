"""`portique server recovery-key` and `new-epoch`: who may begin a school's knowledge anew."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from portique.cli.options import entropy, file_to_read, json_option, school_option
from portique.cli.speaking import say
from portique.core.plain import Words
from portique.school import recovery
from portique.school.folder import is_served, read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from portique.core.seal import PrivateKey

key_option = click.option(
    "--recovery-key",
    "recovery_file",
    help="File with the school's recovery key; else it is asked for.",
)


@click.command("recovery-key")
@school_option
@json_option
def recovery_key(folder: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Make the school's recovery key, shown once: print it.

    Without it no server put back from a copy, or stolen, can have gates begin anew. Gates learn its
    public half with their next knowledge. It can't be replaced without making gates anew.

    \b
    Exit code: 0 done, 2 wrong use, 5 there is a key already, no school, or the disk refuses.

    \b
    Example:
        portique server recovery-key --school lycee
    """
    read_settings(folder)
    text = recovery.make(folder, entropy=entropy)
    if is_served(folder):
        _tell_gates(folder)
    say(
        {"secret": text},
        as_json=as_json,
        words=Words(
            f"La clé de secours, montrée une seule fois\u00a0:\n\n  {text}\n\nImprimez-la et"
            " gardez-la sous clé, hors de cette machine\u00a0: sans elle, les portiques ne suivront"
            " pas un serveur remis à une copie.",
            f"The recovery key, shown only once:\n\n  {text}\n\nPrint it and lock it away, off this"
            " machine: without it gates will not follow a server that was put back to a copy.",
        ),
    )


def _tell_gates(folder: Path) -> None:
    from portique.server.config import starting

    starting.make_ready(folder)
    from portique.server.gates.actions.knowledge import knowledge_changed

    knowledge_changed()


@click.command("new-epoch")
@school_option
@key_option
@json_option
def new_epoch(folder: Path, recovery_file: str | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Have gates begin anew with what this server says, by the recovery key.

    After a machine was put back to an older state without `server restore`, or was restored without
    the key: gates know more than this server, and take nothing from it.

    \b
    Exit code: 0 done, 1 not this school's key, 2 wrong use, 5 no school or server, or it can't be
    read.

    \b
    Example:
        portique server new-epoch --school lycee --recovery-key recovery.txt
    """
    key = asked_key(folder, recovery_file)
    from portique.server.config import starting

    starting.make_ready(folder)
    from portique.server.gates.actions.knowledge import begin_knowledge_epoch

    begin_knowledge_epoch(key=key)
    say(
        {},
        as_json=as_json,
        words=Words(
            "Les portiques reprendront les règles de ce serveur au prochain contact.",
            "Gates will take this server’s rules at their next contact.",
        ),
    )


def asked_key(folder: Path, key_file: str | None) -> PrivateKey | None:
    """Return the recovery key of a school, from a file or a person; None if it has none.

    Raises:
        ConfigError: What was given is no recovery key, or not this school's.
        UsageError: Nobody is there to be asked.
    """
    if not recovery.has_key(folder):
        return None
    if key_file is None and not sys.stdin.isatty():
        raise click.UsageError("this school has a recovery key: give it by --recovery-key FILE")
    if key_file is None:
        text = click.prompt("Clé de secours / Recovery key", hide_input=True, err=True)
    else:
        text = file_to_read(key_file).read_text(encoding="utf-8")
    key = recovery.read(text)
    recovery.check_key(folder, key)
    return key
