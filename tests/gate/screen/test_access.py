"""Signing in, locking, waiting after wrong PINs, and pairing from the network."""

import pytest

from portique.core.errors import ConfigError
from portique.gate.screen import access
from portique.gate.screen.access import (
    FREE_TRIES,
    PAIRING_TRIES,
    SESSION_MS_MAX,
    WAIT_MS_MAX,
    WAITERS_MAX,
    Device,
    Devices,
    Pairing,
    Patience,
    Sessions,
)
from portique.gate.screen.preview import PIN, SALT, agents, sample_waiting
from portique.gate.screen.settings import Agent, ScreenSettings, hash_pin, pin_matches

pytestmark = pytest.mark.slow  # real sockets

SECRET = bytes(32)
WRONG = "000000"


def test_a_pin_is_kept_as_a_slow_salted_hash():
    """The right PIN matches, a wrong one and another salt do not."""
    hashed = hash_pin(PIN, salt=SALT)

    assert PIN not in hashed
    assert pin_matches(PIN, hashed)
    assert not pin_matches(WRONG, hashed)
    assert hash_pin(PIN, salt=bytes(16)) != hashed


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "12345a", "", "١٢٣٤٥٦"])
def test_a_weak_or_strange_pin_is_refused(pin):
    """Six to twelve ordinary digits."""
    with pytest.raises(ConfigError, match="6 to 12 digits"):
        hash_pin(pin, salt=SALT)


def test_a_short_salt_is_our_own_bug():
    """Sixteen bytes, always."""
    with pytest.raises(ValueError, match="16 bytes"):
        hash_pin(PIN, salt=b"x")


def test_a_hash_of_another_make_is_refused_at_start():
    """Rather than never matching at the gate, at eight in the morning."""
    with pytest.raises(ConfigError, match="loge"):
        Agent("loge", "bcrypt$nothing")
    with pytest.raises(ConfigError):
        pin_matches(PIN, "bcrypt$nothing")


def test_a_device_is_read_back_from_its_own_cookie_only():
    """A changed name, mark or signature is nobody's."""
    devices = Devices(SECRET)
    device = devices.new(paired=False)
    cookie = devices.cookie(device)

    assert devices.read(cookie) == device
    assert devices.read(cookie.replace(".u.", ".p.")) is None
    assert devices.read(f"x{cookie}") is None
    assert Devices(bytes(31) + b"x").read(cookie) is None
    assert devices.read(None) is None
    assert devices.read("é.p.é") is None


def test_the_first_tries_are_free_and_the_wait_doubles_to_a_minute(ticks):
    """Patience grows, and never becomes a lock-out."""
    patience, waits = Patience(ticks), []
    for _ in range(FREE_TRIES + 8):
        patience.wrong("phone")
        waits.append(patience.wait_ms("phone"))

    assert waits[: FREE_TRIES - 1] == [0, 0]
    assert waits[FREE_TRIES - 1 : FREE_TRIES + 2] == [1000, 2000, 4000]
    assert max(waits) == waits[-1] == WAIT_MS_MAX


def test_a_device_waits_for_its_own_wrong_tries_only(ticks):
    """Somebody else's phone can't keep the agent out."""
    patience = Patience(ticks)
    for _ in range(20):
        patience.wrong("theirs")

    assert patience.wait_ms("theirs") > 0
    assert patience.wait_ms("mine") == 0


def test_the_wait_ends_and_a_right_pin_wipes_the_slate(ticks):
    """After success, cold fingers have three free tries again."""
    patience = Patience(ticks)
    for _ in range(FREE_TRIES):
        patience.wrong("phone")
    ticks.pass_s(1)
    assert patience.wait_ms("phone") == 0

    patience.right("phone")
    patience.wrong("phone")
    assert patience.wait_ms("phone") == 0


def test_wrong_tries_are_remembered_for_a_bounded_number_of_devices(ticks):
    """Memory is not the attacker's to fill."""
    patience = Patience(ticks)
    for number in range(WAITERS_MAX + 1):
        for _ in range(FREE_TRIES):
            patience.wrong(str(number))

    assert patience.wait_ms("0") == 0
    assert patience.wait_ms(str(WAITERS_MAX)) > 0


def test_an_unknown_alias_costs_as_much_as_a_wrong_pin(ticks):
    """And opens nothing."""
    sessions = Sessions(ScreenSettings(agents=agents()), ticks)

    assert sessions.open("nobody", PIN, "d") is None
    assert sessions.open("loge", WRONG, "d") is None
    assert sessions.open("loge", PIN, "d") is not None


