from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Counted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, unique=True)),
                ("entry", models.BigIntegerField()),
                ("setting", models.CharField(blank=True, max_length=40)),
                ("since", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("cells", models.JSONField(default=dict)),
                ("lines", models.JSONField(default=dict)),
            ],
        ),
    ]
