"""Gates: how they are; today's counts; and that the server answers."""

from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from ninja import Router

from portique import __version__
from portique.core.localtime import local_day
from portique.core.values import to_ms
from portique.server import clock
from portique.server.api import queries
from portique.server.api.scopes import Scope
from portique.server.api.v1.calls import Bearer, json_of, token_of, written
from portique.server.api.v1.schemas import CellOut, CountsOut, GateOut, HealthOut, TroubleOut
from portique.server.gates.queries import ShownGate, gates
from portique.server.school.house import served_school
from portique.server.words import spoken

router = Router(tags=["gates"])


@router.get("/health", response=HealthOut, auth=Bearer(None), summary="Try the token")
def read_health(request: HttpRequest) -> HealthOut:
    """Whether the server answers, and what this token may do. Any token may ask."""
    known = set(Scope)
    scopes = [Scope(each) for each in token_of(request).scopes if each in known]
    return HealthOut(version=__version__, school=served_school().settings.uai, scopes=scopes)


@router.get("/gates", response=list[GateOut], auth=Bearer(Scope.GATES_READ), summary="List gates")
def list_gates(request: HttpRequest) -> list[GateOut]:
    """Every gate as it last said it was, those in trouble first."""
    _ = request
    return [_out(one) for one in gates(clock.now())]


@router.get(
    "/counts", response=CountsOut, auth=Bearer(Scope.COUNTS_READ), summary="Read today’s counts"
)
def read_counts(request: HttpRequest) -> HttpResponse:
    """How many crossed each lane in each quarter-hour that is over; fewer than five are null."""
    _ = request
    return written(_counts(queries.moment_of(clock.now())))


@lru_cache(maxsize=2)
def _counts(moment: queries.Moment) -> str:
    """Write today's counts, a hundred kilobytes at night, once for all who ask in a moment."""
    cells = [
        CellOut(lane=cell.lane, direction=cell.direction, begins=cell.begins, people=cell.people)
        for cell in queries.cells_of(moment)
    ]
    day = local_day(to_ms(moment.day), served_school().settings.time_zone)
    return json_of(CountsOut(day=day, minutes=15, told_from=queries.FEW, cells=cells))


def _out(shown: ShownGate) -> GateOut:
    gate = shown.gate
    return GateOut(
        id=gate.gate_id,
        lane=gate.lane,
        title=spoken(shown.lane),
        well=not shown.troubles,
        contact_at=gate.contact_at,
        reported_at=gate.reported_at,
        version=gate.version,
        mode=gate.mode,
        unsent=gate.unsent,
        disk_free_bytes=gate.disk_free,
        clock_ahead_ms=gate.drift_ms,
        clock_trusted=gate.clock_trusted,
        troubles=[
            TroubleOut(what=spoken(one.what), do=spoken(one.do), grave=one.grave)
            for one in shown.troubles
        ],
    )
