"""Files that somebody chose to import, between two steps: sealed in the database, for an hour.

They never touch the disk in clear: uploads stay in memory, and one over the cap is not kept at all.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile

from portique.core.values import Kind
from portique.school.people.limits import FILE_BYTES_MAX
from portique.server import clock
from portique.server.people.models import Upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from portique.server.accounts.models import User

KEPT = timedelta(hours=1)


class InMemory(MemoryFileUploadHandler):
    """Keeps what was uploaded in memory; past the cap it keeps nothing, and spills nothing."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> Any:
        """Decide by the length that the browser announced."""
        super().handle_raw_input(*args, **kwargs)
        length = args[2] if len(args) > 2 else kwargs["content_length"]
        self.activated = length <= FILE_BYTES_MAX

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Take a part of a file.

        Raises:
            SkipFile: It is over the cap.
        """
        if not self.activated:
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)


@dataclass(frozen=True, slots=True)
class WizardChoices:
    """What somebody said so far about one import.

    `fields` are what each column is (empty: not imported; None: not looked at yet). `answers` place
    doubtful records by number, as text. `sure` says that another school's file is meant.
    """

    kind: str = Kind.PUPIL.value
    fields: list[str] | None = None
    answers: dict[str, str] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    nobody_leaves: bool = False
    sure: bool = False


def keep(files: Sequence[bytes], by: User) -> Upload:
    """Seal what somebody chose to import; what they had chosen before is forgotten."""
    Upload.objects.filter(by=by).delete()
    texts = [base64.b64encode(content).decode("ascii") for content in files]
    upload = Upload(by=by, at=clock.now(), files=json.dumps(texts))
    upload.save(force_insert=True)
    return upload


def held_by(user: User) -> Upload | None:
    """Return what somebody is importing, None when there is nothing or it is over an hour old."""
    return Upload.objects.filter(by=user, at__gte=clock.now() - KEPT).first()


def drop_old(at: datetime) -> None:
    """Forget what was left lying for an hour."""
    Upload.objects.filter(at__lt=at - KEPT).delete()


def streams_of(upload: Upload) -> list[BytesIO]:
    """Open the files."""
    return [BytesIO(base64.b64decode(text)) for text in json.loads(upload.files)]


def choices_of(upload: Upload) -> WizardChoices:
    """Return what was said so far."""
    return WizardChoices(**json.loads(upload.choices)) if upload.choices else WizardChoices()


def choose(upload: Upload, choices: WizardChoices) -> None:
    """Keep what is said now."""
    upload.choices = json.dumps(asdict(choices), ensure_ascii=False)
    upload.save(update_fields=["choices"])


def drop(user: User) -> bool:
    """Forget what somebody was importing; say whether there was anything."""
    deleted, _ = Upload.objects.filter(by=user).delete()
    return deleted > 0


def contents(files: Iterable[Any]) -> list[bytes]:
    """Read uploaded files."""
    return [one.read() for one in files]
