"""What exists outside the server's database, declared: journal, knowledge, the pass itself.

The fields are those of the code: one that appears there without a line here
is a fault, and so is a line here that no code has.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from portique.core import alarms, calendars, entries, exits, passes, rights, timetables, zones
from portique.core.charter import (
    Charter,
    Declaration,
    FieldInfo,
    NotPersonal,
    Recipient,
    Sensitivity,
    Source,
    personal,
    technical,
)
from portique.core.charter_retention import NEXT_SCHOOL_DAY, UNTIL_REPLACED, WHILE_ON_MEDIUM
from portique.core.knowledge import Manifest, SchoolKeys
from portique.core.revocation import StatusList
from portique.core.wire import Line
from portique.core.wire_news import (
    ConsoleAdmission,
    ConsoleRuling,
    Elsewhere,
    Health,
    News,
    Note,
    Report,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# --- the journal of a gate: pseudonymous, erased at the end of the next school day ----------------
_passed = partial(
    personal,
    activity="entry-control",
    retention=NEXT_SCHOOL_DAY,
    recipients=(Recipient.AGENT, Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_ADMIT, _COPIES = _passed(purpose="admit"), _passed(purpose="copies")
_AGENT = personal(  # an alias the gate was given: `agent-1`, `loge`
    activity="gate-operation",
    purpose="operate",
    retention=NEXT_SCHOOL_DAY,
    recipients=(Recipient.HOLDER, Recipient.SCHOOL_LIFE, Recipient.HEAD),
    sensitivity=Sensitivity.PSEUDONYMOUS,
    source=Source.SCHOOL,
)

# --- the knowledge that gates hold, by holder number: replaced whole by the next ------------------
_known = partial(
    personal,
    retention=UNTIL_REPLACED,
    recipients=(Recipient.AGENT, Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_GROUP = _known(activity="directory", purpose="recognise")
_EXIT = _known(activity="exit-rights", purpose="exit", source=Source.GUARDIAN)
_PERMIT = _known(activity="exit-rights", purpose="permit")
_STATUS = _known(activity="passes", purpose="verify")

# --- what a holder carries: only the dates, the school and a random number are in clear -----------
_carried = partial(
    personal,
    activity="passes",
    purpose="verify",
    retention=WHILE_ON_MEDIUM,
    recipients=(Recipient.AGENT, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_NUMBER, _SHOWN = _carried(source=Source.DRAWN), _carried(sensitivity=Sensitivity.IDENTITY)

SEALED: frozenset[type] = frozenset({passes.Identity})
"""What is stored encrypted: opened by the school's own gates alone."""


def _all(reason: str, *names: str) -> Mapping[str, NotPersonal]:
    return dict.fromkeys(names, technical(reason))


def _each(declaration: Declaration, *names: str) -> Mapping[str, Declaration]:
    return dict.fromkeys(names, declaration)


JOURNAL: Mapping[type, Charter] = {
    # An erased entry keeps its place in the chain: number, time and hashes, of nobody any more.
    Line: Charter(
        time_ms=_ADMIT,
        body=technical("key"),  # declared below, kind by kind
        **_all("technical", "number", "salt", "commitment", "chain"),
    ),
    entries.BootBody: Charter(**_all("technical", "lane", "version", "clean", "clock_trusted")),
    entries.DecisionBody: Charter(
        **_each(_ADMIT, "lane", "outcome", "reasons", "kind", "medium"),
        **_each(_COPIES, "pass_id", "holder", "proof_s"),
        **_all("technical", "showing", "versions", "table", "posture"),
    ),
    entries.RulingBody: Charter(
        **_each(_ADMIT, "ruling", "reason"),
        **_all("key", "showing", "epoch", "number"),
        agent=_AGENT,
    ),
    entries.PassageBody: Charter(
        **_each(_ADMIT, "lane", "sensed"), **_all("key", "showing", "epoch", "number")
    ),
    entries.ManualAdmissionBody: Charter(
        **_each(_ADMIT, "lane", "reason", "people", "kind"), agent=_AGENT, admission=technical()
    ),
    entries.ModeBody: Charter(**_all("technical", "lane", "mode"), agent=_AGENT),
    entries.OrderBody: Charter(
        **_all("technical", "authority", "epoch", "ranges", "rule", "order_id", "evidence")
    ),
    entries.EpochBody: Charter(
        **_all("technical", "epoch", "cause", "previous_epoch", "previous_number"),
        previous_head=technical(),
    ),
    entries.ClockBody: Charter(
        **_all("technical", "event", "seen_ms", "high_water_ms", "uncertainty_ms")
    ),
    entries.AlarmBody: Charter(**_all("technical", "posture", "drill", "source"), agent=_AGENT),
    entries.NoticeBody: Charter(**_all("technical", "code", "value")),
    entries.CountBody: Charter(
        **_all("technical", "lane", "direction", "people", "since_ms", "until_ms")
    ),
}

