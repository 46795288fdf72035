"""Phones before a gate's process and a scanner: each side's real screen, each side's camera."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect
from tests.browser.phones.cameras import drawn, held_up, text_in, wall_alone
from tests.browser.phones.conftest import DRAWN, Needed, School, Wallet, taken_out

from portique.cli.options import machine_time
from portique.core import passes
from portique.core.plain import Words
from portique.core.values import Kind, Uai, Window, to_ms
from portique.core.wire_wallet import CHALLENGE_BYTES, Enrolment, read_call
from portique.school.folder import SchoolFolder, Settings
from portique.school.issuing import Request, issue
from portique.school.register import Issued

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

OLD_S = 37  # 30 s, 5 s of a reader's own doubt about the time, and a little
OLD = Words("Code de téléphone trop ancien", "The phone’s code is too old")
AHEAD = Words("l’heure du téléphone n’est pas juste", "the phone’s clock is wrong")
ALONE = Words("sans la preuve du téléphone", "without the phone’s proof")
STRANGE = Words("Laissez-passer d’un autre établissement", "A pass of another school")
AUTOMATIC = Words("en automatique", "to automatic")
DOUBT = Words("L’heure n’est pas sûre", "The time is in doubt")
UNSURE = Words("L’heure du portique n’est pas sûre", "The gate’s time is not sure")
STRANGER, CODE = "Yanis Oudrhiri", "K7QM-2T9X"
MENDED = Words(
    "Mettez l’heure du téléphone sur « automatique »", "Set the phone’s time to “automatic”"
)
DAY = timedelta(days=1)
PHONES = {
    "screenshot": Needed(photographed=True),
    "flight": Needed(passes=2),
    "+4": Needed(passes=2, ahead_s=4),
    "-4": Needed(passes=2, ahead_s=-4),
    "fast": Needed(ahead_s=300),
    "slow": Needed(ahead_s=-300, locale="en-GB"),
    "future": Needed(),
    "alone": Needed(),
    "right +300": Needed(),
    "right -300": Needed(),
    "lost": Needed(),
}


def test_in_flight_mode_what_the_phone_draws_next_lets_its_holder_through(school: School):
    """By the gate and by the scanner; the code was drawn without network."""
    held = school.take("flight")
    held.context.set_offline(True)
    held.redrawn(held.drawn_at())
    gate, scanner = held.names
    school.lets_through(school.gate, held, gate)
    school.lets_through(school.scanner, held, scanner)


@pytest.mark.parametrize("phone", ["+4", "-4"])
def test_a_clock_four_seconds_off_passes(school: School, phone):
    """Nothing is said of it on the phone, and both let its holders through."""
    held = school.take(phone)
    gate, scanner = held.names
    school.lets_through(school.gate, held, gate)
    school.lets_through(school.scanner, held, scanner)
    expect(held.page.locator(".warning, .obstacle")).to_have_count(0)


def test_a_clock_five_minutes_fast_is_explained_on_both_screens(school: School):
    """To the holder at once; to the agents if the holder insists; each with the mending."""
    held = school.take("fast")
    said = held.page.locator(".obstacle")
    expect(said).to_contain_text("Il avance de 5 min")
    expect(said).to_contain_text("Réglez l’heure du téléphone sur « automatique »")
    held.insist()
    expect(held.page.locator(".warning")).to_contain_text("L’heure du téléphone est fausse")
    school.both_refuse(held, *held.names, AHEAD, AUTOMATIC)


def test_a_clock_five_minutes_slow_is_explained_on_both_screens(school: School):
    """In English, on a phone that speaks it and to an agent who does."""
    school.scanner.turn_to_english()
    held = school.take("slow")
    said = held.page.locator(".obstacle")
    expect(said).to_contain_text("It is 5 min slow")
    expect(said).to_contain_text("Set the phone’s time to “automatic”")
    held.insist()
    expect(held.page.locator(".warning")).to_contain_text("The phone’s clock is wrong")
    school.both_refuse(held, *held.names, OLD, AUTOMATIC)


def test_a_code_dated_in_the_future_is_refused(school: School):
    """Made ready in flight mode, where the phone can't know that its clock is wrong."""
    held = school.take("future")
    held.context.set_offline(True)
    before = held.drawn_at()
    held.puts_its_clock(300)  # so far that no picture read late comes true
    held.redrawn(before)
    expect(held.page.locator(".warning, .obstacle")).to_have_count(0)
    school.both_refuse(held, *held.names, AHEAD)


