"""A gate joins its school: invitation, application, admission, and files that work."""

import json
from pathlib import Path

import pytest
import segno
from click.testing import CliRunner

from portique.cli.main import main
from portique.core import seal
from portique.core.errors import EnvironmentProblem
from portique.core.knowledge import Version
from portique.core.seal import Purpose
from portique.core.wire_enrolment import Invitation, key_hash
from portique.gate.clock import GateClock
from portique.gate.config import load
from portique.gate.enrolment import check_free
from portique.gate.keyfiles import read_private, read_public
from portique.gate.sync import Source, Trust
from portique.testing.lanes import PocketSchool
from portique.testing.link_server import LinkServer

SECRET = bytes(range(16))


@pytest.fixture
def server(school: PocketSchool):
    """A server that gives the new gate its knowledge as soon as it is admitted."""
    clock = GateClock()
    with LinkServer(school.uai, school.orders_key, school.knowledge_key, clock.now_ms) as answering:

        def give_knowledge(_gate: str, _key: seal.PublicKey) -> None:
            bundle = school.bundle(1, at_ms=clock.now_ms() - 60_000)
            answering.publish(Version(1, 1), bundle)

        answering.on_admitted = give_knowledge
        yield answering


def enrol(out: Path, *given: str):
    typed = ["gate", "enrol", *given, "--out", str(out), "--json"]
    result = CliRunner().invoke(main, typed, env={"PORTIQUE_LANG": "en"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_an_invitation_makes_a_gate(server, school, tmp_path):
    """Its files load, its key is the one the server knows, its knowledge came with it."""
    out = tmp_path / "gate" / "exit-1.toml"
    text = server.invite("gate-9", "exit-1", SECRET).to_text()
    result = enrol(out, "--code", text, "--agent", "loge")

    answer, config = json.loads(result.stdout), load(out)
    assert (result.exit_code, answer["gate"], answer["lane"]) == (0, "gate-9", "exit-1")
    assert (config.gate.id, config.gate.direction) == ("gate-9", "exit")
    assert config.server.address == server.address
    assert server._gates["gate-9"].kid == read_private(config.gate.key).public.kid
    assert read_public(config.knowledge.school_key).kid == school.knowledge_key.public.kid
    trust = Trust(school.uai, school.knowledge_key.public, read_private(config.gate.key))
    assert Source(trust, config.knowledge.path, tmp_path).start() is not None
    assert answer["knows"]


def test_the_code_is_read_from_a_picture_or_a_camera(server, tmp_path):
    """A picture of the console, and a film in the camera's place."""
    for number, how in enumerate(("--picture", "--camera")):
        text = server.invite(f"gate-{number}", "entry-1", SECRET).to_text()
        picture = tmp_path / f"console-{number}.png"
        segno.make(text, error="m").save(str(picture), scale=6, border=6)
        result = enrol(tmp_path / f"gate-{number}.toml", how, str(picture))

        assert result.exit_code == 0, result.stderr
        assert f"gate-{number}" in server._gates


def test_a_gate_enrols_before_there_is_knowledge(server, tmp_path):
    """It is written all the same, and fetches it later; a new lane is taken for an entry."""
    server.on_admitted = lambda _gate, _key: None
    out = tmp_path / "side.toml"
    result = enrol(out, "--code", server.invite("gate-9", "side-door", SECRET).to_text())

    assert not json.loads(result.stdout)["knows"]
    assert (load(out).gate.lane, load(out).gate.direction) == ("side-door", "entry")


def test_an_invitation_counts_once(server, tmp_path):
    """The second gate is told to have a new one shown; exit code 1, and no file."""
    text = server.invite("gate-9", "entry-1", SECRET).to_text()
    enrol(tmp_path / "first.toml", "--code", text)
    result = enrol(tmp_path / "second.toml", "--code", text)

    assert result.exit_code == 1
    assert "show a new one" in result.stderr
    assert not (tmp_path / "second.toml").exists()


def test_somebody_else_in_the_servers_place_is_not_believed(server, school, tmp_path):
    """The invitation names the school's key by its hash: another one's admission is refused."""
    asked = server.invite("gate-9", "entry-1", SECRET)
    other = seal.private_key(Purpose.KNOWLEDGE, bytes(range(40)))
    text = Invitation(
        asked.uai, asked.address, SECRET, key_hash(other.public), asked.expires_s
    ).to_text()
    result = enrol(tmp_path / "gate.toml", "--code", text)

    assert result.exit_code == 1
    assert "not from the school" in result.stderr


def test_files_there_already_leave_the_invitation_unused(server, tmp_path):
    """It would be lost with nothing to show for it."""
    out = tmp_path / "gate.toml"
    out.with_suffix(".key").write_bytes(b"another gate's")
    result = enrol(out, "--code", server.invite("gate-9", "entry-1", SECRET).to_text())

    assert result.exit_code == 5
    assert "exists already" in result.stderr
    assert server._invited


def test_a_folder_that_cannot_be_written_is_found_out_first(tmp_path):
    """Something else lies in its place."""
    (tmp_path / "gate").write_text("in the way", encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match="can't be written"):
        check_free(tmp_path / "gate" / "entry-1.toml")


@pytest.mark.parametrize(
    ("address", "code", "says"),
    [
        ("http://portique.example", 1, "https://"),
        ("http://127.0.0.1:1", 5, "can't be reached"),
    ],
)
def test_where_no_server_is_each_failure_is_one_sentence(address, code, says, school, tmp_path):
    """Plain HTTP to another machine is refused; nobody there is the network's trouble."""
    hashed = key_hash(school.knowledge_key.public)
    text = Invitation(school.uai, address, SECRET, hashed, 1).to_text()
    result = enrol(tmp_path / "gate.toml", "--code", text)

    assert (result.exit_code, says in result.stderr) == (code, True)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("given", [(), ("--code", "PQE1:A", "--camera", "0")])
def test_the_invitation_comes_one_way(given, tmp_path):
    """None of the three, or two at once, is wrong use."""
    assert enrol(tmp_path / "gate.toml", *given).exit_code == 2


def test_a_picture_without_an_invitation_says_so(tmp_path):
    """Any other code is none; nor is the end of a film."""
    picture = tmp_path / "poster.png"
    segno.make("https://example.org").save(str(picture), scale=6)
    for how in ("--picture", "--camera"):
        result = enrol(tmp_path / "gate.toml", how, str(picture))
        assert (result.exit_code, "no invitation" in result.stderr) == (1, True)


def test_a_server_in_trouble_is_tried_again_later(server, tmp_path):
    """Any other status: exit code 5, and the invitation may still count."""
    invitation = server.invite("gate-9", "entry-1", SECRET)
    server._admit = lambda _body: (503, b"")
    result = enrol(tmp_path / "gate.toml", "--code", invitation.to_text())

    assert (result.exit_code, "503" in result.stderr) == (5, True)
