"""Sample PDF documents, and how a screen reader or a QR scanner reads them."""

import io
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image

from symposium.core.documents import pdf, qr

CODE = "7K4Q-2M9X-TB"
ADDRESS = "https://symposium.example/fr/verify/3kq8Zr0vT2m9/"
WORDS = {
    "fr": {
        "ticket": "Votre billet", "badges": "Badges", "dates": "Journées", "place": "Lieu",
        "address": "Adresse", "qr_alt": "Code QR", "code_help": "À dicter s’il ne se lit pas",
        "sessions": "Vos séances", "session": "Séance", "day": "Jour", "time": "Heure",
        "room": "Salle", "footer": "À présenter à l’accueil.",
        "kicker": "Attestation de participation", "heading": "Attestation",
        "before": "Le comité d’organisation atteste que", "after": "a participé au symposium.",
        "hours": "Durée", "days": "Présence", "issued": "Fait le", "verify": "Vérifier",
        "organiser": "Pour le comité d’organisation",
    },
    "ar": {
        "ticket": "تذكرتكم", "badges": "الشارات", "dates": "الأيام", "place": "المكان",
        "address": "العنوان", "qr_alt": "رمز الاستجابة السريعة", "code_help": "يُملى الرمز",
        "sessions": "جلساتكم", "session": "الجلسة", "day": "اليوم", "time": "الساعة",
        "room": "القاعة", "footer": "تُقدَّم عند الاستقبال.",
        "kicker": "شهادة حضور", "heading": "شهادة حضور",
        "before": "تشهد اللجنة المنظمة بأن", "after": "شارك في الندوة.",
        "hours": "المدة", "days": "الحضور", "issued": "حُرّرت في", "verify": "التحقق",
        "organiser": "عن اللجنة المنظمة",
    },
}  # fmt: skip
EDITIONS = {
    "fr": ("Symposium fictif 2021", "9 et 10 juin 2021", "Casablanca", "1, rue Fictive"),
    "ar": ("ندوة خيالية 2021", "9 و10 يونيو 2021", "الدار البيضاء", "شارع خيالي"),
}


def document(language: str = "fr") -> dict:
    return {
        "title": f"{WORDS[language]['ticket']} 2021",
        "created": datetime(2021, 6, 9, 8, tzinfo=UTC),
        "words": WORDS[language],
        "edition": dict(
            zip(("name", "dates", "place", "address"), EDITIONS[language], strict=True)
        ),
    }


def person(name: str = "Salma Medina", **changed) -> dict:
    return {
        "name": name,
        "name_ar": "سلمى المدينة",
        "affiliation": "Université fictive",
        "role": "",
        "category": {"name": "Étudiante", "colour": "green"},
        "code": CODE,
        "qr": qr.drawing(CODE),
    } | changed


def ticket(language: str = "fr", *, sessions: int = 2, **changed) -> bytes:
    session = {"title": "Ouverture", "lang": "fr", "day": "9 juin", "times": "09:00–09:30",
               "room": "Auditorium"}  # fmt: skip
    data = {
        **document(language),
        **person(),
        "sessions": [session] * sessions,
        "lines": [["Accueil", "dès 08:30"]],
    }
    return pdf.render("typst/ticket.typ", data | changed, language)


def badges(*people: dict, language: str = "fr", **looks) -> bytes:
    data = {**document(language), "badges": people, **looks}
    return pdf.render("typst/badges.typ", data, language)


def certificate(language: str = "fr", **changed) -> bytes:
    data = {
        **document(language),
        **person(),
        "hours": "14 h",
        "days": ["9 juin 2021", "10 juin 2021"],
        "verify_url": ADDRESS,
        "qr": qr.drawing(ADDRESS),
        "issued": "11 juin 2021",
    }
    return pdf.render("typst/certificate.typ", data | changed, language)


def opened(file: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(file))


def elements(file: bytes) -> list[dict[str, str]]:
    """Return the role and the alternative text of each structure element, in reading order."""
    document = opened(file)
    found, waiting = [], [document.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if "/S" in element:
            keys = {"role": "/S", "alt": "/Alt"}
            found.append({name: str(element.get(key, "")) for name, key in keys.items()})
        children = element.get("/K", [])
        children = children if isinstance(children, pikepdf.Array) else [children]
        waiting += [child for child in reversed(children) if isinstance(child, pikepdf.Dictionary)]
    return found


def sizes_mm(file: bytes) -> list[tuple[int, ...]]:
    """Return the width and the height of each page."""
    boxes = (page.MediaBox for page in opened(file).pages)
    return [tuple(round(float(side) / 72 * 25.4) for side in box[2:]) for box in boxes]


def roles(file: bytes) -> list[str]:
    return [element["role"].removeprefix("/") for element in elements(file)]


def texts(file: bytes) -> list[str]:
    """Return the text of each page as a reader copies it, on one line."""
    document = pypdfium2.PdfDocument(file)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return [" ".join(text.split()) for text in pages]


def pictures(file: bytes, dots_per_inch: int = 150) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(file)
    images = [page.render(scale=dots_per_inch / 72).to_pil() for page in document]
    document.close()
    return images


def scanned(image: Image.Image) -> list[str]:
    """Return the texts of the QR codes on an image, sorted."""
    return sorted(found.text for found in zxingcpp.read_barcodes(image))
