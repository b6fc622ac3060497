from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0003_things'),
    ]

    operations = [
        migrations.AddField(model_name='component', name='issued', field=models.JSONField(default=list)),
        migrations.AddField(
            model_name='known', name='content', field=models.CharField(default='', max_length=32), preserve_default=False,
        ),
        migrations.AddField(
            model_name='review', name='a', field=models.CharField(db_index=True, default='', max_length=160), preserve_default=False,
        ),
        migrations.AddField(
            model_name='review', name='b', field=models.CharField(db_index=True, default='', max_length=160), preserve_default=False,
        ),
        migrations.AddField(model_name='review', name='closed_by', field=models.CharField(blank=True, max_length=150)),
        migrations.AddField(model_name='review', name='moot', field=models.BooleanField(default=False)),
        migrations.AddField(model_name='review', name='reason', field=models.CharField(blank=True, max_length=500)),
        migrations.AddField(model_name='scorebatch', name='folded_at', field=models.DateTimeField(null=True)),
    ]
