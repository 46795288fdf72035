"""What `server restore` says when it is done: how old the copy is, and what can still be saved."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from portique.cli.server_backup import tell_restored
from portique.core.values import Uai
from portique.server.backup.after import Restored
from portique.server.backup.copies import Copied

DONE = Restored(Copied(Uai("0990001S"), datetime(2026, 11, 22, 23, 30, tzinfo=UTC), 12), 0, 0)


def test_the_copys_time_is_the_schools_own(capsys):
    """Just past midnight there, still the day before at Greenwich."""
    tell_restored(DONE, ZoneInfo("Europe/Paris"), as_json=False, asked=False)

    assert "23/11/2026 à 00:30 (Europe/Paris)" in capsys.readouterr().out


@pytest.mark.parametrize("said", ["AVANT de lancer le serveur", "server.db", "--knowledge"])
def test_what_was_revoked_since_can_be_told_before_the_start(capsys, said):
    """A gate replaces its file at once, and a copy goes into an empty database only."""
    tell_restored(DONE, ZoneInfo("Europe/Paris"), as_json=False, asked=True)

    assert said in capsys.readouterr().out
