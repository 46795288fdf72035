"""Issuing: what a pass is made of, by default and on request."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core import passes, seal
from portique.core.calendars import default_calendar
from portique.core.errors import RegisterError
from portique.core.revocation import Status
from portique.core.seal import Purpose
from portique.core.values import HolderId, Kind, Medium, PassId, Window
from portique.core.zones import default_site
from portique.school.issuing import (
    Request,
    checked,
    default_window,
    issue,
    on_one_line,
    reopened,
    replace_pass,
)
from portique.school.printing import printable
from portique.school.rules import write_calendar

ZOE = Request(Kind.PUPIL, "Zoé Martin", "2DE 04", "green")


def test_what_was_asked_is_what_travels(school, at, entropy):
    """Name, label, kind and regime come back out of the sealed pass."""
    held = reopened(school, issue(school, ZOE, at=at, entropy=entropy))

    assert held.identity is not None
    assert (held.identity.name, held.identity.label) == ("Zoé Martin", "2DE 04")
    assert (held.identity.kind, held.identity.regime) == (Kind.PUPIL, "green")
    assert (held.uai, held.medium) == (school.settings.uai, Medium.PAPER)


def test_the_register_knows_no_name(school, folder, at, entropy):
    """The text of a pass holds it sealed; nothing else holds it at all."""
    issue(school, ZOE, at=at, entropy=entropy)

    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Martin" not in stored
    assert b"2DE 04" not in stored


def test_somebody_new_gets_a_number_and_keeps_it(school, at, entropy):
    """All media of a person share the holder's number."""
    first = issue(school, ZOE, at=at, entropy=entropy)
    again = Request(Kind.PUPIL, "Zoé Martin", holder=first.holder)
    second = issue(school, again, at=at, entropy=entropy)

    assert second.holder == first.holder
    assert second.pass_id != first.pass_id
    assert second.status_index != first.status_index


def test_a_pass_bound_to_a_phone_is_not_for_paper(school, at, entropy):
    """Printing it would make a card that every gate refuses."""
    key = seal.private_key(Purpose.PHONE, entropy(40))
    request = Request(Kind.PUPIL, "Zoé Martin", phone_key=key.public)
    issued = issue(school, request, at=at, entropy=entropy)

    assert reopened(school, issued).medium is Medium.PHONE
    with pytest.raises(RegisterError, match="lives on a phone"):
        printable(school, issued)


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        (datetime(2026, 11, 23, 7, tzinfo=UTC), datetime(2027, 8, 31, 22, tzinfo=UTC)),
        (datetime(2027, 8, 30, 21, 59, tzinfo=UTC), datetime(2027, 8, 31, 22, tzinfo=UTC)),
        (datetime(2027, 8, 30, 22, tzinfo=UTC), datetime(2028, 8, 31, 22, tzinfo=UTC)),  # the 31st
        (datetime(2027, 8, 31, 22, tzinfo=UTC), datetime(2028, 8, 31, 22, tzinfo=UTC)),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2028, 8, 31, 22, tzinfo=UTC)),
    ],
)
def test_a_school_year_ends_with_august(school, now, closes):
    """At local midnight, whatever the month, leap days included; on its last day, the next one."""
    assert default_window(school, Kind.STAFF, now).closes == closes


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        (datetime(2026, 11, 23, 7, tzinfo=UTC), datetime(2026, 11, 23, 18, tzinfo=UTC)),
        (datetime(2026, 7, 1, 7, tzinfo=UTC), datetime(2026, 7, 1, 17, tzinfo=UTC)),
        (datetime(2026, 11, 23, 18, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC)),
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (datetime(2027, 3, 27, 22, 30, tzinfo=UTC), datetime(2027, 3, 27, 23, tzinfo=UTC)),
    ],
)
def test_a_visit_ends_at_closing_time_or_midnight(school, now, closes):
    """Summer and winter, New Year's Eve, the night the clocks change."""
    assert default_window(school, Kind.VISITOR, now).closes == closes


def test_a_visit_lasts_until_the_last_opening_of_its_own_day_closes(school):
    """Whatever closes last then, were it past midnight; with no opening, the day."""
    rules = default_calendar()
    evening = replace(rules.openings[0], opens=18 * 60, closes=60, weekdays=(1,))
    write_calendar(school, replace(rules, openings=(*rules.openings, evening)))
    ends = {
        day: default_window(school, Kind.VISITOR, datetime(2026, 11, day, 8, tzinfo=UTC)).closes
        for day in (22, 23, 24)
    }

    assert ends == {
        22: datetime(2026, 11, 22, 23, tzinfo=UTC),
        23: datetime(2026, 11, 24, 0, tzinfo=UTC),
        24: datetime(2026, 11, 24, 18, tzinfo=UTC),
    }


