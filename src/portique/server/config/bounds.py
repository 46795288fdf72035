"""How much one address and everybody together may ask of a process, and how slowly."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a process waits for and keeps, at most; the figures suit a school of 5,000 people.

    `look_s`: between two looks at a connection. `request_s`: for a request's line and headers, from
    the moment it is the other side's turn. `body_s`: before a body must have come at `body_pace`
    bytes a second. `taken_s`: for 64 KiB of an answer to be taken. `drain_s`: for what is thrown
    away, so that a refusal is still seen.
    `address_connections` and `connections` are open at a time, by one address and by all;
    `client_bytes` and `bytes` are what is kept of long bodies, likewise.
    """

    look_s: float = 1.0
    request_s: float = 10.0
    body_s: float = 20.0
    body_pace: int = 64 * KIB
    taken_s: float = 20.0
    drain_s: float = 3.0
    address_connections: int = 256
    connections: int = 1024
    client_bytes: int = 64 * MIB
    bytes: int = 128 * MIB


DEFAULT = Bounds()
