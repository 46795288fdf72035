"""From files to a difference that somebody has looked at, and to its being applied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.crypto import salted_hmac

from portique.core.values import Kind
from portique.school.people.difference import Choices, Concern, Difference, compare
from portique.school.people.mapping import Field, Mapping, propose
from portique.school.people.onde import read_onde
from portique.school.people.recognise import Source, recognise
from portique.school.people.records import Caution, Reading
from portique.school.people.refusals import Refusal, refused
from portique.school.people.rows import records_from
from portique.school.people.sheets import read_table
from portique.school.people.siecle import read_siecle
from portique.server import clock
from portique.server.people import uploads
from portique.server.people.applying import apply, settled
from portique.server.people.census import raise_census
from portique.server.people.errors import Outdated
from portique.server.people.known import known_people
from portique.server.people.rights import fitted
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Mapping as AnyMapping

    from portique.core.errors import FileRefused
    from portique.school.people.sheets import Table
    from portique.server.accounts.models import User
    from portique.server.people.models import Import, Upload
    from portique.server.people.uploads import WizardChoices

TABLE_KINDS = (Kind.PUPIL, Kind.STAFF, Kind.TRAINEE, Kind.CANDIDATE, Kind.RESIDENT)
_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would change, in all that must be seen before it does."""

    source: Source
    reading: Reading
    difference: Difference
    unknown_regimes: AnyMapping[str, int]
    choices: WizardChoices

    @property
    def proof(self) -> str:
        """Return what tells this difference from any other, without telling what is in it."""
        shown = self.difference
        said = (
            [one.number for one in shown.added],
            [(one.known.id, one.changes) for one in shown.changed],
            [one.id for one in shown.left],
            [one.number for one in shown.doubtful],
        )
        return salted_hmac("portique.import", repr(said), algorithm="sha256").hexdigest()

    @property
    def asks_number(self) -> bool:
        """Say whether so many leave that their number must be typed."""
        return self.difference.needs_confirmation

    @property
    def asks_school(self) -> bool:
        """Say whether the file is another school's."""
        return Caution.OTHER_SCHOOL in self.reading.cautions

    @property
    def is_settled(self) -> bool:
        """Say whether there is nothing to change."""
        shown = self.difference
        return not (shown.added or shown.changed or shown.left)

    @property
    def many_leave(self) -> bool:
        """Say whether over one person in ten would leave."""
        return Concern.MANY_LEAVE in self.difference.concerns


def begin(files: list[bytes], by: User) -> Source:
    """Check files, and keep them sealed for the next step; return what they are.

    Raises:
        FileRefused: They are no people's files; nothing was kept.
    """
    source = _checked([BytesIO(content) for content in files])
    uploads.keep(files, by)
    return source


def _checked(streams: list[BytesIO]) -> Source:
    if not streams:
        raise refused(Refusal.EMPTY, "no file was chosen")
    source = recognise(streams)
    if source is Source.TABLE:
        _table(streams)
    else:
        _read(source, streams)
    return source


def table_of(upload: Upload) -> Table | None:
    """Return the table somebody is importing; None when it is no table.

    Raises:
        FileRefused: See `read_table`.
    """
    streams = uploads.streams_of(upload)
    return _table(streams) if recognise(streams) is Source.TABLE else None


def mapping_of(table: Table, choices: WizardChoices) -> Mapping:
    """Return what each column is: as said, else as its title suggests."""
    if choices.fields is None or len(choices.fields) != len(table.titles):
        return propose(table.titles)
    return Mapping(table.titles, tuple(Field(name) if name else None for name in choices.fields))


def preview(upload: Upload) -> Preview:
    """Read the files again and compare them with who is known; changes nothing.

    Raises:
        FileRefused: The files, or what their columns were said to be, give nobody.
        ValueError: An answer is no longer one.
    """
    choices, streams = uploads.choices_of(upload), uploads.streams_of(upload)
    source = recognise(streams)
    if source is Source.TABLE:
        table = _table(streams)
        reading = records_from(table, mapping_of(table, choices), Kind(choices.kind))
    else:
        reading = _read(source, streams)
    records, unknown = fitted(reading.records)
    first = Kind(choices.kind) if source is Source.TABLE else Kind.PUPIL
    difference = compare(
        known_people(),
        records,
        kinds={first, *(record.kind for record in records)},
        unread=reading.unread,
        choices=Choices(
            {int(number): answer for number, answer in choices.answers.items()},
            frozenset(choices.closed),
            choices.nobody_leaves,
        ),
    )
    return Preview(source, reading, settled(difference), unknown, choices)


def confirm(upload: Upload, proof: str, *, by: User) -> Import:
    """Apply what was previewed, if it is still what would happen.

    Raises:
        FileRefused: See `preview`.
        Outdated: Something changed since the preview; nothing was done.
    """
    with transaction.atomic():
        raise_census()  # from here on, nobody else changes people
        shown = preview(upload)
        if shown.proof != proof or not uploads.drop(by):
            raise Outdated
        return apply(shown.difference, by=by, source=shown.source.value)


def line_of(error: FileRefused) -> int | None:
    """Return the line of the file that an error names, if it names one."""
    found = _LINE.search(str(error))
    return int(found[1]) if found else None


def _table(streams: list[BytesIO]) -> Table:
    if len(streams) > 1:
        raise refused(Refusal.HEADER_WRONG, "choose one table at a time")
    streams[0].seek(0)
    return read_table(streams[0])


def _read(source: Source, streams: list[BytesIO]) -> Reading:
    for stream in streams:
        stream.seek(0)
    if source is Source.ONDE:
        return read_onde(streams)
    school = served_school()
    today = clock.now().astimezone(school.settings.zone).date()
    return read_siecle(streams, today=today, uai=school.settings.uai)
