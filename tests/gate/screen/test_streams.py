"""Streams: the state at once, each change, a beat, and resuming after a cut."""

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from portique.gate.board import Advice, Counts
from portique.gate.screen import streams
from portique.gate.screen.context import LOOP_SILENT_MS_MAX
from portique.gate.screen.preview import sample_aim, sample_waiting

pytestmark = pytest.mark.slow  # real streams


def states(events: Iterator[tuple[str, str, Any]]) -> Iterator[tuple[str, Any]]:
    return ((name, data) for kind, name, data in events if kind == "state")


def test_a_new_screen_gets_the_present_state_at_once(agent, board):
    """Nothing has to happen first."""
    board.set_counts(Counts(7, 1))

    assert agent.state()["counts"] == {"entered": 7, "left": 1}


def test_each_change_is_pushed(agent, board):
    """No polling."""
    events = states(agent.listen("/agent/stream"))
    next(events)
    board.set_counts(Counts(8, 1))

    assert next(events)[1]["counts"]["entered"] == 8


def test_a_beat_comes_although_nothing_changes(agent):
    """Silence means that the line is cut."""
    kinds = [kind for kind, _, _ in itertools.islice(agent.listen("/agent/stream"), 4)]

    assert kinds == ["beat", "state", "beat", "beat"]


def test_beats_come_although_everything_changes(visitor, board):
    """A busy camera does not drown the beat."""
    events = visitor.listen("/holder/stream")
    stop = threading.Event()

    def aim():
        for number in itertools.count():
            if stop.wait(0.01):
                return
            board.aim([sample_aim()], aspect=1 + (number % 100) / 100)

    painter = threading.Thread(target=aim)
    painter.start()
    kinds = [kind for kind, _, _ in itertools.islice(events, 60)]
    stop.set()
    painter.join()
    assert kinds.count("beat") >= 2


def test_a_page_that_comes_back_with_the_same_state_is_not_sent_it_again(agent, board):
    """Its id names the state; the next event is a beat."""
    events = agent.listen("/agent/stream")
    name = next(states(events))[0]
    events.close()

    again = agent.listen("/agent/stream", last_event_id=name)
    assert [kind for kind, _, _ in itertools.islice(again, 2)] == ["beat", "beat"]


def test_a_page_that_was_cut_off_gets_what_it_missed(agent, board):
    """One state says it all."""
    events = agent.listen("/agent/stream")
    name = next(states(events))[0]
    events.close()
    for card in sample_waiting():
        board.present(card)

    missed = next(states(agent.listen("/agent/stream", last_event_id=name)))[1]
    assert len(missed["waiting"]) == 3


def test_an_id_of_another_run_is_not_mistaken_for_this_one(agent):
    """Version 1 of yesterday is not version 1 of today."""
    events = agent.listen("/agent/stream", last_event_id="00000000-1o")

    assert next(states(events))[1]["version"] == 1


def test_a_loop_that_fell_silent_is_said_to_be_dead(agent, board, ticks):
    """A web server that lives on must not vouch for a gate that does not."""
    board.beat(ticks.ms)
    assert next(agent.listen("/agent/stream"))[2] == {"alive": True}
    assert agent.get("/healthz").status == 200

    ticks.pass_s(LOOP_SILENT_MS_MAX / 1000)
    assert next(agent.listen("/agent/stream"))[2] == {"alive": False}
    assert agent.get("/healthz").status == 503


def test_the_holders_stream_carries_neither_name_nor_reason_nor_number(visitor, board):
    """Exactly these fields, whatever happened."""
    for card in sample_waiting():
        board.present(card)
    board.aim([sample_aim(Advice.CLOSER)])
    view = visitor.state("/holder/stream")

    assert set(view) == {"state", "turn", "advice", "aspect", "aims"}
    assert set(view["aims"][0]) == {"advice", "quad"}


def test_a_referral_and_a_refusal_are_the_same_bytes_to_the_holder(serve, visitor, board):
    """No curious eye on the line can tell them apart (LINDDUN, detecting)."""
    refer, refuse, _ = sample_waiting()
    events = states(visitor.listen("/holder/stream"))
    next(events)
    board.present(refer)
    first = next(events)[1]
    board.gone(refer.showing)
    next(events)
    board.present(refuse)
    second = next(events)[1]

    assert {**first, "turn": 0} == {**second, "turn": 0}


def test_screens_are_bounded(visitor, monkeypatch):
    """One too many is told so, and the others go on."""
    monkeypatch.setattr(streams, "STREAMS_MAX", 1)
    first = visitor.listen("/holder/stream")
    next(first)

    assert visitor.get("/holder/stream").status == 503
    assert next(first)[0] == "state"


def test_a_screen_that_leaves_is_forgotten(serve, visitor, board, wait_until):
    """Its listener goes with it."""
    events = visitor.listen("/holder/stream")
    next(events)
    assert len(board._listeners) == 1
    events.close()

    wait_until(lambda: not board._listeners)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_stream_speaks_the_language_of_its_page(agent, board, language):
    """Words are chosen where the board is."""
    board.present(sample_waiting()[0])
    card = agent.state(f"/agent/stream?lang={language}")["waiting"][0]

    assert card["outcomeWord"] == {"fr": "À voir", "en": "Refer"}[language]