def test_a_session_belongs_to_its_device_and_ends_with_the_day(ticks):
    """A stolen cookie is worth nothing elsewhere, nor the next morning."""
    sessions = Sessions(ScreenSettings(agents=agents()), ticks)
    session = sessions.open("loge", PIN, "phone")
    assert session is not None

    assert sessions.find(session.token, "tablet") is None
    assert sessions.find(session.token, "phone") is session
    ticks.pass_s(SESSION_MS_MAX / 1000 + 1)
    assert sessions.find(session.token, "phone") is None


def test_sessions_are_bounded(ticks, monkeypatch):
    """The oldest goes."""
    monkeypatch.setattr(access, "SESSIONS_MAX", 3)
    sessions = Sessions(ScreenSettings(agents=agents()), ticks)
    first = sessions.open("loge", PIN, "d")
    assert first is not None
    for _ in range(3):
        sessions.open("loge", PIN, "d")

    assert sessions.find(first.token, "d") is None


def test_a_pairing_code_is_good_once_and_announced_when_asked_for(ticks):
    """Eight digits; a used one is dead, and the next one is another."""
    announced: list[str] = []
    pairing = Pairing(announced.append, ticks)
    assert announced == []
    pairing.ask()
    pairing.ask()
    (code,) = announced

    assert len(code) == 8
    assert pairing.accept(code)
    assert not pairing.accept(code)
    pairing.ask()
    assert len(announced) == 2


def test_a_pairing_code_lives_ten_minutes(ticks):
    """What is read in the system's log later is worth nothing."""
    announced: list[str] = []
    pairing = Pairing(announced.append, ticks)
    pairing.ask()
    ticks.pass_s(599)
    pairing.ask()
    assert len(announced) == 1
    ticks.pass_s(1)

    assert not pairing.accept(announced[0])
    pairing.ask()
    assert len(announced) == 2
    assert pairing.accept(announced[1])


def test_a_pairing_code_ends_after_too_many_wrong_tries(ticks):
    """Guessing restarts from nothing."""
    announced: list[str] = []
    pairing = Pairing(announced.append, ticks)
    pairing.ask()
    for _ in range(PAIRING_TRIES):
        pairing.accept("x")

    assert not pairing.accept(announced[0])


def test_without_signing_in_there_is_nothing_to_see_or_do(visitor, board):
    """No stream, no ruling; the page asks who is at the gate."""
    board.present(sample_waiting()[0])
    page = visitor.get("/agent")

    assert "Qui est" in page.text
    assert "Brézolles" not in page.text
    assert visitor.get("/agent/stream").status == 401
    ruling = {"showing": 11, "ruling": "admit", "reason": "known"}
    assert visitor.post("/agent/rule", ruling).status == 401


def test_wrong_pins_make_the_browser_wait_and_say_how_long(visitor, ticks):
    """The third one waits a second; the right one is then welcome."""
    statuses = [visitor.sign_in(pin=WRONG).status for _ in range(FREE_TRIES)]
    waiting = visitor.sign_in()

    assert statuses == [403, 403, 403]
    assert (waiting.status, waiting.headers["retry-after"]) == (429, "1")
    assert "1\u00a0s" in waiting.json()["error"]
    ticks.pass_s(1)
    assert visitor.sign_in().status == 200


def test_strangers_wrong_pins_do_not_make_a_known_browser_wait(agent):
    """Once signed in, a browser waits for its own mistakes only."""
    stranger = type(agent)(agent.port)
    for _ in range(FREE_TRIES + 1):
        stranger.sign_in(pin=WRONG)

    assert stranger.sign_in().status == 429
    assert agent.sign_in().status == 200


def test_ones_own_pin_wipes_out_no_wrong_tries_at_a_colleagues(agent):
    """Two guesses, then one's own PIN, and again: the colleague's is waited for."""
    statuses = []
    for _ in range(2):
        statuses += [agent.sign_in("cpe", WRONG).status for _ in range(2)]
        assert agent.sign_in("loge").status == 200

    assert statuses == [403, 403, 403, 429]


def test_waiting_for_a_colleagues_pin_keeps_nobody_from_ones_own(agent):
    """Who guessed another's PIN still signs in as who they are."""
    for _ in range(FREE_TRIES):
        agent.sign_in("cpe", WRONG)

    assert agent.sign_in("cpe", WRONG).status == 429
    assert agent.sign_in("loge").status == 200


def test_names_nobody_has_are_waited_for_as_one(agent):
    """Inventing names gives no more tries, and fills no memory."""
    statuses = [agent.sign_in(f"nobody{number}").status for number in range(FREE_TRIES + 1)]

    assert statuses == [403, 403, 403, 429]


