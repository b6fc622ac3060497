from django.db import migrations, models


class Migration(migrations.Migration):
    """Named indexes, so that the first projection can fill the table without them; none on the reference, which nobody asks for."""

    dependencies = [
        ('identity', '0004_ledger'),
    ]

    operations = [
        migrations.AlterField('seen', 'ref', models.CharField(max_length=24)),
        migrations.AlterField('seen', 'key', models.CharField(max_length=160)),
        migrations.AlterField('seen', 'reference', models.CharField(max_length=80)),
        migrations.RenameIndex('seen', new_name='seen_value', old_name='identity_se_kind_2942e8_idx'),
        migrations.AddIndex('seen', models.Index(fields=['ref'], name='seen_ref')),
        migrations.AddIndex('seen', models.Index(fields=['key'], name='seen_key')),
    ]
