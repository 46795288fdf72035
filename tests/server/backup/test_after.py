"""A school put back: what was stopped since is stopped again, and the new epoch is authorised."""

import json
import os
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from tests.server.backup.test_copies import AT, PUBLIC, SECRET, emptied
from tests.server.gates.wired import WiredGate, alarms

from portique.cli.server import server
from portique.core import recovery as words
from portique.core.errors import BackupError, ConfigError
from portique.core.knowledge import Version, read_bundle
from portique.core.revocation import Status
from portique.core.seal import Purpose
from portique.core.values import Kind
from portique.school import recovery
from portique.school.issuing import Request, issue
from portique.school.register import EnrolledGate
from portique.server.backup import copies
from portique.server.backup.after import Wanted, put_back
from portique.server.clock import now
from portique.server.gates.actions import newest_bundle, newest_version
from portique.server.gates.models import Restore
from portique.server.passes.models import IssuedPass
from portique.server.passes.register import SENT_NOTES, DatabaseRegister
from portique.server.people.actions import Particulars, add_person
from portique.server.people.models import Person
from portique.server.school.house import served_school
from portique.server.wallet.models import PhoneCode
from portique.testing.journals import fictional_key


@pytest.fixture
def copy(served, tmp_path):
    """Three passes, and a copy of them."""
    for name in ("Zoé Lagarde", "Ali Benani", "Léa Moreau"):
        issue(served, Request(Kind.PUPIL, name), at=AT, entropy=os.urandom)
    path = tmp_path / "copy.age"
    copies.save(path, PUBLIC, uai=served.settings.uai, at=now())
    return path


@pytest.fixture
def key(served):
    """The school's recovery key."""
    return recovery.read(recovery.make(served.path, entropy=os.urandom))


def statuses() -> list[int]:
    """Return how the passes stand, in the order they were issued."""
    return list(IssuedPass.objects.order_by("line").values_list("status", flat=True))


def stop_two() -> None:
    """Revoke the first pass and suspend the second."""
    for line, status in ((1, Status.REVOKED), (2, Status.SUSPENDED)):
        IssuedPass.objects.filter(line=line).update(status=status)


def test_passes_stopped_since_the_copy_are_stopped_again_by_a_gates_knowledge(served, copy):
    """Without it they count again."""
    stop_two()
    _, newest = newest_bundle(now())
    emptied()
    done = put_back(served.path, Wanted(copy, SECRET, newest=newest))

    assert statuses() == [Status.REVOKED, Status.SUSPENDED, Status.VALID]
    assert done.stopped == 2


def test_knowledge_older_than_the_copy_changes_nothing(served, copy, tmp_path):
    """It may have suspended what was found again since. Nothing is put back either."""
    stop_two()
    _, newest = newest_bundle(AT)
    emptied()
    with pytest.raises(BackupError, match="older than the copy"):
        put_back(served.path, Wanted(copy, SECRET, newest=newest))

    assert not IssuedPass.objects.exists()


def test_knowledge_of_the_new_epoch_bears_the_recovery_keys_word(served, copy, key):
    """Every gate can check it, whichever version it had."""
    emptied()
    put_back(served.path, Wanted(copy, SECRET, recovery=key))
    version, data = newest_bundle(now())
    told = read_bundle(data, served.keys.knowledge.public, uai=served.settings.uai)

    assert told.manifest.authorisation is not None
    assert words.is_authorised(
        told.manifest.authorisation, version.epoch, key.public, uai=served.settings.uai
    )


def test_a_restore_remembers_how_old_its_copy_was(served, copy):
    """What was issued in between the database can't know."""
    before = now()
    emptied()
    done = put_back(served.path, Wanted(copy, SECRET))
    restore = Restore.objects.get()

    assert restore.copied_at == done.copied.made_at < before <= restore.at


def test_no_number_is_drawn_again_that_a_gate_has_taken_up(served, copy):
    """It would pass by the note that has it now; nor one from after an earlier putting back."""
    drawn = [DatabaseRegister().next_number(SENT_NOTES, 500)]
    for _ in range(2):
        emptied()
        put_back(served.path, Wanted(copy, SECRET))
        drawn.append(DatabaseRegister().next_number(SENT_NOTES))

    assert drawn == sorted(set(drawn))


def test_codes_for_phones_do_not_come_back(served, tmp_path):
    """One that was used since the copy would be good once more, for whoever finds the paper."""
    pupil = add_person(Kind.PUPIL, Particulars("Zoé", "Lagarde"))
    ends = now() + timedelta(days=14)
    PhoneCode.objects.create(person=pupil, code_hash="0" * 64, made_at=now(), expires_at=ends)
    path = tmp_path / "copy.age"
    copies.save(path, PUBLIC, uai=served.settings.uai, at=now())
    emptied()
    put_back(served.path, Wanted(path, SECRET))

    assert Person.objects.filter(pk=pupil.pk).exists()
    assert not PhoneCode.objects.exists()


def test_another_key_puts_nothing_back(served, copy, key):
    """All or nothing."""
    emptied()
    other = fictional_key(Purpose.RECOVERY, "other")
    with pytest.raises(ConfigError, match="another school's"):
        put_back(served.path, Wanted(copy, SECRET, recovery=other))

    assert not IssuedPass.objects.exists()


def test_a_server_that_finds_itself_older_begins_nothing_without_the_key(served, key):
    """It says so; a person begins anew, with the key."""
    public = fictional_key(Purpose.GATE, "entry-1")
    DatabaseRegister().add_gate(
        EnrolledGate("entry-1", "entry-1", public.public.x, public.public.y)
    )
    gate = WiredGate("entry-1", public, served_school().keys.orders).begin()
    before = newest_version(now())
    gate.news(knowledge=Version(before.epoch, before.number + 5))

    assert alarms() == ["newer-knowledge"]
    assert newest_version(now()).epoch == before.epoch


@pytest.fixture
def command(served, monkeypatch):
    """Run a command of the server's in this process, whose Django is ready."""
    monkeypatch.setattr("portique.server.config.starting.make_ready", lambda _: None)

    def run(*words: object) -> Result:
        options = ["--school", str(served.path), "--json"]
        return CliRunner().invoke(server, [*map(str, words), *options])

    return run


def test_whoever_has_the_key_has_gates_begin_anew(served, command, tmp_path):
    """Made by one command, typed into a file, given to the other."""
    text = json.loads(command("recovery-key").output)["secret"]
    (tmp_path / "key.txt").write_text(text.lower())
    before = newest_version(now())
    done = command("new-epoch", "--recovery-key", tmp_path / "key.txt")
    after = newest_version(now())

    assert done.exit_code == 0
    assert after.epoch > before.epoch
    assert recovery.authorisation_of(served_school(), after.epoch) is not None


def test_nothing_begins_anew_without_the_key(served, command, key, copy, tmp_path):
    """Nobody is there to be asked for it: it says how to give it, and changes nothing."""
    before = newest_version(now())
    (tmp_path / "secret.txt").write_text(SECRET)
    for said in (["new-epoch"], ["restore", copy, "--key", tmp_path / "secret.txt"]):
        done = command(*said)
        assert (done.exit_code, "--recovery-key FILE" in done.output) == (2, True)

    assert newest_version(now()) == before
