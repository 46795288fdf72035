"""Joining a school: an invitation is answered with an application, an admission comes back.

The network is not believed: the invitation, which came through the gate's own
camera, names the key that must have signed whatever is accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import urllib3

from portique import __version__
from portique.core import knowledge, seal
from portique.core.errors import EnvironmentProblem, KnowledgeError, LinkError, PortiqueError
from portique.core.knowledge import BUNDLE_BYTES_MAX
from portique.core.seal import Purpose
from portique.core.wire_calls import NONCE_BYTES
from portique.core.wire_enrolment import (
    MESSAGE_BYTES_MAX,
    NOT_INVITED,
    Application,
    read_admission,
    read_invitation,
    sign_application,
)
from portique.core.zones import Lane, Site, default_site
from portique.gate.config import is_server_address
from portique.gate.enrolment import Joined
from portique.gate.link.calls import Caller, Calls, Place, pool_for, read_body
from portique.gate.link.fetching import OK
from portique.gate.link.fetching import PATH as KNOWLEDGE_PATH
from portique.gate.sections import ServerSection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.core.seal import PrivateKey
    from portique.core.wire_enrolment import Admission, Invitation
    from portique.gate.link.calls import Timekeeper

PATH = "/gate/v1/enrol"
REFUSED = 403


@dataclass(frozen=True, slots=True)
class Joining:
    """What came of an invitation: the gate, and the school's first knowledge if it was there."""

    joined: Joined
    bundle: bytes | None


def join(
    text: str, *, ca: Path | None, clock: Timekeeper, entropy: Callable[[int], bytes]
) -> Joining:
    """Answer an invitation.

    Args:
        text: What the code on the console says.
        ca: The authority to believe instead of the system's.
        clock: The gate's.
        entropy: Random bytes, for the gate's key and nonces.

    Raises:
        LinkError: No invitation, or one that does not count; or the answer is somebody else's.
        EnvironmentProblem: The server can't be reached.
    """
    invitation = read_invitation(text)
    if not is_server_address(invitation.address):
        raise LinkError(
            "the invitation names no address that a gate may call: "
            "the server needs https:// and its name"
        )
    key = seal.private_key(Purpose.GATE, entropy(40))
    place = Place(invitation.address, ca)
    admission = _apply(invitation, place, key, entropy)
    bundle = _first_bundle(admission, invitation, place, Caller(
        admission.gate_id, key, clock, entropy
    ))  # fmt: skip
    lane = _lane_of(admission, invitation, bundle)
    server = ServerSection(address=invitation.address, ca=ca)
    joined = Joined(key, admission.gate_id, lane, invitation.uai, admission.knowledge_key, server)
    return Joining(joined, bundle)


def _apply(
    invitation: Invitation, place: Place, key: PrivateKey, entropy: Callable[[int], bytes]
) -> Admission:
    nonce = entropy(NONCE_BYTES)
    application = Application(key.public, nonce, __version__)
    body = sign_application(application, key, invitation.secret)
    pool = pool_for(place)
    try:
        response = pool.request(
            "POST", place.address + PATH, body=body,
            preload_content=False, redirect=False, retries=False,
        )  # fmt: skip
        data = read_body(response, MESSAGE_BYTES_MAX, lambda: 0)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise EnvironmentProblem(
            f"the school's server {place.address} can't be reached ({type(error).__name__}): "
            "check the network, and --ca if the school has its own authority"
        ) from error
    finally:
        pool.clear()
    if response.status == REFUSED:
        raise LinkError(NOT_INVITED)
    if response.status != OK:
        raise EnvironmentProblem(
            f"the school's server answered with status {response.status}: try again in a minute"
        )
    return read_admission(data, invitation, nonce=nonce)


def _first_bundle(
    admission: Admission, invitation: Invitation, place: Place, caller: Caller
) -> bytes | None:
    """Fetch the first knowledge; None when there is none yet: the gate fetches it later."""
    calls = Calls(place, caller)
    try:
        reply = calls.ask("GET", KNOWLEDGE_PATH, bytes_max=BUNDLE_BYTES_MAX)
        if reply.status != OK:
            return None
        knowledge.read_manifest(reply.body, admission.knowledge_key, uai=invitation.uai)
    except PortiqueError:
        return None
    finally:
        calls.close()
    return reply.body


def _lane_of(admission: Admission, invitation: Invitation, bundle: bytes | None) -> Lane:
    """Return the lane as the school has it; until it says so, as every new school has it.

    A lane that goes the other way is refused at the gate's start, in one sentence.
    """
    site = default_site()
    if bundle is not None:
        try:
            parts = knowledge.read_bundle(bundle, admission.knowledge_key, uai=invitation.uai).parts
            site = Site.from_data(parts["zones"])
        except (KnowledgeError, KeyError):
            site = default_site()
    found = next((lane for lane in site.lanes if lane.name == admission.lane), None)
    return found or replace(site.lanes[0], name=admission.lane)
