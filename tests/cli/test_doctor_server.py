"""The doctor looks at a server's machine: how it is started, its certificate, keys and copies."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from portique.cli.doctor_checks import State
from portique.cli.doctor_pages import STREAMS
from portique.cli.doctor_school import check_backups, check_folder
from portique.cli.doctor_server import _on_codes
from portique.cli.doctor_service import check_options, read
from portique.cli.doctor_tls import check_files
from portique.cli.options import machine_time
from portique.school import authority as authorities
from portique.school.authority import place_of, reach_of

NAME = "portique.lycee.example"
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def tls(tmp_path_factory) -> tuple[Path, Path]:
    """Make a certificate of a school's own authority, good for ninety days."""
    folder: Path = tmp_path_factory.mktemp("tls")
    at, place = machine_time(), place_of([NAME], [])
    signer = authorities.make(folder, "Lycée", reach_of([], place), at=at)
    given, key = authorities.give(signer, place, at=at, days=90)
    (folder / "server.pem").write_bytes(given.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(authorities.pem_of(key))
    (folder / "server.key").chmod(0o600)
    return folder / "server.pem", folder / "server.key"


def states(findings) -> list[State]:
    return [finding.state for finding in findings]


def service(tmp_path: Path, options: str):
    """Write the service's variables as a technician does, and read them."""
    file = tmp_path / "server.env"
    file.write_text(f"# the proxy's name\nPORTIQUE_SERVER_OPTIONS={options}\n\nDATABASE_URL='x'\n")
    return read(file, {})


def test_the_service_s_options_say_where_people_open_it(tmp_path):
    """As systemd reads them, quoted or not."""
    place, finding = check_options(service(tmp_path, f'"--behind-proxy {NAME}"'))

    assert place
    assert (place.address, finding.state) == (f"https://{NAME}/", State.OK)


@pytest.mark.parametrize("guide", ["en/server.md", "fr/serveur.md"])
def test_the_guide_s_options_are_ones_with_which_it_starts(tmp_path, tls, guide):
    """All three ways to HTTPS, as they are copied from the page; only the files are here."""
    page = (DOCS / guide).read_text(encoding="utf-8")
    page = re.sub(r"/etc/portique/tls/\S+\.(pem|key)", lambda one: str(tls[one[1] == "key"]), page)
    typed = re.findall(r"^PORTIQUE_SERVER_OPTIONS=(.*)$", page, re.MULTILINE)
    places = [check_options(service(tmp_path, options))[0] for options in typed]

    told = [place.address.replace(":443", "") for place in places if place]
    assert told == [f"https://{NAME}/"] * 3


@pytest.mark.parametrize("guide", ["en/server.md", "fr/serveur.md"])
def test_the_guide_s_proxies_part_the_streams_that_pages_go_to(guide):
    """To the ports that `server run` takes by default."""
    page = (DOCS / guide).read_text(encoding="utf-8")
    nginx, caddy = (
        re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)[0] for kind in ("nginx", "caddy")
    )

    for path in STREAMS.values():
        assert f"location = {path} {{\n        proxy_pass http://127.0.0.1:8601;" in nginx
    assert f"@streams path {' '.join(STREAMS.values())}" in caddy
    assert "reverse_proxy @streams 127.0.0.1:8601" in caddy
    assert nginx.count("proxy_buffering off") == len(STREAMS)


@pytest.mark.parametrize(
    "options", ["--host 0.0.0.0", "--port http", "--no-such", "--tls-cert /nowhere", "'"]
)
def test_options_with_which_it_would_not_start_are_wrong(tmp_path, options):
    """The reason is the one that `server run` gives."""
    place, finding = check_options(service(tmp_path, options))

    assert (place, finding.state) == (None, State.WRONG)


def test_a_password_in_the_variables_is_never_told(tmp_path, run):
    """DATABASE_URL holds one."""
    file = tmp_path / "server.env"
    file.write_text("DATABASE_URL=postgresql://portique:hunter2@127.0.0.1:1/portique\n")
    said = run("doctor", "server", "--env", file, "--address", "http://127.0.0.1:1/").stdout

    assert "hunter2" not in said


def test_a_certificate_that_devices_believe_is_well(tls):
    """Key, dates, name and chain."""
    ca = tls[0].with_name("authority.crt")

    assert states(check_files(tls, (NAME,), machine_time(), ca)) == [State.OK] * 3


