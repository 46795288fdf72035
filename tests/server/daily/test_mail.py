"""The school's mail server: said by two variables, spoken to for real."""

import asyncio
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from tests.server.conftest import AT
from tests.server.daily.test_messages import FROM, TO

from portique.core.errors import ConfigError
from portique.core.values import Language
from portique.server.accounts.roles import Role
from portique.server.config import mailing
from portique.server.config.mail import Mail, read
from portique.server.daily import actions
from portique.server.daily.actions.messages import Letter
from portique.server.daily.models import GuardianMessage, MessageState


def test_no_variable_no_mail():
    """Off until somebody names a server."""
    assert read({}) == Mail()


@pytest.mark.parametrize(
    ("url", "held"),
    [
        ("smtps://u:p%40ss@mail.example", Mail(FROM, "mail.example", 465, "u", "p@ss", tls=True)),
        ("smtp://mail.example:2525", Mail(FROM, "mail.example", 2525, starttls=True)),
        ("smtp://localhost:25", Mail(FROM, "localhost", 25)),
    ],
)
def test_a_server_is_reached_by_tls_unless_it_is_this_machine(url, held):
    """From the first byte, or by STARTTLS, without which nothing is sent."""
    assert read({"PORTIQUE_SMTP": url, "PORTIQUE_SMTP_FROM": FROM}) == held


@pytest.mark.parametrize(
    ("url", "sender"),
    [("https://mail.example", FROM), ("smtp://mail.example:x", FROM), ("", FROM),
     ("smtp://mail.example", ""), ("smtp://mail.example", "vie scolaire"),
     ("https://u:p@mail.example:25", FROM), ("smtp+tls://u:p@mail.example:587", FROM)],
)  # fmt: skip
def test_what_is_no_mail_server_is_refused_with_what_to_write(url, sender):
    """At the start, not when a message waits; what is no TLS by its name would go in clear."""
    with pytest.raises(ConfigError, match="PORTIQUE_SMTP"):
        read({"PORTIQUE_SMTP": url, "PORTIQUE_SMTP_FROM": sender})


class PostOffice(socketserver.TCPServer):
    """A mail server on this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Postman)
        self.taken: list[bytes] = []
        self.hangs_up = False


class Postman(socketserver.StreamRequestHandler):
    """Takes one message as RFC 5321 says; hangs up once it has it when told to."""

    server: PostOffice

    def handle(self):
        self.say("220 hello")
        while line := self.rfile.readline().decode().strip():
            if line.upper() == "DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.taken.append(b"".join(lines))
                if self.server.hangs_up:
                    return
            self.say("250 fine")

    def say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


@pytest.fixture
def postman(settings) -> Iterator[PostOffice]:
    """Run a mail server, and name it to the school's."""
    with PostOffice() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        settings.PORTIQUE_MAIL_FROM = FROM
        yield server
        server.shutdown()


@pytest.mark.slow
@pytest.mark.parametrize("hangs_up", [False, True])
def test_a_real_mail_server_gets_each_message_once(postman, account, pupil, guardian, hangs_up):
    """Also when it takes the message and hangs up: then nobody knows, and it rests."""
    postman.hangs_up = hangs_up
    zoe = pupil()
    camille = guardian(zoe, email=TO)
    validated, _ = actions.validate(
        account(Role.HEAD), Letter(zoe, camille, Language.FR, on_paper=False)
    )
    for _ in range(3):
        actions.send_due(AT)
    (taken,) = postman.taken
    read_back = message_from_bytes(taken, policy=policy.default)

    assert read_back["Message-ID"] == f"<{validated.pk}@tilleuls.example>"
    assert "présence de Zoé" in read_back.get_content()
    expected = MessageState.SENDING if hangs_up else MessageState.SENT
    assert GuardianMessage.objects.get().state == expected


@pytest.mark.slow
def test_a_mail_server_that_hangs_up_makes_one_message_doubtful(postman, account, pupil, guardian):
    """Those after it were never handed over: they wait, and leave with the next connection."""
    head = account(Role.HEAD)
    for zoe in (pupil(), pupil("Ali")):
        camille = guardian(zoe, email=TO)
        actions.validate(head, Letter(zoe, camille, Language.FR, on_paper=False))
    postman.hangs_up = True
    actions.send_due(AT)
    first = sorted(one.state for one in GuardianMessage.objects.all())
    postman.hangs_up = False

    assert first == [MessageState.QUEUED, MessageState.SENDING]
    assert actions.send_due(AT) == 1
    assert len(postman.taken) == 2


def test_the_sender_goes_on_after_any_fault(monkeypatch):
    """A fault of one round is logged; the next round comes."""
    rounds, third = [], threading.Event()

    def fails(_at, _stopped):
        rounds.append(1)
        if len(rounds) >= 3:
            third.set()
        raise RuntimeError

    async def run() -> bool:
        sender = asyncio.create_task(mailing.keep_sending())
        came = await asyncio.to_thread(third.wait, 20)
        sender.cancel()
        return came

    monkeypatch.setattr(mailing, "send_due", fails)
    monkeypatch.setattr(mailing, "EVERY_S", 0)

    assert asyncio.run(run())
