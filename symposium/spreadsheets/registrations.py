"""Sheet of registrations: people are registered as an organiser registers one, place by place."""

import functools
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from symposium.accounts import addresses
from symposium.accounts.login import account_for
from symposium.accounts.models import User
from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition
from symposium.registrations import countries, places
from symposium.registrations.models import Category, Registration
from symposium.registrations.models.registrations import State
from symposium.spreadsheets.columns import Choice, Column, Identifier, OneLanguage, Related, YesNo
from symposium.spreadsheets.known import Known
from symposium.spreadsheets.models import Import
from symposium.spreadsheets.rows import Row
from symposium.spreadsheets.sheets import Sheet
from symposium.spreadsheets.states import set_fields
from symposium.spreadsheets.tables import plain
from symposium.spreadsheets.values import fold, invalid

if TYPE_CHECKING:
    from symposium.spreadsheets.runs import Run

REGISTRATION = Registration._meta
ROLE_WORDS = {
    "research": ["chercheur", "chercheuse", "enseignant", "enseignante", "enseignant chercheur",
                 "professeur", "researcher", "academic"],
    "student": ["étudiant", "étudiante", "doctorant", "doctorante", "phd student", "طالب", "طالبة"],
    "authority": ["collectivité", "administration", "élu", "ministère"],
    "company": ["entreprise", "privé", "industry"],
    "association": ["ong", "ngo", "société civile"],
    "press": ["presse", "journaliste", "média"],
    "other": ["autre", "divers"],
}  # fmt: skip


class Categories(Sheet):
    """The categories that registrations name; they are neither imported nor made."""

    kind = "categories"
    model = Category
    label = Category._meta.verbose_name_plural
    makes = False

    def is_open_to(self, user: Any) -> bool:
        return False

    def may_export(self, user: Any) -> bool:
        return False


class TicketCode(Identifier):
    """Code of the ticket, which finds a registration again."""

    def get(self, obj: Registration) -> str:
        return obj.code if obj.pk else ""


class Email(Column):
    """Address of the account, which an import does not change."""

    def get(self, obj: Registration) -> str:
        return obj.user.email if obj.user else ""

    def read(self, text: str, run: "Run") -> str:
        text = plain(text).lower()
        addresses.validate_plain_address(text)
        return text


class Country(Column):
    """Country by its ISO code, or by its name in one of the languages."""

    def text(self, value: Any, known: Known) -> str:
        return str(value.name) if value else ""

    def read(self, text: str, run: "Run") -> Any:
        if not text:
            return ""
        code = country_codes().get(fold(text))
        if not code:
            raise invalid(_("Write the name of a country, or its code of two letters."))
        return Registration(country=code).country

    def choices(self, known: Known) -> list[str]:
        return []


