import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("garage", "0002_rows")]
    operations = [
        migrations.AddField("Place", "rent", models.PositiveIntegerField(default=7)),
        migrations.AddField("Place", "note", models.TextField(blank=True, default="it's 100%")),
        migrations.AddField(
            "Place", "code", models.CharField(max_length=9, null=True, unique=True)
        ),
        migrations.AddField("Place", "heated", models.BooleanField(db_default=True)),
        migrations.AddField(
            "Place",
            "second",
            models.ForeignKey(
                "garage.Owner", django.db.models.deletion.SET_NULL, null=True, related_name="+"
            ),
        ),
        # Added and renamed at once: what the table looks like does not tell how far this came.
        migrations.RenameField("Place", "rent", "price"),
        migrations.AddField("Place", "rent", models.IntegerField(null=True, db_index=True)),
        migrations.AlterField("Place", "street", models.CharField(max_length=80)),
        migrations.AlterField("Place", "rent", models.IntegerField(default=3, db_index=True)),
    ]
