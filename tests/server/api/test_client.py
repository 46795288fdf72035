"""The example client, against a server that listens."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from portique.server.api.scopes import Scope
from portique.server.gates.models import Gate

PATH = Path(__file__).resolve().parents[3] / "examples" / "client.py"
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def example(monkeypatch) -> Any:
    """Load the example as a program would."""
    spec = importlib.util.spec_from_file_location("example_client", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(transactional_db, live_server, example, program, monkeypatch, capsys):
    """Run it with a token; return its exit code and what it printed."""

    def ask(*words: str, scope: Scope) -> tuple[int, str]:
        monkeypatch.setenv("PORTIQUE_ADDRESS", live_server.url)
        monkeypatch.setenv("PORTIQUE_TOKEN", program(scope).token)
        return example.main(list(words)), capsys.readouterr().out

    return ask


def test_it_reads_how_gates_are(run):
    """One line a gate, in French."""
    Gate.objects.create(gate_id="north-entry", lane="entry-1", x=b"x" * 32, y=b"y" * 32)
    code, said = run("gates", scope=Scope.GATES_READ)

    assert code == 0
    assert "N’a encore jamais appelé" in said


def test_it_announces_an_absence(run, taught):
    """The lessons that go are told."""
    code, said = run("absent", "NOIRET", "2026-11-23", "13:00", "17:00", scope=Scope.RULES_WRITE)

    assert code == 0
    assert "2DE 04" in said


def test_a_refusal_is_an_error_with_its_words(run, example):
    """The token has another scope."""
    with pytest.raises(example.PortiqueProblem, match=r"Le jeton ne permet pas cela \(403\)"):
        run("gates", scope=Scope.RULES_READ)


def test_it_says_how_it_is_used(run):
    """With anything else."""
    assert run("help", scope=Scope.RULES_READ)[0] == 2
