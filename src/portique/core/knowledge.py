"""What the school tells its gates: one signed manifest and the parts it names.

The signature is checked before anything is interpreted, versions only go up
within an epoch, and the expiry is part of what is signed, so that neither an
old copy nor a frozen one passes for today's (reliability.md T12). Source:
`docs/formats/knowledge.md`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portique.core import canonical, revocation, seal
from portique.core.errors import KnowledgeError, PassError, SealedIdentityError
from portique.core.passes import SECONDS_MAX, KeyRing
from portique.core.plain import WHOLE_MAX, Fields
from portique.core.seal import PrivateKey, PublicKey, Purpose, SecretKey
from portique.core.values import Uai, from_ms, is_uai, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

FORMAT = 1
BUNDLE_BYTES_MAX = 16 * 1024 * 1024
MANIFEST_BYTES_MAX = 4096
MANIFEST_ITEMS_MAX = 64  # seven fields, and a hash for each of some twenty parts
DEPTH_MAX = 10
ITEMS_MAX = 2_000_000
MS_MAX = SECONDS_MAX * 1000
PARTS = ("keys", "status", "calendar", "rights", "zones", "alarms", "settings")
BADGES, CHECKS, TODAY = "badges", "checks", "today"
OPTIONAL = (BADGES, CHECKS, TODAY)  # knowledge from before they existed goes on counting
DAMAGED = "the knowledge file is damaged or not signed by this school; export it again"
UAI, EPOCH, VERSION, ISSUED, EXPIRES, HASHES, AUTHORISED, FORM = 3, 4, 5, 6, 7, 8, 9, 1


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Where a bundle stands: a restored server opens a new epoch, versions only go up."""

    epoch: int
    number: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is signed: which parts, for which school, believed from when to when.

    `authorisation` is the word of the recovery key that the epoch may be (`core.recovery`).
    """

    uai: Uai
    version: Version
    issued_at: datetime
    expires_at: datetime
    authorisation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified manifest and its parts, decoded to plain data."""

    manifest: Manifest
    parts: Mapping[str, Any]


def write_bundle(manifest: Manifest, parts: Mapping[str, bytes], key: PrivateKey) -> bytes:
    """Sign the manifest over the parts' hashes and put all in one file.

    Args:
        manifest: School, version and dates.
        parts: Canonical CBOR of each part, by name (see `PARTS` and `OPTIONAL`).
        key: The school's knowledge key.

    Raises:
        ValueError: A part's name isn't one of those, or the key has another purpose.
    """
    if key.purpose is not Purpose.KNOWLEDGE or not set(parts) <= {*PARTS, *OPTIONAL}:
        raise ValueError("a bundle holds the known parts and is signed by the knowledge key")
    payload: dict[int, Any] = {
        FORM: FORMAT,
        UAI: manifest.uai,
        EPOCH: manifest.version.epoch,
        VERSION: manifest.version.number,
        ISSUED: to_ms(manifest.issued_at),
        EXPIRES: to_ms(manifest.expires_at),
        HASHES: {name: hashlib.sha256(part).digest() for name, part in parts.items()},
    }
    if manifest.authorisation is not None:
        payload[AUTHORISED] = manifest.authorisation
    signed = seal.sign(canonical.encode(payload), key)
    return canonical.encode({"manifest": signed.to_bytes(), "parts": dict(parts)})


