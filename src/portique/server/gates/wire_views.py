"""What gates ask of the server: to join, to file entries, for knowledge and news."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portique.core import wire, wire_enrolment, wire_news
from portique.core.errors import LinkError
from portique.core.knowledge import Version
from portique.server.accounts.access import by_proof
from portique.server.clock import now
from portique.server.gates import actions
from portique.server.gates.wire import CBOR, Asked, Reply, body_of, signed

if TYPE_CHECKING:
    from django.http import HttpRequest

HAVE = re.compile(r"have=(\d{1,15})\.(\d{1,15})")


@by_proof
@csrf_exempt
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """Let a gate join that was invited: application and admission bear signatures of their own."""
    try:
        body = body_of(request, wire_enrolment.MESSAGE_BYTES_MAX)
        if body is None:
            return HttpResponse(status=413)
        return HttpResponse(actions.admit(body), content_type=CBOR)
    except UnreadablePostError:
        return HttpResponse(status=400)
    except LinkError:
        return HttpResponse(status=403)


@signed("POST", bytes_max=wire.FILING_BYTES_MAX)
def entries(asked: Asked) -> Reply:
    """Take a filing."""
    taken = actions.file(asked.gate, wire.read_filing(asked.body))
    return Reply(409) if taken is None else Reply(200, taken.to_bytes())


@signed("GET")
def knowledge(asked: Asked) -> Reply:
    """Give the newest knowledge, unless the gate has it."""
    at = now()
    have = HAVE.fullmatch(asked.query)
    if asked.query and have is None:
        return Reply(400)
    if not asked.known:
        asked.gate.note_contact()
    if have and actions.newest_version(at) <= Version(int(have[1]), int(have[2])):
        return Reply(204)
    _, data = actions.newest_bundle(at)
    return Reply(200, data)


@signed("POST", bytes_max=wire_news.REPORT_BYTES_MAX)
def news(asked: Asked) -> Reply:
    """Take a report, and tell what is new."""
    report = wire_news.read_report(asked.body)
    said = actions.take_report(
        asked.gate, report, fresh=asked.fresh, known=asked.known, stream=asked.stream
    )
    return Reply(200, said.to_bytes())
