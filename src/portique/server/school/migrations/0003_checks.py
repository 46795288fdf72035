from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("school", "0002_phones"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rulesact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("timetable", "Timetable"),
                    ("year", "Year"),
                    ("openings", "Openings"),
                    ("regimes", "Regimes"),
                    ("phones", "Phones"),
                    ("checks", "Checks"),
                ],
                max_length=12,
            ),
        ),
    ]
