"""What facts are made of, one by one: local times, parts of the knowledge, showings, names."""

import os
import random
import secrets
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import cbor2
import pytest
from tests.web.drawing import ZONES, Drawing
from tests.web.node_lines import Answers, answering
from tests.web.schools import UAI, School, school

from portique.core import canonical, knowledge, passes, seal
from portique.core.alarms import Alarm
from portique.core.calendars import Calendar
from portique.core.daylists import DayList, Listed
from portique.core.errors import PortiqueError
from portique.core.exits import read_regimes
from portique.core.localtime import local_clock, local_day, local_ms
from portique.core.plain import Fields
from portique.core.rights import read_rights
from portique.core.values import HolderId, Kind, PassId, to_ms
from portique.core.zones import Site
from portique.gate.showing import SeenCode, Showings

CASES = int(os.environ.get("PORTIQUE_WEB_CASES", "50000"))
SEED = int(os.environ.get("PORTIQUE_WEB_SEED", secrets.randbits(32)))
FIRST = date(1970, 1, 1)
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
WRONG: list[Any] = [
    *(None, True, False, 0, 1, 7, 8, -1, 2**53 - 1, 2**53, -(2**53), 2**64 - 1, "", b"", [], {}),
    *(
        "24:00",
        "24:01",
        "9:00",
        "2026-02-29",
        "2028-02-29",
        "0000-01-01",
        "20260101",
        "Europe/Paris",
    ),
    *("entry", "exit", "pupil", "ghost", "inside", "a b", "x" * 40, "x" * 41, "é" * 80, "é" * 81),
    *(
        "\U0001f392" * 80,
        "\U0001f392" * 81,
        "00000000000000aa",
        "Mars/Olympus",
        [1, 2],
        [2, 1],
        [0],
    ),
    *(
        ["09:00"] * 6,
        ["09:00"] * 7,
        ["x"] * 17,
        {"fr": "", "en": ""},
        {1: 1},
        [None],
        ["2026-01-01"],
    ),
]
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


def settings(data: Any) -> None:
    """Read settings as a gate does."""
    with Fields(data, "settings") as fields:
        fields.text("name")
        read_regimes(fields.rows("regimes"))
        fields.text("table")


READERS: dict[str, Callable[[Any], Any]] = {
    "calendar": Calendar.from_data,
    "rights": read_rights,
    "zones": Site.from_data,
    "alarms": Alarm.from_data,
    "settings": settings,
    "keys": lambda data: knowledge.read_keys_part(data, None),
}


def is_read(name: str, data: Any) -> bool:
    """Say whether Python takes a part."""
    try:
        READERS[name](data)
    except PortiqueError:
        return False
    return True


def spoil(rng: random.Random, data: Any) -> None:
    """Change one value deep inside, or take it away, or add one, in place."""
    while True:
        keys = list(data) if isinstance(data, dict) else list(range(len(data)))
        inner = [key for key in keys if isinstance(data[key], dict | list) and data[key]]
        if not inner or rng.random() < 1 / 4:
            break
        data = data[rng.choice(inner)]
    chance = rng.random()
    if chance < 1 / 8 and keys:
        del data[rng.choice(keys)]
    elif chance < 1 / 4 and isinstance(data, dict):
        data[rng.choice(("x", 0, *keys))] = deepcopy(rng.choice(WRONG))
    elif keys:
        data[rng.choice(keys)] = deepcopy(rng.choice(WRONG))


