"""The fire panel's line: a pulse is seen, a cut wire is a fire, a web page is not."""

import os
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from portique.core.errors import EnvironmentProblem
from portique.gate.config import parse
from portique.gate.doors.choose import open_fire
from portique.gate.doors.fire import (
    POLL_S,
    SAMPLES,
    ContactFire,
    LineFire,
    MqttFire,
    WebhookFire,
)
from portique.gate.doors.mqtt_link import Broker, MqttLink
from portique.gate.doors.urgent import PRIORITY, hurry
from portique.testing.broker import TinyBroker

pytestmark = pytest.mark.slow  # real inputs

LEAST = '[gate]\nid = "entry-1"\nschool = "0131234B"\n'


class Contact:
    """A contact whose level is set by hand, and whose wire can be torn."""

    def __init__(self) -> None:
        self.level, self.reads = False, 0
        self.torn: Exception | None = None

    def high(self) -> bool:
        self.reads += 1
        if self.torn is not None:
            raise self.torn
        return self.level

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def calls():
    """Collect the starts of fires."""
    return []


@pytest.fixture
def contact(calls):
    line = Contact()
    fire = ContactFire(line, fire_is_high=True)
    fire.watch(lambda: calls.append("fire"))
    yield line, fire
    fire.close()


def test_the_panel_pulls_the_contact(contact, calls, wait_until):
    """One call at each start, none while it lasts; the end is followed."""
    line, fire = contact
    for count in (1, 2):
        line.level = True
        wait_until(lambda: fire.active)
        reads = line.reads
        wait_until(lambda reads=reads: line.reads > reads + 3)
        assert len(calls) == count
        line.level = False
        wait_until(lambda: not fire.active)


@pytest.mark.parametrize("error", [OSError("torn"), RuntimeError("the driver's own")], ids=repr)
def test_a_torn_wire_is_a_fire(contact, calls, wait_until, error):
    """A line that can't be read asks for evacuation, whatever its driver raises."""
    line, fire = contact
    line.torn = error
    wait_until(lambda: calls == ["fire"])
    line.torn = None
    wait_until(lambda: not fire.active, what="the mended line")


def test_whoever_fails_when_told_does_not_end_the_watch(wait_until):
    """A bug behind the line costs this call; the next fire is seen."""
    line, calls = Contact(), []

    def told() -> None:
        calls.append("fire")
        raise ZeroDivisionError

    fire = ContactFire(line, fire_is_high=True)
    fire.watch(told)
    for count in (1, 2):
        line.level = True
        wait_until(lambda count=count: len(calls) == count)
        line.level = False
        wait_until(lambda: not fire.active)
    fire.close()


def test_a_spark_is_no_fire(calls):
    """One sample among quiet ones changes nothing."""
    levels = iter([False, True, False, False, True, False])
    done = threading.Event()

    class Sparks(Contact):
        def high(self) -> bool:
            level = next(levels, None)
            if level is None:
                done.set()
            return bool(level)

    fire = ContactFire(Sparks(), fire_is_high=True)
    fire.watch(lambda: calls.append("fire"))
    assert done.wait(20)
    fire.close()
    assert calls == []


def test_a_pulse_of_400_ms_is_always_seen():
    """EN 60839-11-1: the samples needed take a twelfth of the pulse, wherever it begins."""
    assert (SAMPLES + 1) * POLL_S * 1_000 <= 400 / 12


def test_a_fifo_brings_words(tmp_path, calls, wait_until):
    """Made if absent; a word without its newline counts; unknown words change nothing."""
    fire = LineFire(tmp_path / "fire")
    fire.watch(lambda: calls.append("fire"))
    (tmp_path / "fire").write_text("hello\nfeu")
    wait_until(lambda: calls == ["fire"])
    (tmp_path / "fire").write_text("\nnormal\n")
    wait_until(lambda: not fire.active)
    fire.close()
    assert calls == ["fire"]


def test_a_fifo_that_cannot_be_read_is_a_fire(tmp_path, calls, wait_until):
    """Any error at all; once it can be read again, words count again."""
    fire = LineFire(tmp_path / "fire")
    whole, fire._fifo = fire._fifo, -1
    fire.watch(lambda: calls.append("fire"))
    wait_until(lambda: calls == ["fire"])
    fire._fifo = whole
    (tmp_path / "fire").write_text("normal\n")
    wait_until(lambda: not fire.active, what="the mended line")
    fire.close()


def test_a_broker_with_a_bug_is_asked_again(calls, wait_until, monkeypatch):
    """The thread that listens outlives any error of its link."""
    monkeypatch.setattr("portique.gate.doors.fire.RECONNECT_S", 0.01)
    tries: list[int] = []

    def broken(_self: MqttLink) -> None:
        tries.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(MqttLink, "ensure", broken)
    fire = MqttFire(Broker("127.0.0.1"), "school/fire")
    fire.watch(lambda: calls.append("fire"))
    wait_until(lambda: len(tries) >= 2)
    fire.close()
    assert calls == []


