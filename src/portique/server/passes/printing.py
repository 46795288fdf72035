"""From passes to a PDF, in memory: names are opened for the print run only, photographs never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.values import Language
from portique.paper import LAYOUTS, CodePicture, Options, PrintedPass, render
from portique.school.finding import label_today
from portique.school.printing import printable
from portique.server.clock import now
from portique.server.passes.actions.recording import record
from portique.server.passes.models import ActKind
from portique.server.passes.queries import rights_among
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portique.core.rights import Rights
    from portique.core.values import HolderId
    from portique.school.register import Issued
    from portique.server.passes.quotas import By

PASSES_MAX = 400  # at once: a year group; a page is not kept waiting longer


@dataclass(frozen=True, slots=True)
class Sheet:
    """How to print: a layout's name, the first free label of a sheet, language, notice behind."""

    layout: str = "sheet"
    first: int = 1
    language: Language = Language.FR
    back: bool = False


def print_passes(by: By, issued: Sequence[Issued], sheet: Sheet) -> bytes:
    """Print passes as one PDF, and record that they were.

    Raises:
        PaperError: None, too many, no such layout, or a name that no font draws.
        RegisterError: The school's keys don't open one of them.
    """
    at, school = now(), served_school()
    options = Options(
        created=at,
        language=sheet.language,
        zone=school.settings.zone,
        first_label=sheet.first,
        back=sheet.back,
    )
    book = rights_among(one.holder for one in issued)
    data = render(sheet.layout, [_printed(one, book) for one in issued], options)
    record(by, ActKind.PRINTED, issued, at)
    return data


def _printed(issued: Issued, book: Mapping[HolderId, Rights]) -> PrintedPass:
    school = served_school()
    held, identity = printable(school, issued)
    return PrintedPass(
        issued.text, identity.name, label_today(identity, book), identity.kind,
        held.window.opens, held.window.closes, school.settings.name, issued.pass_id,
    )  # fmt: skip


def code_on_screen(issued: Issued) -> str:
    """Draw a pass's code for a screen, as SVG."""
    return CodePicture.of(issued.text).svg(title=f"Portique {issued.pass_id[:8]}")


def layout_names() -> list[str]:
    """Return the layouts there are."""
    return list(LAYOUTS)