@pytest.mark.parametrize(
    ("names", "days", "trusted", "worst"),
    [
        ((NAME,), 0, False, "who signed"),
        (("other.lycee.example",), 0, True, "not for other"),
        ((NAME,), 85, True, "ends in"),
        ((NAME,), 91, True, "ended on"),
    ],
)
def test_a_certificate_that_devices_refuse_is_found_before_they_do(
    tls, names, days, trusted, worst
):
    """Unknown authority, other name, soon over, over."""
    ca = tls[0].with_name("authority.crt") if trusted else None
    at = machine_time() + timedelta(days=days)
    told = [f.found for f in check_files(tls, names, at, ca) if f.state is not State.OK]

    assert worst in told[0]


def test_a_key_that_others_can_read_is_wrong(tls):
    """With the command that mends it."""
    tls[1].chmod(0o644)
    try:
        first = next(iter(check_files(tls, (), machine_time(), None)))
    finally:
        tls[1].chmod(0o600)

    assert (first.state, first.advice) == (State.WRONG, f"chmod 600 {tls[1]}")


def test_a_certificate_and_another_s_key_are_told(tls):
    """One is renewed, the other forgotten."""
    pair = tls[0], tls[0].with_name("authority.key")

    assert states(check_files(pair, (NAME,), machine_time(), None)) == [State.WRONG]


@pytest.mark.parametrize(
    ("options", "address", "state", "said"),
    [
        (f"--behind-proxy {NAME}", f"https://{NAME}/", State.OK, f"lead to https://{NAME},"),
        (f"--behind-proxy {NAME}", "https://10.0.0.2/", State.NOTE, "not to https://10.0.0.2"),
        ("--port 8600", "http://127.0.0.1:8600/", State.NOTE, "the office's page was opened by"),
    ],
)
def test_codes_on_paper_lead_to_the_address_that_is_looked_at(
    tmp_path, options, address, state, said
):
    """Whoever looks at another address than phones will meet is told so, with what to do."""
    place, _ = check_options(service(tmp_path, options))
    assert place
    found = _on_codes(place, address)

    assert (found.state, said in found.found) == (state, True)
    assert bool(found.advice) is (state is State.NOTE)


def test_a_school_s_keys_are_for_their_owner_alone(lycee):
    """A copy from a stick often isn't."""
    assert states(check_folder(lycee)) == [State.OK, State.OK, State.NOTE]
    next((lycee / "keys").glob("pass-*.pem")).chmod(0o640)

    assert [finding.name for finding in check_folder(lycee) if finding.state is State.WRONG] == [
        "keys"
    ]


@pytest.mark.parametrize(
    ("hours", "state"), [(None, State.WRONG), (2, State.OK), (50, State.WRONG)]
)
def test_copies_are_no_older_than_a_night(lycee, tmp_path, hours, state):
    """The newest counts."""
    (lycee / "keys" / "backup.pub").write_text("age1")
    at = machine_time()
    if hours is not None:
        copy = tmp_path / "lycee.age"
        copy.touch()
        made = (at - timedelta(hours=hours)).timestamp()
        os.utime(copy, (made, made))

    assert states(check_backups(lycee, tmp_path, at)) == [state]


def test_a_school_without_a_key_for_copies_is_told(lycee):
    """What the first day leaves to do."""
    assert states(check_backups(lycee, None, machine_time())) == [State.NOTE]


def test_a_school_that_was_never_served_is_left_as_it_is(lycee, run):
    """The doctor makes no key and no database."""
    before = sorted(lycee.rglob("*"))
    answer = run("doctor", "server", "--school", lycee, "--json")

    assert "never served: there is no identity.key" in answer.stdout
    assert sorted(lycee.rglob("*")) == before


def test_no_database_is_made_where_one_was_lost(lycee, run):
    """Its keys are there; whoever restores a copy needs an empty folder."""
    for name in ("identity.key", "server.key"):
        (lycee / "keys" / name).write_text("00" * 32)
        (lycee / "keys" / name).chmod(0o600)

    assert "there is no server.db" in run("doctor", "server", "--school", lycee).stdout
    assert not (lycee / "server.db").exists()


def test_a_folder_that_is_no_school_is_wrong(tmp_path, run):
    """With exit code 5, as of everything that is missing."""
    assert run("doctor", "server", "--school", tmp_path).code == 5


def test_there_must_be_something_to_look_at(run):
    """A folder, variables or an address."""
    assert run("doctor", "server").code == 2


def test_an_authority_that_is_none_is_wrong_use(run, tmp_path):
    """Not a server's fault."""
    (tmp_path / "ca.pem").write_text("not PEM")
    address = ("--address", "https://127.0.0.1:1/")

    assert run("doctor", "server", *address, "--ca", tmp_path / "ca.pem").code == 2
