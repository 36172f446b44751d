from django.db import migrations, models


def add_plot(apps, schema_editor):
    apps.get_model("garage", "Plot").objects.using(schema_editor.connection.alias).create()


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Plot", [("id", models.AutoField(primary_key=True))]),
        # Not repeatable: a second time would be seen.
        migrations.RunPython(add_plot, migrations.RunPython.noop),
        migrations.AddField("Plot", "size", models.IntegerField(null=True, unique=True)),
    ]
