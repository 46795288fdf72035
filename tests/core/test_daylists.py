"""The day's list: for gates with an agent, of one day; against vectors made by other code."""

import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portique.core import canonical, seal
from portique.core.daylists import DayList, Listed, day_part, read_day_part
from portique.core.errors import KnowledgeError, PassError
from portique.core.seal import PrivateKey, Purpose, SecretKey
from portique.core.values import HolderId, Kind, PassId, Uai, to_ms

VECTORS = Path(__file__).parents[1] / "vectors" / "knowledge"
VALID = json.loads((VECTORS / "valid.json").read_text("utf-8"))
INVALID = json.loads((VECTORS / "invalid.json").read_text("utf-8"))
GATE = PrivateKey.from_scalar(Purpose.GATE, bytes.fromhex(VALID["gate_key"]))
STRANGER = PrivateKey.from_scalar(Purpose.GATE, bytes.fromhex(VALID["gate_key"])[::-1])
DAY = date(2026, 11, 23)
ZOE = Listed(
    PassId("00112233445566aa"), HolderId("aabbccdd00112233"), Kind.PUPIL,
    "Zoé Martin", "2de 4", 7, 1_795_000_000, 1_820_000_000,
)  # fmt: skip
ALI = replace(ZOE, pass_id=PassId("00112233445566bb"), name="Ali Vantreuil", label="2de 5")
ENTROPY = random.Random(5).randbytes


def decoded(vector: str) -> object:
    return canonical.decode(bytes.fromhex(vector), bytes_max=10_000, depth_max=6, items_max=100)


def test_the_list_of_the_vectors_opens_for_its_gate():
    """The key is wrapped to it, the rows are as the page says."""
    listed = read_day_part(decoded(VALID["today"]), GATE)

    assert listed is not None
    assert listed.day.isoformat() == VALID["day"]
    assert [[*one.to_row()[2:]] for one in listed.listed] == VALID["listed"]


@pytest.mark.parametrize("what", sorted(INVALID["today"]))
def test_a_damaged_list_is_refused(what: str):
    """Whatever was changed in it, the day included."""
    with pytest.raises((KnowledgeError, PassError)):
        read_day_part(decoded(INVALID["today"][what]), GATE)


def test_a_list_comes_back_for_the_gates_it_is_for_and_no_other():
    """Another enrolled gate, a stick and an unenrolled reader see no name."""
    part = day_part(DayList(DAY, (ZOE, ALI)), [GATE.public], entropy=ENTROPY)

    assert read_day_part(part, GATE) == DayList(DAY, (ZOE, ALI))
    assert read_day_part(part, STRANGER) is None
    assert read_day_part(part, None) is None
    assert b"Martin" not in canonical.encode(part)


def test_there_need_be_no_list():
    """As in knowledge from before it existed."""
    assert read_day_part(None, GATE) is None


def test_a_list_is_of_its_day_alone():
    """Yesterday's, with today's date written over it, does not open."""
    part = day_part(DayList(DAY, (ZOE,)), [GATE.public], entropy=ENTROPY)
    with pytest.raises(KnowledgeError, match="day's list"):
        read_day_part(part | {"day": "2026-11-24"}, GATE)


@pytest.mark.parametrize("rows", [{}, [[]], [7], [[*ZOE.to_row()[:7], 0]]])
def test_sealed_nonsense_is_refused(rows: object):
    """A mistake of the school's own is not taken for people."""
    key, day = SecretKey(Purpose.DAY, bytes(32)), DAY.isoformat()
    sealed = seal.encrypt(
        canonical.encode(rows), key, iv=bytes(12), aad=f"portique today {day}".encode()
    )
    keys = {GATE.public.kid: seal.wrap(key.secret, GATE.public, entropy=ENTROPY(52))}
    with pytest.raises(KnowledgeError, match="day's list"):
        read_day_part({"day": day, "keys": keys, "list": sealed}, GATE)


def test_three_letters_and_a_class_find_up_to_eight():
    """In the list's order; fewer letters find nobody."""
    many = tuple(replace(ZOE, pass_id=PassId(f"{n:016x}")) for n in range(12))
    listed = DayList(DAY, (ALI, *many))

    assert listed.find("van", "2de") == [ALI]
    assert listed.find("mar", "2de4") == list(many[:8])
    assert listed.find("ma", "") == []


def test_somebody_is_taken_by_their_cards_number():
    """As the agent's screen names whom was chosen."""
    listed = DayList(DAY, (ZOE, ALI))

    assert listed.get(ALI.pass_id) is ALI
    assert listed.get("ffffffffffffffff") is None


def test_a_card_is_what_the_rules_decide_on():
    """Its dates, whose it is, and its place in the status list."""
    card = ZOE.card(Uai("0990001N"))
    assert card.identity is not None

    assert (card.pass_id, to_ms(card.window.closes)) == (ZOE.pass_id, 1_820_000_000_000)
    assert (card.identity.holder, card.identity.status_index) == (ZOE.holder, 7)
