"""`portique gate`: prepare, run and replay one lane."""

from __future__ import annotations

import signal
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli.judging import bench_of, lane_of
from portique.cli.options import (
    AT_HELP,
    entropy,
    instant,
    json_option,
    open_school,
    say,
    school_option,
)
from portique.core.errors import EnvironmentProblem, JournalError
from portique.core.seal import Purpose, private_key
from portique.core.values import Language, to_ms
from portique.school.register import EnrolledGate

if TYPE_CHECKING:
    from types import FrameType

    from portique.core.seal import PrivateKey
    from portique.gate.replay import Decided, Tally

DATABASE = b"SQLite format 3\x00"


@click.group()
def gate() -> None:
    """Prepare, run and replay one lane."""


@gate.command("init")
@school_option
@click.option("--lane", required=True, help="The lane it serves, such as entry-1.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The configuration to write, such as gate/entry-1.toml.",
)
@json_option
def init(folder: Path, lane: str, out: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Make a gate's key and configuration, and enrol it with the school.

    \b
    Exit code: 0 done, 2 wrong use or no such lane, 5 no school, or files that exist already.

    \b
    Example:
        portique gate init --school lycee --lane entry-1 --out gate/entry-1.toml
    """
    from portique.gate.enrolment import enrol

    school = open_school(folder)
    row = lane_of(school, lane)
    mine, pin = enrol(out, row, school.settings.uai, school.keys.knowledge.public, entropy=entropy)
    school.register.add_gate(EnrolledGate(lane, lane, mine.public.x, mine.public.y))
    knowledge = out.absolute().parent / f"{out.stem}-knowledge"
    say(
        {"config": str(out), "gate": lane, "lane": lane, "agent": "agent-1", "pin": pin,
         "knowledge": str(knowledge)},
        as_json=as_json,
        words=f"{out} is ready. Agent agent-1 signs in with the PIN {pin} (shown this once).\n"
        f"Next: portique knowledge export --school {folder} --out {knowledge}/today.knowledge\n"
        f"      portique gate run {out}",
    )  # fmt: skip


@gate.command("run")
@click.argument("config", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def run(config: Path, as_json: bool) -> None:  # noqa: FBT001
    r"""Run one lane until it is told to stop.

    \b
    Exit code: 0 stopped in order, 2 a wrong configuration, 5 no camera, disk or port.

    \b
    Example:
        portique gate run gate/entry-1.toml
    """
    from portique.gate import config as configuration
    from portique.gate.logs import configure
    from portique.gate.main import Gate

    configure()
    with Gate(configuration.load(config), announce=announce) as running:
        stop_on_signals(running.stop)
        url = running.serving.url
        say(
            {"url": url, "agent": f"{url}/agent", "holder": f"{url}/holder"},
            as_json=as_json,
            words=f"Agent's screen: {url}/agent\nHolder's screen: {url}/holder",
        )
        running.run()


def announce(sentence: str) -> None:
    """Say something on the gate's own console."""
    click.echo(f"portique: {sentence}", err=True)


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
@click.option("--at", required=True, help=f"Time of the first frame. {AT_HELP}")
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
        with file.open("rb") as opened:
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
    words = f"{line['t_s']:8.2f} s  {line['outcome']:7} {' '.join(reasons)}"
    say(line, as_json=as_json, words=words)


def _say_summary(tally: Tally, *, as_json: bool) -> None:
    counts = {word: tally.outcomes.get(word, 0) for word in ("grant", "refer", "refuse")}
    summary = {
        "frames": tally.frames, "seconds": round(tally.seconds, 3),
        "decisions": tally.decisions, **counts,
    }  # fmt: skip
    words = f"{tally.decisions} decisions in {tally.frames} frames, {tally.seconds:.1f} s"
    say({"summary": summary}, as_json=as_json, words=words)
