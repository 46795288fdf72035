"""The import wizard: choose files, say what columns are, see the difference, confirm, undo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portique.core.errors import FileRefused, KnowledgeError, TooLate
from portique.core.plain import Words
from portique.core.values import Kind
from portique.school.people.limits import FILE_BYTES_MAX
from portique.school.people.mapping import Field
from portique.school.people.matching import Answer
from portique.school.people.recognise import Source
from portique.school.people.refusals import Refusal
from portique.school.people.sentences import SENTENCES
from portique.school.rules import regimes_of
from portique.server.accounts.access import allowed
from portique.server.accounts.bodies import takes
from portique.server.accounts.roles import Role
from portique.server.people import actions, showing, uploads, wizard
from portique.server.people.errors import Outdated
from portique.server.people.models import Import
from portique.server.people.queries import KIND_WORDS, last_imports
from portique.server.school.house import served_school
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, QueryDict

    from portique.server.accounts.models import User
    from portique.server.people.models import Upload
    from portique.server.people.uploads import WizardChoices
    from portique.server.people.wizard import Preview

EXAMPLES = 3
FILES_MAX = 4
OFFICE = (Role.HEAD, Role.SCHOOL_LIFE)
LINE = Words("ligne", "line")
DONE = "done"  # in the address, after an import: what comes next is shown
SOURCES = {Source.SIECLE.value: "SIECLE", Source.ONDE.value: "ONDE"}


@allowed(*OFFICE)
@takes(FILE_BYTES_MAX)
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Take the files, and lead to what must be said or seen next."""
    if request.method == "POST":
        try:
            source = wizard.begin(_files(request), me(request))
        except FileRefused as error:
            return _choosing(request, error)
        return redirect("people:columns" if source is Source.TABLE else "people:preview")
    return _choosing(request)


def me(request: HttpRequest) -> User:
    """Return who is signed in: on these pages somebody is."""
    return cast("User", request.user)


def _files(request: HttpRequest) -> list[bytes]:
    return uploads.contents(request.FILES.getlist("files")[:FILES_MAX])


def _choosing(request: HttpRequest, error: FileRefused | None = None) -> HttpResponse:
    shown = {
        "refusal": _sentence(error) if error else None,
        "imports": [(one, SOURCES.get(one.source)) for one in last_imports()],
        "waiting": uploads.held_by(me(request)),
        "done": DONE in request.GET,
    }
    return render(request, "people/import.html", shown, status=422 if error else 200)


@allowed(*OFFICE)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest) -> HttpResponse:
    """Say what each column of a table is, and whom it lists."""
    upload = uploads.held_by(me(request))
    table = wizard.table_of(upload) if upload else None
    if upload is None or table is None:
        return redirect("people:import")
    choices, error = uploads.choices_of(upload), None
    if request.method == "POST":
        choices = _columns_said(request.POST, choices, len(table.titles))
        uploads.choose(upload, choices)
        try:
            wizard.preview(upload)
        except FileRefused as refusal:
            error = _sentence(refusal)
        else:
            return redirect("people:preview")
    mapping = wizard.mapping_of(table, choices)
    shown = {
        "columns": [
            (place, title, mapping.fields[place], [r.cells[place] for r in table.rows[:EXAMPLES]])
            for place, title in enumerate(table.titles)
        ],
        "fields": [(field, SENTENCES[field]) for field in Field],
        "kinds": [(kind, KIND_WORDS[kind]) for kind in wizard.TABLE_KINDS],
        "kind": choices.kind, "count": len(table.rows), "refusal": error,
    }  # fmt: skip
    return render(request, "people/columns.html", shown, status=422 if error else 200)


def _columns_said(said: QueryDict, choices: WizardChoices, count: int) -> WizardChoices:
    names, kinds = set(Field), {kind.value for kind in wizard.TABLE_KINDS}
    fields = [said.get(f"column-{number}", "") for number in range(count)]
    kind = said.get("kind", "")
    return replace(
        choices,
        fields=[name if name in names else "" for name in fields],
        kind=kind if kind in kinds else Kind.PUPIL.value,
        answers={},
    )


@allowed(*OFFICE)
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """Show what would change; keep what is answered; apply it when it is confirmed."""
    upload = uploads.held_by(me(request))
    if upload is None:
        messages.warning(
            request,
            words(
                "Le fichier n’est plus là\u00a0: choisissez-le de nouveau.",
                "The file is no longer here: choose it again.",
            ),
        )
        return redirect("people:import")
    try:
        shown = _seen(upload)
        if request.method == "GET":
            return _previewed(request, shown)
        if request.POST.get("do") == "apply":
            return _apply(request, upload, shown)
        uploads.choose(upload, _said(request.POST, shown))
        _seen(upload)
    except FileRefused as error:
        return _choosing(request, error)
    return redirect("people:preview")


