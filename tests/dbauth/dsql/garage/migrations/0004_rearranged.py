from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("garage", "0003_columns")]
    operations = [
        migrations.AlterField("Place", "code", models.CharField(max_length=12, null=True)),
        migrations.AlterField("Place", "rent", models.IntegerField(null=True, db_index=True)),
        migrations.AlterField("Owner", "name", models.CharField(max_length=50, unique=True)),
        migrations.AlterUniqueTogether("Place", set()),
        migrations.RemoveConstraint("Place", "street_size"),
        migrations.AddConstraint(
            "Place", models.CheckConstraint(condition=models.Q(size__lt=100), name="place_fits")
        ),
        migrations.AddConstraint(
            "Place", models.UniqueConstraint(fields=["town", "price", "size"], name="town_price")
        ),
        migrations.RemoveIndex("Place", "place_size"),
        migrations.RenameIndex("Place", new_name="by_street", old_name="place_street"),
        migrations.RemoveField("Place", "note"),
        migrations.RunSQL("UPDATE garage_place SET price = price + 1", migrations.RunSQL.noop),
        migrations.RenameModel("Place", "Spot"),
        migrations.AlterModelTable("Owner", "garage_holder"),
    ]
