from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_measure_sums")]

    operations = [
        # The open cases of one kind in the order of their list: by stage they would all be read and put in order first.
        migrations.AddIndex(
            "case",
            models.Index(condition=models.Q(("closed", False)), fields=["kind", "due_order", "id"], name="case_queue"),
        ),
        migrations.AddIndex(
            "case",
            models.Index(condition=models.Q(("closed", False)), fields=["opened_at", "id", "kind"], name="case_oldest"),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=models.Q(("closed", False)), fields=["kind", "opened_at", "id"], name="case_kind_oldest"
            ),
        ),
    ]
