"""Seal the addresses that were kept in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations, models

from portique.server.vault.fields import SealedTextField

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def seal(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _ = editor
    then: Any = apps.get_model("outgoing", "Destination")  # as it was, not as it is
    for destination in then.objects.all():
        destination.address, destination.plain = destination.plain, ""
        # PostgreSQL drops a column by name only: what it held stays in the rows.
        destination.save(update_fields=["address", "plain"])


def unseal(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _ = editor
    then: Any = apps.get_model("outgoing", "Destination")  # as it was, not as it is
    for destination in then.objects.all():
        destination.plain = destination.address
        destination.save(update_fields=["plain"])


class Migration(migrations.Migration):
    dependencies = [("outgoing", "0001_initial")]

    operations = [
        migrations.RenameField("destination", "address", "plain"),
        migrations.AlterField("destination", "plain", models.CharField(max_length=200, default="")),
        migrations.AddField("destination", "address", SealedTextField(blank=True)),
        migrations.RunPython(seal, unseal),
        migrations.RemoveField("destination", "plain"),
        migrations.AlterField("destination", "address", SealedTextField()),
    ]