def test_a_file_is_no_fifo(tmp_path):
    """A regular file would be read to its end at once."""
    (tmp_path / "fire").touch()
    with pytest.raises(EnvironmentProblem, match="is no FIFO"):
        LineFire(tmp_path / "fire")
    with pytest.raises(EnvironmentProblem, match=r"mend fire\.path"):
        LineFire(tmp_path / "none" / "fire")


def post(port: int, path: str, headers: dict[str, str]) -> int:
    """Return the status of a request on loopback."""
    address = f"http://127.0.0.1:{port}{path}"
    request = urllib.request.Request(address, b"", headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_a_local_request_is_a_fire_and_a_page_in_a_browser_is_not(calls):
    """Without the header a web page can't send unasked, nothing happens."""
    fire = WebhookFire(0)
    fire.watch(lambda: calls.append("fire"))
    said = {"X-Portique-Fire": "1"}
    statuses = [post(fire.port, "/fire", {}), post(fire.port, "/other", said)]
    assert (statuses, calls) == ([403, 404], [])
    assert post(fire.port, "/fire", said) == 204
    assert (fire.active, calls) == (True, ["fire"])
    assert post(fire.port, "/normal", said) == 204
    assert not fire.active
    fire.close()


def test_a_port_taken_is_one_sentence():
    """The key to mend is named."""
    first = WebhookFire(0)
    with pytest.raises(EnvironmentProblem, match=r"fire\.port"):
        WebhookFire(first.port)
    first.close()


def test_a_topic_brings_words_and_a_lost_broker_is_no_fire(calls, wait_until):
    """The link is shown and made again; a cut changes nothing."""
    broker = TinyBroker()
    fire = MqttFire(Broker("127.0.0.1", broker.port), "school/fire")
    fire.watch(lambda: calls.append("fire"))
    wait_until(lambda: fire.connected)
    broker.drop_all()
    wait_until(lambda: broker.connections == 2)
    assert calls == []

    def told() -> bool:
        broker.say("school/fire", b"fire")
        return fire.active

    wait_until(told)
    assert calls == ["fire"]
    fire.close()
    broker.close()


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("kind = 'contact'\npin = 4\n[door.gpio]\nlines = '.'\n", ContactFire),
        ("kind = 'line'\npath = 'fifo'\n", LineFire),
        ("kind = 'mqtt'\n", MqttFire),
    ],
)
def test_the_configuration_names_the_line(tmp_path, section, kind):
    """Each kind opens its own input; closing without watching is fine."""
    (tmp_path / "gpio4").mkdir()
    (tmp_path / "gpio4" / "value").write_text("0")
    fire = open_fire(parse(LEAST + "[fire]\n" + section, folder=tmp_path))
    assert isinstance(fire, kind)
    fire.close()


def test_a_loop_that_opens_is_a_fire_by_default(tmp_path, calls, wait_until):
    """Closed to ground at rest reads 0; opened, or cut, the pull-up reads 1."""
    (tmp_path / "gpio4").mkdir()
    value = tmp_path / "gpio4" / "value"
    value.write_text("0")
    text = "[fire]\nkind = 'contact'\npin = 4\n[door.gpio]\nlines = '.'\n"
    fire = open_fire(parse(LEAST + text, folder=tmp_path))
    assert fire is not None
    fire.watch(lambda: calls.append("fire"))
    fresh = tmp_path / "fresh"
    fresh.write_text("1")
    fresh.replace(value)
    wait_until(lambda: calls == ["fire"])
    fire.close()


def test_a_webhook_port_comes_from_the_configuration():
    """Loopback is not a setting."""
    probe = WebhookFire(0)
    port = probe.port
    probe.close()
    fire = open_fire(parse(LEAST + f"[fire]\nkind = 'webhook'\nport = {port}\n", folder=Path()))
    assert isinstance(fire, WebhookFire)
    assert fire.port == port
    fire.close()


def test_what_frees_a_door_goes_first_where_the_machine_allows_it(monkeypatch):
    """The fire's thread asks for real time, which what it starts doesn't inherit."""
    asked: list[tuple[int, os.sched_param]] = []
    monkeypatch.setattr(
        os, "sched_setscheduler", lambda _pid, policy, param: asked.append((policy, param))
    )

    assert hurry()
    [(policy, param)] = asked
    assert policy == os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
    assert param == os.sched_param(PRIORITY)


def test_where_the_machine_refuses_real_time_the_line_is_watched_all_the_same(
    monkeypatch, tmp_path, wait_until
):
    """An ordinary user without the right: no error, and the fire is seen."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "no")

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    seen: list[int] = []
    line = LineFire(tmp_path / "fire")
    line.watch(lambda: seen.append(1))
    (tmp_path / "fire").write_text("fire\n", encoding="ascii")
    wait_until(lambda: seen)
    line.close()

    assert not hurry()
