"""What receivers are given, made without a filing."""

from collections.abc import Iterable

from portique.core.entries import Body
from portique.server.gates.models import Epoch, Gate
from portique.server.gates.receivers import Filed, Parcel


def parcel(gate: str, filed: Iterable[tuple[int, int, Body]]) -> Parcel:
    """Return entries (number, time in UTC ms, body) as of a gate's first epoch."""
    row = Gate.objects.get(pk=gate)
    return Parcel(row, Epoch(number=1), [Filed(*each, 0) for each in filed])