def test_parts_that_are_wrong_are_refused_alike(node: Answers, schools: list[School]):
    """A key missing, unknown or of another type refuses the part in both."""
    rng, asked, expected = drawn(), [], []
    parts = [cbor2.loads(one.bundle)["parts"] for one in schools]
    for _ in range(CASES // 40):
        name = rng.choice(list(READERS))
        data = cbor2.loads(rng.choice(parts)[name])
        for _ in range(rng.choice((1, 1, 1, 2))):
            spoil(rng, data)
        asked.append((name, canonical.encode(data).hex()))
        expected.append(is_read(name, data))

    answers = node.ask("areRead", asked)
    differing = [place for place, answer in enumerate(answers) if answer != expected[place]]
    assert not differing, (
        f"seed {SEED}: {asked[differing[0]]} is {expected[differing[0]]} in Python"
    )
    assert {True, False} == set(expected)


def bundle_spoiled(rng: random.Random, one: School) -> bytes:
    """Change the manifest or the parts of a bundle, and sign it as the school would."""
    outer = cbor2.loads(one.bundle)
    signed = seal.parse_signed(outer["manifest"], bytes_max=4096)
    payload = cbor2.loads(signed.payload)
    chance = rng.random()
    if chance < 3 / 4:
        payload[rng.choice((*payload, 9, 2, "x"))] = deepcopy(
            rng.choice([*WRONG, 1, 1_790_000_000_000])
        )
    elif chance < 7 / 8:
        parts = rng.choice((outer["parts"], payload[8]))
        parts[rng.choice((*parts, "today", "more", 1))] = rng.choice((b"\x80", bytes(32), 1))
    else:
        rng.choice((payload, outer, outer["parts"], payload[8])).popitem()
    if "manifest" in outer:
        outer["manifest"] = seal.sign(canonical.encode(payload), one.school_key).to_bytes()
    return canonical.encode(outer)


def manifest_in(data: bytes, one: School) -> Any:
    """Read a bundle in Python, written as JavaScript writes it."""
    try:
        bundle = knowledge.read_bundle(data, one.school_key.public, uai=UAI)
    except PortiqueError as error:
        return type(error).__name__
    manifest, version = bundle.manifest, bundle.manifest.version
    word = None if manifest.authorisation is None else manifest.authorisation.hex()
    dates = to_ms(manifest.issued_at), to_ms(manifest.expires_at)
    return [version.epoch, version.number, *dates, word, sorted(bundle.parts)]


def test_bundles_that_are_wrong_are_refused_alike(node: Answers, schools: list[School]):
    """Another manifest, parts more or less: both read the same, or nothing."""
    rng, one = drawn(), schools[0]
    files = [one.bundle, *(bundle_spoiled(rng, one) for _ in range(CASES // 200))]
    expected = [manifest_in(data, one) for data in files]

    question = one.question() | {"bundles": [data.hex() for data in files]}
    answers = node.ask("bundles", question)
    differing = [place for place, answer in enumerate(answers) if answer != expected[place]]
    assert not differing, (
        f"seed {SEED}: {expected[differing[0]]}, {answers[differing[0]]}: "
        f"{cbor2.loads(files[differing[0]])}"
    )
    assert len(set(map(str, expected))) > 2


def code_at(text: str, rng: random.Random) -> SeenCode:
    """Put a code somewhere in a frame, most often inside the aim area and large enough."""
    x, y, width = rng.choice((0.1, 0.5, 1.0)), rng.random(), rng.choice((0.05, 0.3, 0.3))
    return SeenCode(text, ((x, y), (x + width, y), (x + width, y + width), (x, y + width)))


def test_the_same_showings_open_and_close(node: Answers, schools: list[School]):
    """Codes that come, stay, meet and go, frame by frame."""
    rng = drawn()
    texts = list({case.text for one in schools[:2] for case in one.cases})[:6]
    frames, at_ms = [], 0
    for _ in range(CASES // 100):
        at_ms += rng.choice((0, 100, 100, 100, 1_900, 2_000, 31_000))
        texts_seen = rng.choices(texts, k=rng.choice((0, 1, 1, 1, 2, 3)))
        frames.append((at_ms, [code_at(text, rng) for text in texts_seen]))
    showings = Showings()

    expected = [frame_data(showings, at_ms, codes) for at_ms, codes in frames]
    asked = [(at_ms, [asdict(code) for code in codes]) for at_ms, codes in frames]
    assert node.ask("frames", {"frames": asked}) == expected, f"seed {SEED}"


def frame_data(showings: Showings, at_ms: int, codes: list[SeenCode]) -> dict[str, Any]:
    """Take in one frame in Python, written as JavaScript writes it."""
    step = showings.step(codes, at_ms)
    opened = [
        {
            "showing": one.showing,
            "text": one.text,
            "passId": one.pass_id,
            "atMs": one.at_ms,
            "typed": one.typed,
        }
        for one in step.opened
    ]
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
