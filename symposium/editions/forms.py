"""Form of the identity of an edition."""

from django import forms
from django.utils.translation import gettext_lazy as _

from symposium.core.i18n.localized import in_each_language
from symposium.core.i18n.typography import direction
from symposium.editions import colours
from symposium.editions.arrangements import Place, moved, places, stored
from symposium.editions.identity import HOME
from symposium.editions.menu import CONTACT, PARTS, PRACTICAL, standard_footer, standard_menu
from symposium.editions.models import Edition

COLOUR_FIELDS = ("main_colour", "accent_colour")
ARRANGED = {"menu": _("menu"), "home": _("parts of the home page"), "footer": _("footer")}
HOME_WORDS = {
    "news": _("News"),
    "coming": _("Coming up"),
    "after": _("What remains of the symposium"),
    "abstract": _("Abstract"),
    "programme": _("Programme"),
    "speakers": _("Speakers"),
    "venue": _("Getting there"),
    "partners": _("Organisers and partners"),
    "former": _("Former editions"),
}
STEPS = {"up": -1, "down": 1}


class IdentityForm(forms.ModelForm):
    """Form of the looks of an edition, and of what its menu, home page and footer show.

    Buttons `move` (“menu:up:programme”) and `preview` change what the page shows and save nothing.
    """

    class Meta:
        model = Edition
        fields = (
            "logo", "mark", *COLOUR_FIELDS, "tile", "hero", "hero_picture",
            *in_each_language("hero_alt"), "links",
            "signature", *in_each_language("signatory", "signatory_role"), "seal",
            "badge_layout", "badge_background", *in_each_language("sender_name"),
        )  # fmt: skip
        widgets = {
            "tile": forms.RadioSelect,
            "links": forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
            **{
                name: forms.TextInput(
                    attrs={"dir": "ltr", "maxlength": 7, "autocomplete": "off", "data-colour": ""}
                )
                for name in COLOUR_FIELDS
            },
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.standard = {
            "menu": standard_menu(self.instance),
            "home": list(HOME),
            "footer": standard_footer(self.instance),
        }
        for name in in_each_language("hero_alt", "signatory", "signatory_role", "sender_name"):
            language = name.rpartition("_")[2]
            attributes = {"lang": language, "dir": direction(language)}
            self.fields[name].widget.attrs |= attributes
        for name, standard in zip(COLOUR_FIELDS, colours.STANDARD.values(), strict=True):
            self.fields[name].widget.attrs["placeholder"] = standard

    def clean_main_colour(self):
        return self.cleaned_data["main_colour"].lower()

    def clean_accent_colour(self):
        return self.cleaned_data["accent_colour"].lower()

    def clean(self):
        for name in ARRANGED:
            setattr(self.instance, name, stored(self.places(name), self.standard[name]))
        return super().clean()

    @property
    def saves(self) -> bool:
        return self.is_bound and not {"move", "preview"} & set(self.data)

    def places(self, name: str) -> list[Place]:
        """Return the parts of an arrangement as sent, with the move that was asked, or as stored"""
        standard = self.standard[name]
        if f"{name}_order" not in self.data:
            return places(getattr(self.instance, name), standard)
        chosen = set(self.data.getlist(f"{name}_shown"))
        sent = (Place(part, part in chosen) for part in self.data.getlist(f"{name}_order"))
        found = places(map(str, sent), standard)
        arrangement, step, part = (self.data.get("move", "").split(":", 2) + ["", ""])[:3]
        return moved(found, part, STEPS.get(step, 0)) if arrangement == name else found

    @property
    def arrangements(self) -> list[dict]:
        """Return the arrangements: `name`, `title`, `rows` of a place and its words, `summary`."""
        return [
            {
                "name": name,
                "title": title,
                "rows": [(place, self.words(name, place.name)) for place in self.places(name)],
                "summary": [
                    self.words(name, place.name) for place in self.places(name) if place.shown
                ],
            }
            for name, title in ARRANGED.items()
        ]

    def words(self, arrangement: str, part: str) -> str:
        if arrangement == "home":
            return HOME_WORDS[part]
        if part == CONTACT:
            return _("Contact")
        if part in PARTS:
            return PARTS[part][0]
        if part == PRACTICAL and arrangement == "menu":
            return _("Getting there")
        slug = part.removeprefix("page:")
        return next(str(page) for page in self.instance.published_pages if page.slug == slug)

    @property
    def changes(self) -> dict:
        """Return the valid values that a preview shows; a picture has to be saved first."""
        names = [
            *COLOUR_FIELDS, "tile", "hero", "links", "badge_layout", *in_each_language("hero_alt")
        ]  # fmt: skip
        valid = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return valid | {name: getattr(self.instance, name) for name in ARRANGED}

    @property
    def picked(self) -> list[dict]:
        """Return each colour with its contrasts: `field`, `samples` (see `samples`)."""
        standard = zip(COLOUR_FIELDS, colours.STANDARD.values(), strict=True)
        return [
            {"field": self[name], "shown": self.colour(name) or usual,
             "samples": samples(self.colour(name) or usual)}
            for name, usual in standard
        ]  # fmt: skip

    def colour(self, name: str) -> str:
        """Return the colour that the field shows, or "" if it is none."""
        typed = str(self[name].value() or "").strip().lower()
        return typed if colours.COLOUR.fullmatch(typed) else ""


def samples(colour: str) -> list[dict]:
    """Return where a colour is used: `words`, `text` on `paper`, and their `ratio`."""
    light = colours.light_family(colour)[""]
    dark = colours.dark_family(colour)[""]
    pairs = [
        (_("White on the colour: buttons"), colours.WHITE, colour),
        (_("On white paper: links"), light, colours.WHITE),
        (_("Lighter, in the dark theme"), dark, colours.DARK_PAPERS[0]),
    ]
    return [
        {
            "words": words, "text": text, "paper": paper,
            "ratio": int(colours.contrast(text, paper) * 100) / 100,
            "is_enough": colours.contrast(text, paper) >= colours.MIN_CONTRAST,
        }
        for words, text, paper in pairs
    ]  # fmt: skip
