"""The phones' JavaScript reads formats as Python does: the same values, the same refusals."""

import os
import random
import secrets
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import cbor2
import pytest
from tests.core import test_pass_mutations as mutations
from tests.core.test_pass_mutations import ISSUER, NAME_KEY, PHONE, RING, UAI
from tests.core.test_pass_mutations import STATUS as STATUS_KEY
from tests.web.node_lines import Answers, answering

from portique.core import canonical, passes, qr, revocation, seal
from portique.core.errors import PassError, PortiqueError, UnreadablePass
from portique.core.passes import Draft, Identity, Proof
from portique.core.seal import PublicKey, Purpose
from portique.core.values import HolderId, Kind, PassId, Window, from_ms, to_ms

CASES = int(os.environ.get("PORTIQUE_WEB_CASES", "5000"))
SEED = int(os.environ.get("PORTIQUE_WEB_SEED", secrets.randbits(32)))
AT_ONCE = 500
CAPS = {"bytesMax": 200, "depthMax": 4, "itemsMax": 32}
# What a field may be replaced by: of every type, at every edge.
WRONG: list[Any] = [
    *(None, True, False, 0, 1, -1, 6, 7, 1_048_576, 253_402_300_799, 253_402_300_800),
    *(2**53 - 1, 2**53, 2**64 - 1, -(2**64), "", "0990001S", "0990002P", "é" * 16, "é" * 17),
    *(b"", bytes(8), bytes(32), [], [1], {}, {1: 1}, {1: {}}, {"a": b""}),
]


def point(key: PublicKey) -> tuple[str, str]:
    return key.x.hex(), key.y.hex()


KEYS = {
    "uai": UAI,
    "issuers": [point(ISSUER.public)],
    "name_keys": [NAME_KEY.secret.hex()],
}
STATUS_POINT = dict(zip("xy", point(STATUS_KEY.public), strict=True))


def replaced(rng: random.Random, fields: dict[Any, Any]) -> dict[Any, Any]:
    """Return a map with one or two fields changed, added or taken away."""
    changed = dict(fields)
    for _ in range(rng.choice((1, 1, 2))):
        key = rng.choice([*fields, 0, 8, "x"])
        if rng.random() < 1 / 8:
            changed.pop(key, None)
        else:
            changed[key] = rng.choice([*WRONG, *fields.values()])
    return changed


def issued_wrong(rng: random.Random, text: str) -> str:
    """Change claims and sign them as the school would: only the format can refuse them."""
    sealed = passes.parse(text).sealed
    claims = replaced(rng, dict(sealed.claims))
    return passes.text_of(seal.sign(canonical.encode(claims), ISSUER))


def sealed_wrong(rng: random.Random, text: str) -> str:
    """Change what is sealed, seal and sign it as the school would."""
    claims = dict(passes.parse(text).sealed.claims)
    opened = seal.encrypted_from(claims[passes.SEALED])
    inside = cbor2.loads(seal.decrypt(opened, NAME_KEY, aad=claims[passes.CTI]))
    plain = canonical.encode(replaced(rng, inside))
    iv = rng.randbytes(12)
    box = seal.encrypt(plain, NAME_KEY, iv=iv, aad=claims[passes.CTI])
    if rng.random() < 1 / 4:
        box[0] = canonical.encode(replaced(rng, cbor2.loads(box[0])))
    claims[passes.SEALED] = box
    return passes.text_of(seal.sign(canonical.encode(claims), ISSUER))


def proved_wrong(rng: random.Random, text: str) -> str:
    """Change what the phone says around its pass, and sign it with the phone's own key."""
    sealed = passes.parse(text).sealed
    said = {1: sealed.signed.structure(), 3: str(UAI), 6: 1_795_248_000}
    payload = canonical.encode(replaced(rng, said))
    signed = seal.sign(payload, PHONE, with_kid=rng.random() < 1 / 8)
    return qr.PREFIX_PHONE + qr.to_base45(signed.to_bytes())


def header_wrong(rng: random.Random, text: str) -> str:
    """Change what a protected header says."""
    signed = passes.parse(text).sealed.signed
    header = canonical.encode(replaced(rng, dict(signed.header())))
    return passes.text_of(seal.Signed(header, signed.payload, signed.signature))


