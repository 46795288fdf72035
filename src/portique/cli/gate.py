"""`portique gate`: prepare, run and replay one lane."""

from __future__ import annotations

import signal
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from portique.cli.gate_enrolment import agent, config_to_read, enrol, init, remove
from portique.cli.gate_screens import unpair
from portique.cli.judging import bench_of, outcome_word
from portique.cli.options import (
    entropy,
    file_to_read,
    instant,
    json_option,
    open_school,
    school_option,
)
from portique.cli.speaking import many, many_fr, printable, say, warn
from portique.core.errors import EnvironmentProblem, JournalError
from portique.core.plain import Words
from portique.core.seal import Purpose, private_key
from portique.core.values import Language, to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from portique.core.seal import PrivateKey
    from portique.gate.replay import Decided, Tally

DATABASE = b"SQLite format 3\x00"
FIRST_FRAME_HELP = (
    "Time of the first frame: ISO date and time; without offset it is the school's local time."
)
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not bound
NAMELESS = Words(
    "les autres appareils n’ont pas de réponse\xa0: donnez le nom ou l’adresse qu’ils tapent dans "
    "`names` de [screens]",
    "other devices are not answered: give the name or address they type in `names` of [screens]",
)


@click.group()
def gate() -> None:
    """Prepare, run and replay one lane."""


gate.add_command(init)
gate.add_command(enrol)
gate.add_command(agent)
gate.add_command(remove)
gate.add_command(unpair)


@gate.command("run")
@click.argument("config", type=config_to_read)
@json_option
def run(config: Path, as_json: bool) -> None:  # noqa: FBT001
    r"""Run one lane until it is told to stop.

    A camera or reader that is missing, or goes, stops nothing: the sentence says so, and the lane
    takes it back when it returns. Agents are then told that the camera fails.

    \b
    Exit code: 0 stopped in order, 2 a wrong configuration, 5 no such file, disk, port or key.

    \b
    Example:
        portique gate run gate/entry-1.toml
    """
    from portique.gate import config as configuration
    from portique.gate.logs import configure
    from portique.gate.main import Gate

    configure()
    loaded = configuration.load(config)
    with Gate(loaded, announce=announce) as running:
        stop_on_signals(running.stop)
        url = reachable(running.serving.url, loaded.screens.names)
        if loaded.screens.host in EVERY_ADDRESS and not loaded.screens.names:
            warn(NAMELESS)
        say(
            {"url": url, "agent": f"{url}/agent", "holder": f"{url}/holder"},
            as_json=as_json,
            words=Words(
                f"Écran de l’agent\xa0: {url}/agent\nÉcran du passage\xa0: {url}/holder",
                f"Agent's screen: {url}/agent\nHolder's screen: {url}/holder",
            ),
        )
        running.run()


def reachable(url: str, names: Sequence[str]) -> str:
    """Return an address that a browser can open and the pages answer to, given where they listen.

    Listening on every address of the machine, the pages answer to their own names only, and to
    this machine; the first of them is the one to type.
    """
    parts = urlsplit(url)
    if parts.hostname not in EVERY_ADDRESS:
        return url
    return f"{parts.scheme}://{names[0] if names else 'localhost'}:{parts.port}"


def announce(sentence: str) -> None:
    """Say something on the gate's own console; a file's or a camera's name may hold anything."""
    click.echo(f"portique: {printable(sentence)}", err=True)