def _seen(upload: Upload) -> Preview:
    """Preview; answers that no longer are ones are asked again."""
    try:
        return wizard.preview(upload)
    except ValueError:
        uploads.choose(upload, replace(uploads.choices_of(upload), answers={}))
        return wizard.preview(upload)


def _said(said: QueryDict, shown: Preview) -> WizardChoices:
    choices = shown.choices
    answers = {} if said.get("do") == "forget" else dict(choices.answers)
    for doubt in shown.difference.doubtful:
        given = said.get(f"answer-{doubt.number}", "")
        if said.get("do") == "suggested":
            given = given or doubt.suggested
        if given in {Answer.NEW, Answer.LEAVE_OUT, *(known.id for known in doubt.candidates)}:
            answers[str(doubt.number)] = given
    return replace(
        choices,
        answers=answers,
        closed=said.getlist("closed"),
        nobody_leaves="nobody_leaves" in said,
    )


def _apply(request: HttpRequest, upload: Upload, shown: Preview) -> HttpResponse:
    typed = "".join(request.POST.get("leaving", "").split())
    if shown.asks_number and typed != str(len(shown.difference.left)):
        return _previewed(
            request,
            shown,
            words(
                "Rien n’a été changé. Recopiez le nombre de personnes qui partent, ou vérifiez le "
                "fichier.",
                "Nothing was changed. Copy the number of people who leave, or check the file.",
            ),
        )
    if shown.asks_school and "sure" not in request.POST:
        return _previewed(
            request,
            shown,
            words(
                "Rien n’a été changé. Confirmez que ce fichier d’un autre établissement est voulu.",
                "Nothing was changed. Confirm that this file of another school is meant.",
            ),
        )
    try:
        wizard.confirm(upload, request.POST.get("proof", ""), by=me(request))
    except Outdated:
        return _previewed(
            request,
            _seen(upload),
            words(
                "Rien n’a été changé\u00a0: les personnes ou vos réponses ont changé depuis. "
                "Vérifiez de nouveau.",
                "Nothing was changed: people or your answers changed since. Check again.",
            ),
        )
    except KnowledgeError:
        return _previewed(
            request,
            shown,
            words(
                "Rien n’a été changé : un groupe ou un régime du fichier n’est pas acceptable.",
                "Nothing was changed: a group or regime of the file is not acceptable.",
            ),
        )
    messages.success(request, words("L’importation est faite.", "The import is done."))
    return redirect(f"{reverse('people:import')}?{DONE}")


def _previewed(request: HttpRequest, shown: Preview, refusal: object = None) -> HttpResponse:
    reading, difference = shown.reading, shown.difference
    page = {
        "shown": shown,
        "difference": difference,
        "source": SOURCES.get(shown.source.value),
        "is_table": shown.source is Source.TABLE,
        "counts": showing.counts_of(difference),
        "lists": showing.lists_of(shown, regimes_of(served_school())),
        "questions": showing.questions_of(shown),
        "cautions": [SENTENCES[caution] for caution in reading.cautions],
        "concerns": [SENTENCES[concern] for concern in difference.concerns],
        "skipped": [(SENTENCES[skip], count) for skip, count in reading.skipped.items()],
        "not_imported": sorted(reading.not_imported.items()),
        "faults": showing.faults_of(reading.faults),
        "new_answer": SENTENCES[Answer.NEW],
        "out_answer": SENTENCES[Answer.LEAVE_OUT],
        "suggestions": sum(bool(doubt.suggested) for doubt in difference.doubtful),
        "refusal": refusal,
    }
    return render(request, "people/preview.html", page, status=422 if refusal else 200)


@allowed(*OFFICE)
@require_POST
def give_up(request: HttpRequest) -> HttpResponse:
    """Forget the files; nothing was changed."""
    uploads.drop(me(request))
    return redirect("people:import")


@allowed(*OFFICE)
@require_POST
def undo(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Take an import back."""
    try:
        actions.undo(get_object_or_404(Import, pk=import_id))
    except TooLate:
        messages.error(
            request,
            words(
                "Cette importation ne peut plus être annulée. Rien n’a été changé.",
                "This import can’t be undone any more. Nothing was changed.",
            ),
        )
    else:
        messages.success(request, words("L’importation est annulée.", "The import is undone."))
    return redirect("people:import")


def _sentence(error: FileRefused) -> str:
    sentence = spoken(SENTENCES[Refusal(error.cause)])
    line = wizard.line_of(error)
    return f"{sentence} ({spoken(LINE)} {line})" if line else sentence
