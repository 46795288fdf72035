"""Parts of the knowledge, and whole bundles, that are wrong: refused by both, or by neither."""

import os
import random
import secrets
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import cbor2
import pytest
from tests.web.drawing import Drawing
from tests.web.node_lines import Answers, answering
from tests.web.schools import HANDHELD, UAI, School, device_data, school

from portique.core import canonical, knowledge, seal
from portique.core.alarms import Alarm
from portique.core.calendars import Calendar, default_calendar
from portique.core.errors import PortiqueError
from portique.core.exits import read_regimes
from portique.core.plain import Fields
from portique.core.rights import read_rights
from portique.core.values import to_ms
from portique.core.zones import Site

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
    "keys": lambda data: knowledge.read_keys_part(data, HANDHELD),
}


def is_read(name: str, data: Any) -> bool:
    """Say whether Python takes a part."""
    try:
        READERS[name](data)
    except PortiqueError:
        return False
    return True


def leaves(data: Any) -> list[Any]:
    """List all values that hold no others."""
    if not isinstance(data, dict | list):
        return [data]
    return [leaf for value in inner_values(data) for leaf in leaves(value)]


def inner_values(data: dict[Any, Any] | list[Any]) -> list[Any]:
    """List what a map or a list holds."""
    return list(data.values()) if isinstance(data, dict) else data


def spoil(rng: random.Random, data: Any) -> None:
    """Change one value deep inside, by any or by one of its own, take it away, or add one."""
    among = [*WRONG, *(leaf for leaf in leaves(data) for _ in (1, 2))]
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
        data[rng.choice(("x", 0, *keys))] = deepcopy(rng.choice(among))
    elif chance < 1 / 3 and isinstance(data, list) and data:
        data.append(deepcopy(rng.choice(data)))
    elif keys:
        data[rng.choice(keys)] = deepcopy(rng.choice(among))


def test_parts_that_are_wrong_are_refused_alike(node: Answers, schools: list[School]):
    """A key missing, unknown or of another type refuses the part in both."""
    rng, asked, expected = drawn(), [], []
    parts = [cbor2.loads(one.bundle)["parts"] for one in schools]
    for _ in range(max(400, CASES // 80)):
        name = rng.choice(list(READERS))
        data = cbor2.loads(rng.choice(parts)[name])
        for _ in range(rng.choice((1, 1, 1, 2))):
            spoil(rng, data)
        asked.append((name, canonical.encode(data).hex()))
        expected.append(is_read(name, data))

    answers = node.ask("areRead", {"mine": device_data(HANDHELD), "asked": asked})
    differing = [place for place, answer in enumerate(answers) if answer != expected[place]]
    assert not differing, (
        f"seed {SEED}: {asked[differing[0]]} is {expected[differing[0]]} in Python"
    )
    assert {True, False} == set(expected)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "+01:00", "", "../Paris", "Europe/Paris"])
def test_what_is_no_time_zone_is_none_for_both(node: Answers, zone: str):
    """A calendar whose zone a device does not know is not read."""
    data = default_calendar().to_data() | {"zone": zone}
    question = {"mine": None, "asked": [("calendar", canonical.encode(data).hex())]}

    assert node.ask("areRead", question) == [is_read("calendar", data)]


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
    files = [one.bundle, *(bundle_spoiled(rng, one) for _ in range(max(100, CASES // 300)))]
    expected = [manifest_in(data, one) for data in files]

    question = one.question() | {"bundles": [data.hex() for data in files]}
    answers = node.ask("bundles", question)
    differing = [place for place, answer in enumerate(answers) if answer != expected[place]]
    assert not differing, (
        f"seed {SEED}: {expected[differing[0]]}, {answers[differing[0]]}: "
        f"{cbor2.loads(files[differing[0]])}"
    )
    assert {type(one) for one in expected} == {str, list}