@given(kind=st.sampled_from(list(Kind)), second=st.integers(40_000_000, 250_000_000_000))
def test_a_default_window_is_never_empty(kind, second):
    """Whenever somebody asks."""
    from tests.school.conftest import SETTINGS

    class School:
        settings, path = SETTINGS, Path()

        @staticmethod
        def read_data(name: str) -> object:
            rules = default_calendar() if name == "calendar.json" else default_site()
            return rules.to_data()

    now = datetime.fromtimestamp(second, UTC)
    window = default_window(School, kind, now)  # type: ignore[arg-type] # only settings and rules are read

    assert window.opens <= now < window.closes
    assert window.closes - window.opens <= timedelta(days=367)


@pytest.mark.parametrize(
    "request_",
    [
        Request(Kind.PUPIL, ""),
        Request(Kind.PUPIL, " \n\t\x00"),
        Request(Kind.PUPIL, "Zo\udce9"),
        Request(Kind.PUPIL, "Zoé", label="\ud800"),
        Request(Kind.PUPIL, "Zoé", regime="é" * 7),
    ],
)
def test_what_a_pass_cannot_carry_is_refused(school, at, entropy, request_):
    """Before anything is drawn or written."""
    with pytest.raises(RegisterError):
        issue(school, request_, at=at, entropy=entropy)

    assert school.register.all() == []


@given(st.text())
def test_a_name_becomes_one_line_or_an_error(text):
    """Any text at all."""
    try:
        line = on_one_line(text)
    except RegisterError:
        assert any("\ud800" <= character <= "\udfff" for character in text)
    else:
        assert line == line.strip()
        assert len(line.splitlines()) <= 1
        assert on_one_line(line) == line


@given(st.text(min_size=1))
def test_whatever_is_accepted_fits_a_pass(text):
    """No name that was let in can fail later, in the middle of a table."""
    try:
        request = checked(Request(Kind.PUPIL, text, text, text[:6]))
    except RegisterError:
        return
    assert len(passes.shortened(request.name, passes.NAME_BYTES_MAX).encode()) <= 32


def test_a_successor_keeps_holder_and_end(school, at, entropy):
    """And the first is revoked, and says by whom it was followed."""
    first = issue(school, ZOE, at=at, entropy=entropy)
    second = replace_pass(school, first.pass_id, at=at + timedelta(days=1), entropy=entropy)
    former = school.register.get(first.pass_id)

    assert (former.status, former.replaced_by) == (Status.REVOKED, second.pass_id)
    assert (second.holder, second.expires_ms) == (first.holder, first.expires_ms)


def test_a_successor_of_a_pass_not_yet_valid_begins_when_it_would_have(school, at, entropy):
    """A card lost in August is replaced for September."""
    window = Window(at + timedelta(days=10), at + timedelta(days=20))
    first = issue(school, Request(Kind.STAFF, "Yves", window=window), at=at, entropy=entropy)
    second = replace_pass(school, first.pass_id, at=at, entropy=entropy)

    assert reopened(school, second).window == window


def test_a_pass_nobody_issued_has_no_successor(school, at, entropy):
    """The number is named: it is no personal data."""
    with pytest.raises(RegisterError, match=r"0{16}"):
        replace_pass(school, PassId("0" * 16), at=at, entropy=entropy)


def test_a_pass_of_a_former_year_s_keys_still_opens(school, at, entropy):
    """Rolling keys adds, and the newest issues."""
    before = issue(school, ZOE, at=at, entropy=entropy)
    school.roll_keys(year=2031, entropy=entropy)
    after = issue(school, ZOE, at=at, entropy=entropy)
    kids = {passes.parse(one.text).sealed.header[seal.KID] for one in (before, after)}

    assert len(kids) == 2
    assert all(reopened(school, one).identity for one in (before, after))


def test_a_holder_s_number_is_drawn_from_the_entropy_given(school, at):
    """Randomness is an argument: eight bytes, in order."""
    drawn = iter(range(1, 100))

    def counted(size: int) -> bytes:
        return next(drawn).to_bytes(size, "big")

    assert issue(school, ZOE, at=at, entropy=counted).holder == HolderId("0" * 15 + "1")