MUTATORS: tuple[Callable[[random.Random, str], str], ...] = (
    *mutations.MUTATORS,
    *(issued_wrong, sealed_wrong, sealed_wrong, proved_wrong, proved_wrong, header_wrong),
    lambda _, text: text,
)


def read_pass(text: str) -> Any:
    """Say all that Python reads in a text, or the name of its refusal."""
    try:
        code = passes.parse(text)
        verified = passes.verify(code, RING)
    except PassError as error:
        return type(error).__name__
    held, who = verified.held, verified.held.identity
    opens, closes = to_ms(held.window.opens), to_ms(held.window.closes)
    return [
        [held.pass_id, held.uai, opens, closes, held.kid.hex()],
        held.phone_key and held.phone_key.kid.hex(),
        who
        and [
            *(who.holder, who.kind, who.name, who.label, who.regime, who.status_index),
            None if who.template is None else who.template.hex(),
        ],
        [verified.proof, verified.proof_seconds],
        passes.text_of(code.sealed),
    ]


def status_token(rng: random.Random) -> bytes:
    """Make a status list with a fault somewhere, or none: in its list, claims, form or bytes."""
    packed = zlib.compress(rng.randbytes(rng.randrange(60)), 9)
    packed = rng.choice((*[packed] * 4, packed[:-1], packed + b"\0", rng.randbytes(9), b""))
    claims: dict[Any, Any] = {2: str(UAI), 6: 1_795_248_000, 4: 1_795_334_400, 65534: 86_400}
    claims[65533] = {"bits": 2, "lst": packed}
    if rng.random() < 1 / 3:
        claims[rng.choice(list(claims))] = rng.choice(
            (None, -1, "", str(UAI), b"", {}, {"bits": 1, "lst": packed}, {"lst": packed}, 5, 2**60)
        )
    key = rng.choice((*[STATUS_KEY] * 7, ISSUER))
    typ = rng.choice((*[revocation.TYP] * 9, None, "other"))
    token = bytearray(seal.sign(canonical.encode(claims), key, typ=typ).to_bytes())
    if rng.random() < 1 / 8:
        token[rng.randrange(len(token))] ^= 1 << rng.randrange(8)
    return bytes(token)


def read_status(token: bytes) -> Any:
    try:
        listed = revocation.read(token, STATUS_KEY.public, uai=UAI)
    except PortiqueError as error:
        return type(error).__name__
    instants = to_ms(listed.issued_at), to_ms(listed.expires_at)
    return [listed.packed.hex(), *instants, listed.ttl_s]


def any_value(rng: random.Random, depth: int = 0) -> Any:
    """Draw a value of every type that CBOR has here, nested up to one deeper than allowed."""
    kind = rng.randrange(9 if depth < 5 else 5)
    if kind < 5:
        edge = rng.choice((0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53, 2**64 - 1))
        text = rng.choice(("", "é", "\ufeffa", "\U0001f600", "a" * 24, "x\0"))
        return (edge, -1 - edge, text, text.encode(), rng.choice((None, True, False)))[kind]
    size = rng.randrange(4)
    if kind == 5:
        return cbor2.CBORTag(rng.choice((18, 18, 18, 19)), any_value(rng, depth + 1))
    if kind == 6:
        keys = [any_value(rng, 5) for _ in range(size)]
        return {key: any_value(rng, depth + 1) for key in keys if not isinstance(key, bool)}
    return [any_value(rng, depth + 1) for _ in range(size)]


def any_encoded(rng: random.Random) -> bytes:
    """Encode a drawn value, in its one form or another, whole or with a few bytes changed."""
    data = bytearray(cbor2.dumps(any_value(rng), canonical=rng.random() < 3 / 4))
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        data[rng.randrange(len(data))] = rng.choice((rng.randrange(256), 0x1F, 0x5F, 0x80, 0xA1))
    return bytes(data[: rng.randrange(1, 9)]) if rng.random() < 1 / 16 else bytes(data)


def read_value(data: bytes) -> Any:
    try:
        value = canonical.decode(data, bytes_max=200)
    except UnreadablePass as error:
        return type(error).__name__
    return [spelled(value), canonical.encode(value).hex()]


