"""Events on their way: signed, in order, tried again, and never without end."""

import base64
import hashlib
import hmac
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from portique.school.authority import make, place_of, reach_of
from portique.server.clock import now
from portique.server.outgoing import actions, sending
from portique.server.outgoing.errors import Cause, SendError
from portique.server.outgoing.models import Delivery, Destination, EventType, Reach
from portique.server.outgoing.sending import Message, signature
from portique.testing.broker import TinyBroker

ME = "this process"


@pytest.fixture
def waiting(destination):
    """Return a destination for which three events wait."""
    made = destination()
    told = [(EventType.KNOWLEDGE, {"version": n}) for n in range(3)]
    actions.enqueue(made, told, now())
    return made


def deliver(at=None):
    actions.deliver(at or now(), ME)


def test_a_signature_is_as_the_specification_has_it():
    """The example of Standard Webhooks, computed by hand from its text."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    message = Message("msg_p5jXN8AQM9LWM0D4loKWxJek", "test", 1614265330, body)

    assert signature(message, secret) == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_events_arrive_in_order_each_signed(waiting, program):
    """Number, time and body: whoever has the secret can tell them from a stranger's."""
    deliver()

    assert [one["data"]["version"] for one in program.told()] == [0, 1, 2]
    headers, body = program.got[0]
    key = base64.b64decode(waiting.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    given = base64.b64decode(headers["webhook-signature"].removeprefix("v1,"))
    assert hmac.compare_digest(hmac.digest(key, signed, hashlib.sha256), given)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("status", [301, 400, 500])
def test_a_refusal_makes_it_wait_and_loses_nothing(waiting, program, status):
    """A redirection too: it leads where nobody judged. The event keeps its number."""
    program.statuses = [status]
    deliver()
    assert Delivery.objects.count() == 3
    deliver()
    assert len(program.got) == 1

    deliver(now() + timedelta(seconds=6))
    first, again = (headers["webhook-id"] for headers, _ in program.got[:2])
    assert first == again
    assert Destination.objects.get().failures == 0


def test_waits_grow_up_to_an_hour():
    """Five seconds, fifteen, forty-five."""
    assert [actions.wait_s(n) for n in (0, 1, 2)] == [5, 15, 45]
    assert actions.wait_s(50) == 3600


def test_a_program_that_wants_nothing_any_more_is_left_alone(waiting, program):
    """410, as the specification says; what waited for it is given up."""
    program.statuses = [410]
    deliver()

    gone = Destination.objects.get()
    assert (gone.enabled, gone.last_error, gone.dropped) == (False, Cause.GONE, 3)
    assert not Delivery.objects.exists()


def test_a_destination_removed_while_it_fails_stops_nobody(waiting, monkeypatch):
    """The others still have their turn."""

    def remove(_destination, _message):
        Destination.objects.all().delete()
        raise SendError(Cause.UNREACHABLE)

    monkeypatch.setattr(actions, "send", remove)
    deliver()

    assert not Delivery.objects.exists()


def test_a_greeting_that_takes_all_the_time_leaves_none_for_an_answer(
    destination, program, monkeypatch
):
    """Its end finds no connection to cut yet: it is then given up as soon as there is one."""

    class AtOnce(threading.Timer):
        def start(self):
            self.function()

    monkeypatch.setattr(threading, "Timer", AtOnce)
    with pytest.raises(SendError) as caught:
        actions.try_out(destination())

    assert (caught.value.cause, program.got) == (Cause.UNREACHABLE, [])


def test_an_event_that_is_always_refused_blocks_no_other(waiting, program):
    """It is given up, and counted."""
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).update(attempts=11)
    program.statuses = [400]
    deliver()
    deliver(now() + timedelta(seconds=6))

    assert [one["data"]["version"] for one in program.told()] == [0, 1, 2]
    assert Destination.objects.get().dropped == 1


