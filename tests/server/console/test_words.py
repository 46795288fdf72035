"""One word for one thing, on whichever screen."""

import json
from importlib.resources import files

import pytest

from portique.core.values import Language
from portique.core.zones import Mode
from portique.server.console.words import MODES


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("mode", list(Mode))
def test_a_mode_has_the_name_it_has_at_the_gate(mode, language):
    """Whoever telephones the agent speaks of the same."""
    words = files("portique.gate.screen") / "words" / f"{language}.json"
    there = json.loads(words.read_text(encoding="utf-8"))[f"mode.{mode}"].lower()

    assert MODES[mode].in_language(language).split()[0].rstrip(":") == there.split()[0]
