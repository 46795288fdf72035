"""What agents ask for reaches the desk; who comes second is told; nothing odd gets through."""

import socket
import threading

import pytest

from portique.core.decide import Outcome
from portique.core.entries import Ruling
from portique.core.errors import JournalError
from portique.core.sentences import AdmitReason
from portique.core.values import Medium
from portique.gate.board import Alert, AlertKind, Card, Counts, Mode, Posture
from portique.gate.screen.preview import PreviewDesk, sample_list, sample_waiting

pytestmark = pytest.mark.slow  # real sockets

ADMIT = {"showing": 11, "ruling": "admit", "reason": "known"}
DENY = {"showing": 11, "ruling": "deny", "reason": "sent"}


@pytest.fixture
def waiting(board):
    for card in sample_waiting():
        board.present(card)
    return board


def test_a_ruling_reaches_the_board_with_the_agents_alias(agent, waiting):
    """The session says who; the page can't."""
    assert agent.post("/agent/rule", {**ADMIT, "agent": "somebody else"}).status == 200

    ruled = waiting.ruled_on(11)
    assert (ruled.ruling, ruled.reason, ruled.agent) == ("admit", "known", "loge")


def test_the_second_agent_is_told_who_came_first_and_what_was_answered(
    agent, second_agent, waiting
):
    """409, with a sentence in the page's language; the first answer stands."""
    agent.post("/agent/rule", ADMIT)
    french = second_agent.post("/agent/rule?lang=fr", DENY)
    english = second_agent.post("/agent/rule?lang=en", DENY)

    assert french.status == english.status == 409
    assert french.json()["by"] == "loge"
    assert "loge a déjà répondu" in french.json()["error"]
    assert "loge answered first" in english.json()["error"]
    assert waiting.ruled_on(11).agent == "loge"


def test_of_two_agents_at_once_exactly_one_wins(agent, second_agent, waiting):
    """Both press at the same moment; one gets 200, the other 409."""
    start, statuses = threading.Barrier(2), []

    def press(who, ruling):
        start.wait()
        statuses.append(who.post("/agent/rule", ruling).status)

    threads = [
        threading.Thread(target=press, args=pair) for pair in ((agent, ADMIT), (second_agent, DENY))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]


def test_a_forgotten_card_is_found_and_let_through(agent, desk, board):
    """Names go to the agent alone; the answer is in the agent's own name."""
    desk.listed = sample_list()
    found = agent.post("/agent/find-forgotten", {"letters": "ine", "label": "2"}).json()
    [person] = found["people"]
    answer = agent.post("/agent/forgotten", {"card": person["card"], "reason": "phone"})

    assert (person["name"], person["label"]) == ("Inès Garrigue", "2de 4")
    assert answer.json()["admitted"]
    assert board.snapshot().recent[0].ruled.agent == "loge"


def test_nobody_found_no_list_and_a_stranger_s_card_are_said(agent, desk):
    """Three sentences; nothing is done."""
    asked = {"letters": "ine", "label": ""}
    without = agent.post("/agent/find-forgotten", asked)
    desk.listed = sample_list()
    nobody = agent.post("/agent/find-forgotten", asked | {"letters": "xyz"})
    stranger = agent.post("/agent/forgotten", {"card": "f" * 16, "reason": "lost"})

    assert [each.status for each in (without, nobody, stranger)] == [409, 404, 409]
    assert "Personne ne correspond" in nobody.json()["error"]


def test_names_are_searched_by_signed_in_agents_alone(visitor, agent, desk):
    """Nobody signed in, or a locked screen: 401 and no name."""
    desk.listed = sample_list()
    visitor.get("/agent")
    agent.post("/agent/lock", {})

    for who in (visitor, agent):
        assert who.post("/agent/find-forgotten", {"letters": "ine", "label": ""}).status == 401


def test_a_ruling_on_what_does_not_wait_is_too_late(agent):
    """Nobody ruled: it is gone."""
    answer = agent.post("/agent/rule", ADMIT)

    assert (answer.status, answer.json()["by"]) == (409, None)
    assert "n’attend plus" in answer.json()["error"]


def test_old_cards_are_ruled_together_as_people_who_left(agent, waiting):
    """Those the agent saw, each with its answer; who is there now keeps waiting."""
    waiting.bring_back(Card(each, 0, Outcome.REFER, Medium.PAPER) for each in (3, 4, 5))
    assert agent.post("/agent/rule-left", {"showings": [3, 5, 11, 99]}).status == 200

    assert {card.showing for card in waiting.snapshot().waiting} == {4, 9, 10, 11}
    ruled = waiting.ruled_on(5)
    assert (ruled.ruling, ruled.reason, ruled.agent) == ("deny", "left", "loge")


def test_an_old_card_another_agent_answers_meanwhile_stops_nothing(agent, waiting, monkeypatch):
    """The first answer stands, the other cards are still filed."""
    waiting.bring_back(Card(each, 0, Outcome.REFER, Medium.PAPER) for each in (3, 4))
    rule = PreviewDesk.rule

    def come_second(desk, showing, *answer):
        if showing == 3:
            rule(desk, 3, Ruling.ADMIT, AdmitReason.CHECKED, "cpe")
        rule(desk, showing, *answer)

    monkeypatch.setattr(PreviewDesk, "rule", come_second)
    assert agent.post("/agent/rule-left", {"showings": [3, 4]}).status == 200

    assert (waiting.ruled_on(3).agent, waiting.ruled_on(4).agent) == ("cpe", "loge")