def stop_on_signals(stop: threading.Event) -> None:
    """Set `stop` when the process is asked to end, so that it ends in order."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)


@gate.command("replay")
@click.argument("source")
@school_option
@click.option("--lane", required=True, help="The lane whose place the pictures take.")
@click.option("--at", required=True, help=FIRST_FRAME_HELP)
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A journal to go on with; without it a temporary empty one.",
)
@click.option("--real-time", is_flag=True, help="No faster than it was filmed.")
@json_option
def replay(source: str, folder: Path, lane: str, at: str, **asked: Any) -> None:
    r"""Put a video, picture, folder or stream through a whole lane; no frame is dropped.

    One line for each decision, then a summary; every file of a folder stands for one second.

    \b
    Exit code: 0 done whatever was decided, 1 the journal is damaged, 2 wrong use or no such lane,
    5 no school, or a source or disk that can't be used.

    \b
    Example:
        portique gate replay morning.mp4 --school lycee --lane entry-1 --at 2026-11-23T08:00 --json
    """
    from portique.gate.capture import open_source
    from portique.gate.replay import Replay
    from portique.sight.codes import CodeReader

    school = open_school(folder)
    starts = instant(at, school.settings.time_zone)
    as_json = asked["as_json"]
    with ExitStack() as stack:
        bench = bench_of(school, lane, starts)
        journal = _journal(stack, asked["journal"], lane, to_ms(starts))
        frames = stack.enter_context(
            open_source(source, at=to_ms(starts), real_time=asked["real_time"], notice=announce)
        )
        replayed = Replay(bench, journal, CodeReader())
        for decided in replayed.run(frames, closing=threading.Event()):
            _say_decided(decided, as_json=as_json)
        _say_summary(replayed.tally, as_json=as_json)


def _journal(stack: ExitStack, file: Path | None, lane: str, now_ms: int) -> Any:
    """Open the journal named, or an empty one that goes when the command ends."""
    from portique.gate.journal import Journal

    if file is None:
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "journal.db"
    else:
        _refuse_other_files(file)
    journal = Journal.open(
        file, gate_id=lane, key=_key_beside(file), now_ms=now_ms, entropy=entropy
    )
    for told in journal.notices:
        announce(told.sentences[Language.EN])
    stack.callback(lambda: journal.close(at_ms=max(now_ms, journal.highest_ms)))
    return journal


def _refuse_other_files(file: Path) -> None:
    """Leave alone what no journal ever was: a journal sets aside whatever it finds damaged.

    Raises:
        EnvironmentProblem: Its folder is missing.
        JournalError: The file is something else.
    """
    if not file.parent.is_dir():
        raise EnvironmentProblem(f"{file} can't be written: there is no folder {file.parent}")
    if file.exists():
        with file_to_read(str(file)).open("rb") as opened:
            begins = opened.read(len(DATABASE))
        if begins and begins != DATABASE:
            raise JournalError(f"{file} is no journal; nothing was changed: choose another name")


def _key_beside(file: Path) -> PrivateKey:
    """Return the key of a replay's journal, kept beside it so that it can be gone on with."""
    from portique.gate.keyfiles import read_private
    from portique.school.keys import write_signer

    path = file.with_suffix(".key")
    if path.exists():
        return read_private(path)
    try:
        key = private_key(Purpose.GATE, entropy(40))
        write_signer(path, key)
    except OSError as error:
        raise EnvironmentProblem(f"{path} can't be written ({error.strerror})") from error
    return key


def _say_decided(decided: Decided, *, as_json: bool) -> None:
    judged = decided.judged
    held = judged.presented.held
    reasons = [str(reason) for reason in judged.decision.reasons]
    line = {
        "t_s": round(decided.t_s, 3),
        "frame": decided.frame,
        "outcome": judged.decision.outcome.name.lower(),
        "reasons": reasons,
        "pass_id": held.pass_id if held else None,
        "medium": str(judged.presented.medium) if judged.presented.medium else None,
    }
    outcome = outcome_word(judged)
    fr, en = (
        f"{line['t_s']:8.2f} s  {outcome.in_language(language):7} {' '.join(reasons)}"
        for language in (Language.FR, Language.EN)
    )
    say(line, as_json=as_json, words=Words(fr, en))


def _say_summary(tally: Tally, *, as_json: bool) -> None:
    counts = {word: tally.outcomes.get(word, 0) for word in ("grant", "refer", "refuse")}
    summary = {
        "frames": tally.frames, "seconds": round(tally.seconds, 3),
        "decisions": tally.decisions, "held": tally.crowded, **counts,
    }  # fmt: skip
    words = Words(
        f"{many_fr(tally.decisions, 'décision')} en {many_fr(tally.frames, 'image')}, "
        f"{tally.seconds:.1f} s".replace(".", ","),
        f"{many(tally.decisions, 'decision')} in {many(tally.frames, 'frame')}, "
        f"{tally.seconds:.1f} s",
    )
    say({"summary": summary}, as_json=as_json, words=words)
    if tally.crowded:
        warn(_crowded(tally.crowded))


def _crowded(frames: int) -> Words:
    return Words(
        f"deux codes à la fois sur {many_fr(frames, 'image')}, retenus\xa0: montrez-les un à un",
        f"{many(frames, 'frame')} showed two codes at once, which are held: show one at a time",
    )
