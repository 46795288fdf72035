"""`portique gate init`, `agent` and `remove`: who the gates are, and who rules at them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portique.cli.judging import lane_of
from portique.cli.options import (
    entropy,
    file_to_read,
    json_option,
    machine_time,
    open_school,
    school_option,
)
from portique.cli.speaking import say
from portique.core.errors import EnvironmentProblem, LinkError
from portique.core.plain import Words
from portique.core.values import to_ms
from portique.core.wire_enrolment import PREFIX
from portique.gate.enrolment import (
    FIRST_AGENT,
    check_free,
    enrol_with,
    give_pin,
    knowledge_beside,
    remove_agent,
    write_gate,
)
from portique.school.register import EnrolledGate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STOLEN = Words(
    "si son disque est en d’autres mains\xa0: portique school roll --year, avec l’année qui suit "
    "celle des clés, et émettez de nouveau (docs/limits.md)",
    "if its disk is in other hands: portique school roll --year, with the year after the keys’, "
    "and issue again (docs/limits.md)",
)


def config_to_read(typed: str) -> Path:
    """Return the path of a gate's configuration.

    Raises:
        EnvironmentProblem: There is none, or it can't be read.
    """
    if not Path(typed).exists():
        raise EnvironmentProblem(
            f"there is no configuration {typed}; make one with: portique gate init"
        )
    return file_to_read(typed)


@click.command()
@school_option
@click.option("--lane", required=True, help="The lane it serves, such as entry-1.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The configuration to write, such as gate/entry-1.toml.",
)
@click.option(
    "--agent",
    "aliases",
    multiple=True,
    help=f"An agent's alias, never a civil name; may be repeated. Default: {FIRST_AGENT}.",
)
@click.option(
    "--again", is_flag=True, help="The lane has a gate already: this one takes its place."
)
@json_option
def init(
    folder: Path,
    lane: str,
    out: Path,
    aliases: tuple[str, ...],
    again: bool,  # noqa: FBT001 - a flag
    as_json: bool,  # noqa: FBT001
) -> None:
    r"""Make a gate's key and configuration, and enrol it with the school.

    The screens take port 8440, or the next that no configuration in the same folder has.

    \b
    Exit code: 0 done, 2 wrong use or no such lane, 5 no school, or files or a gate there already.

    \b
    Example:
        portique gate init --school lycee --lane entry-1 --out gate/entry-1.toml
    """
    school = open_school(folder)
    row = lane_of(school, lane)
    if not again and any(gate.gate_id == lane for gate in school.register.gates()):
        raise EnvironmentProblem(
            f"{lane} has a gate already, which would read no more names: "
            "take --again if this one replaces it"
        )
    public = school.keys.knowledge.public
    made = enrol_with(
        aliases or (FIRST_AGENT,), out, row, (school.settings.uai, public), entropy=entropy
    )
    school.register.add_gate(EnrolledGate(lane, lane, made.key.public.x, made.key.public.y))
    knowledge = out.absolute().parent / f"{out.stem}-knowledge"
    knowledge.mkdir(exist_ok=True)  # for the first export to come to
    first, pin = next(iter(made.pins.items()))
    say(
        {"config": str(out), "gate": lane, "lane": lane, "agent": first, "pin": pin,
         "pins": made.pins, "port": made.port, "knowledge": str(knowledge)},
        as_json=as_json,
        words=_made_words(out, made.pins, (
            f"portique knowledge export --school {folder} --out {knowledge}/today.knowledge",
            f"portique gate run {out}",
        )),
    )  # fmt: skip


@click.command()
@click.option("--code", help="The text of the code that the console shows.")
@click.option("--picture", type=file_to_read, help="A picture of that code.")
@click.option("--camera", help="The camera to hold it before, such as 0.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The configuration to write, such as gate/entry-1.toml.",
)
@click.option(
    "--agent",
    "aliases",
    multiple=True,
    help=f"An agent's alias, never a civil name; may be repeated. Default: {FIRST_AGENT}.",
)
@click.option("--ca", type=file_to_read, help="PEM file of the school's own authority.")
@json_option
def enrol(
    code: str | None,
    picture: Path | None,
    camera: str | None,
    out: Path,
    aliases: tuple[str, ...],
    ca: Path | None,
    as_json: bool,  # noqa: FBT001 - a flag
) -> None:
    r"""Join the school whose server's console shows an invitation, and write the gate's files.

    The invitation counts once, for ten minutes; it is used up only when the files can be written.

    \b
    Exit code: 0 done, 1 no invitation, or one that does not count, or an answer that is not the
    school's, 2 wrong use, 5 files there already, no camera, or the server can't be reached.

    \b
    Example:
        portique gate enrol --camera 0 --out gate/entry-1.toml
    """
    if sum(given is not None for given in (code, picture, camera)) != 1:
        raise click.UsageError("give one of --code, --picture and --camera")
    from portique.gate.clock import GateClock
    from portique.gate.link.joining import join

    check_free(out)
    text = code or (_in_picture(picture) if picture else _before_camera(camera or "0"))
    joining = join(text, ca=ca.absolute() if ca else None, clock=GateClock(), entropy=entropy)
    joined = joining.joined
    made = write_gate(aliases or (FIRST_AGENT,), out, joined, entropy=entropy)
    folder = knowledge_beside(out)
    folder.mkdir(exist_ok=True)
    if joining.bundle is not None:
        (folder / "first.knowledge").write_bytes(joining.bundle)
    first, pin = next(iter(made.pins.items()))
    say(
        {"config": str(out), "gate": joined.gate_id, "lane": joined.lane.name, "agent": first,
         "pin": pin, "pins": made.pins, "port": made.port, "server": joined.server.address,
         "knows": joining.bundle is not None},
        as_json=as_json,
        words=_made_words(out, made.pins, (f"portique gate run {out}",)),
    )  # fmt: skip


def _in_picture(picture: Path) -> str:
    """Return the invitation in a picture.

    Raises:
        LinkError: There is none.
    """
    from portique.sight.codes import read_picture
    from portique.sight.sources import load_picture

    texts = [found.text for found in read_picture(load_picture(picture))]
    return _invitation_in(texts) or _none_in(f"{picture.name} shows")


def _before_camera(camera: str) -> str:
    """Return the invitation that is held before a camera.

    Raises:
        LinkError: A film ended without one.
    """
    from portique.gate.capture import open_source
    from portique.sight.codes import CodeReader

    reader = CodeReader()
    click.echo("portique: show the invitation to the camera", err=True)
    with open_source(camera, at=to_ms(machine_time())) as frames:
        for frame in frames:
            look = reader.read(frame.grey, at_ms=frame.at_ms)
            if found := _invitation_in([seen.text for seen in look.codes]):
                return found
    return _none_in("the camera showed")


def _invitation_in(texts: Iterable[str]) -> str | None:
    return next((text for text in texts if text.startswith(PREFIX)), None)


def _none_in(where: str) -> str:
    raise LinkError(f"{where} no invitation of Portique's: show the one on the console")


@click.command()
@click.argument("config", type=config_to_read)
@click.argument("alias")
@click.option("--remove", "leaves", is_flag=True, help="Take this agent out instead.")
@json_option
def agent(config: Path, alias: str, leaves: bool, as_json: bool) -> None:  # noqa: FBT001 - flags
    r"""Add agent ALIAS to a gate's CONFIG, or give a known one a new PIN, said this once.

    The file is written anew; start the gate again for it to take effect.

    \b
    Exit code: 0 done, 2 a wrong configuration or alias, 5 the disk or your rights.

    \b
    Example:
        portique gate agent gate/entry-1.toml loge
    """
    if leaves:
        remove_agent(config, alias)
        pin, words = None, Words(f"{alias} n’entre plus.", f"{alias} signs in no more.")
    else:
        pin = give_pin(config, alias, entropy)
        words = _pin_words(alias, pin)
    say(
        {"config": str(config), "agent": alias, "pin": pin},
        as_json=as_json,
        words=Words(
            f"{words.fr}\nRedémarrez le portique pour que cela prenne effet.",
            f"{words.en}\nStart the gate again for it to take effect.",
        ),
    )


@click.command()
@click.argument("gate_id", metavar="GATE")
@school_option
@json_option
def remove(gate_id: str, folder: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Take GATE out of the school: knowledge exported from now on holds no names for it.

    It keeps what it knows already.

    \b
    Exit code: 0 done, 1 there is no such gate, 2 wrong use, 5 no school.

    \b
    Example:
        portique gate remove entry-1 --school lycee
    """
    school = open_school(folder)
    school.register.remove_gate(gate_id)
    say(
        {"gate": gate_id, "gates": [gate.gate_id for gate in school.register.gates()]},
        as_json=as_json,
        words=Words(
            f"{gate_id} est retiré. Ensuite\xa0: exportez les informations vers les autres "
            f"portiques\u202f; {STOLEN.fr}",
            f"{gate_id} is out. Next: export knowledge to the other gates; {STOLEN.en}",
        ),
    )


def _made_words(out: Path, pins: Mapping[str, str], then: tuple[str, ...]) -> Words:
    told = [_pin_words(alias, pin) for alias, pin in pins.items()]
    return Words(
        f"{out} est prêt, avec {out.stem}.key et {out.stem}-school.pub à côté.\n"
        + "".join(f"{one.fr}\n" for one in told)
        + "Ensuite\xa0: "
        + "\n          ".join(then),
        f"{out} is ready, with {out.stem}.key and {out.stem}-school.pub beside it.\n"
        + "".join(f"{one.en}\n" for one in told)
        + "Next: "
        + "\n      ".join(then),
    )


def _pin_words(alias: str, pin: str) -> Words:
    return Words(
        f"L’agent {alias} entre avec le code {pin} (affiché cette seule fois).",
        f"Agent {alias} signs in with the PIN {pin} (shown this once).",
    )
