"""Whether the school lets phones carry passes: on, until its head switches them off.

Off, no phone is enrolled and no phone's pass counts; cards, slips and badges are as before. On
again, the passes of phones count as they did: none was touched.
"""

from __future__ import annotations

from portique.server.school.models import Rules

PHONES = "phones"  # the document of rules that says so


def phones_on() -> bool:
    """Say whether phones may carry passes here."""
    data = Rules.objects.filter(name=PHONES).values_list("data", flat=True).first()
    return not (isinstance(data, dict) and data.get("on") is False)
