"""Tickets for Apple Wallet: a signed package of JSON, pictures and texts in each language.

https://developer.apple.com/documentation/walletpasses

It holds the name, the category and the code of the ticket, with what is public of the edition. A
pass on a device is not changed afterwards: the check-in knows which tickets are valid.
"""

import hashlib
import io
import json
import zipfile
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from PIL import Image

from symposium.core.i18n.localized import LANGUAGES
from symposium.editions import colours
from symposium.editions.models import Edition
from symposium.registrations.documents import tickets
from symposium.registrations.models import Registration

CONTENT_TYPE = "application/vnd.apple.pkpass"
COLOURS = {
    "backgroundColor": "rgb(10, 74, 112)",
    "foregroundColor": "rgb(255, 255, 255)",
    "labelColor": "rgb(201, 223, 235)",
}
# Sides of the pictures in pixels.
ICONS = {"icon.png": 29, "icon@2x.png": 58, "icon@3x.png": 87, "logo.png": 50, "logo@2x.png": 100}
SIGNATURE_OPTIONS = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]


def is_available() -> bool:
    """Return whether the operator has the key and the certificates."""
    return bool(settings.APPLE_WALLET_KEY and settings.APPLE_WALLET_CERTIFICATES)


def ticket_pass(registration: Registration) -> bytes:
    """Return the .pkpass of a registration that has a ticket: a ZIP archive.

    A telephone in a fourth language shows the texts of pass.json: those of the current language.
    """
    certificate, *chain = certificates()
    texts = pass_texts(registration, get_language())
    files = {
        "pass.json": as_json(pass_data(registration, certificate, texts)),
        **icons(),
        **{f"{code}.lproj/pass.strings": strings(registration, code, texts) for code in LANGUAGES},
    }
    # SHA-1 is what the format asks for; the signature rests on SHA-256.
    digests = {
        name: hashlib.sha1(content, usedforsecurity=False).hexdigest()
        for name, content in files.items()
    }
    manifest = as_json(digests)
    signature = sign(manifest, certificate, chain)
    return zipped(files | {"manifest.json": manifest, "signature": signature})


def certificates() -> list[x509.Certificate]:
    """Return the certificate of the pass type, then those of its issuers."""
    return x509.load_pem_x509_certificates(Path(settings.APPLE_WALLET_CERTIFICATES).read_bytes())


def sign(manifest: bytes, certificate: x509.Certificate, chain: list[x509.Certificate]) -> bytes:
    """Return the detached PKCS #7 signature with its time and the certificates, in DER."""
    key = load_pem_private_key(Path(settings.APPLE_WALLET_KEY).read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the key of the pass type is not RSA")
    builder = PKCS7SignatureBuilder().set_data(manifest)
    builder = builder.add_signer(certificate, key, SHA256())
    for issuer in chain:
        builder = builder.add_certificate(issuer)
    return builder.sign(Encoding.DER, SIGNATURE_OPTIONS)


def pass_data(
    registration: Registration, certificate: x509.Certificate, texts: dict[str, str]
) -> dict:
    """Return pass.json with its `texts`, which `strings` translates."""
    edition = registration.edition
    starts_at = tickets.event_start(edition)
    return {
        "formatVersion": 1,
        "passTypeIdentifier": subject(certificate, NameOID.USER_ID),
        "teamIdentifier": subject(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME),
        "serialNumber": registration.code,
        "organizationName": texts["edition"],
        "description": texts["ticket"],
        "relevantDate": starts_at.astimezone(edition.zone).isoformat(timespec="seconds"),
        "expirationDate": edition.period.upper.astimezone(edition.zone).isoformat(
            timespec="seconds"
        ),
        "sharingProhibited": True,
        **pass_colours(registration.edition),
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": registration.code,
                "messageEncoding": "iso-8859-1",
                "altText": registration.code_in_groups,
            }
        ],
        "eventTicket": fields(texts),
    }


def fields(texts: dict[str, str]) -> dict[str, list]:
    """Return the fields of the pass by their place on it."""

    def field(key: str, label: str = "") -> dict[str, str]:
        return {"key": key, "label": texts[label or f"{key}_label"], "value": texts[key]}

    return {
        "primaryFields": [field("edition", "ticket")],
        "secondaryFields": [field("name"), field("category")],
        "auxiliaryFields": [field("dates"), field("place")],
        "backFields": [field("address"), field("page")],
    }


def pass_colours(edition: Edition) -> dict[str, str]:
    """Return the colours of a pass: white on the main colour of the edition, if it has one."""
    if not edition.main_colour:
        return COLOURS
    background = ", ".join(map(str, colours.channels(edition.main_colour)))
    return COLOURS | {"backgroundColor": f"rgb({background})", "labelColor": "rgb(255, 255, 255)"}


def subject(certificate: x509.Certificate, name: x509.ObjectIdentifier) -> str:
    [attribute] = certificate.subject.get_attributes_for_oid(name)
    return str(attribute.value)


def strings(registration: Registration, language: str, texts: dict[str, str]) -> bytes:
    """Return the translations of `texts` into a language, as a file of strings in UTF-16."""
    translated = pass_texts(registration, language)
    pairs = {text: translated[key] for key, text in texts.items() if text}
    lines = [f"{quoted(text)} = {quoted(own)};\n" for text, own in pairs.items()]
    return "".join(lines).encode("utf-16")


def pass_texts(registration: Registration, language: str) -> dict[str, str]:
    """Return the texts of a pass in a language, by key of its field."""
    with translation.override(language), timezone.override(registration.edition.zone):
        edition = tickets.edition_data(registration.edition)
        return {
            "ticket": _("Ticket"),
            "edition": edition["name"],
            "name_label": _("Name"),
            "name": tickets.holder_name(registration, language),
            "category_label": _("Category"),
            "category": str(registration.category),
            "dates_label": _("Dates"),
            "dates": edition["dates"],
            "place_label": _("Place"),
            "place": edition["place"],
            "address_label": _("Address"),
            "address": edition["address"],
            "page_label": _("My registration"),
            "page": settings.SITE_URL + registration.get_absolute_url(),
        }


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@cache
def icons() -> dict[str, bytes]:
    """Return the pictures of the pass, made from the site's icon."""
    with Image.open(settings.BASE_DIR / "static" / "img" / "icon-512.png") as whole:
        return {name: resized(whole, side) for name, side in ICONS.items()}


def resized(whole: Image.Image, side: int) -> bytes:
    file = io.BytesIO()
    whole.resize((side, side), Image.Resampling.LANCZOS).save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def as_json(data: dict) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()
