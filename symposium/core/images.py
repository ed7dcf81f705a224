"""Uploaded images: checked before decoding, re-encoded before storage.

The stored file is always a new image made by Pillow: no EXIF data (so no location), no comment, no
data after the pixels.
"""

import contextlib
import io
import warnings

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import validate_image_file_extension
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _
from imagekit.models import ProcessedImageField
from imagekit.models.fields.files import ProcessedImageFieldFile
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from pilkit.processors import Transpose

from symposium.core import svg

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_SIDE = 40


def check_picture(file) -> None:
    """Raise ValidationError unless `file` is an accepted image.

    The header is read first, so a small file that declares billions of pixels costs nothing.
    """
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("This image is %(size)s MB. It must be %(limit)s MB or smaller."),
            code="too_heavy",
            params={"size": file.size // (1024 * 1024), "limit": MAX_BYTES // (1024 * 1024)},
        )
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise too_large()
                image.load()  # a truncated file has a valid header too
    except Image.DecompressionBombError:
        raise too_large() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise not_a_picture() from None
    finally:
        file.seek(0)
    if min(width, height) < MIN_SIDE:
        raise ValidationError(
            _("The image must be at least %(limit)s pixels on each side."),
            code="too_small",
            params={"limit": MIN_SIDE},
        )


def not_a_picture() -> ValidationError:
    return ValidationError(
        _("We couldn’t read this image. Choose a JPEG, PNG or WebP file."),
        code="not_a_picture",
    )


def too_large() -> ValidationError:
    return ValidationError(
        _("The image must be no more than %(limit)s million pixels."),
        code="too_large",
        params={"limit": MAX_PIXELS // 1_000_000},
    )


def validate_picture(picture) -> None:
    """Raise ValidationError for an invalid new upload; stored files are not checked again."""
    if picture and not picture._committed:
        check_picture(picture.file)


def validate_extension(file) -> None:
    """Raise ValidationError unless the file name has the extension of an image.

    Django's own message would list eighty extensions.
    """
    try:
        validate_image_file_extension(file)
    except ValidationError:
        raise not_a_picture() from None


class PictureFormField(forms.ImageField):
    default_validators = [validate_extension]

    def to_python(self, data):
        if data not in self.empty_values:
            check_picture(data)
        return super().to_python(data)


class NormalizeColours:
    """Image processor that converts to RGB or RGBA in sRGB, and removes all metadata."""

    def process(self, image: Image.Image) -> Image.Image:
        profile = image.info.get("icc_profile")
        image = to_eight_bits(image)
        alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
        colours = to_srgb(image.convert(MODES.get(image.mode, "RGB")), profile)
        if alpha:
            colours.putalpha(alpha)
        colours.info = {}
        return colours


class Cropped:
    """Image processor that crops in the middle to a shape, then scales to `width` × `height`.

    It never makes a larger image in between, as scaling first does with a very long one.
    """

    def __init__(self, width: int, height: int):
        self.size = (width, height)

    def process(self, image: Image.Image) -> Image.Image:
        return ImageOps.fit(image, self.size, Image.Resampling.LANCZOS)


# The mode for which a colour profile is made: without transparency or palette.
MODES = {"1": "L", "L": "L", "LA": "L", "CMYK": "CMYK"}
SRGB = ImageCms.createProfile("sRGB")


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Return the image with 8 bits per channel; Pillow would clip 16-bit values to white."""
    if image.mode in ("La", "RGBa"):
        return image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode])
    if image.mode == "P" and image.has_transparency_data:
        return image.convert("RGBA")
    if not image.mode.startswith("I"):
        return image
    transparent = image.info.get("transparency")
    grey = image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if transparent is not None:
        grey.info["transparency"] = round(transparent / 257)
    return grey


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image in sRGB, converted from its colour profile; ignore an invalid profile."""
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            return ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                SRGB,
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
    return image.convert("RGB")


class PictureField(ProcessedImageField):
    """Image field that re-encodes the upload on save: upright, then through `processors`."""

    def __init__(self, processors=(), **kwargs):
        super().__init__(processors=[Transpose(), NormalizeColours(), *processors], **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PictureFormField, **kwargs})


# Logos, which may be drawings


def is_drawing(name: str) -> bool:
    return name.lower().endswith(".svg")


def validate_logo(logo) -> None:
    """Raise ValidationError for an invalid new upload; stored files are not checked again."""
    if logo and not logo._committed:
        if is_drawing(logo.name):
            logo.seek(0)
            svg.cleaned(logo.read())
            logo.seek(0)
        else:
            check_picture(logo.file)


class LogoFormField(forms.FileField):
    """Form field of an SVG, which it cleans, or of a picture."""

    widget = forms.ClearableFileInput(attrs={"accept": ".svg,.png,.jpg,.jpeg,.webp"})

    def to_python(self, data):
        file = super().to_python(data)
        if file is None:
            return None
        if not is_drawing(file.name):
            validate_extension(file)
            check_picture(file)
            return file
        if file.size > svg.MAX_BYTES:
            raise svg.too_heavy(file.size)
        return SimpleUploadedFile(file.name, svg.cleaned(file.read()), "image/svg+xml")


class LogoFieldFile(ProcessedImageFieldFile):
    def save(self, name, content, save=True):
        """Store a drawing cleaned, and a picture re-encoded."""
        if not is_drawing(name):
            return super().save(name, content, save)
        content.seek(0)
        clean = ContentFile(svg.cleaned(content.read()))
        return FieldFile.save(self, name, clean, save)


class LogoField(PictureField):
    """Picture field that takes an SVG too."""

    attr_class = LogoFieldFile

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": LogoFormField, **kwargs})
