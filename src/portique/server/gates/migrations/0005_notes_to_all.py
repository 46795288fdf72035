"""A note may be for all gates; numbers are no gate's own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gates", "0004_numbers")]

    operations = [
        migrations.RemoveConstraint(model_name="note", name="gates_one_note"),
        migrations.RemoveField(model_name="bundle", name="made_at"),
        migrations.RemoveField(model_name="gate", name="last_note"),
        migrations.AddField(
            model_name="note",
            name="origin",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name="note",
            name="gate",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notes",
                to="gates.gate",
            ),
        ),
        migrations.AlterField(
            model_name="note",
            name="number",
            field=models.BigIntegerField(unique=True),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["kind", "at"], name="gates_note_kind_at"),
        ),
    ]
