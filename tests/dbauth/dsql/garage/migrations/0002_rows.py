from django.db import migrations


def add_owners(apps, schema_editor):
    owners = apps.get_model("garage", "Owner").objects.using(schema_editor.connection.alias)
    for number in range(3):
        owners.get_or_create(name=f"owner {number}")


class Migration(migrations.Migration):
    dependencies = [("garage", "0001_initial")]
    operations = [
        migrations.RunPython(add_owners, migrations.RunPython.noop),
        migrations.RunSQL(
            "INSERT INTO garage_place (town, street, size, owner_id)"
            " SELECT 'Ulm', name, length(name) + substr(name, 7)::int, id FROM garage_owner",
            "DELETE FROM garage_place",
        ),
    ]
