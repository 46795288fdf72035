"""Mutated passes: no crash, and nothing is genuine but the text the school issued."""

import os
import random
import re
import time
from collections.abc import Callable

import cbor2
import pytest

from portique.core import canonical, passes, qr, seal
from portique.core.errors import PassError
from portique.core.passes import Draft, Identity, KeyRing, Proof
from portique.core.seal import P256_ORDER, Purpose, SecretKey, Signed
from portique.core.values import HolderId, Kind, PassId, Uai, Window, from_ms, hex_id

MUTATIONS = int(os.environ.get("PORTIQUE_MUTATIONS", "50000"))
BATCHES = 10
COST_MS_MAX = 50.0  # reliability.md R13: more is a hang
UAI = Uai("0990001S")
_SEED = random.Random(13)
ISSUER, STRANGER, STATUS = (
    seal.private_key(purpose, _SEED.randbytes(40))
    for purpose in (Purpose.PASS, Purpose.PASS, Purpose.STATUS)
)
PHONE = seal.private_key(Purpose.PHONE, _SEED.randbytes(40))
NAME_KEY = SecretKey(Purpose.NAME, _SEED.randbytes(32))
RING = KeyRing(UAI, {ISSUER.public.kid: ISSUER.public}, {NAME_KEY.kid: NAME_KEY})

Mutation = Callable[[random.Random, str], str]


def make(rng: random.Random, *, bound: bool) -> str:
    identity = Identity(HolderId(hex_id(rng.randbytes(8))), Kind.PUPIL, "Zoé", "2nde 4", "", 7)
    window = Window(from_ms(1_788_220_800_000), from_ms(1_819_749_600_000))
    pass_id = PassId(hex_id(rng.randbytes(8)))
    draft = Draft(UAI, pass_id, window, identity, PHONE.public if bound else None)
    signed = passes.issue(draft, ISSUER, NAME_KEY, iv=rng.randbytes(12))
    if bound:
        return passes.phone_text(signed, PHONE, uai=UAI, seconds=1_795_248_000)
    return passes.text_of(signed)


ISSUED = [make(_SEED, bound=n % 3 == 2) for n in range(60)]
KNOWN = frozenset(ISSUED)


def in_text(rng: random.Random, text: str) -> str:
    at, kind = rng.randrange(len(text)), rng.randrange(4)
    letter = rng.choice("0123456789ABCXYZ $%*+-./:aé\n\0\u202e")
    middle = [letter, "", text[at] + letter, text[at] * 2][kind]
    return text[:at] + middle + text[at + 1 :]


def in_bytes(rng: random.Random, text: str) -> str:
    data = bytearray(qr.from_base45(text[4:]))
    at = rng.randrange(len(data))
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        at = rng.randrange(len(data))
        data[at] = rng.choice((data[at] ^ (1 << rng.randrange(8)), rng.randrange(256), 0, 255))
    if rng.random() < 0.2:
        data = data[:at] if rng.random() < 0.5 else data + rng.randbytes(rng.randrange(1, 5))
    return text[:4] + qr.to_base45(bytes(data))


def in_tree(rng: random.Random, text: str) -> str:
    tag = cbor2.loads(qr.from_base45(text[4:]))
    claims = cbor2.loads(tag.value[2])
    if isinstance(claims, dict):
        key = rng.choice(list(claims))
        claims[key] = rng.choice(
            (None, 0, -1, 2**63, "", b"", [], {}, claims[key], [claims[key]], {1: claims[key]})
        )
        if rng.random() < 0.3:
            claims[rng.choice((0, 2, 6, 9, 65535, "x"))] = rng.randbytes(3)
    key = rng.choice((ISSUER, STRANGER, STATUS, PHONE))
    signer = STRANGER if key is ISSUER else key  # whoever forges doesn't hold the issuing key
    signed = seal.sign(cbor2.dumps(claims, canonical=rng.random() < 0.5), signer)
    protected = rng.choice((signed.protected, tag.value[0]))
    return text[:4] + qr.to_base45(Signed(protected, signed.payload, signed.signature).to_bytes())


def other_signature(rng: random.Random, text: str) -> str:
    tag = cbor2.loads(qr.from_base45(text[4:]))
    r, s = tag.value[3][:32], int.from_bytes(tag.value[3][32:], "big")
    s = rng.choice((P256_ORDER - s, (s + P256_ORDER) % 2**256, s ^ 1, 0, P256_ORDER))
    value = [*tag.value[:3], r + s.to_bytes(32, "big")]
    return text[:4] + qr.to_base45(canonical.encode(cbor2.CBORTag(18, value)))


