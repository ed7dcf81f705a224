"""The identity of an edition: what makes its site look like no other.

Its fields are columns of the edition, so that no page asks the database for more. Where all are
blank, the edition has the looks of the portal.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from imagekit.models import ImageSpecField
from pilkit.processors import ResizeToFit

from symposium.core.documents.drawings import printed
from symposium.core.images import (
    Cropped,
    LogoField,
    PictureField,
    validate_logo,
    validate_picture,
)
from symposium.editions import colours
from symposium.editions.arrangements import Place, shown

MAX_LINKS = 12
# Networks by the host of their addresses, and the name that their links show.
NETWORKS = {
    "bsky.app": "Bluesky",
    "facebook.com": "Facebook",
    "github.com": "GitHub",
    "instagram.com": "Instagram",
    "linkedin.com": "LinkedIn",
    "researchgate.net": "ResearchGate",
    "t.me": "Telegram",
    "threads.net": "Threads",
    "tiktok.com": "TikTok",
    "twitter.com": "X",
    "vimeo.com": "Vimeo",
    "whatsapp.com": "WhatsApp",
    "x.com": "X",
    "youtube.com": "YouTube",
}
HOST = re.compile(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]+")
HOME = tuple(
    Place(name)
    for name in (
        "news", "coming", "after", "abstract", "programme", "speakers", "venue", "partners",
        "former",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """Link to a page of the edition on another site, with the name of that site."""

    url: str

    @property
    def name(self) -> str:
        host = (urlsplit(self.url).hostname or "").removeprefix("www.")
        found = (name for own, name in NETWORKS.items() if host == own or host.endswith(f".{own}"))
        return next(found, host)


def validate_colour(colour: str) -> None:
    """Raise ValidationError unless white text can be read on the colour."""
    if not colours.COLOUR.fullmatch(colour):
        raise ValidationError(
            _("Enter a colour as # and six digits, for example #ad4225."), code="colour"
        )
    if not colours.is_readable(colour):
        ratio = colours.contrast(colour, colours.WHITE)
        raise ValidationError(
            _(
                "White text on %(colour)s has a contrast of %(ratio)s. It must be 4.5 or more. "
                "The nearest shade that works is %(nearest)s."
            ),
            code="contrast",
            params={
                "colour": f"\u2066{colour}\u2069",
                "ratio": number_format(int(ratio * 100) / 100, 2),
                "nearest": f"\u2066{colours.nearest_allowed(colour)}\u2069",
            },
        )


def validate_links(text: str) -> None:
    """Raise ValidationError unless each line of `text` is a whole https address."""
    lines = link_lines(text)
    if wrong := next((line for line in lines if not is_link(line)), None):
        raise ValidationError(
            _(
                "“%(line)s” isn’t a whole address. Enter one per line, for example "
                "https://www.linkedin.com/company/example."
            ),
            code="link",
            params={"line": wrong},
        )
    if len(lines) > MAX_LINKS:
        raise ValidationError(
            _("Enter at most %(limit)s addresses."), code="links", params={"limit": MAX_LINKS}
        )


def link_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def is_link(line: str) -> bool:
    try:
        parts = urlsplit(line)
        _port = parts.port
    except ValueError:
        return False
    plain = not re.search(r"[\s<>\"\\]", line) and "@" not in parts.netloc
    return plain and parts.scheme == "https" and bool(HOST.fullmatch(parts.hostname or ""))


def is_colour(column: str) -> Q:
    """Return a condition: `column` is blank, or a colour on which white text can be read."""
    ratio: Func = Func(
        F(column), function="symposium_contrast_with_white", output_field=models.FloatField()
    )
    return Q(**{column: ""}) | Q(GreaterThanOrEqual(ratio, colours.MIN_CONTRAST))


COLOURS_READABLE = models.CheckConstraint(
    condition=is_colour("main_colour") & is_colour("accent_colour"),
    name="editions_colours_readable",
    violation_error_message=_(
        "White text on a colour of the edition must have a contrast of 4.5 or more."
    ),
)


class EditionIdentity(models.Model):
    """Logo, colours, picture, menu and home page of an edition."""

    class Tile(models.TextChoices):
        STAR = "star", _("Stars")
        SQUARE = "square", _("Squares")
        ARCH = "arch", _("Arches")
        DIAMOND = "diamond", _("Diamonds")
        DISC = "disc", _("Discs")

    class Hero(models.TextChoices):
        ARCHES = "arches", _("The five arches")
        PICTURE = "picture", _("A photograph in the arch")
        NONE = "none", _("No picture")

    logo = LogoField(
        verbose_name=_("logo"), upload_to="identity", blank=True, default="", db_default="",
        validators=[validate_logo], processors=[ResizeToFit(640, 320, upscale=False)],
        format="PNG",
        help_text=_("SVG, or PNG at least 240 px high, with a transparent background."),
    )  # fmt: skip
    mark = LogoField(
        verbose_name=_("square mark"), upload_to="identity", blank=True, default="", db_default="",
        validators=[validate_logo], processors=[ResizeToFit(512, 512, upscale=False)],
        format="PNG",
        help_text=_("For icons, documents and shared pictures. If blank, the logo."),
    )  # fmt: skip
    main_colour = models.CharField(
        _("main colour"), max_length=7, blank=True, default="", db_default="",
        validators=[validate_colour],
        help_text=_("Links, headings of the footer, arches. If blank, the blue of the portal."),
    )  # fmt: skip
    accent_colour = models.CharField(
        _("accent colour"), max_length=7, blank=True, default="", db_default="",
        validators=[validate_colour],
        help_text=_("Main button, current page. If blank, the terracotta of the portal."),
    )  # fmt: skip
    tile = models.CharField(
        _("pattern"), max_length=10, choices=Tile, default=Tile.STAR, db_default=Tile.STAR
    )
    hero = models.CharField(
        _("picture of the home page"), max_length=10, choices=Hero, default=Hero.ARCHES,
        db_default=Hero.ARCHES,
    )  # fmt: skip
    hero_picture = PictureField(
        verbose_name=_("photograph"), upload_to="identity", blank=True, default="", db_default="",
        validators=[validate_picture], processors=[ResizeToFit(2000, 2000, upscale=False)],
        format="JPEG", options={"quality": 88},
        help_text=_("Upright, about 1200 × 1600 px. It is cropped to the arch."),
    )  # fmt: skip
    hero_small = ImageSpecField(
        source="hero_picture", processors=[Cropped(480, 600)], format="WEBP",
        options={"quality": 60, "method": 6},
    )  # fmt: skip
    hero_large = ImageSpecField(
        source="hero_picture", processors=[Cropped(960, 1200)], format="WEBP",
        options={"quality": 60, "method": 6},
    )  # fmt: skip
    hero_alt = models.CharField(
        _("description of the photograph"), max_length=200, blank=True, default="", db_default="",
        help_text=_("For people who can’t see it. If blank, the photograph is an ornament."),
    )  # fmt: skip
    menu = ArrayField(
        models.CharField(max_length=100), verbose_name=_("menu"), blank=True,
        default=list, db_default=[], size=100,
    )  # fmt: skip
    home = ArrayField(
        models.CharField(max_length=100), verbose_name=_("parts of the home page"), blank=True,
        default=list, db_default=[], size=100,
    )  # fmt: skip
    footer = ArrayField(
        models.CharField(max_length=100), verbose_name=_("footer"), blank=True,
        default=list, db_default=[], size=100,
    )  # fmt: skip
    links = models.TextField(
        _("pages on other sites"), max_length=2000, blank=True, default="", db_default="",
        validators=[validate_links],
        help_text=_("One address per line. They are shown in the footer."),
    )  # fmt: skip

    sender_name = models.CharField(
        _("name of the sender"), max_length=80, blank=True, default="", db_default="",
        help_text=_("Emails come from this name. If blank, that of the edition."),
    )  # fmt: skip

    class Meta:
        abstract = True

    @property
    def style_sheet(self) -> str:
        """Style sheet of the edition's colours and tile, or "" where it has none of its own."""
        return colours.style_sheet(self.main_colour, self.accent_colour, self.tile)

    @property
    def style_url(self) -> str:
        """Path of the style sheet, or "". It names the content, so it may be stored for ever."""
        sheet = self.style_sheet
        if not sheet:
            return ""
        picked = [colour.removeprefix("#") for colour in (self.main_colour, self.accent_colour)]
        name = "-".join([*(colour or "0" for colour in picked), self.tile])
        return reverse("edition_exports:looks", args=[colours.digest(sheet), name])

    @property
    def palette(self) -> dict[str, str]:
        """Colours that replace those of the portal in e-mails and printed documents, by name."""
        light = colours.tokens(self.main_colour, self.accent_colour, dark=False)
        return {name: light[name] for name in colours.PRINTED if name in light}

    @property
    def emblem(self):
        """File that stands in place of the star of the portal: the mark, else the logo, else ""."""
        return self.mark or self.logo

    @property
    def printed_looks(self) -> dict:
        """Colours and emblem in the data of printed documents and shared pictures."""
        own = printed(self.emblem)
        return {"palette": self.palette} | ({"emblem": own} if own else {})

    @property
    def has_hero_picture(self) -> bool:
        return self.hero == self.Hero.PICTURE and bool(self.hero_picture)

    @property
    def links_elsewhere(self) -> list[Link]:
        return [Link(line) for line in link_lines(self.links) if is_link(line)]

    @property
    def home_parts(self) -> list[str]:
        return shown(self.home, HOME)