def test_an_outbox_has_its_bounds(waiting, monkeypatch):
    """Beyond its room the oldest goes; after a day everything."""
    monkeypatch.setattr(actions, "WAITING_MAX", 4)
    actions.enqueue(waiting, [(EventType.KNOWLEDGE, {"version": n}) for n in (3, 4)], now())
    kept = [one.body for one in Delivery.objects.order_by("pk")]
    assert len(kept) == 4
    assert '"version":1' in kept[0]

    Delivery.objects.update(at=now() - timedelta(hours=25))
    deliver()
    assert Destination.objects.get().dropped == 5


def test_nothing_leaves_to_another_network_than_was_chosen(destination, program):
    """Chosen as on the internet, the address turns out to be this machine."""
    made = destination(reach=Reach.INTERNET)
    with pytest.raises(SendError) as caught:
        actions.try_out(made)

    assert caught.value.cause is Cause.FORBIDDEN
    assert program.got == []


def test_one_slow_program_costs_the_others_nothing(waiting, destination, program):
    """Where nobody answers, it waits; the next one has its turn."""
    waiting.address = "http://127.0.0.1:9/"
    waiting.save()
    other = destination()
    actions.enqueue(other, [(EventType.KNOWLEDGE, {"version": 9})], now())
    deliver()

    assert [one["data"]["version"] for one in program.told()] == [9]
    assert Destination.objects.get(pk=waiting.pk).last_error == Cause.UNREACHABLE


def test_a_server_that_stops_sends_no_more(waiting, program):
    """What waits is sent by the next one."""
    actions.deliver(now(), ME, lambda: bool(program.got))

    assert (len(program.got), Delivery.objects.count()) == (1, 2)


def test_of_two_processes_one_sends(waiting, program):
    """Until its lease is over: the other then takes its place."""
    at = now()

    assert actions.leased(at, ME)
    assert not actions.leased(at, "another")
    assert actions.leased(at, ME)
    assert actions.leased(at + actions.LEASE, "another")


@pytest.fixture
def secured(destination, program, served):
    """Return a destination that speaks TLS, with a certificate of the school's authority."""

    def make_secure(names, addresses):
        place = place_of(names, addresses)
        authority = make(served.path, "Lycée", reach_of((), place), at=now() - timedelta(days=1))
        program.secure(authority, place)
        return destination(program.address.replace("http", "https", 1))

    return make_secure


def test_the_schools_own_authority_is_believed(secured, program):
    """Its certificate lies in the school's folder."""
    actions.try_out(secured((), ("127.0.0.1",)))

    assert program.got


def test_a_certificate_for_another_place_is_refused(secured, program):
    """The name is checked, whichever address was connected to."""
    with pytest.raises(SendError) as caught:
        actions.try_out(secured(("portique.lycee.example",), ()))

    assert (caught.value.cause, program.got) == (Cause.TLS, [])


def test_a_certificate_nobody_vouches_for_is_refused(destination, program, monkeypatch):
    """Without TLS at the other end there is no certificate at all."""
    made = destination(program.address.replace("http", "https", 1))
    with pytest.raises(SendError) as caught:
        actions.try_out(made)

    assert caught.value.cause is Cause.TLS


def test_a_broker_gets_events_under_a_topic_with_a_receipt(destination):
    """The kind is the topic's last part; without a receipt it is tried again."""
    broker = TinyBroker()
    made = destination(f"mqtt://127.0.0.1:{broker.port}", topic="lycee/portique", login="p")
    actions.try_out(made)
    broker.close()

    topic, body, _ = broker.published[0]
    assert topic == "lycee/portique/portique.test"
    assert b'"type":"portique.test"' in body
    with pytest.raises(SendError):
        sending.send(made, Message("1", "portique.test", 0, b"{}"))


def test_the_address_is_split_as_it_is_connected_to(destination, program):
    """Path and question go along."""
    actions.try_out(destination())

    assert urlsplit(program.address).query == "for=heating"
    assert program.told()[0]["school"] == "0990001S"
