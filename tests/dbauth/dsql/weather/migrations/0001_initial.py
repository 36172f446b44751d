from django.db import migrations, models

ROWS = """
INSERT INTO weather_station (id, name) SELECT n, 'station ' || n FROM generate_series(1, 3) n;
INSERT INTO weather_reading (id, value, payload, code, station)
    SELECT n, n::text, CASE WHEN n % 2 = 0 THEN '{"n": ' || n || '}' END, n, n % 3 + 1
    FROM generate_series(1, 1200) n
"""


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            "Station",
            [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())],
        ),
        migrations.CreateModel(
            "Reading",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("value", models.CharField(max_length=20, db_index=True)),
                ("payload", models.TextField(null=True)),
                ("code", models.IntegerField(unique=True)),
                ("station", models.IntegerField()),
            ],
            {
                "indexes": [models.Index(fields=["value", "code"], name="value_code")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("value"), condition=models.Q(code__isnull=False), name="one_value"
                    ),
                    models.CheckConstraint(condition=models.Q(code__isnull=False), name="coded"),
                ],
            },
        ),
        migrations.RunSQL(ROWS, migrations.RunSQL.noop),
    ]
