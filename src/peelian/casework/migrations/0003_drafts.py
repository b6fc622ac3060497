import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0002_journal_agency'),
    ]

    operations = [
        migrations.DeleteModel(name='Draft'),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(max_length=24, unique=True)),
                ('user', models.CharField(max_length=150)),
                ('kind', models.CharField(max_length=40)),
                ('act', models.CharField(max_length=60)),
                ('item', models.CharField(blank=True, max_length=60)),
                ('given', models.JSONField(default=dict)),
                ('seen', models.PositiveIntegerField(default=0)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('tab', models.CharField(blank=True, max_length=40)),
                ('at', models.DateTimeField()),
                ('saved_at', models.DateTimeField(null=True)),
                ('saved_as', models.CharField(blank=True, max_length=64)),
                ('result', models.CharField(blank=True, max_length=24)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='casework.case')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('saved_at', None)), fields=['user', 'kind', 'act'], name='draft_waiting'),
                    models.Index(fields=['user', 'saved_at'], name='draft_saved'),
                ],
            },
        ),
    ]
