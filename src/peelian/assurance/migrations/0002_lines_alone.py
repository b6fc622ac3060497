from django.db import migrations


class Migration(migrations.Migration):
    """Counts are sums of the casework since; what is kept here is worked out again at the next look."""

    dependencies = [("assurance", "0001_initial"), ("casework", "0011_measure_sums")]

    operations = [
        migrations.RunSQL("DELETE FROM assurance_counted", migrations.RunSQL.noop),
        migrations.RemoveField("counted", "cells"),
        migrations.RemoveField("counted", "since"),
    ]