def test_the_pass_alone_is_refused(school: School):
    """Taken out of a phone's code, and drawn by itself on a screen."""
    held = school.take("alone")
    alone = passes.text_of(passes.parse(text_in(held.screen())).sealed)
    school.both_refuse(drawn(alone), *held.names, ALONE)


def test_another_schools_phone_is_refused(school: School, chromium, tmp_path):
    """A real wallet, whose pass another school gave; nothing of it can be read here."""
    held = taken_out(chromium, school.office.day.address, Needed())
    with other_school(held, tmp_path):
        held.add(STRANGER, CODE)
    school.both_refuse(held, STRANGE)
    held.context.close()


def test_a_screenshot_is_refused_once_it_is_old(school: School, wait_until):
    """Of the right phone, and never shown before."""
    held = school.wallets["screenshot"]
    wait_until(lambda: seconds_now() > held.screenshot_s + OLD_S, OLD_S + 5, "its age")
    school.both_refuse(held_up(held.screenshot), *held.names, OLD)


@pytest.mark.parametrize("ahead_s", [300, -300])
def test_a_scanner_whose_clock_is_wrong_says_so(school: School, ahead_s):
    """Without network nothing can put it right: it says what to do, and leaves all to the agent."""
    scanner, held = school.scanner, school.take(f"right {ahead_s:+}")
    scanner.phone.context.set_offline(True)
    scanner.puts_its_clock(ahead_s)
    scanner.sees(held_up(held.screen()))
    scanner.has("refer", *held.names, UNSURE, DOUBT, MENDED)
    scanner.sees(wall_alone())
    scanner.puts_its_clock(0)
    scanner.phone.context.set_offline(False)
    expect(scanner.phone.page.locator(".troubles")).to_have_count(0)


def test_a_lost_phone_is_replaced_at_the_office_by_two_clicks(office, wallets, chromium):
    """From the person's file; the new phone shows its code, the lost one says what became of it."""
    lost, day = wallets["lost"], office.day
    (name,) = lost.names
    day.go("/personnes/")
    day.page.fill("#letters", name)
    day.page.keyboard.press("Enter")
    day.page.click(f"main th a:has-text('{name}')")
    day.page.click(".people-buttons a:has-text('Téléphone')")
    day.page.click("button:has-text('Nouveau téléphone')")
    lost.open()
    expect(lost.page.locator(".obstacle")).to_contain_text("billet du jour")
    found = taken_out(chromium, day.address, Needed())
    found.add(name, day.page.inner_text(".code"))
    found.page.wait_for_selector(DRAWN)
    expect(day.page.locator(".tag.grant")).to_be_visible()
    lost.open()
    expect(lost.page.locator(".obstacle h2")).to_have_text("Annulé")
    found.context.close()


def seconds_now() -> float:
    """Return the machine's time, seconds since 1970."""
    return machine_time().timestamp()


@contextmanager
def other_school(held: Wallet, folder: Path) -> Iterator[None]:
    """Answer a phone's calls as another school's server does."""
    at = machine_time().replace(microsecond=0)
    settings = Settings(Uai("0990002P"), "Lycée des Ormes")
    other = SchoolFolder.create(folder / "other", settings, at=at, entropy=os.urandom)
    where = {"uai": settings.uai, "name": settings.name}

    def challenge(route: Route) -> None:
        text = base64.urlsafe_b64encode(os.urandom(CHALLENGE_BYTES)).decode()
        now = {"time_ms": to_ms(machine_time())}
        route.fulfill(json={"challenge": text, "school": where, "phones": True} | now)

    def enrol(route: Route) -> None:
        asked = read_call(route.request.post_data_buffer or b"").about
        assert isinstance(asked, Enrolment)
        window = Window(at - DAY, at + DAY)
        request = Request(Kind.PUPIL, STRANGER, window=window, phone_key=asked.key)
        issued = issue(other, request, at=at, entropy=os.urandom)
        route.fulfill(json=given(issued, window) | {"school": where})

    held.context.route("**/wallet/v1/challenge", challenge)
    held.context.route("**/wallet/v1/enrol", enrol)
    yield
    other.close()


def given(issued: Issued, window: Window) -> dict[str, object]:
    """Return a pass as a server gives it to a phone."""
    return {
        "pass": issued.text,
        "pass_id": issued.pass_id,
        "not_before": to_ms(window.opens) // 1000,
        "expires": to_ms(window.closes) // 1000,
        "kind": issued.kind.value,
        "name": STRANGER,
        "label": "",
        "recorded": [],
    }
