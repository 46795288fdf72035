"""Where events may be sent at all: names are resolved once, judged, and connected to as judged.

A server inside a school's network must not be led to where its caller could not go: the machine
itself, a cloud's metadata, a neighbour's printer. So a destination says on which network it is;
every address its name has must be of that one, and the connection is made to the address that was
judged, not to the name again. Link-local and metadata addresses are nobody's destination.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from portique.server.outgoing.errors import Cause, SendError
from portique.server.outgoing.models import Reach

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

Address = IPv4Address | IPv6Address
OWN_NETWORKS = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
# Metadata of clouds outside link-local, and IPv6 forms that carry an IPv4 address inside.
NEVER = tuple(
    map(
        ip_network,
        (
            *("100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24", "fd00:ec2::254/128"),
            *("fd20:ce::254/128", "fd00:42::42/128", "fd00:c1::a9fe:a9fe/128"),
            *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"),
        ),
    )
)
UNICAST = ip_network("2000::/3")  # all that is in use of IPv6; what else looks global hides an IPv4


def address_of(
    host: str, port: int, reach: Reach, lookup: Callable[..., Any] = socket.getaddrinfo
) -> str:
    """Resolve a name and return the address to connect to.

    Raises:
        SendError: No such name, or one of its addresses is not on the network that was chosen.
    """
    try:
        rows = lookup(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SendError(Cause.UNKNOWN_NAME) from error
    found = [ip_address(row[4][0].partition("%")[0]) for row in rows]
    if not found or any(reach_of(address) is not reach for address in found):
        raise SendError(Cause.FORBIDDEN)
    return str(found[0])


def reach_of(address: Address) -> Reach | None:
    """Say on which network an address is; None: it is no destination at all."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if _within(plain, NEVER) or plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return None
    if plain.is_loopback:
        return Reach.MACHINE
    if _within(plain, OWN_NETWORKS):
        return Reach.NETWORK
    public = plain.is_global and (plain.version == 4 or _within(plain, (UNICAST,)))
    return Reach.INTERNET if public else None


def _within(address: Address, networks: tuple[Any, ...]) -> bool:
    return any(address.version == each.version and address in each for each in networks)
