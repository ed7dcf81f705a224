"""Sheets of abstracts, with their authors and keywords, and of keywords."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy

from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword
from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition
from symposium.spreadsheets.columns import (
    Choice,
    Cleaned,
    Column,
    Identifier,
    OneLanguage,
    Related,
    RelatedList,
    Text,
    translated,
)
from symposium.spreadsheets.known import Known, fold, language_of
from symposium.spreadsheets.sheets import Sheet
from symposium.spreadsheets.values import parse_people, split_name

if TYPE_CHECKING:
    from symposium.spreadsheets.runs import Run

ABSTRACT = Abstract._meta
KIND_WORDS = {
    "paper": ["communication", "exposé", "talk", "oral", "presentation", "مداخلة"],
    "keynote": ["conférence", "conférence plénière", "conférence invitée"],
    "panel": ["table ronde", "round table"],
    "workshop": ["atelier"],
    "poster": ["affiche"],
}
STATUS_WORDS = {"draft": ["soumis", "submitted"], "published": ["accepté", "accepted", "publié"]}


class Keywords(Sheet):
    kind = "keywords"
    model = Keyword
    label = Keyword._meta.verbose_name_plural
    titles = ("Mots clés", "Mots-clés", "Keywords")
    columns = [
        Identifier(),
        *translated("name", gettext_lazy("Name"),
                    headings={"fr": ["Mot clé", "Mot-clé", "Keyword", "Nom"],
                              "ar": ["كلمة مفتاحية"]}),
        *translated("definition", gettext_lazy("definition"), Text),
    ]  # fmt: skip

    def objects(self, edition: Edition):
        """Return all keywords: the editions share them."""
        return Keyword.objects.order_by("pk")

    def new(self, edition: Edition) -> Keyword:
        return Keyword()


class AuthorText(NamedTuple):
    """Author of a cell: the name, the affiliation, and the address of a speaker."""

    name: str
    affiliation: str
    code: str


class Authors(Column):
    """Authors in order: “Salma Boussole; Reda Oasis (Université …)”."""

    def get(self, obj: Any) -> list[AuthorText]:
        if not obj.pk:
            return []
        return [
            AuthorText(one.speaker.name, "", one.speaker.slug)
            if one.speaker
            else AuthorText(one.name, one.affiliation or "", "")
            for one in obj.authors.all()
        ]

    def text(self, value: list[AuthorText], known: Known) -> str:
        speakers = known.index("speakers")
        return "; ".join(
            one.name
            + (f" ({one.affiliation})" if one.affiliation else "")
            + (f" [{one.code}]" if one.code and len(speakers.find(one.name)) > 1 else "")
            for one in value
        )

    def read(self, text: str, run: "Run") -> list[AuthorText]:
        return [
            AuthorText(one.name, ", ".join(one.notes), one.code)
            for one in parse_people(text)
            if one.name
        ]


class OrderedKeywords(RelatedList):
    def get(self, obj: Any) -> list[Keyword]:
        return [one.keyword for one in obj.ordered_keywords.all()] if obj.pk else []


class Abstracts(Sheet):
    kind = "abstracts"
    model = Abstract
    label = ABSTRACT.verbose_name_plural
    titles = ("Résumés", "Abstracts", "Communications", "Soumissions", "الملخصات")
    needs = ("speakers", "sessions", "keywords")
    parts = ("authors", "ordered_keywords")
    name_field = "title"
    field_columns = {"": "title_fr", "published_at": "status"}
    merges = False
    columns = [
        Identifier(),
        *translated("title", gettext_lazy("title"),
                    headings={"fr": ["Titre", "Title", "Intitulé", "Titre de la communication"],
                              "en": ["English title"], "ar": ["العنوان", "عنوان المداخلة"]}),
        Choice("kind", gettext_lazy("Kind"), ABSTRACT.get_field("kind"), "Type", "Format",
               words=KIND_WORDS),
        Choice("status", gettext_lazy("Status"), ABSTRACT.get_field("status"), "Statut",
               words=STATUS_WORDS),
        OneLanguage("language", gettext_lazy("Original language"), "Langue", "Language", "اللغة"),
        Authors("authors", gettext_lazy("Authors"), "Auteurs", "Auteur(s)", "Auteur", "Author",
                "Author(s)", "المؤلفون",
                note=gettext_lazy("Names with semicolons between, and the affiliation in "
                                  "brackets.")),
        OrderedKeywords("keywords", gettext_lazy("Keywords"), "keywords", "Mots clés", "Mots-clés",
                        "Keyword(s)", "كلمات مفتاحية", "الكلمات المفتاحية"),
        Related("session", gettext_lazy("Session"), "sessions", "Séance", "الجلسة"),
        *translated("text", gettext_lazy("Text"), Text,
                    headings={"fr": ["Résumé", "Texte", "Abstract", "Contenu"],
                              "en": ["English abstract", "Abstract (English)"], "ar": ["الملخص"]}),
        Choice("licence", gettext_lazy("Licence"), ABSTRACT.get_field("licence")),
        Cleaned("doi", "DOI", ABSTRACT.get_field("doi")),
    ]  # fmt: skip

    def objects(self, edition: Edition):
        found = super().objects(edition).select_related("edition", "session")
        return found.prefetch_related("authors__speaker", "ordered_keywords__keyword")

    def assign(self, run: "Run", obj: Abstract, read: dict[str, Any]) -> None:
        rest = {key: value for key, value in read.items() if key not in ("authors", "keywords")}
        super().assign(run, obj, rest)

    def save_parts(self, run: "Run", obj: Abstract, read: dict[str, Any]) -> None:
        if "authors" in read:
            self.save_authors(run, obj, read["authors"])
        if "keywords" in read:
            self.save_keywords(run, obj, read["keywords"])
        vars(obj).pop("_prefetched_objects_cache", None)

    @staticmethod
    def save_keywords(run: "Run", obj: Abstract, keywords: list[Keyword]) -> None:
        rows = [] if run.is_new else list(AbstractKeyword.objects.filter(abstract=obj))
        kept = {one.keyword_id: one for one in rows}
        for one in rows:
            if one.keyword_id not in {keyword.pk for keyword in keywords}:
                one.delete()
        added = []
        for order, keyword in enumerate(keywords):
            use = kept.get(keyword.pk)
            if use is None:
                added.append(AbstractKeyword(abstract=obj, keyword=keyword, order=order))
            elif use.order != order:
                use.order = order
                use.save()
        AbstractKeyword.objects.bulk_create(added)

    def save_authors(self, run: "Run", obj: Abstract, texts: list[AuthorText]) -> None:
        """Write the authors in order; those who stay keep what the cell does not say."""
        mine = Author.objects.filter(abstract=obj).select_related("speaker")
        before = [] if run.is_new else list(mine)
        kept: list[Author] = []
        for text in texts:
            rest = [one for one in before if one not in kept]
            same = next((one for one in rest if is_author(one, text)), None)
            kept.append(same or new_author(run, obj, text))
        for one in before:
            if one not in kept:
                one.delete()
        for order, (author, text) in enumerate(zip(kept, texts, strict=True)):
            author.order = order
            own = text.affiliation and not author.speaker_id
            if own and author.affiliation != text.affiliation:
                setattr(author, f"affiliation_{language_of(text.affiliation)}", text.affiliation)
            if author.pk:
                author.save()
        Author.objects.bulk_create(one for one in kept if not one.pk)


def is_author(author: Author, text: AuthorText) -> bool:
    if author.speaker and text.code:
        return author.speaker.slug == text.code
    person = author.speaker or author
    return fold(text.name) in {fold(person.name_in(code)) for code in LANGUAGES} - {""}


def new_author(run: "Run", abstract: Abstract, text: AuthorText) -> Author:
    """Return an author, not saved: the speaker of this name, if there is one."""
    index = run.known.index("speakers")
    found = [index.by_code[text.code]] if text.code in index.by_code else index.find(text.name)
    if len(found) == 1:
        return Author(abstract=abstract, speaker=found[0])
    made = Author(abstract=abstract)
    given, family = split_name(text.name)
    code = language_of(text.name)
    setattr(made, f"given_name_{code}", given)
    setattr(made, f"family_name_{code}", family)
    return made
