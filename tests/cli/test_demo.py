"""`portique demo`: passes to print are real ones, and the hint can be typed as it stands."""

import pytest

from portique.cli import demo
from portique.cli.options import now
from portique.core.localtime import zone_of
from portique.core.passes import recognised
from portique.paper.cards import PrintedPass


def claimed(text: str) -> str | None:
    """Return the number a code claims."""
    found = recognised(text)
    return found[0] if found else None


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Make the demonstration once, without starting its gate."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
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


def test_the_hint_is_the_command_as_it_was_started(monkeypatch):
    """By make, or by its own name."""
    monkeypatch.delenv("MAKELEVEL", raising=False)
    assert demo.with_webcam() == "portique demo --camera 0"
    monkeypatch.setenv("MAKELEVEL", "1")

    assert demo.with_webcam() == 'make run DEMO_OPTIONS="--camera 0"'
