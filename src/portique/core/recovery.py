"""Who may begin the knowledge anew: whoever has the school's recovery key, kept off every machine.

A server that came back from a backup opens a new epoch of the knowledge, above all that gates have.
The knowledge key alone must not do that: it lies on the server, and in copies of it. So each file
of the new epoch carries an authorisation by the recovery key, whose public half gates learned from
earlier knowledge. Source: `docs/formats/knowledge.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core import canonical, seal
from portique.core.errors import KnowledgeError, PassError
from portique.core.seal import Purpose

if TYPE_CHECKING:
    from portique.core.knowledge import Manifest, SchoolKeys, Version
    from portique.core.seal import PrivateKey, PublicKey

TYPE = "portique-epoch"
AUTHORISATION_BYTES_MAX = 256
NOT_AUTHORISED = (
    "the knowledge begins anew without the word of this school's recovery key, or names another "
    "key: on the server, run portique server new-epoch with that key; keys/recovery.pub must be "
    "the one that gates learned"
)


def authorise(epoch: int, key: PrivateKey, *, uai: str) -> bytes:
    """Sign for an epoch with the school's recovery key.

    Raises:
        ValueError: The key has another purpose.
    """
    if key.purpose is not Purpose.RECOVERY:
        raise ValueError("an epoch is authorised by the recovery key")
    return seal.sign(canonical.encode({1: uai, 2: epoch}), key, typ=TYPE).to_bytes()


def is_authorised(data: bytes, epoch: int, key: PublicKey, *, uai: str) -> bool:
    """Say whether a recovery key signed for this epoch of this school, and nothing else."""
    expected = {seal.ALG: seal.ES256, seal.KID: key.kid, seal.TYP: TYPE}
    try:
        signed = seal.parse_signed(data, bytes_max=AUTHORISATION_BYTES_MAX)
        said = seal.verify(signed, key)
        return signed.header() == expected and said == canonical.encode({1: uai, 2: epoch})
    except PassError:
        return False


def check_succession(
    before: Version, keys: SchoolKeys, manifest: Manifest, following: SchoolKeys
) -> None:
    """Check that knowledge may follow what a gate has.

    A school without recovery key may begin anew by its knowledge key alone, and may take one. From
    then on it begins anew by that key's word alone, and tells no other: everybody who has a file of
    an epoch has its word, so that the word says nothing for another key.

    Args:
        before: The version the gate has.
        keys: The keys that version told it.
        manifest: Of what is offered.
        following: The keys it tells.

    Raises:
        KnowledgeError: It may not.
    """
    known, epoch = keys.recovery, manifest.version.epoch
    if known is None:
        return
    word = manifest.authorisation or b""
    allowed = epoch == before.epoch or is_authorised(word, epoch, known, uai=manifest.uai)
    if not allowed or following.recovery != known:
        raise KnowledgeError(NOT_AUTHORISED)
