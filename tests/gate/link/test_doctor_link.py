"""The doctor asks a gate's server as the gate would, and believes what the gate believes."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_link import check_server
from portique.cli.options import machine_time
from portique.core.knowledge import Version
from portique.core.values import to_ms
from portique.gate.enrolment import _private_pem, _public_pem
from portique.gate.link.fetching import FILE
from portique.gate.sections import (
    GateConfig,
    GateSection,
    JournalSection,
    KnowledgeSection,
    ServerSection,
)
from portique.testing.lanes import PocketSchool
from portique.testing.link_server import LinkServer

GATE = "entry-1"


@pytest.fixture
def school() -> PocketSchool:
    return PocketSchool()


@pytest.fixture
def config(school, tmp_path) -> GateConfig:
    """Give what a gate of the school has on its disk; its server's address is not yet right."""
    (tmp_path / "gate.key").write_bytes(_private_pem(school.gate_key))
    (tmp_path / "gate.key").chmod(0o600)
    (tmp_path / "school.pub").write_bytes(_public_pem(school.knowledge_key.public))
    return GateConfig(
        GateSection(id=GATE, school=school.uai, key=tmp_path / "gate.key"),
        knowledge=KnowledgeSection(path=tmp_path, school_key=tmp_path / "school.pub"),
        journal=JournalSection(file=tmp_path / "journal.db"),
        server=ServerSection(address="http://127.0.0.1:1"),
    )


@contextmanager
def served(school, config, *, known=True, ahead_ms: int = 0):
    """Serve a school, and yield the gate's configuration with the server's address."""

    def now_ms() -> int:
        return to_ms(machine_time()) + ahead_ms

    with LinkServer(school.uai, school.orders_key, school.knowledge_key, now_ms) as server:
        if known:
            server.add_gate(GATE, school.gate_key.public)
        server.publish(Version(1, 1), school.bundle(1))
        yield replace(config, server=ServerSection(address=server.address))


def found(config: GateConfig) -> dict[str, Finding]:
    return {finding.name: finding for finding in check_server(config)}


def states(config: GateConfig) -> dict[str, State]:
    return {name: finding.state for name, finding in found(config).items()}


def test_a_gate_that_is_understood_is_well(school, config, tmp_path):
    """The server has the key that the gate was given, the same time, and was heard."""
    (tmp_path / FILE).touch()
    with served(school, config) as connected:
        assert states(connected) == {
            "server": State.OK,
            "server's clock": State.OK,
            "last contact": State.OK,
        }


def test_a_server_that_is_off_is_told(config):
    """And that the lane goes on."""
    finding = found(config)["server"]

    assert finding.state is State.WRONG
    assert "the lane goes on" in finding.found


def test_a_gate_that_the_school_removed_is_told(school, config):
    """With the command that mends it."""
    with served(school, config, known=False) as connected:
        assert "portique gate enrol" in found(connected)["server"].advice


def test_another_school_s_server_is_told(config):
    """It answers, but not with the pinned key."""
    other = PocketSchool(seed=7)
    other.gate_key = PocketSchool().gate_key
    with served(other, config) as connected:
        finding = found(connected)["server"]

    assert finding.state is State.WRONG
    assert "has not the key" in finding.found


def test_a_clock_apart_from_the_server_s_is_told(school, config):
    """The gate would go by the signed time."""
    with served(school, config, ahead_ms=60_000) as connected:
        finding = found(connected)["server's clock"]

    assert (finding.state, "behind the server" in finding.found) == (State.NOTE, True)
