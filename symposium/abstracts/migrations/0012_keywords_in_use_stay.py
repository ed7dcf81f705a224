from django.db import migrations, models


class Migration(migrations.Migration):
    """A keyword is not deleted while an abstract has it."""

    dependencies = [("symposium_abstracts", "0011_orcid_as_pasted")]

    operations = [
        migrations.AlterField(
            model_name="abstractkeyword",
            name="keyword",
            field=models.ForeignKey(
                on_delete=models.deletion.RESTRICT,
                related_name="uses",
                to="symposium_abstracts.keyword",
                verbose_name="keyword",
            ),
        ),
        migrations.AlterModelOptions(
            name="abstractkeyword",
            options={
                "ordering": ["order", "id"],
                "verbose_name": "keyword of an abstract",
                "verbose_name_plural": "keywords",
            },
        ),
    ]
