"""What `portique charter check` found: as data, and as a table for each activity."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from portique.cli.pass_list import KINDS
from portique.cli.speaking import many, many_fr
from portique.core.charter import (
    ACTIVITIES,
    Activity,
    Declaration,
    Fault,
    FieldInfo,
    Source,
)
from portique.core.charter_law import (
    BASIS_WORDS,
    CONTROLLER,
    RECIPIENT_WORDS,
    SENSITIVITY_WORDS,
    SOURCE_WORDS,
)
from portique.core.charter_retention import BACKUP_NOTE
from portique.core.plain import Words
from portique.core.values import Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portique.school.folder import Settings

GAP = "  "
FIELDS_CHARACTERS = 48  # of the first column, so that a table fits a wide terminal
HEADINGS = Words("champs|finalité|sensibilité|conservation", "fields|purpose|sensitivity|retention")
CONTROLLED = Words("Responsable du traitement\u00a0: {}", "Controller: {}")
PURPOSE = Words("{} ({}\u00a0: RGPD, art. {})", "{} ({}: GDPR art. {})")
PEOPLE = Words("personnes\u00a0: {}", "people: {}")
RECEIVED = Words("destinataires\u00a0: {}", "recipients: {}")
SOURCES = Words("source\u00a0: {}", "source: {}")
NOT_INSTALLED = Words(
    "Le serveur n’est pas installé ici\u00a0: ses tables n’ont pas été vérifiées.",
    "The server isn’t installed here: its tables were not checked.",
)
NO_FAULT = Words("aucune faute", "no fault")


# --- for programs --------------------------------------------------------------------------------


def described(fields: list[FieldInfo], faults: list[Fault], *, server: bool) -> dict[str, Any]:
    """Put the whole answer in plain data."""
    return {
        "ok": not faults,
        "server": server,
        "fields": len(fields),
        "faults": [_fault(fault) for fault in faults],
        "activities": [_activity(activity, fields) for activity in ACTIVITIES.values()],
    }


def _fault(fault: Fault) -> dict[str, Any]:
    named = {"model": fault.model, "field": fault.field, "fault": str(fault.kind)}
    return named | {"words": fault.words().to_data()}


def _activity(activity: Activity, fields: Iterable[FieldInfo]) -> dict[str, Any]:
    return {
        "code": activity.code,
        "title": activity.title.to_data(),
        "purposes": [
            {"code": one.code, "title": one.title.to_data(), "basis": one.basis.article}
            for one in activity.purposes
        ],
        "persons": [str(kind) for kind in activity.persons],
        "fields": [_field(info, said) for info, said in _of(activity, fields)],
    }


def _field(info: FieldInfo, said: Declaration) -> dict[str, Any]:
    return {
        "model": info.model,
        "field": info.field,
        "purpose": said.purpose,
        "sensitivity": str(said.sensitivity),
        "encrypted": info.encrypted,
        "retention": said.retention.words().to_data(),
        "recipients": [str(recipient) for recipient in said.recipients],
        "source": str(source_of(said)),
    }


# --- for people ----------------------------------------------------------------------------------


def told(
    fields: list[FieldInfo],
    faults: list[Fault],
    language: Language,
    *,
    school: Settings | None,
    server: bool,
) -> str:
    """Put the whole answer in words: a table for each activity, the faults, how many."""
    controller = CONTROLLER.in_language(language)
    if school:
        controller += f", {school.name} ({school.uai})"
    blocks = [CONTROLLED.in_language(language).format(controller)]
    for activity in ACTIVITIES.values():
        declared = list(_of(activity, fields))
        if declared:
            blocks.append("\n".join(_table(activity, declared, language)))
    blocks.append(BACKUP_NOTE.in_language(language))
    if not server:
        blocks.append(NOT_INSTALLED.in_language(language))
    blocks.append("\n".join(_ending(fields, faults, language)))
    return "\n\n".join(blocks)


def _table(
    activity: Activity, declared: list[tuple[FieldInfo, Declaration]], language: Language
) -> Iterator[str]:
    yield f"{activity.title.in_language(language)} [{activity.code}]"
    for one in activity.purposes:
        basis = BASIS_WORDS[one.basis].in_language(language)
        title = one.title.in_language(language)
        said = PURPOSE.in_language(language).format(title, basis, one.basis.article)
        yield f"{GAP}{one.code}: {said}"
    received = dict.fromkeys(each for _, said in declared for each in said.recipients)
    sources = dict.fromkeys(source_of(said) for _, said in declared)
    yield GAP + _listed(PEOPLE, map(KINDS.__getitem__, activity.persons), language)
    yield GAP + _listed(RECEIVED, map(RECIPIENT_WORDS.__getitem__, received), language)
    yield GAP + _listed(SOURCES, map(SOURCE_WORDS.__getitem__, sources), language)
    headings = tuple(HEADINGS.in_language(language).split("|"))
    for line in _aligned([headings, *_rows(declared, language)]):
        yield GAP + line


def _listed(words: Words, items: Iterable[Words], language: Language) -> str:
    listed = ", ".join(item.in_language(language) for item in items)
    return words.in_language(language).format(listed)


def _rows(
    declared: list[tuple[FieldInfo, Declaration]], language: Language
) -> Iterator[tuple[str, ...]]:
    """Yield a row for the fields of a model of which the same is said."""
    alike: dict[tuple[str, Declaration], list[str]] = {}
    for info, said in declared:
        alike.setdefault((info.model, said), []).append(info.field)
    for (model, said), names in alike.items():
        first, *more = wrap(
            f"{model}: {', '.join(names)}", FIELDS_CHARACTERS, break_long_words=False
        )
        yield (
            first,
            said.purpose,
            SENSITIVITY_WORDS[said.sensitivity].in_language(language),
            said.retention.words().in_language(language),
        )
        yield from ((GAP + line, "", "", "") for line in more)


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows as lines, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield GAP.join(map(str.ljust, row, widths)).rstrip()


def _ending(fields: list[FieldInfo], faults: list[Fault], language: Language) -> Iterator[str]:
    for fault in faults:
        yield f"✗ {fault.model}.{fault.field}: {fault.words().in_language(language)}"
    if language is Language.FR:
        found = many_fr(len(faults), "faute") if faults else NO_FAULT.fr
        yield f"{many_fr(len(fields), 'champ')}, {found}"
    else:
        found = many(len(faults), "fault") if faults else NO_FAULT.en
        yield f"{many(len(fields), 'field')}, {found}"


# --- both ----------------------------------------------------------------------------------------


def _of(activity: Activity, fields: Iterable[FieldInfo]) -> Iterator[tuple[FieldInfo, Declaration]]:
    """Yield the fields declared under an activity."""
    for info in fields:
        said = info.declaration
        if isinstance(said, Declaration) and said.activity == activity.code:
            yield info, said


def source_of(said: Declaration) -> Source:
    """Return where a field's data comes from: its own source, else its activity's."""
    return said.source or ACTIVITIES[said.activity].source
