"""What is known of gates, for pages, the API and the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portique.core.values import to_ms
from portique.core.wire_enrolment import Invitation as Invited
from portique.core.wire_enrolment import key_hash
from portique.server.gates.models import Gate, Note

if TYPE_CHECKING:
    from datetime import datetime

    from portique.school.house import School
    from portique.server.gates.models import Invitation

CONNECTED = timedelta(minutes=2)  # a gate asks every thirty seconds at least


def connected_gates(at: datetime, *, but: str = "") -> list[str]:
    """Return the ids of the gates that were heard of just now, one excepted."""
    heard = Gate.objects.filter(removed_at=None, contact_at__gte=at - CONNECTED)
    return list(heard.exclude(pk=but).values_list("pk", flat=True))


def newest_note(gate_id: str) -> int:
    """Return the number of the newest note there is for a gate, 0 when none waits."""
    numbers = Note.objects.filter(gate=gate_id).order_by("-number")
    return numbers.values_list("number", flat=True).first() or 0


def invitation_text(school: School, invitation: Invitation, address: str) -> str:
    """Return the text of an invitation's code; `address` is where gates reach the server."""
    return Invited(
        school.settings.uai,
        address,
        bytes.fromhex(invitation.secret),
        key_hash(school.keys.knowledge.public),
        to_ms(invitation.expires_at) // 1000,
    ).to_text()
