"""What facts are made of, one by one: local times, showings, names."""

import os
import random
import secrets
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.web.drawing import ZONES, Drawing
from tests.web.node_lines import Answers, answering
from tests.web.schools import School, camel, school

from portique.core import knowledge, passes
from portique.core.daylists import DayList, Listed
from portique.core.localtime import local_clock, local_day, local_ms
from portique.core.values import HolderId, Kind, PassId
from portique.gate.showing import Opened, SeenCode, Showings

CASES = int(os.environ.get("PORTIQUE_WEB_CASES", "50000"))
SEED = int(os.environ.get("PORTIQUE_WEB_SEED", secrets.randbits(32)))
FIRST = date(1970, 1, 1)
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
NAMES = (
    *("Zoé Martin", "Anne-Lise D’Aubigné", "Ömer Çelik", "Łukasz Wiśniewski", "Straße Weiß"),
    *("N'Golo Kanté", "Marie‑Ève Œuvrard", "İpek Yılmaz", "Σοφία Παπαδάκης", "Ana María  de la Ó"),
    *("Jean Martin", "Martine Jeanne", "Þóra Æsir", "O’", "Ḥabîb ‘Alī", "Nguyễn Thị Ánh"),
)
LABELS = ("2de 4", "2DE4", "2de-5", "", "Tle É", "ULIS")


def drawn() -> random.Random:
    """Draw from the seed of this run."""
    return random.Random(SEED)


@pytest.fixture(scope="module")
def node() -> Iterator[Answers]:
    """Start one Node process for this file."""
    with answering() as answers:
        yield answers


@pytest.fixture(scope="module")
def schools() -> list[School]:
    """Draw a few schools."""
    drawing = Drawing(SEED)
    return [school(drawing, 3) for _ in range(8)]


def turning_days(zone: str) -> list[date]:
    """List days around each change of the clocks in a few years, and around the year's end."""
    noons = [NOON.replace(tzinfo=ZoneInfo(zone)) + timedelta(n) for n in range(1500)]
    changes = [noon for noon in noons if noon.utcoffset() != (noon + timedelta(1)).utcoffset()]
    return [
        (change + timedelta(n)).date()
        for change in [
            *changes,
            datetime(2027, 12, 31, tzinfo=UTC),
            datetime(2028, 2, 28, tzinfo=UTC),
        ]
        for n in range(-1, 3)
    ]


@pytest.mark.parametrize("zone", sorted({*ZONES, "Pacific/Apia", "Africa/Cairo", "Asia/Tehran"}))
def test_local_times_are_the_same_instants(node: Answers, zone: str):
    """The hour that never happens, the one that happens twice, and every other."""
    rng, days = drawn(), turning_days(zone)
    asked = [
        (rng.choice(days), rng.randrange(0, 2881), rng.random() < 1 / 2)
        for _ in range(CASES // 100)
    ]
    question = [((day - FIRST).days, minute, closing) for day, minute, closing in asked]

    instants = [local_ms(day, minute, zone, closing=closing) for day, minute, closing in asked]
    assert node.ask("localTimes", {"zone": zone, "asked": question}) == instants, f"seed {SEED}"
    clocks = [[(local_day(at, zone) - FIRST).days, *local_clock(at, zone)] for at in instants]
    assert node.ask("wallClocks", {"zone": zone, "asked": instants}) == clocks


def test_the_day_that_samoa_left_out_is_left_out(node: Answers):
    """A whole day of wall times that never happened means the instant of the change."""
    day = date(2011, 12, 30)
    question = {"zone": "Pacific/Apia", "asked": [((day - FIRST).days, 600, False)]}

    assert node.ask("localTimes", question) == [local_ms(day, 600, "Pacific/Apia")]


def code_at(text: str, rng: random.Random) -> SeenCode:
    """Put a code somewhere in a frame, most often inside the aim area and large enough."""
    x, y, width = rng.choice((0.0, 0.5, 0.9)), rng.random(), rng.choice((0.05, 0.08, *[0.3] * 14))
    return SeenCode(text, ((x, y), (x + width, y), (x + width, y + width), (x, y + width)))


def test_the_same_showings_open_and_close(node: Answers, schools: list[School]):
    """Codes that come, stay, meet and go, frame by frame."""
    rng = drawn()
    texts = list({case.text for one in schools[:2] for case in one.cases})[:6]
    others = [f"https://example.org/{number}" for number in range(300)]  # more than are remembered
    frames, at_ms, in_view = [], 0, set[str]()
    for _ in range(CASES // 50):
        at_ms += rng.choice((100, 500, 1_000, 1_000, 1_900, 2_000, 28_100))
        in_view = {text for text in in_view if rng.random() < 15 / 16}
        if len(in_view) < 2 and rng.random() < 1 / 4:
            in_view.add(rng.choice([*texts, rng.choice(others)]))
        frames.append((at_ms, [code_at(text, rng) for text in sorted(in_view)]))
    showings = Showings()

    expected = [frame_data(showings, at_ms, codes) for at_ms, codes in frames]
    asked = [(at_ms, [asdict(code) for code in codes]) for at_ms, codes in frames]
    answer = node.ask("frames", {"frames": asked, "line": texts[0]})
    assert answer["steps"] == expected, f"seed {SEED}"
    assert answer["line"] == opened_data(showings.line(texts[0], 7))


def opened_data(opened: Opened) -> dict[str, Any]:
    """Write a showing as JavaScript does."""
    return camel(asdict(opened))


def frame_data(showings: Showings, at_ms: int, codes: list[SeenCode]) -> dict[str, Any]:
    """Take in one frame in Python, written as JavaScript writes it."""
    step = showings.step(codes, at_ms)
    opened = [opened_data(one) for one in step.opened]
    return {
        "closed": list(step.closed),
        "crowded": step.crowded,
        "overstayed": step.overstayed,
        "opened": opened[0] if opened else None,
    }


def test_the_same_people_are_found(node: Answers):
    """A few letters in a hurry, with and without accents and marks, and a class."""
    rng = drawn()
    rows = [
        Listed(PassId(f"{n:016x}"), HolderId("0" * 16), Kind.PUPIL, name, label, 0, 0, 1)
        for n, (name, label) in enumerate((name, label) for name in NAMES for label in LABELS)
    ]
    words = [word for name in NAMES for word in (name, *name.split(), *name.upper().split("-"))]
    asked = [
        (rng.choice(words)[: rng.randint(1, 9)], rng.choice(("", "", *LABELS, "2")))
        for _ in range(CASES // 200)
    ]

    today = DayList(FIRST, tuple(rows))
    expected = [[one.pass_id for one in today.find(*question)] for question in asked]
    listed = [{"passId": one.pass_id, "name": one.name, "label": one.label} for one in rows]
    answers = node.ask("found", {"listed": listed, "asked": asked})
    differing = [place for place, answer in enumerate(answers) if answer != expected[place]]
    assert not differing, f"seed {SEED}: {asked[differing[0]]}"


def test_a_bundle_without_its_list_is_the_same_bytes(node: Answers, schools: list[School]):
    """Once its day is over, both keep the same file."""
    for one in schools:
        shorter = knowledge.without_today(one.bundle)
        assert shorter
        assert node.ask("shortened", one.bundle.hex()) == shorter.hex()
        assert node.ask("shortened", shorter.hex()) is None


def test_the_seed_draws_texts_of_passes(schools: list[School]):
    """The codes of the frames are passes, or this file would compare nothing."""
    assert any(passes.recognised(case.text) for one in schools[:2] for case in one.cases)
