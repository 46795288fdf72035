"""The served school follows what another process does to its folder."""

import os

from portique.school import keys
from portique.school.folder import KEYS, SETTINGS
from portique.server.school.house import served_school


def test_keys_made_by_another_process_are_seen(served):
    """The command line began a year while the server ran."""
    issuer = served.keys.issuers[0]

    keys.roll(served.path / KEYS, year=2027, entropy=os.urandom)

    assert served_school().keys.issuers[0] != issuer


def test_settings_changed_by_another_process_are_seen(served):
    """Somebody corrected the school's name."""
    file = served.path / SETTINGS
    file.write_text(file.read_text().replace(served.settings.name, "Lycée des Saules"))

    assert served_school().settings.name == "Lycée des Saules"


def test_nothing_is_read_again_for_nothing(served):
    """Keys are read once, not at each question."""
    assert served_school() is served_school()
