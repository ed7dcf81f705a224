"""Sheet of partners."""

from django.utils.translation import gettext_lazy

from symposium.editions.models import Partner
from symposium.spreadsheets.columns import Address, Choice, Identifier, Number, translated
from symposium.spreadsheets.sheets import Sheet

WORDS = {
    "organiser": ["organisateur", "organisatrice"],
    "partner": ["partenaire"],
    "sponsor": ["parrain", "mécène", "gold", "silver", "bronze"],
}


class Partners(Sheet):
    kind = "partners"
    model = Partner
    label = Partner._meta.verbose_name_plural
    titles = ("Partenaires", "Partners", "Sponsors", "الشركاء")
    columns = [
        Identifier(),
        *translated("name", gettext_lazy("Name"),
                    headings={"fr": ["Nom", "Partenaire", "Organisme", "Partner", "Name"],
                              "ar": ["الشريك"]}),
        Choice("kind", gettext_lazy("Kind"), Partner._meta.get_field("kind"), "Type", "Statut",
               words=WORDS),
        Address("url", gettext_lazy("website"), "Site", "Site web", "URL", "Lien"),
        Number("order", gettext_lazy("order"), "Ordre"),
    ]  # fmt: skip
