"""Notes get numbers of one sequence for all gates; when knowledge was signed becomes a counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations
from django.db.models import Max

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NOTES, SIGNED_MS = "notes", "knowledge-signed-ms"


def number_notes(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Number waiting notes above all that any gate was ever given: no cursor is beyond them."""
    _ = editor
    gate: Any
    note: Any
    gate, note = apps.get_model("gates", "Gate"), apps.get_model("gates", "Note")
    counter: Any = apps.get_model("school", "Counter")
    last = gate.objects.aggregate(last=Max("last_note"))["last"] or 0
    for row in note.objects.order_by("at", "number"):
        last += 1
        row.number = last
        row.save(update_fields=["number"])
    if last:  # a new school's database stays empty: a copy can be put back into it
        counter.objects.update_or_create(name=NOTES, defaults={"value": last})


def count_signing(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Keep when a version was signed last."""
    _ = editor
    counter: Any = apps.get_model("school", "Counter")
    bundles: Any = apps.get_model("gates", "Bundle")
    for bundle in bundles.objects.all():
        signed_ms = round(bundle.made_at.timestamp() * 1000)
        counter.objects.update_or_create(name=SIGNED_MS, defaults={"value": signed_ms})


class Migration(migrations.Migration):
    dependencies = [("gates", "0003_failing"), ("school", "0001_initial")]

    operations = [
        migrations.RunPython(number_notes, migrations.RunPython.noop),
        migrations.RunPython(count_signing, migrations.RunPython.noop),
    ]
