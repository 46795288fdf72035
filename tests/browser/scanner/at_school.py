"""Agents' phones in real Chromiums before a real school's server, on one Monday morning."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser.conftest import WATCH_POLICY
from tests.browser.scanner.alone import LISTENED, PATIENCE_MS, name_agent, sign_in
from tests.server.conftest import AT

from portique.core.values import Kind, PassId
from portique.server import clock
from portique.server.gates import actions, queries
from portique.server.passes import actions as passes
from portique.server.passes.models import IssuedPass
from portique.server.passes.quotas import By
from portique.server.people.actions import Particulars, add_person
from portique.server.school.house import ServedSchool

WAITING = ".standing [data-state=waits]"
SIZE: ViewportSize = {"width": 360, "height": 640}
# What a hand reader types, faster than hands do, whatever else the machine does meanwhile.
TYPED = """(text) => {
  const at = performance.now();
  for (const key of [...text, 'Enter']) {
    const press = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    Object.defineProperty(press, 'timeStamp', { value: at });
    document.body.dispatchEvent(press);
  }
}"""


@dataclass
class SchoolTime:
    """The school's time: it goes on from that Monday, and a test may let days pass."""

    passed: timedelta = timedelta()
    begun_s: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> datetime:
        """Return the time at the school."""
        return AT + timedelta(seconds=time.monotonic() - self.begun_s) + self.passed


@dataclass
class Phone:
    """An agent's phone: what it shows, what went wrong on it, whom it called."""

    context: BrowserContext
    address: str
    times: SchoolTime
    page: Page = field(init=False)
    wrong: list[str] = field(default_factory=list)
    hosts: set[str | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Watch it from its first page on."""
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(WATCH_POLICY + LISTENED)
        self.context.on("request", lambda asked: self.hosts.add(urlsplit(asked.url).hostname))
        self.context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        self.page = self.context.new_page()

    def open(self, mark: str = "") -> Page:
        """Open the app, perhaps by an invitation's link; return it once it shows something."""
        self.page.goto(f"{self.address}/scanner/{mark}")
        self.page.wait_for_selector("h1")
        return self.page

    def reopen(self) -> Page:
        """Close the app and open it again."""
        before, self.page = self.page, self.context.new_page()
        before.close()
        return self.open()

    def join(self, invitation: str) -> Page:
        """Become a scanner with one agent, who is at the lane then and knows the school."""
        page = self.open(f"#{quote(invitation)}")
        page.click("form .primary")
        page.wait_for_selector("#alias")
        name_agent(page)
        page.wait_for_selector(".standing [data-state=fresh]")
        return page

    def sign_in(self) -> Page:
        """Type the agent's PIN."""
        sign_in(self.page)
        return self.page

    def read(self, text: str, outcome: str, said: str = "") -> None:
        """Have a hand reader read a pass; see what comes of it."""
        self.page.evaluate(TYPED, text)
        expect(self.page.locator(f".stage .plaque[data-outcome={outcome}]")).to_contain_text(said)

    def has_sent_everything(self) -> None:
        """See the screen say that nothing waits to be sent."""
        expect(self.page.locator(WAITING)).to_have_count(0)


@dataclass
class School:
    """A served school, and what its office does for the gates."""

    served: ServedSchool
    by: By
    address: str

    def invite(self, lane: str = "entry-1") -> str:
        """Invite a phone to a lane."""
        return queries.invitation_text(self.served, actions.invite(lane), self.address)

    def pass_of(self, first: str, last: str, label: str = "2de 4") -> str:
        """Issue a pupil's pass."""
        given = Particulars(first, last, label=label, groups=(label,), regime="green")
        return passes.issue_for(self.by, add_person(Kind.PUPIL, given)).text

    def suspend(self, text: str) -> None:
        """Have a pass count no more."""
        passes.suspend(self.by, PassId(IssuedPass.objects.get(text=text).pk))


@pytest.fixture
def times(monkeypatch) -> SchoolTime:
    """It is a Monday morning of term, and time goes on."""
    going = SchoolTime()

    class Going(datetime):
        @classmethod
        def now(cls, tz=None):
            return going.now.astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Going)
    return going


@pytest.fixture
def school(transactional_db, live_server: LiveServer, times, served, by) -> School:
    """Serve a school with one pupil."""
    made = School(served, by, str(live_server.url))
    made.pass_of("Zoé", "Martin")
    return made


@pytest.fixture
def phone(chromium: Browser, school: School, times) -> Iterator[Callable[..., Phone]]:
    """Take out phones; afterwards nothing on them may have stumbled or called anybody else."""
    phones: list[Phone] = []

    def take(browser: Browser = chromium, **options: Any) -> Phone:
        context = browser.new_context(
            viewport=SIZE, locale="fr-FR", reduced_motion="reduce", **options
        )
        context.clock.install(time=times.now)
        phones.append(Phone(context, school.address, times))
        return phones[-1]

    yield take
    for one in phones:
        one.context.close()
    for one in phones:
        assert one.wrong == [], one.wrong
        assert one.hosts <= {urlsplit(one.address).hostname}