@pytest.mark.parametrize("showings", [None, 3, ["3"], [True], {"3": 3}])
def test_old_cards_are_named_by_whole_numbers(agent, showings):
    """Anything else is refused."""
    assert agent.post("/agent/rule-left", {"showings": showings}).status == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"showing": "11"},
        {"showing": True},
        {"showing": None},
        {"ruling": "maybe"},
        {"reason": "sent"},
        {"reason": 1},
        {"reason": "KNOWN"},
    ],
)
def test_a_ruling_out_of_shape_is_refused_and_changes_nothing(agent, waiting, changes):
    """An admission has an admission's reason, and so on."""
    assert agent.post("/agent/rule", {**ADMIT, **changes}).status == 400
    assert waiting.ruled_on(11) is None


def test_a_manual_admission_is_answered_in_words(agent, board):
    """And listed with its reason and the agent's alias."""
    answer = agent.post("/agent/manual", {"reason": "forgotten"})

    assert "laissez-passer oublié" in answer.json()["said"]
    assert board.snapshot().recent[0].ruled.agent == "loge"


@pytest.mark.parametrize(
    ("direction", "step", "counts"),
    [("entry", 1, Counts(1, 0)), ("exit", 1, Counts(0, 1)), ("entry", -1, Counts(0, 0))],
)
def test_counting_by_hand_goes_one_by_one(agent, board, direction, step, counts):
    """Both directions, and back."""
    assert agent.post("/agent/count", {"direction": direction, "step": step}).status == 200
    assert board.snapshot().counts == counts


@pytest.mark.parametrize("step", [0, 2, -5, 1.0, "1"])
def test_counting_takes_no_other_step(agent, step):
    """A page can't add a crowd."""
    assert agent.post("/agent/count", {"direction": "entry", "step": step}).status == 400


def test_the_mode_changes_by_its_name(agent, board):
    """And by no other name."""
    assert agent.post("/agent/mode", {"mode": "counting"}).status == 200
    assert agent.post("/agent/mode", {"mode": "open"}).status == 400

    assert board.snapshot().mode is Mode.COUNTING


def test_an_agent_ends_an_evacuation(agent, board):
    """The lane works again, and the answer says so."""
    board.set_posture(Posture.EVACUATION)
    answer = agent.post("/agent/end-evacuation", {})

    assert answer.status == 200
    assert "Fin de l’évacuation" in answer.json()["said"]
    assert board.snapshot().posture is Posture.NORMAL


@pytest.mark.parametrize(("language", "said"), [("fr", "rien n’a changé"), ("en", "fire panel")])
def test_a_fire_panel_that_still_asks_is_said(agent, board, desk, language, said):
    """409, with what to do first; the doors stay free."""
    board.set_posture(Posture.EVACUATION)
    desk.panel_asks = True
    answer = agent.post(f"/agent/end-evacuation?lang={language}", {})

    assert answer.status == 409
    assert said in answer.json()["error"]
    assert board.snapshot().posture is Posture.EVACUATION


def test_an_evacuation_that_the_school_asks_for_is_not_said_to_be_over(agent, board, monkeypatch):
    """The gate's own fire has ended, the school's alarm has not."""
    board.set_posture(Posture.EVACUATION)
    monkeypatch.setattr(PreviewDesk, "end_evacuation", lambda _desk, _agent: None)
    answer = agent.post("/agent/end-evacuation", {})

    assert answer.status == 409
    assert "L’établissement" in answer.json()["error"]


def test_only_an_agent_whose_screen_is_open_ends_an_evacuation(visitor, board):
    """Neither a stranger nor a locked screen."""
    board.set_posture(Posture.EVACUATION)
    visitor.get("/agent")
    assert visitor.post("/agent/end-evacuation", {}).status == 401
    visitor.sign_in()
    visitor.post("/agent/lock", {})

    assert visitor.post("/agent/end-evacuation", {}).status == 401
    assert board.snapshot().posture is Posture.EVACUATION


def test_an_alert_is_dismissed_once(agent, second_agent, board):
    """The second agent learns that it was done."""
    board.raise_alert(Alert(5, AlertKind.EXIT_REFUSED, 0))

    assert agent.post("/agent/dismiss", {"alert": 5}).status == 200
    assert second_agent.post("/agent/dismiss", {"alert": 5}).status == 409


def test_a_journal_that_fails_is_said_and_nothing_is_done(agent, waiting, monkeypatch):
    """503 with what to do; the card still waits."""

    def fail(*_arguments):
        raise JournalError("disk full")

    monkeypatch.setattr(PreviewDesk, "rule", fail)
    answer = agent.post("/agent/rule", ADMIT)

    assert answer.status == 503
    assert "Agissez à la main" in answer.json()["error"]
    assert "disk full" not in answer.text
    assert len(waiting.snapshot().waiting) == 3


def test_the_desk_is_never_called_from_the_event_loop(agent, waiting, monkeypatch):
    """It may block on a disk; the screens must not."""
    callers = []

    def rule(_desk, *_arguments):
        callers.append(threading.current_thread().name)

    monkeypatch.setattr(PreviewDesk, "rule", rule)
    agent.post("/agent/rule", ADMIT)

    assert callers[0] != "screens"


def test_an_act_whose_body_comes_after_signing_out_is_not_carried_out(agent, board):
    """The session is looked for once the whole request is there."""
    body = b'{"reason": "forgotten"}'
    cookie = "; ".join(f"{name}={value}" for name, value in agent.cookies.items())
    head = (
        f"POST /agent/manual HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n"
        f"x-portique-token: {agent.token}\r\ncontent-length: {len(body)}\r\n"
        "expect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", agent.port), 20) as link:
        link.sendall(head.encode())
        assert b"100" in link.recv(1_000)  # the body is waited for
        agent.post("/agent/sign-out", {})
        link.sendall(body)

        assert link.recv(12) == b"HTTP/1.1 401"
    assert board.snapshot().recent == ()