KNOWLEDGE: Mapping[type, Charter] = {
    rights.Rights: Charter(
        **_each(_GROUP, "groups", "label"),
        **_each(_EXIT, "regime", "meal_days", "boarder"),
        **_all("key", "permissions", "visit"),
    ),
    rights.Permission: Charter(
        **_each(_PERMIT, "direction", "from_ms", "until_ms", "weekdays", "opens", "closes"),
        **_each(_PERMIT, "by", "reason"),  # a role; a word agents may read, never of health
    ),
    rights.Visit: Charter(**_each(_PERMIT, "zones", "from_ms", "until_ms")),
    calendars.Audience: Charter(holders=_PERMIT, **_all("school", "everybody", "kinds", "groups")),
    calendars.Opening: Charter(
        **_all("school", "title", "zone", "opens", "closes", "weekdays", "on", "first", "last"),
        dates=technical("school"),
        audience=technical("key"),
    ),
    calendars.Days: Charter(**_all("school", "title", "first", "last")),
    calendars.Marks: Charter(**_all("school", "morning_ends", "midday", "meal_ends", "day_ends")),
    calendars.SchoolDays: Charter(**_all("school", "terms", "holidays", "days_off")),
    calendars.Calendar: Charter(
        **_all("school", "zone", "school_days", "marks", "openings", "timetable")
    ),
    timetables.Lesson: Charter(
        **_all("school", "group", "weekday", "begins", "ends", "first", "last", "every")
    ),
    timetables.Change: Charter(**_all("school", "group", "day", "kind", "begins", "ends")),
    timetables.Timetable: Charter(
        **_all("school", "first", "last", "groups", "lessons", "changes")
    ),
    zones.Zone: Charter(**_all("school", "name", "title")),
    zones.Lane: Charter(
        **_all("school", "name", "direction", "zone_from", "zone_to", "title", "point"),
        **_all("school", "mode", "staffed", "pairing"),
    ),
    zones.Site: Charter(**_all("school", "zones", "lanes")),
    exits.ExitRegime: Charter(**_all("school", "code", "title", "rule", "period")),
    alarms.Alarm: Charter(**_all("school", "posture", "drill", "since_ms")),
    StatusList: Charter(packed=_STATUS, **_all("technical", "issued_at", "expires_at", "ttl_s")),
    SchoolKeys: Charter(**_all("technical", "issuers", "status", "orders", "names", "recovery")),
    Manifest: Charter(
        **_all("technical", "uai", "version", "issued_at", "expires_at", "authorisation")
    ),
}

CARRIED: Mapping[type, Charter] = {
    passes.Pass: Charter(
        pass_id=_NUMBER,
        window=_carried(),
        phone_key=_carried(source=Source.PERSON),
        identity=technical("key"),
        **_all("technical", "uai", "kid"),
    ),
    passes.Identity: Charter(
        holder=_NUMBER,
        **_each(_SHOWN, "kind", "name", "label"),
        regime=_carried(activity="exit-rights", purpose="exit", source=Source.GUARDIAN),
        status_index=_NUMBER,
        template=technical("empty"),
    ),
}

NEWS: Mapping[type, Charter] = {
    Health: Charter(
        **_all("technical", "version", "epoch", "last", "unsent", "set_aside", "disk_free"),
        **_all("technical", "clock_uncertainty_ms", "clock_trusted", "mode", "knowledge"),
        **_all("technical", "failing"),
    ),
    Report: Charter(**_all("technical", "cursor", "health")),
    News: Charter(**_all("technical", "cursor", "knowledge", "notes", "stream")),
    Note: Charter(payload=technical("key"), **_all("technical", "number", "kind")),
    ConsoleRuling: Charter(
        **_all("key", "epoch", "number"), **_each(_ADMIT, "ruling", "reason"), agent=_AGENT
    ),
    ConsoleAdmission: Charter(
        **_all("technical", "admission"), **_each(_ADMIT, "at_ms", "lane", "reason"), agent=_AGENT
    ),
    Elsewhere: Charter(**_each(_COPIES, "holder", "at_ms", "lane")),
}
"""What a gate and its server tell each other besides."""

TODAY: Mapping[type, Charter] = {**JOURNAL, **KNOWLEDGE, **CARRIED, **NEWS}
"""Every kind of record that Portique keeps or sends outside its database."""


def today() -> list[FieldInfo]:
    """List every field of these records as the code has it, with what is said of it."""
    return [info for record in TODAY for info in infos_of(record, TODAY[record])]


def infos_of(record: type, charter: Charter) -> list[FieldInfo]:
    """List the fields of one record, a dataclass or named tuple, with what is said of them."""
    stored = dict.fromkeys(names_of(record), record in SEALED)
    return charter.infos(record.__name__, stored)


def names_of(record: Any) -> Iterable[str]:
    """Return the names of a record's fields."""
    if is_dataclass(record):
        return [field.name for field in fields(record)]
    names: tuple[str, ...] = record._fields
    return names
