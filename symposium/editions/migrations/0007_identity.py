import django.contrib.postgres.fields
import django.db.models.lookups
from django.db import migrations, models

import symposium.core.images
import symposium.editions.identity
from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0006_whole_days"),
    ]

    operations = [
        *sql_files("editions", "colours"),
        migrations.AddField(
            model_name="edition",
            name="accent_colour",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Main button, current page. If blank, the terracotta of the portal.",
                max_length=7,
                validators=[symposium.editions.identity.validate_colour],
                verbose_name="accent colour",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="footer",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                blank=True,
                db_default=[],
                default=list,
                size=100,
                verbose_name="footer",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="hero",
            field=models.CharField(
                choices=[
                    ("arches", "The five arches"),
                    ("picture", "A photograph in the arch"),
                    ("none", "No picture"),
                ],
                db_default="arches",
                default="arches",
                max_length=10,
                verbose_name="picture of the home page",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="hero_alt",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="For people who can’t see it. If blank, the photograph is an ornament.",
                max_length=200,
                verbose_name="description of the photograph",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="hero_alt_ar",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="For people who can’t see it. If blank, the photograph is an ornament.",
                max_length=200,
                null=True,
                verbose_name="description of the photograph",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="hero_alt_en",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="For people who can’t see it. If blank, the photograph is an ornament.",
                max_length=200,
                null=True,
                verbose_name="description of the photograph",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="hero_alt_fr",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="For people who can’t see it. If blank, the photograph is an ornament.",
                max_length=200,
                null=True,
                verbose_name="description of the photograph",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="hero_picture",
            field=symposium.core.images.PictureField(
                blank=True,
                db_default="",
                default="",
                help_text="Upright, about 1200 × 1600 px. It is cropped to the arch.",
                upload_to="identity",
                validators=[symposium.core.images.validate_picture],
                verbose_name="photograph",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="home",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                blank=True,
                db_default=[],
                default=list,
                size=100,
                verbose_name="parts of the home page",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="links",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="One address per line. They are shown in the footer.",
                max_length=2000,
                validators=[symposium.editions.identity.validate_links],
                verbose_name="pages on other sites",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="logo",
            field=symposium.core.images.LogoField(
                blank=True,
                db_default="",
                default="",
                help_text="SVG, or PNG at least 240 px high, with a transparent background.",
                upload_to="identity",
                validators=[symposium.core.images.validate_logo],
                verbose_name="logo",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="main_colour",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Links, headings of the footer, arches. If blank, the blue of the portal.",
                max_length=7,
                validators=[symposium.editions.identity.validate_colour],
                verbose_name="main colour",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="menu",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                blank=True,
                db_default=[],
                default=list,
                size=100,
                verbose_name="menu",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="tile",
            field=models.CharField(
                choices=[
                    ("star", "Stars"),
                    ("square", "Squares"),
                    ("arch", "Arches"),
                    ("diamond", "Diamonds"),
                    ("disc", "Discs"),
                ],
                db_default="star",
                default="star",
                max_length=10,
                verbose_name="pattern",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="accent_colour",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Main button, current page. If blank, the terracotta of the portal.",
                max_length=7,
                validators=[symposium.editions.identity.validate_colour],
                verbose_name="accent colour",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="footer",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                blank=True,
                db_default=[],
                default=list,
                size=100,
                verbose_name="footer",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="hero",
            field=models.CharField(
                choices=[
                    ("arches", "The five arches"),
                    ("picture", "A photograph in the arch"),
                    ("none", "No picture"),
                ],
                db_default="arches",
                default="arches",
                max_length=10,
                verbose_name="picture of the home page",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="hero_alt",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="For people who can’t see it. If blank, the photograph is an ornament.",
                max_length=200,
                verbose_name="description of the photograph",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="hero_alt_ar",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="For people who can’t see it. If blank, the photograph is an ornament.",
                max_length=200,
                null=True,
                verbose_name="description of the photograph",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="hero_alt_en",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="For people who can’t see it. If blank, the photograph is an ornament.",
                max_length=200,
                null=True,
                verbose_name="description of the photograph",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="hero_alt_fr",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="For people who can’t see it. If blank, the photograph is an ornament.",
                max_length=200,
                null=True,
                verbose_name="description of the photograph",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="hero_picture",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Upright, about 1200 × 1600 px. It is cropped to the arch.",
                max_length=100,
                validators=[symposium.core.images.validate_picture],
                verbose_name="photograph",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="home",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                blank=True,
                db_default=[],
                default=list,
                size=100,
                verbose_name="parts of the home page",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="links",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="One address per line. They are shown in the footer.",
                max_length=2000,
                validators=[symposium.editions.identity.validate_links],
                verbose_name="pages on other sites",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="logo",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="SVG, or PNG at least 240 px high, with a transparent background.",
                max_length=100,
                validators=[symposium.core.images.validate_logo],
                verbose_name="logo",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="main_colour",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Links, headings of the footer, arches. If blank, the blue of the portal.",
                max_length=7,
                validators=[symposium.editions.identity.validate_colour],
                verbose_name="main colour",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="menu",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                blank=True,
                db_default=[],
                default=list,
                size=100,
                verbose_name="menu",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="tile",
            field=models.CharField(
                choices=[
                    ("star", "Stars"),
                    ("square", "Squares"),
                    ("arch", "Arches"),
                    ("diamond", "Diamonds"),
                    ("disc", "Discs"),
                ],
                db_default="star",
                default="star",
                max_length=10,
                verbose_name="pattern",
            ),
        ),
        migrations.AlterField(
            model_name="partner",
            name="logo",
            field=symposium.core.images.LogoField(
                blank=True,
                upload_to="partners",
                validators=[symposium.core.images.validate_logo],
                verbose_name="logo",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("main_colour", ""),
                        django.db.models.lookups.GreaterThanOrEqual(
                            models.Func(
                                models.F("main_colour"),
                                function="symposium_contrast_with_white",
                                output_field=models.FloatField(),
                            ),
                            4.5,
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("accent_colour", ""),
                        django.db.models.lookups.GreaterThanOrEqual(
                            models.Func(
                                models.F("accent_colour"),
                                function="symposium_contrast_with_white",
                                output_field=models.FloatField(),
                            ),
                            4.5,
                        ),
                        _connector="OR",
                    ),
                ),
                name="editions_colours_readable",
                violation_error_message="White text on a colour of the edition must have a contrast of 4.5 or more.",
            ),
        ),
    ]