def spelled(value: Any) -> Any:
    """Spell a value so that JSON keeps its type, as `web/tests/answers_formats.js` does."""
    match value:
        case str() | bool() | None:
            return value
        case bytes():
            return ["bytes", value.hex()]
        case list() | tuple():
            return ["list", [spelled(item) for item in value]]
        case cbor2.CBORTag():
            return ["tag", str(value.tag), spelled(value.value)]
        case int():
            return ["number", str(value)]
    return ["map", [[spelled(key), spelled(held)] for key, held in value.items()]]


@pytest.fixture(scope="module")
def node() -> Iterator[Answers]:
    """Start one Node process for this file."""
    with answering() as answers:
        yield answers


def check(
    drawn: list[Any], expected: list[Any], answers: list[Any], *, refused_max: float = 0.9
) -> None:
    """Compare answer by answer; enough cases must be read, or the comparison says little."""
    wrong = [found for found in zip(drawn, expected, answers, strict=True) if found[1] != found[2]]
    assert not wrong, f"seed {SEED}, {len(wrong)} differ: {wrong[0]}"
    assert sum(isinstance(answer, str) for answer in answers) < refused_max * len(answers)


def issued_for(place: dict[str, str]) -> str:
    """Issue a pass bound to a phone's key, given by its coordinates in hexadecimal."""
    x, y = (bytes.fromhex(place[name]) for name in "xy")
    identity = Identity(HolderId("00" * 8), Kind.PUPIL, "Zoé", "2nde 4", "", 7)
    window = Window(from_ms(1_788_220_800_000), from_ms(1_819_749_600_000))
    phone = PublicKey.from_point(Purpose.PHONE, x, y)
    draft = Draft(UAI, PassId("01" * 8), window, identity, phone)
    return passes.text_of(passes.issue(draft, ISSUER, NAME_KEY, iv=bytes(12)))


def test_python_takes_what_a_phone_draws(node: Answers):
    """Codes of a pass issued for a key that WebCrypto made, drawn by it, are all valid."""
    issued = issued_for(node.ask("phonePoint", None))
    seconds = list(range(1_795_248_000, 1_795_248_000 + 15 * 40, 15))

    drawn = node.ask("phoneTexts", {"text": issued, "uai": UAI, "seconds": seconds})

    verified = [passes.verify(passes.parse(text), RING) for text in drawn]
    assert [found.proof_seconds for found in verified] == seconds
    assert {found.proof for found in verified} == {Proof.VALID}
    assert qr.version_for(drawn[0], "L") <= 13


def batches(share: float) -> Iterator[tuple[random.Random, int]]:
    """Cut this share of the cases into batches: a generator for each, and its size."""
    whole = int(CASES * share)
    for start in range(0, whole, AT_ONCE):
        yield random.Random(SEED + start), min(AT_ONCE, whole - start)


@pytest.mark.slow
def test_javascript_and_python_read_the_same_passes(node: Answers):
    """Whatever the text, both read the same claims and identity or refuse for the same reason."""
    for rng, size in batches(0.6):
        texts = [rng.choice(MUTATORS)(rng, rng.choice(mutations.ISSUED)) for _ in range(size)]
        answers = node.ask("passes", {"keys": KEYS, "texts": texts})
        check(texts, [read_pass(text) for text in texts], answers)


def test_javascript_and_python_read_the_same_status_lists(node: Answers):
    """Whatever the token, both believe the same list or refuse it."""
    for rng, size in batches(0.1):
        tokens = [status_token(rng) for _ in range(size)]
        asked = {"uai": UAI, "key": STATUS_POINT, "tokens": [token.hex() for token in tokens]}
        check(tokens, [read_status(token) for token in tokens], node.ask("statuses", asked))


def test_javascript_and_python_take_the_same_bytes_for_canonical(node: Answers):
    """Both decode the same bytes to the same value, and refuse every other encoding of it."""
    for rng, size in batches(0.3):
        encoded = [any_encoded(rng) for _ in range(size)]
        asked = {"caps": CAPS, "encoded": [data.hex() for data in encoded]}
        check(encoded, [read_value(data) for data in encoded], node.ask("values", asked))
