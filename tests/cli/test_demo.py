"""`portique demo`: passes to print are real ones, and the hint can be typed as it stands."""

import socket

import pytest

from portique.cli import demo
from portique.cli.options import now
from portique.core.errors import EnvironmentProblem
from portique.core.localtime import zone_of
from portique.core.passes import recognised
from portique.paper.cards import PrintedPass

pytestmark = pytest.mark.slow  # a whole school


def claimed(text: str) -> str | None:
    """Return the number a code claims."""
    found = recognised(text)
    return found[0] if found else None


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Make the demonstration once, without starting its gate."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    with demo.held(folder):
        return demo.prepare(folder, now().astimezone(zone_of("Europe/Paris")), camera=0, port=0)


def test_every_printed_pass_has_its_own_number(scene, monkeypatch):
    """The number under the code is the code's, and whoever finds it reads a school's name."""
    printed: list[PrintedPass] = []

    def keep(_layout: str, passes: list[PrintedPass], _options: object) -> bytes:
        printed.extend(passes)
        return b"%PDF"

    monkeypatch.setattr("portique.paper.cards.render", keep)
    demo.write_passes(scene.folder, scene.cast)

    numbers = [one.pass_id for one in printed]
    assert len(set(numbers)) == len(numbers) > 10
    assert [claimed(one.text) for one in printed] == numbers
    assert {one.school for one in printed} == {"Lycée des Trois-Rivières (fictif)"}


def test_cards_printed_before_count_at_the_next_start(scene):
    """The second start keeps the school and its passes; only the gate is new."""
    with demo.held(scene.folder):
        again = demo.prepare(scene.folder, now(), camera=0, port=0)

    assert again.cast == scene.cast
    assert again.pins != scene.pins
    assert again.folder == scene.folder


def test_a_school_of_another_version_is_made_anew(tmp_path, monkeypatch):
    """What another version wrote is not taken up."""
    folder = tmp_path / "demo"
    with demo.held(folder):
        before = demo.prepare(folder, now(), camera=0, port=0)
        monkeypatch.setattr(demo, "__version__", "0.0.0")
        after = demo.prepare(folder, now(), camera=0, port=0)

    assert before.cast != after.cast


def test_a_second_start_leaves_the_running_one_alone(tmp_path, run):
    """The folder is held, and nothing in it changes."""
    folder = tmp_path / "demo"
    with demo.held(folder):
        (folder / "passes.pdf").write_bytes(b"in use")

        refused = run("demo", "--folder", folder, "--port", "0", "--fresh")

        assert refused.code == 5
        assert "a demonstration runs in" in refused.stderr
        assert (folder / "passes.pdf").read_bytes() == b"in use"


def test_a_taken_port_is_noticed_before_the_folder_is_touched(tmp_path, run):
    """Nothing is made."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run("demo", "--folder", tmp_path / "demo", "--port", str(port))

    assert refused.code == 5
    assert f"port {port} can't be used" in refused.stderr
    assert not (tmp_path / "demo").exists()


def test_somebody_elses_folder_is_left_alone(tmp_path):
    """A folder without the demonstration's mark is refused."""
    (tmp_path / "mine.txt").touch()

    with pytest.raises(EnvironmentProblem, match="something else"), demo.held(tmp_path):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_the_hint_is_the_command_as_it_was_started(monkeypatch):
    """By make, or by its own name."""
    monkeypatch.delenv("MAKELEVEL", raising=False)
    assert demo.with_webcam() == "portique demo --camera 0"
    monkeypatch.setenv("MAKELEVEL", "1")

    assert demo.with_webcam() == 'make run DEMO_OPTIONS="--camera 0"'
