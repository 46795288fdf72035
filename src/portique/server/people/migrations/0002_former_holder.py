from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="former_holder",
            field=models.CharField(blank=True, default="", max_length=16),
            preserve_default=False,
        ),
    ]