def test_an_idle_screen_hides_names_and_reasons_and_refuses_rulings(agent, board, ticks):
    """Two minutes without a touch (reliability B26)."""
    board.present(sample_waiting()[0])
    assert agent.state()["waiting"][0]["name"] == "Camille Brézolles"

    ticks.pass_s(121)
    card = agent.state()["waiting"][0]
    assert (card["name"], card["label"], card["reasons"], card["aloud"]) == (None, None, [], None)
    ruling = {"showing": 11, "ruling": "admit", "reason": "known"}
    assert agent.post("/agent/rule", ruling).status == 401


def test_presence_keeps_the_screen_open_but_opens_no_locked_one(agent, ticks):
    """A touch counts while unlocked only."""
    for _ in range(3):
        ticks.pass_s(100)
        assert agent.post("/agent/alive", {}).status == 200
    ticks.pass_s(121)

    assert agent.post("/agent/alive", {}).status == 401
    assert agent.state()["locked"]


def test_only_the_agents_own_pin_unlocks(agent):
    """A wrong one is said to be wrong."""
    assert agent.post("/agent/lock", {}).status == 200
    assert agent.state()["locked"]
    assert agent.post("/agent/unlock", {"pin": WRONG}).status == 403
    assert agent.post("/agent/unlock", {"pin": PIN}).status == 200

    assert not agent.state()["locked"]


def test_unlocking_wears_patience_too(agent):
    """The lock is no way around the wait."""
    agent.post("/agent/lock", {})
    for _ in range(FREE_TRIES):
        agent.post("/agent/unlock", {"pin": WRONG})

    assert agent.post("/agent/unlock", {"pin": PIN}).status == 429


def test_signing_out_ends_the_session_and_its_stream(agent):
    """The cookie kept by a curious hand is dead."""
    events = agent.listen("/agent/stream")
    next(events)
    kept = dict(agent.cookies)
    assert agent.post("/agent/sign-out", {}).status == 200

    assert "signed-out" in [kind for kind, _, _ in events]
    agent.cookies = kept
    assert agent.get("/agent/stream").status == 401


@pytest.mark.parametrize("path", ["/agent/lock", "/agent/unlock", "/agent/alive"])
def test_without_a_session_nothing_is_locked_or_unlocked(visitor, path):
    """401, not an error."""
    visitor.get("/agent")

    assert visitor.post(path, {"pin": PIN}).status == 401


def test_a_device_on_the_network_must_pair_before_anything(serve, visitor, announced, network):
    """Not even the holder's screen, which says when somebody comes."""
    network(visitor)

    assert "Associer cet appareil" in visitor.get("/holder").text
    assert "Associer cet appareil" in visitor.get("/agent").text
    assert visitor.get("/holder/stream").status == 401
    assert visitor.sign_in().status == 403


def test_the_printed_code_pairs_a_device_once_and_for_all(visitor, announced, network):
    """Spaces are forgiven; then signing in works as at the gate."""
    network(visitor)
    visitor.get("/agent")
    code = announced[-1]
    assert visitor.post("/pair", {"code": f"{code[:4]} {code[4:]}"}).status == 200

    assert "Qui est" in visitor.get("/agent").text
    assert visitor.sign_in().status == 200
    assert visitor.state("/holder/stream")["state"] == "idle"


def test_wrong_pairing_codes_wait_as_well(visitor, network):
    """And say in words what is wrong."""
    network(visitor)
    visitor.get("/agent")
    answers = [visitor.post("/pair", {"code": "0"}) for _ in range(FREE_TRIES + 1)]

    assert [a.status for a in answers] == [403, 403, 403, 429]
    assert "code" in answers[0].json()["error"]


def test_a_code_that_ended_while_it_was_typed_is_announced_anew(visitor, ticks, announced, network):
    """Nobody has to guess that the page must be opened again."""
    network(visitor)
    visitor.get("/agent")
    ticks.pass_s(600)
    assert visitor.post("/pair", {"code": announced[0]}).status == 403

    assert visitor.post("/pair", {"code": announced[1]}).status == 200


def test_there_is_nothing_to_pair_on_loopback(visitor, announced):
    """Whoever sits at the machine is known; no code is printed."""
    visitor.get("/agent")

    assert visitor.post("/pair", {"code": ""}).status == 403
    assert announced == []


def test_a_known_device_keeps_its_name_when_it_signs_in(agent):
    """Its patience is its own from then on."""
    secret = bytes(32)
    device = Device("ab" * 16, paired=True)

    assert Devices(secret).read(Devices(secret).cookie(device)) == device
    assert ".p." in agent.cookies["portique_device"]