@functools.cache
def country_codes() -> dict[str, str]:
    """Return the codes of countries by folded name and by code."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            found |= {fold(name): code for code, name in countries.all_countries()}
    return found | {code.casefold(): code for code in set(found.values())}


class Registrations(Sheet):
    kind = "registrations"
    model = Registration
    label = REGISTRATION.verbose_name_plural
    titles = ("Inscriptions", "Inscrits", "Participants", "Registrations", "التسجيلات")
    field_columns = {"user": "email", "": "family_name"}
    columns = [
        TicketCode("code"),
        Related("category", gettext_lazy("Category"), "categories", "Catégorie", "Tarif", "الفئة"),
        Column("given_name", gettext_lazy("Given name"), "Prénom", "First name"),
        Column("family_name", gettext_lazy("Family name"), "Nom", "Last name", "Surname"),
        Column("given_name_ar", gettext_lazy("Given name in Arabic script")),
        Column("family_name_ar", gettext_lazy("Family name in Arabic script")),
        Email("email", gettext_lazy("Email address"), "E-mail", "Email", "Courriel", "Mail",
              "Adresse e-mail", "البريد الإلكتروني",
              note=gettext_lazy("It can’t be changed here once someone is registered.")),
        OneLanguage("language", gettext_lazy("Language"), "Langue"),
        Column("affiliation", gettext_lazy("Affiliation"), "Institution", "Établissement",
               "Organisme", "المؤسسة"),
        Choice("role", gettext_lazy("Profile"), REGISTRATION.get_field("role"), "Profil", "Qualité",
               "الصفة", words=ROLE_WORDS),
        Country("country", gettext_lazy("Country"), "Pays", "البلد"),
        YesNo("is_listed", gettext_lazy("On the public list"), "Liste publique"),
    ]  # fmt: skip

    def objects(self, edition: Edition):
        found = edition.registrations.active().filter(anonymised_at=None).order_by("pk")
        return found.select_related("edition", "category", "user")

    def names(self, obj: Registration):
        """Return the address: two people may have one name."""
        return (obj.user.email,) if obj.user else ()

    def title(self, row: Row) -> str:
        return plain(f"{row.text('given_name')} {row.text('family_name')}")

    def may_export(self, user: Any) -> bool:
        return user.has_perm("symposium_registrations.export_registration")

    def find(self, run: "Run", row: Row) -> Registration | None:
        index = run.known.index(self.kind)
        code = row.text("code").upper().replace("-", "").replace(" ", "")
        by_code = next((one for one in index.by_pk.values() if code and one.code == code), None)
        row.is_known = by_code is not None
        if by_code:
            return by_code
        found = index.find(row.text("email")) if row.text("email") else []
        return found[0] if found else None

    def assign(self, run: "Run", obj: Registration, read: dict[str, Any]) -> None:
        rest = {key: value for key, value in read.items() if key not in ("email", "language")}
        if obj.pk and "email" in read:
            words = _("The address of a registration can’t be changed here.")
            raise ValidationError({"user": words})
        super().assign(run, obj, {"role": obj.role or Registration.Role.OTHER} | rest)
        if obj.pk is None:
            self.assign_account(run, obj, read)

    def assign_account(self, run: "Run", obj: Registration, read: dict[str, Any]) -> None:
        email = read.get("email")
        if not email:
            raise ValidationError({"user": _("Enter an email address.")})
        if not obj.category_id:
            categories = list(run.known.index("categories").by_pk.values())
            if len(categories) != 1:
                raise ValidationError({"category": _("Choose a category.")})
            obj.category = categories[0]
        if User.objects.filter(email=email, is_active=False).exists():
            raise ValidationError({"user": _("This account is closed.")})
        language = read.get("language", settings.LANGUAGE_CODE)
        obj.user = account_for(email=email, language=language)

    def save(self, run: "Run", obj: Registration, read: dict[str, Any]) -> None:
        """Register a new person; a category changes by its rule, the rest is saved as it is.

        A preview locks no category: visitors go on registering meanwhile.
        """
        if run.is_preview:
            obj.state = obj.state or State.PENDING
            obj.save()
        elif obj.pk is None:
            places.register(obj, by=run.user)
        else:
            category = obj.category if "category" in read else None
            rest = set(read) - {"category", "email", "language"}
            obj.save(update_fields=[*rest, "updated_at"])
            if category:
                places.change_category(obj, category, by=run.user)

    def put_back(self, obj: Registration, before: dict[str, Any], user: Any) -> None:
        """Save a changed registration as it was; its category changes by the rule of places."""
        fields = dict(before["fields"])
        category = Category.objects.get(pk=fields.pop("category_id"))
        set_fields(obj, fields)
        obj.save(update_fields=[*fields, "updated_at"])
        if category.pk != obj.category_id:
            places.change_category(obj, category, by=user)

    def remove(self, obj: Registration, user: Any) -> None:
        """Cancel the registration: its place goes to the next one."""
        places.cancel(obj, by=user)


def forget_erased(sender: Any, **kwargs: Any) -> None:
    """Remove erased people from what imports have written (receiver of the account's deletion)."""
    for made in Import.objects.filter(kind="registrations").exclude(written=[]):
        mine = [one["pk"] for one in made.written if one["kind"] == "registrations"]
        erased = set(
            Registration.objects.filter(pk__in=mine)
            .exclude(anonymised_at=None)
            .values_list("pk", flat=True)
        )
        if erased:
            made.written = [
                one
                for one in made.written
                if one["kind"] != "registrations" or one["pk"] not in erased
            ]
            made.save(update_fields=["written"])
