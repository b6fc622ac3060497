from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_search'),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name='seen', name=name, field=models.CharField(max_length=length, db_index=index, default=''),
                preserve_default=False,
            )
            for name, length, index in (('ref', 24, True), ('uprn', 12, False), ('at_postcode', 120, False), ('at_street', 300, False))
        ),
        *(
            migrations.AddIndex(
                model_name='seen',
                index=models.Index(condition=models.Q((name, ''), _negated=True), fields=[name], name=f'seen_{name}'),
            )
            for name in ('uprn', 'at_postcode', 'at_street')
        ),
    ]
