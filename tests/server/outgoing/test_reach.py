"""Where events may go: each address is judged, and the judged one is connected to."""

from ipaddress import ip_address
from typing import Any

import pytest

from portique.server.outgoing.errors import Cause, SendError
from portique.server.outgoing.models import Reach
from portique.server.outgoing.reach import address_of, reach_of

PLACES = {
    "93.184.216.34": Reach.INTERNET,
    "2606:2800:220:1::1": Reach.INTERNET,
    "10.1.2.3": Reach.NETWORK,
    "172.31.255.1": Reach.NETWORK,
    "192.168.1.20": Reach.NETWORK,
    "fd12::1": Reach.NETWORK,
    "127.0.0.1": Reach.MACHINE,
    "::1": Reach.MACHINE,
    "::ffff:127.0.0.1": Reach.MACHINE,
    "::ffff:10.0.0.1": Reach.NETWORK,
    "169.254.169.254": None,
    "::ffff:169.254.169.254": None,
    "fe80::1": None,
    "fd00:ec2::254": None,
    "fd20:ce::254": None,
    "fd00:42::42": None,
    "fd00:c1::a9fe:a9fe": None,
    "::127.0.0.1": None,
    "::ffff:0:127.0.0.1": None,
    "fec0::1": None,
    "100.100.100.200": None,
    "168.63.129.16": None,
    "64:ff9b::a00:1": None,
    "2002:a00:1::1": None,
    "0.0.0.0": None,  # noqa: S104 -- judged, not bound
    "::": None,
    "224.0.0.1": None,
    "255.255.255.255": None,
    "203.0.113.9": None,
}


@pytest.mark.parametrize(("text", "reach"), PLACES.items())
def test_each_address_is_of_one_network_or_none(text: str, reach: Reach | None):
    """Metadata, link-local and what hides another address inside are nobody's destination."""
    assert reach_of(ip_address(text)) is reach


def resolving(*addresses: str) -> Any:
    return lambda *_, **__: [(2, 1, 6, "", (address, 443)) for address in addresses]


def test_a_name_is_resolved_once_and_its_address_connected_to():
    """So that it can't change its mind between the judgement and the connection."""
    found = address_of("program.example", 443, Reach.INTERNET, resolving("93.184.216.34"))

    assert found == "93.184.216.34"


@pytest.mark.parametrize(
    "addresses", [("10.0.0.1",), ("93.184.216.34", "127.0.0.1"), ("169.254.169.254",), ()]
)
def test_a_name_that_leads_elsewhere_is_refused(addresses: tuple[str, ...]):
    """One address of another network is enough."""
    with pytest.raises(SendError) as caught:
        address_of("program.example", 443, Reach.INTERNET, resolving(*addresses))

    assert caught.value.cause is Cause.FORBIDDEN


def test_an_unknown_name_is_said_so():
    """It may be the network's trouble: it is tried again."""

    def unknown(*_: object, **__: object) -> Any:
        raise OSError("Name or service not known")

    with pytest.raises(SendError) as caught:
        address_of("nowhere.example", 443, Reach.INTERNET, unknown)

    assert caught.value.cause is Cause.UNKNOWN_NAME
