import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("weather", "0001_initial")]
    operations = [
        migrations.AlterField("Reading", "value", models.IntegerField(db_index=True)),
        migrations.AlterField("Reading", "payload", models.JSONField(default=dict)),
        migrations.AlterField("Reading", "code", models.CharField(max_length=9, unique=True)),
        migrations.AlterField(
            "Reading",
            "station",
            models.ForeignKey("weather.Station", django.db.models.deletion.CASCADE),
        ),
    ]
