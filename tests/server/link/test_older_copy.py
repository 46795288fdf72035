"""R4, T9: a gate's journal put back from a copy is refused, told to people, and begun anew."""

import shutil

from tests.server.gates.wired import alarms

from portique.server.gates.models import Entry, Epoch


def copy_of(linked, tmp_path):
    """Copy everything in a gate's folder."""
    linked.close()
    copy = tmp_path / "copy"
    shutil.copytree(linked.folder, copy)
    linked.open()
    return copy


def test_an_older_copy_is_found_out_at_its_first_report(linked, tmp_path):
    """It ends before what the server has: an alarm, the epoch is disputed, a new one begins."""
    linked.decide(5)
    copy = copy_of(linked, tmp_path)
    linked.decide(5)
    linked.drain()
    linked.put_back(copy)
    held = linked.held()
    linked.report()
    linked.decide(3)
    linked.file_once()

    assert set(alarms()) == {"older-copy"}
    assert linked.disputed == [1]
    assert linked.journal.head.epoch == 2
    assert linked.held() == held


def test_an_older_copy_that_went_on_is_found_out_at_its_first_filing(linked, tmp_path):
    """Other entries under known numbers are refused, whatever was decided on the way."""
    linked.decide(5)
    copy = copy_of(linked, tmp_path)
    linked.decide(5)
    linked.drain()
    linked.put_back(copy)
    held = linked.held()
    linked.decide(9)
    linked.file_once()
    linked.file_once()

    assert linked.disputed
    assert set(alarms()) & {"conflict", "chain", "older-copy", "head"}
    assert held.items() <= linked.held().items()


def test_what_is_decided_after_the_new_beginning_is_filed(linked, tmp_path):
    """The lane went on all the time: its new epoch arrives whole."""
    linked.decide(5)
    copy = copy_of(linked, tmp_path)
    linked.decide(5)
    linked.drain()
    linked.put_back(copy)
    linked.report()
    linked.decide(3)
    linked.file_once()
    linked.decide(4)
    while linked.file_once().more:
        pass

    epoch = Epoch.objects.get(number=2)
    assert epoch.last == linked.journal.head.number
    assert Entry.objects.filter(epoch=epoch).count() == epoch.last