def read_bundle(
    data: bytes, key: PublicKey, *, uai: Uai, at_least: Version | None = None
) -> Bundle:
    """Verify a bundle and decode its parts.

    Args:
        data: The whole file.
        key: The knowledge key this gate pinned when it was enrolled.
        uai: The gate's school.
        at_least: Refuse anything older; the same version again is harmless.

    Raises:
        KnowledgeError: Unsigned, damaged, for another school, or older.
    """
    manifest, hashes, packed = _open(data, key, uai)
    if at_least is not None and manifest.version < at_least:
        raise KnowledgeError("the knowledge file is older than what this gate already knows")
    try:
        return Bundle(manifest, _parts(packed, hashes))
    except (PassError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(DAMAGED) from error


def read_manifest(data: bytes, key: PublicKey, *, uai: Uai) -> Manifest:
    """Verify who signed a bundle, for which school, and which version it is.

    Its parts, which take a thousand times as long, are neither checked nor decoded.

    Args:
        data: The whole file.
        key: The knowledge key this gate pinned when it was enrolled.
        uai: The gate's school.

    Raises:
        KnowledgeError: Unsigned, damaged, or for another school.
    """
    return _open(data, key, uai)[0]


def without_today(data: bytes) -> bytes | None:
    """Return a bundle without the day's list, as a gate keeps it once that day is over.

    Its signature still holds: the manifest has the list's hash, which says nothing of it.

    Returns:
        None if there is no list in it.

    Raises:
        KnowledgeError: That is no bundle.
    """
    try:
        outer = canonical.decode(data, bytes_max=BUNDLE_BYTES_MAX, items_max=64)
        parts = dict(outer["parts"])
    except (PassError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(DAMAGED) from error
    if parts.pop(TODAY, None) is None:
        return None
    return canonical.encode({"manifest": outer["manifest"], "parts": parts})


def _open(data: bytes, key: PublicKey, uai: Uai) -> tuple[Manifest, dict[str, bytes], Any]:
    """Verify the manifest; return it, the hashes it names, and the parts as they are packed."""
    try:
        outer = canonical.decode(data, bytes_max=BUNDLE_BYTES_MAX, items_max=64)
        manifest, hashes = _manifest(outer, key)
    except (PassError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(DAMAGED) from error
    if manifest.uai != uai:
        raise KnowledgeError(
            f"the knowledge file is for school {manifest.uai}, this gate is {uai}'s"
        )
    return manifest, hashes, outer["parts"]


def _manifest(outer: Any, key: PublicKey) -> tuple[Manifest, dict[str, bytes]]:
    if set(outer) != {"manifest", "parts"} or key.purpose is not Purpose.KNOWLEDGE:
        raise ValueError("not a bundle")
    signed = seal.parse_signed(outer["manifest"], bytes_max=MANIFEST_BYTES_MAX)
    if signed.header() != {seal.ALG: seal.ES256, seal.KID: key.kid}:
        raise ValueError("signed by another key")
    payload = canonical.decode(
        seal.verify(signed, key), bytes_max=MANIFEST_BYTES_MAX, items_max=MANIFEST_ITEMS_MAX
    )
    match payload:
        case {1: 1 as form, 3: str(uai), 4: int(epoch), 5: int(number), 6: int(issued),
              7: int(expires), 8: dict(hashes), **more} if (
            form is not True and is_uai(uai) and max(epoch, number) <= WHOLE_MAX
            and max(issued, expires) <= MS_MAX and min(epoch, number, issued, expires) >= 0
            and bool not in map(type, (epoch, number, issued, expires))
        ):  # fmt: skip
            version = Version(epoch, number)
            parts = {str(name): bytes(digest) for name, digest in hashes.items()}
            dates = from_ms(issued), from_ms(expires)
            return Manifest(Uai(uai), version, *dates, _authorisation(more)), parts
    raise ValueError("not a manifest")


def _authorisation(more: dict[Any, Any]) -> bytes | None:
    match more:
        case {9: bytes(signed)} if len(more) == 1:
            return signed
        case _ if not more:
            return None
    raise ValueError("not a manifest")


def _parts(parts: dict[str, bytes], hashes: dict[str, bytes]) -> dict[str, Any]:
    if set(parts) - set(hashes) or set(hashes) - set(parts) - {TODAY}:
        raise ValueError("parts are missing or were added")
    for name, part in parts.items():
        if hashlib.sha256(part).digest() != hashes[name]:
            raise ValueError("a part was changed")
    return {
        name: canonical.decode(
            part, bytes_max=BUNDLE_BYTES_MAX, depth_max=DEPTH_MAX, items_max=ITEMS_MAX
        )
        for name, part in parts.items()
    }


# --- the keys part -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SchoolKeys:
    """The keys a gate learns: issuers, status and orders in clear, name keys wrapped to it.

    `recovery` is the key without which the knowledge can't begin anew, where the school has one.
    """

    issuers: tuple[PublicKey, ...]
    status: PublicKey
    orders: PublicKey
    names: tuple[SecretKey, ...]
    recovery: PublicKey | None = None

    def ring(self, uai: Uai) -> KeyRing:
        """Return what verifying a pass needs."""
        issuers = {key.kid: key for key in self.issuers}
        return KeyRing(uai, issuers, {key.kid: key for key in self.names})


def keys_part(
    keys: SchoolKeys, gates: Iterable[PublicKey], *, entropy: Iterable[bytes]
) -> dict[str, Any]:
    """Write the keys part; `entropy` yields 52 random bytes for each gate."""
    names = b"".join(key.secret for key in keys.names)
    wrapped = {
        gate.kid: seal.wrap(names, gate, entropy=random)
        for gate, random in zip(gates, entropy, strict=False)
    }
    told = {
        "issuers": [key.cose_key() for key in keys.issuers],
        "status": keys.status.cose_key(),
        "orders": keys.orders.cose_key(),
        "names": wrapped,
    }
    return told if keys.recovery is None else told | {"recovery": keys.recovery.cose_key()}


def read_keys_part(part: Any, mine: PrivateKey | None) -> SchoolKeys:
    """Read the keys part and unwrap the name keys meant for this gate, if any.

    Raises:
        KnowledgeError: Not a keys part.
    """
    with Fields(part, "keys") as fields:
        issuers, names = fields.rows("issuers"), fields.map("names")
        status, orders = fields.map("status"), fields.map("orders")
        recovery = fields.map("recovery") if "recovery" in part else None
    try:
        return SchoolKeys(
            tuple(PublicKey.from_cose_key(Purpose.PASS, key) for key in issuers),
            PublicKey.from_cose_key(Purpose.STATUS, status),
            PublicKey.from_cose_key(Purpose.ORDERS, orders),
            _names(names, mine),
            None if recovery is None else PublicKey.from_cose_key(Purpose.RECOVERY, recovery),
        )
    except (PassError, ValueError) as error:
        raise KnowledgeError("the keys in the knowledge file are damaged") from error


def _names(wrapped: dict[bytes, Any], mine: PrivateKey | None) -> tuple[SecretKey, ...]:
    if mine is None or mine.public.kid not in wrapped:
        return ()
    try:
        secrets = seal.unwrap(wrapped[mine.public.kid], mine)
    except SealedIdentityError as error:
        raise ValueError("name keys that do not open") from error
    size = seal.SYMMETRIC_KEY_BYTES
    return tuple(
        SecretKey(Purpose.NAME, secrets[i : i + size]) for i in range(0, len(secrets), size)
    )


def status_from(part: Any, keys: SchoolKeys, *, uai: Uai) -> revocation.StatusList:
    """Verify the status list that travels as a part.

    Raises:
        KnowledgeError: See `revocation.read`.
    """
    if not isinstance(part, bytes):
        raise KnowledgeError("the status part is not a status list")
    return revocation.read(part, keys.status, uai=uai)
