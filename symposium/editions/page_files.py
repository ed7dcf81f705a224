"""Pictures and files on a public page: where its text names them, or else below it."""

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from imagekit import ImageSpec
from imagekit.cachefiles import ImageCacheFile
from pilkit.processors import ResizeToFit

from symposium.core.i18n.localized import localized_text
from symposium.core.i18n.markdown import file_mentions, to_html
from symposium.core.templatetags.symposium import marked
from symposium.core.uploads import extension_of
from symposium.editions.models import Page, PageFile


class SmallPicture(ImageSpec):
    """Picture as wide as a telephone."""

    processors = [ResizeToFit(720, 1440, upscale=False)]
    format = "WEBP"
    options = {"quality": 70, "method": 6}


class LargePicture(SmallPicture):
    """Picture as wide as a column of text on a fine screen."""

    processors = [ResizeToFit(1440, 2400, upscale=False)]


def thumbnails(file: PageFile) -> tuple[ImageCacheFile, ImageCacheFile]:
    """Return the small and the large picture, made unless they are there."""
    small, large = (ImageCacheFile(spec(file.file)) for spec in (SmallPicture, LargePicture))
    for one in (small, large):
        if not one.storage.exists(one.name):
            one.generate(force=True)
    return small, large


@dataclass
class PlacedFile:
    """File of a page as its text in one `language` shows it."""

    file: PageFile
    language: str

    @property
    def is_picture(self) -> bool:
        return self.file.is_picture

    @property
    def href(self) -> str:
        return self.file.file.url

    @property
    def description(self) -> tuple[str, str]:
        """Return the description and the code of its language."""
        return localized_text(self.file, "description", self.language)

    @cached_property
    def details(self) -> SafeString:
        """Format and size, in the language of the text."""
        name = extension_of(self.file.file.name).upper()
        with translation.override(self.language):
            size = filesizeformat(self.file.file.size)
            return format_html("<bdi>{}</bdi>{}{}", name, _(", "), size)

    def figure(self, caption: str = "") -> str:
        small, large = thumbnails(self.file)
        words, language = self.description
        context = {
            "href": self.href,
            "small": small,
            "large": large,
            "caption": caption,
            "alt": words,
            "alt_language": language if language != self.language else "",
        }
        return render_to_string("editions/_figure.html", context)


def placed_files(page: Page, language: str) -> dict[str, PlacedFile]:
    """Return the files of a page by name; one that storage has lost is left out."""
    return {
        one.name: PlacedFile(one, language)
        for one in page.files.all()
        if one.file.storage.exists(one.file.name)
    }


def page_text(page: Page) -> dict:
    """Return `{"html", "pictures", "documents"}`: the text of a page, and the files it leaves."""
    words, language = localized_text(page, "body")
    files = placed_files(page, language)
    html = to_html(words, language, files)
    here = translation.get_language()
    named = {name for name, _is_shown in file_mentions(words)}
    others = [PlacedFile(one.file, here) for name, one in files.items() if name not in named]
    return {
        "html": html if language == here else marked("div", language, html),
        "pictures": [one.figure() for one in others if one.is_picture],
        "documents": [one for one in others if not one.is_picture],
    }
