"""Where the server may listen, and what its parts are told."""

import socket
from pathlib import Path

import pytest

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.server.config.connections import shared_socket
from portique.server.config.supervising import Place, Supervisor, check_ports, is_loopback

TLS = (Path("c.pem"), Path("k.pem"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_this_machine_needs_no_tls(host):
    """Nobody else reaches it."""
    Place(host).check()
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "portique.lycee.example"])  # noqa: S104
def test_other_machines_need_tls_or_a_proxy(host):
    """Refused without; with either it may."""
    with pytest.raises(ConfigError, match="--tls-cert"):
        Place(host).check()
    Place(host, tls=TLS).check()
    Place(host, proxy="portique.lycee.example").check()


def test_pages_and_streams_share_no_port():
    """Both would listen, and each would get half of the calls."""
    with pytest.raises(ConfigError, match="--stream-port"):
        Place(port=8600, stream_port=8600).check()


def test_a_taken_port_is_one_clear_sentence():
    """Which port, why, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentProblem, match=f"port {port} .*--port"):
            check_ports(Place(port=port, stream_port=1024))


def test_what_is_sent_to_whoever_connects_leaves_at_once():
    """A head and its body are two parcels: the second must not wait for the first one's receipt."""
    with (
        shared_socket(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_processes_of_pages_share_a_port_that_nobody_else_gets():
    """The system shares connections out to them; a server that is started twice is told so."""
    with shared_socket(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
        refused = pytest.raises(EnvironmentProblem, match=f"port {port}")
        with shared_socket(("127.0.0.1", port)), refused:
            check_ports(Place(port=port, stream_port=1024))

    parts = Supervisor(Place(port=port, stream_port=1024, pages=2), {}).parts
    assert [(part.name, part.port) for part in parts] == [
        ("pages", port),
        ("pages", port),
        ("streams", 1024),
    ]


def test_without_a_proxy_the_stream_has_an_address_of_its_own():
    """Its port on the name people use; pages on theirs may listen to it."""
    told = Place("0.0.0.0", 443, 8601, TLS, name="p.example").variables()  # noqa: S104

    assert told["PORTIQUE_STREAM"] == "https://p.example:8601"
    assert (told["PORTIQUE_PAGES_PORT"], told["PORTIQUE_HOSTS"]) == ("443", "p.example")
    assert (told["PORTIQUE_SECURE"], told["PORTIQUE_PROXIED"]) == ("1", "0")


def test_a_stream_on_the_usual_port_is_named_with_it():
    """Pages put the port behind the name that they were asked by."""
    told = Place("0.0.0.0", 8600, 443, TLS, name="p.example").variables()  # noqa: S104

    assert told["PORTIQUE_STREAM"] == "https://p.example:443"


def test_behind_a_proxy_all_have_one_address():
    """The proxy parts them by path."""
    place = Place(proxy="p.example")
    told = place.variables()

    assert (told["PORTIQUE_STREAM"], told["PORTIQUE_PAGES_PORT"]) == ("", "")
    assert (told["PORTIQUE_SECURE"], told["PORTIQUE_PROXIED"]) == ("1", "1")
    assert place.address == "https://p.example/"


@pytest.mark.parametrize(
    ("place", "address"),
    [
        (Place(), "http://localhost:8600/"),
        (Place("::1"), "http://localhost:8600/"),
        (Place("127.0.0.2"), "http://127.0.0.2:8600/"),
        (Place(name="p.example"), "http://p.example:8600/"),
    ],
)
def test_this_machine_is_called_by_its_name(place, address):
    """Browsers refuse passkeys to an address of digits; each name told is also answered to."""
    assert place.address == address
    assert place.variables()["PORTIQUE_STREAM"] == address.replace("8600/", "8601")


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place("0.0.0.0", 443, 8443, TLS, name="p.example"), "https://p.example"),  # noqa: S104
        (Place("192.0.2.7", tls=TLS), "https://192.0.2.7:8600"),
        (Place(proxy="p.example"), "https://p.example"),
        (Place("0.0.0.0", tls=TLS), ""),  # noqa: S104
        (Place(), ""),
    ],
)
def test_people_are_told_the_public_name(place, told):
    """None where nobody gave one: an address of this machine alone is no use elsewhere."""
    assert place.variables()["PORTIQUE_ADDRESS"] == told
