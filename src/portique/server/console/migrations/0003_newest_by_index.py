from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("console", "0002_openings_and_alarms"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="event", name="console_last"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["kind", "lane", "id", "at"], name="console_newest"),
        ),
    ]