def other_encoding(rng: random.Random, text: str) -> str:
    """Write the same values in an encoding that plain CBOR also allows."""
    data = qr.from_base45(text[4:])
    longer = {
        b"\xd2\x84": (b"\xd8\x12\x84", b"\xd2\x98\x04", b"\xd2\x9b" + bytes(7) + b"\x04"),
        b"\x58\x40": (b"\x59\x00\x40", b"\x5a\x00\x00\x00\x40"),
        b"\xa0": (b"\xb8\x00", b"\xbf\xff", b"\xa1\x04\x48" + bytes(8)),
    }
    short = rng.choice(list(longer))
    return text[:4] + qr.to_base45(data.replace(short, rng.choice(longer[short]), 1))


def tagged(rng: random.Random, text: str) -> str:
    """Ask the decoder to build something: a pattern, a message, a fraction, a date, a reference."""
    number = rng.choice((0, 1, 2, 3, 4, 5, 28, 29, 30, 35, 36, 37, 100, 258, 260, 55799, 2**40))
    pattern = "(?i)" + "[\\x00-\\uffff]" * rng.randrange(1, 60)
    content: object = rng.choice(
        (pattern, "a:\r\n" * 90, b"\xff" * 300, [1, 2], [9**9, 1], 0, [[]] * 9)
    )
    hostile = cbor2.CBORTag(number, content)
    tag = cbor2.loads(qr.from_base45(text[4:]))
    parts = list(tag.value)
    place = rng.randrange(6)
    if place < 4:
        parts[place] = hostile if place != 2 else cbor2.dumps({1: hostile})
    built = hostile if place == 4 else cbor2.CBORTag(18, parts)
    return text[:4] + qr.to_base45(cbor2.dumps(built))


def stripped(rng: random.Random, text: str) -> str:
    """Take a phone's proof away, or put one around a paper pass."""
    code = passes.parse(text)
    if code.phone is None:
        return passes.phone_text(code.sealed.signed, PHONE, uai=UAI, seconds=1_795_248_000)
    return passes.text_of(code.sealed)


MUTATORS: tuple[Mutation, ...] = (
    in_text, in_text, in_bytes, in_bytes, in_tree, other_signature, other_encoding, tagged,
    stripped,
)  # fmt: skip


def genuine(text: str) -> bool:
    """Say whether a gate would take the text for a genuine pass with its proof."""
    try:
        verified = passes.verify(passes.parse(text), RING)
    except PassError:
        return False
    return verified.proof in (Proof.NOT_NEEDED, Proof.VALID)


def judged(text: str) -> tuple[bool, float]:
    """Return whether it is genuine, and the processor time (ms) it took: least of up to three."""
    costs: list[float] = []
    while len(costs) < 3 and (not costs or min(costs) > COST_MS_MAX):
        re.purge()  # a pattern compiled once costs nothing the second time
        began = time.process_time()
        verdict = genuine(text)
        costs.append((time.process_time() - began) * 1000)
    return verdict, min(costs)


def test_what_the_school_issued_is_genuine():
    """The campaign starts from texts that do pass, or it would prove nothing."""
    assert all(genuine(text) for text in ISSUED)


@pytest.mark.parametrize("mutate", set(MUTATORS), ids=lambda m: m.__name__)
def test_each_mutator_changes_texts(mutate):
    """Every mutator makes texts that the school never issued."""
    rng = random.Random(1)

    assert sum(mutate(rng, text) not in KNOWN for text in ISSUED) >= len(ISSUED) // 2


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_mutation_is_genuine(batch):
    """Whatever is changed in a pass, only the exact issued text counts; nothing else is raised."""
    seed = random.SystemRandom().randrange(2**32)
    rng = random.Random(seed)
    for _ in range(MUTATIONS // BATCHES):
        text = rng.choice(MUTATORS)(rng, rng.choice(ISSUED))
        if rng.random() < 0.1:
            text = rng.choice(MUTATORS[:2])(rng, text)
        # A reader's one line end is dropped by the format.
        accepted, cost = judged(text)
        assert not accepted or qr.without_line_end(text) in KNOWN, f"seed {seed}: {text!r}"
        assert cost <= COST_MS_MAX, f"seed {seed}, {cost:.0f} ms: {text!r}"
