import django.db.models.deletion
from django.db import migrations, models

CELL = "measure, area, month, record_class_id"


class Migration(migrations.Migration):
    dependencies = [("access", "0009_tokens"), ("casework", "0010_work_climbs")]

    operations = [
        migrations.CreateModel(
            name="MeasureSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(max_length=90)),
                ("area", models.CharField(blank=True, max_length=60)),
                ("month", models.PositiveIntegerField()),
                ("kept", models.BooleanField(default=False)),
                ("hits", models.IntegerField(default=0)),
                ("missed", models.IntegerField(default=0)),
                ("lapsing", models.IntegerField(default=0)),
                ("unknown", models.IntegerField(default=0)),
                (
                    "record_class",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="access.recordclass"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["measure", "area", "month", "record_class", "hits", "missed", "lapsing", "unknown"],
                        name="sum_read",
                    ),
                    models.Index(condition=models.Q(("kept", False)), fields=["id"], name="sum_loose"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kept", True)),
                        fields=("measure", "area", "month", "record_class"),
                        name="sum_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(  # the rows that are there already
            f"""INSERT INTO casework_measuresum (kept, {CELL}, hits, missed, lapsing, unknown)
                SELECT (1 = 1), {CELL}, SUM(CASE WHEN hit THEN 1 ELSE 0 END), SUM(CASE WHEN NOT hit THEN 1 ELSE 0 END),
                    SUM(CASE WHEN hit IS NULL AND lapses THEN 1 ELSE 0 END),
                    SUM(CASE WHEN hit IS NULL AND NOT lapses THEN 1 ELSE 0 END)
                FROM casework_measured GROUP BY {CELL}""",
            migrations.RunSQL.noop,
        ),
        # Values stand in the index of counts: with one of their own SQLite took the other, and fetched each row for its value.
        migrations.RemoveIndex("measured", "measured_areas"),
        migrations.RemoveIndex("measured", "measured_values"),
        migrations.AddIndex(
            "measured",
            models.Index(
                fields=["measure", "area", "month", "record_class", "hit", "lapses", "value"], name="measured_areas"
            ),
        ),
    ]
