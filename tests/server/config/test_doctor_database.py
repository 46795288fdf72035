"""The doctor looks at a served school's database and at the gates it knows."""

from datetime import timedelta

from django.db.migrations.recorder import MigrationRecorder

from portique.cli.doctor_checks import State
from portique.cli.doctor_school import check_database, check_gates
from portique.server.clock import now
from portique.server.gates.models import Gate

ROWS = MigrationRecorder.Migration.objects


def found() -> dict[str, State]:
    return {finding.name: finding.state for finding in check_database()}


def test_a_served_school_s_database_is_well(served):
    """Reached, new enough, and its tables of this version."""
    assert found() == {"database": State.OK, "tables": State.OK}


def test_tables_that_are_behind_are_worth_knowing(served):
    """The next start brings them here by itself."""
    ROWS.filter(app="console").delete()

    assert found()["tables"] is State.NOTE


def test_tables_of_a_newer_version_are_wrong(served):
    """An older program would not understand its rows."""
    ROWS.create(app="people", name="9999_from_tomorrow")

    assert found()["tables"] is State.WRONG


def test_a_gate_that_is_silent_is_told(served):
    """By when it was last heard; one that was removed isn't missed."""
    at = now()
    for name, ago in (("entry-1", 10), ("exit-1", 4000)):
        heard = at - timedelta(seconds=ago)
        Gate.objects.create(gate_id=name, lane=name, x=b"", y=b"", contact_at=heard)
    Gate.objects.create(gate_id="old", lane="old", x=b"", y=b"", removed_at=at)

    told = {finding.name: finding.state for finding in check_gates(at)}
    assert told == {"gate entry-1": State.OK, "gate exit-1": State.NOTE}
