"""From the configuration to what each part is told; a wrong lane is one sentence."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from portique.core.errors import ConfigError
from portique.core.values import Language
from portique.core.zones import Mode, default_site
from portique.gate.sandbox import Measure
from portique.gate.screen.settings import hash_pin
from portique.gate.sections import (
    AgentSection,
    CameraSection,
    GateConfig,
    GateSection,
    SandboxSection,
    ScreensSection,
)
from portique.gate.wiring import (
    aim_area,
    eyes_settings,
    lane_row,
    screen_settings,
    screens_secret,
    secret_file,
)
from portique.testing.lanes import UAI, Told


def config(**gate) -> GateConfig:
    return GateConfig(GateSection("entry-1", UAI, staffed_point="l’accueil", **gate))


def test_the_schools_word_of_a_lane_wins(school):
    """Title and staffed point come from the knowledge."""
    site = default_site()
    lane = replace(site.lane("entry-1"), staffed=False)
    known = school.knowledge(told=Told(site=replace(site, lanes=(lane,))))

    assert lane_row(config(), known) == lane


def test_without_knowledge_the_configuration_says_where_an_agent_is():
    """A gate out of its box still names somebody to go to."""
    assert lane_row(config(), None).point.fr == "l’accueil"


@pytest.mark.parametrize("mode", ["counting", "free"])
def test_a_mode_set_on_the_spot_wins(school, mode):
    """The technician's word holds until it is taken back."""
    assert lane_row(config(mode=mode), school.knowledge()).mode is Mode(mode)


def test_a_lane_the_school_does_not_have_is_named_with_those_it_has(school):
    """One sentence: what, why, what to do."""
    with pytest.raises(ConfigError, match="'gym', but the school's lanes are entry-1, exit-1:"):
        lane_row(config(lane="gym"), school.knowledge())


def test_a_lane_that_goes_the_other_way_is_refused(school):
    """An exit driven as an entry would shut people in."""
    with pytest.raises(ConfigError, match=r"gate\.direction is 'entry', but lane 'exit-1'"):
        lane_row(config(lane="exit-1"), school.knowledge())


def test_the_eyes_are_told_what_the_camera_is_asked_for():
    """Exposure in microseconds, memory in bytes, options as pairs."""
    camera = CameraSection(source="0", exposure_ms=2.5, options={"rtsp_transport": "tcp"})
    wanted = replace(config(), camera=camera, sandbox=SandboxSection(memory_mb=512))
    said: list[str] = []

    told = eyes_settings(wanted, 1_000, said.append)

    assert (told.source, told.starts_ms, told.memory_bytes_max) == ("0", 1_000, 512 << 20)
    assert (told.wishes.exposure_us, told.wishes.lock_focus) == (2_500, True)
    assert told.wishes.options == (("rtsp_transport", "tcp"),)
    assert told.required == frozenset()


def test_a_required_sandbox_requires_every_measure():
    """Nothing is looked at without the strongest."""
    wanted = replace(config(), sandbox=SandboxSection(level="required"))

    assert eyes_settings(wanted, 0, print).required == frozenset(Measure)


def test_the_screens_speak_the_gates_language_first():
    """Then the others, each once."""
    loge = AgentSection("loge", hash_pin("123456", salt=bytes(16)))
    screens = ScreensSection(agents=(loge,), names=("portique.lan",), tls_key=Path("k"))
    told = screen_settings(replace(config(language="en"), screens=screens))

    assert told.languages == (Language.EN, Language.FR)
    assert [agent.alias for agent in told.agents] == ["loge"]
    assert (told.hosts, told.private_key) == (("portique.lan",), Path("k"))


def test_the_aim_area_is_as_configured():
    """Four edges and the smallest code."""
    camera = CameraSection(aim=(0.1, 0.2, 0.9, 0.8), minimum_size=0.05)
    area = aim_area(replace(config(), camera=camera))

    assert (area.left, area.top, area.right, area.bottom) == (0.1, 0.2, 0.9, 0.8)
    assert area.code_width_min == 0.05


def test_the_screens_secret_is_kept_over_restarts(tmp_path):
    """Paired phones and tablets stay paired after a power cut; only the gate's user reads why."""
    path = tmp_path / "screens.secret"
    first = screens_secret(path, os.urandom)

    assert screens_secret(path, os.urandom) == first
    assert path.stat().st_mode & 0o077 == 0


def test_the_screens_secret_lies_beside_the_journal():
    """In the folder that only the gate's user may read."""
    told = config()

    assert secret_file(told) == told.journal.file.parent / "screens.secret"


def test_a_secret_that_cannot_be_kept_or_read_is_drawn_anew(tmp_path):
    """Devices pair again, nothing worse."""
    (tmp_path / "short").write_bytes(b"x")

    assert len(screens_secret(tmp_path / "short", os.urandom)) == 32
    assert len(screens_secret(tmp_path / "missing" / "folder", os.urandom)) == 32
