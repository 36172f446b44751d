import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Owner",
            [
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=40)),
                ("address", models.GenericIPAddressField(null=True)),
            ],
        ),
        migrations.CreateModel(
            "Place",
            [
                ("id", models.SmallAutoField(primary_key=True)),
                ("town", models.CharField(max_length=40, db_index=True)),
                ("street", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField(default=1)),
                ("visitors", models.ManyToManyField("garage.Owner")),
                (
                    "owner",
                    models.ForeignKey(
                        "garage.Owner", django.db.models.deletion.CASCADE, related_name="places"
                    ),
                ),
            ],
            options={
                "unique_together": {("town", "street")},
                "indexes": [
                    models.Index(fields=["-size"], name="place_size"),
                    models.Index(models.F("street"), name="place_street"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner"], condition=models.Q(size=1), name="one_small_place"
                    ),
                    models.UniqueConstraint(fields=["street", "size"], name="street_size"),
                ],
            },
        ),
    ]
