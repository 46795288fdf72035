"""What the page and the stream show, whole: lines with names, cards, lanes. One truth, in HTML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime

from portique.core import sentences
from portique.core.decide import Outcome
from portique.core.entries import Ruling
from portique.core.plain import Words
from portique.core.sentences import AdmitReason, DenyReason, sentence
from portique.school.rules import site_of
from portique.server.accounts.models import User
from portique.server.clock import now
from portique.server.console import queries
from portique.server.console.lines import TONES, Line, answer_of, label, line_of, reasons_in
from portique.server.console.models import Event, EventKind, Referral, ReferralState
from portique.server.console.names import Shown, names_of
from portique.server.console.words import MODES
from portique.server.school.house import served_school
from portique.server.words import language, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.utils.safestring import SafeString

    from portique.server.console.queries import LaneState

SHOWN = Words("Présenté le {when}.", "Shown on {when}.")


@dataclass(slots=True)
class Card:
    """A referral as it is shown: whose, why, and the answers there are."""

    referral: Referral
    lane: str
    tone: str
    headline: str
    who: Shown | None
    reasons: list[sentences.Sentence]
    by: str = ""
    answer: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody is still to answer."""
        return self.referral.state == ReferralState.WAITING


@dataclass(slots=True)
class Tile:
    """A lane as it is shown."""

    state: LaneState
    title: str
    tone: str
    last: str
    mode: str


class Telling:
    """What is needed to say a number of events in words: names, lanes, who answered."""

    def __init__(self, events: Sequence[Event], referrals: Sequence[Referral] = ()) -> None:
        self._events = events
        self.lanes = {lane.name: lane for lane in site_of(served_school()).lanes}
        self.referrals = {_key(one): one for one in referrals}
        self.referrals |= queries.referrals_of(filter(None, map(_key_of, events)))
        self._alarmed = queries.decisions_named(events)
        asked = (one.pass_id for one in self.referrals.values())
        named = (pass_id for pass_id, _ in self._alarmed.values())
        shown = (str(one.data.get("pass", "")) for one in events)
        self.names = names_of([*asked, *named, *shown])
        users = {str(one.data["user"]) for one in events if one.data.get("user")}
        answered = User.objects.filter(pk__in=users) if users else ()
        self._users = {str(one.pk): one.name for one in answered}

    def referral(self, event: Event) -> Referral | None:
        """Return the referral that an event is about."""
        key = _key_of(event)
        return self.referrals.get(key) if key else None

    def lines(self) -> list[Line]:
        """Say each event."""
        return [self.line(event) for event in self._events]

    def line(self, event: Event) -> Line:
        """Say one event."""
        line = line_of(event)
        line.lane = self.lane_title(event.lane)
        referral = self.referral(event)
        pass_id = event.data.get("pass") or (referral.pass_id if referral else "")
        line.who = self.names.get(str(pass_id))
        if event.kind != EventKind.DECISION:  # nobody had answered yet when it was shown
            line.by = self.by(event.data, referral)
        if event.kind == EventKind.GATE:
            self._name(line, event)
        return line

    def _name(self, line: Line, event: Event) -> None:
        """Say whose pass an alarm is about and when it was shown, as long as its entry is kept."""
        pass_id, shown_at = self._alarmed.get(queries.entry_of(event), ("", None))
        if shown_at is not None:
            line.who = self.names.get(pass_id)
            line.details.append(
                spoken(SHOWN).format(when=date_format(localtime(shown_at), "d/m H:i"))
            )

    def by(self, data: Mapping[str, Any], referral: Referral | None) -> str:
        """Say who answered: somebody's name at a console, else the alias of the gate's agent."""
        if data.get("user"):
            return self._users.get(str(data["user"]), "")
        if referral and referral.user and referral.state == ReferralState.RULED:
            return str(referral.user.name)
        return str(data.get("agent", ""))

    def card(self, referral: Referral) -> Card:
        """Show a referral."""
        point, reasons = self.point(referral.lane), reasons_in(referral.reasons.split())
        card = Card(
            referral,
            self.lane_title(referral.lane),
            TONES[Outcome(referral.outcome)],
            label(Outcome(referral.outcome)),
            self.names.get(referral.pass_id),
            [sentence(reason, language(), point=point) for reason in reasons],
        )
        if referral.verdict:
            card.by = referral.user.name if referral.user else referral.agent
            card.answer = answer_of(referral.verdict, referral.reason)
        return card

    def lane_title(self, name: str) -> str:
        """Return how people call a lane."""
        lane = self.lanes.get(name)
        return spoken(lane.title) if lane else name

    def point(self, name: str) -> str:
        """Return the staffed point that a lane sends people to."""
        lane = self.lanes.get(name)
        return spoken(lane.point) if lane else sentences.POINT[language()]


