from django.db import migrations, models

WHAT = ("overdue", "lapsed", "unaccepted", "support ended", "unset", "climbed")


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_supporter_index")]

    operations = [
        migrations.AlterField("notice", "what", models.CharField(choices=[(w, w) for w in WHAT], max_length=15)),
    ]
