"""What goes in and out. What comes in may hold nothing that isn't named here.

What goes out is no `ninja.Schema`: those look every field up as if it came from a database row,
which took half the time of a list.
"""

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

from portique.core.calendars import On
from portique.core.values import Direction, Kind
from portique.school.finding import Standing
from portique.school.times.actions import Act
from portique.server.api.scopes import Scope
from portique.server.passes.models import Use

Item = TypeVar("Item")
PASS_ID = r"^[0-9a-f]{16}$"  # noqa: S105 -- a form, no secret
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
TEXT = r"^[^\x00-\x1f\x7f]+$"

Label = Annotated[str, Field(min_length=1, max_length=40, pattern=TEXT, examples=["2de 4"])]
Clock = Annotated[str, Field(pattern=CLOCK, examples=["14:00"])]
PassNumber = Annotated[str, Field(pattern=PASS_ID, examples=["00c0ffee00c0ffee"])]


class Strict(Schema):
    """What a program sends."""

    model_config = ConfigDict(extra="forbid")


class Fault(BaseModel):
    """One value that doesn't fit."""

    where: str = Field(examples=["body.day"])
    code: str = Field(examples=["date_from_datetime_parsing"])


class ProblemOut(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(examples=["/api/#not-found"])
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None


class Page(BaseModel, Generic[Item]):
    """A page of a list; `next` is the `cursor` of the page after it, null on the last."""

    items: list[Item]
    next: str | None


class HealthOut(BaseModel):
    """That the server answers, and what this token may do."""

    version: str = Field(examples=["1.0.0"])
    school: str = Field(description="UAI", examples=["0990001S"])
    scopes: list[Scope]


class ClassOut(BaseModel):
    """A class or service, and how many people are in it."""

    label: str = Field(examples=["2de 4"])
    people: int = Field(examples=[31])


class PersonOut(BaseModel):
    """Somebody who is here, under the name they go by."""

    id: UUID
    kind: Kind
    name: str = Field(examples=["Zoé Vantreuil"])
    last_name: str = Field(examples=["Vantreuil"])
    label: str = Field(description="Class or service.", examples=["2de 4"])
    needs_card: bool = Field(description="Their card shows another name or class.")


class PassOut(BaseModel):
    """A pass and how it stands. Its code is not told: cards are printed in Portique."""

    id: str = Field(examples=["00c0ffee00c0ffee"])
    person: UUID | None
    kind: Kind
    use: Use
    standing: Standing
    issued_at: datetime
    expires_at: datetime
    replaced_by: str | None


class PassIn(Strict):
    """For whom a pass is wanted."""

    person: UUID


class TroubleOut(BaseModel):
    """Something wrong with a gate, and what to do about it."""

    what: str = Field(examples=["Ne répond plus"])
    do: str = Field(examples=["Vérifiez son courant et son câble réseau."])
    grave: bool


class GateOut(BaseModel):
    """A gate as it last said it was. Fields are null until it has."""

    id: str = Field(examples=["north-entry"])
    lane: str = Field(examples=["entry-1"])
    title: str = Field(examples=["Entrée nord"])
    well: bool = Field(description="Nothing troubles it.")
    contact_at: datetime | None
    reported_at: datetime | None
    version: str
    mode: str
    unsent: int = Field(description="Journal entries not yet received here.")
    disk_free_bytes: int | None
    clock_ahead_ms: int | None
    clock_trusted: bool
    troubles: list[TroubleOut]


class CellOut(BaseModel):
    """How many people crossed a lane in a quarter-hour; null: fewer than five."""

    lane: str = Field(examples=["entry-1"])
    direction: Direction
    begins: datetime
    people: int | None = Field(examples=[42])


class CountsOut(BaseModel):
    """The day's counts, quarter-hours that are over. They tell nobody in particular.

    In the first quarter-hour after midnight the day is the one before, whole.
    """

    day: date
    minutes: int = Field(description="Of a cell.", examples=[15])
    told_from: int = Field(description="Smaller cells are null.", examples=[5])
    cells: list[CellOut]


class OpeningOut(BaseModel):
    """Hours of a zone for an audience: every week, on dates, or both."""

    title: str = Field(examples=["Semaine ordinaire"])
    zone: str = Field(examples=["inside"])
    opens: str = Field(examples=["07:30"])
    closes: str = Field(description="At or before `opens`: the next day.", examples=["18:00"])
    weekdays: list[int] = Field(description="1: Monday.")
    on: On
    first: date | None
    last: date | None
    dates: list[date]
    everybody: bool
    kinds: list[Kind]
    groups: list[str]
    listed: bool = Field(description="Also for people of a list, who are not told.")


class SlotOut(BaseModel):
    """A lesson of a group on a day, in the school's local time."""

    day: date
    group: str = Field(examples=["2de 4"])
    begins: str = Field(examples=["14:00"])
    ends: str = Field(examples=["16:00"])


class ChangeOut(BaseModel):
    """A change of the day: lessons that go, lessons that come. Teachers are not told."""

    id: UUID
    act: Act
    said: str = Field(examples=["professeur absent : mardi 24/11, 14 h–16 h (2de 4)"])
    gone: list[SlotOut]
    come: list[SlotOut]


class Hours(Strict):
    """On which day, from when to when in local time; without hours, the whole day."""

    day: date
    begins: Clock | None = None
    ends: Clock | None = None


class Absent(Hours):
    """A teacher who isn't there: what they give then is cancelled."""

    act: Literal["teacher-absent"]
    teacher: Label = Field(description="The school's own code of the teacher.")


class Substitute(Hours):
    """Another teacher in the place of one; `by` empty: somebody not in the timetable."""

    act: Literal["substitute"]
    teacher: Label
    by: Label | None = None


class Cancelled(Hours):
    """Groups whose lessons don't take place."""

    act: Literal["cancelled"]
    groups: list[Label] = Field(min_length=1, max_length=200)


class Added(Strict):
    """Groups that have a lesson more."""

    act: Literal["added"]
    day: date
    begins: Clock
    ends: Clock
    groups: list[Label] = Field(min_length=1, max_length=200)
    teacher: Label | None = None


ChangeIn = Annotated[Absent | Substitute | Cancelled | Added, Field(discriminator="act")]