def _key(referral: Referral) -> tuple[str, int, int]:
    return referral.gate, referral.epoch, referral.number


def _key_of(event: Event) -> tuple[str, int, int] | None:
    """Return the decision's entry that an event is about."""
    if "epoch" not in event.data or "number" not in event.data:
        return None
    if event.kind == EventKind.DECISION and event.data["outcome"] == Outcome.GRANT:
        return None
    return event.gate, int(event.data["epoch"]), int(event.data["number"])


def answers() -> dict[str, list[tuple[str, str]]]:
    """Return the preset answers to a referral: code and words."""
    return {
        "admit": [(f"{Ruling.ADMIT}:{each}", label(each)) for each in AdmitReason],
        "deny": [(f"{Ruling.DENY}:{each}", label(each)) for each in DenyReason],
    }


def tile(state: LaneState) -> Tile:
    """Show a lane."""
    last, tone = "", ""
    if state.today.outcome is not None:
        last, tone = label(state.today.outcome), TONES[state.today.outcome]
    return Tile(state, spoken(state.lane.title), tone, last, spoken(MODES[state.mode]))


# --- HTML -----------------------------------------------------------------------------------------


def line_html(line: Line) -> SafeString:
    """Draw a line of the live list: by hand, as templates take ten times as long."""
    at, said = localtime(line.at), [format_html("<strong>{}</strong>", line.headline)]
    if line.who:
        said.append(format_html('<bdi class="who">{}</bdi>', line.who.name))
        if line.who.label:
            said.append(format_html('<span class="label">{}</span>', line.who.label))
    said += [format_html('<span class="detail">{}</span>', detail) for detail in line.details]
    if line.by:
        said.append(format_html('<span class="by">({})</span>', line.by))
    return format_html(
        '<li class="line {}"><time datetime="{}">{}</time> <span class="where">{}</span> '
        '<span class="what">{}</span></li>',
        line.tone, at.isoformat(), at.strftime("%H:%M:%S"), line.lane,
        format_html_join(" ", "{}", ([each] for each in said)),
    )  # fmt: skip


def card_html(card: Card) -> str:
    """Draw a referral."""
    return render_to_string("console/card.html", {"card": card, "answers": answers()})


def alert_html(event: Event, line: Line) -> str:
    """Draw an alert."""
    return render_to_string("console/alert.html", {"alert": event.pk, "line": line, "now": now()})


def tiles_html(states: Iterable[LaneState], at: datetime) -> str:
    """Draw the lanes."""
    tiles = [tile(state) for state in states]
    return render_to_string("console/tiles.html", {"tiles": tiles, "now": at})


def messages(events: Sequence[Event]) -> list[tuple[int, str]]:
    """Return what the stream says of events: id, and JSON for the page."""
    telling = Telling(events)
    return [(event.pk, json.dumps(_message(telling, event))) for event in events]


def _message(telling: Telling, event: Event) -> dict[str, Any]:
    line = telling.line(event)
    message: dict[str, Any] = {"kind": event.kind, "tone": line.tone}
    if event.kind == EventKind.DISMISSED:
        return message | {"seen": event.data["alert"]}
    message |= {"line": line_html(line), "lane": event.lane}
    message["say"] = " · ".join(filter(None, [line.lane, line.headline, *line.details[:1]]))
    referral = telling.referral(event)
    if referral is not None:
        message["card"] = referral.card
        shown = _still_shown(referral, event)
        message["referral"] = card_html(telling.card(referral)) if shown else ""
    if event.alert and event.dismissed_at is None:
        message["alert"] = alert_html(event, line)
    return message


def _still_shown(referral: Referral, event: Event) -> bool:
    """Say whether a card stays after an event: while nobody's answer is in the gate's journal."""
    if event.kind == EventKind.RULING or referral.confirmed_at is not None:
        return False
    return referral.state in {ReferralState.WAITING, ReferralState.RULED}
